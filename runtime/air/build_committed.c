/* The committed tape (docs/vm-and-air.md): what a program reads of it is what the data sponge absorbs, which ends in
 * the commitment.
 *
 * With c the challenge, m values, o outputs and L = T / 8 - 4 elements that the data sponge absorbs from row 32 to row
 * T,
 *
 *     acc_com = c^(o m) + Y(c)       Y: Horner of what READ3 pushed, o m values
 *     acc_dat = c^L + X(c)           X: Horner of what was absorbed: the values, then zeros
 *     balance = c^e (acc_com - c^(o m) + G c^m) - G acc_dat       e = L - m, G = sum_{i < o} c^(m i)
 *
 * and balance = 0 in row T says c^e Y(c) = G(c) X(c). G(0) = 1, so what X has behind the first m elements is 0; then Y
 * is o times those m elements. The one of acc_com's and acc_dat's leading powers cancel: G c^m c^e = G c^L. */
#include "runtime/air/build.h"

static eml_term challenge(eml_builder *b) { return eml_graph_leaf(&b->graph, EML_NODE_RANDOM, 0, 0); }

static eml_term power(eml_builder *b, uint64_t exponent) {
    if (exponent == 0) return eml_builder_u64(b, 1);
    eml_term half = power(b, exponent / 2), square = eml_times(b, half, half);
    return exponent & 1 ? eml_times(b, square, challenge(b)) : square;
}

/* sum_{i < count} c^(step i): of 2 k terms that of k times 1 + c^(step k). */
static eml_term geometric(eml_builder *b, uint64_t step, uint64_t count) {
    eml_term one = eml_builder_u64(b, 1);
    if (count == 1) return one;
    eml_term half = geometric(b, step, count / 2);
    eml_term even = eml_times(b, half, eml_plus(b, one, power(b, step * (count / 2))));
    return count & 1 ? eml_plus(b, one, eml_times(b, power(b, step), even)) : even;
}

/* acc' = acc c^2 + pair0 c + pair1 at the end of a cycle. */
static void build_absorbed(eml_builder *b) {
    const eml_columns *c = b->columns;
    eml_term acc = eml_builder_aux(b, c->acc_dat, false), next = eml_builder_aux(b, c->acc_dat, true);
    eml_term grown = eml_times(b, eml_minus(b, power(b, 2), eml_builder_u64(b, 1)), acc);
    grown = eml_plus(b, grown, eml_times(b, challenge(b), eml_builder_cell(b, c->pair)));
    grown = eml_plus(b, grown, eml_builder_cell(b, c->pair + 1));
    eml_term root = eml_minus(b, next, eml_plus(b, acc, eml_times(b, b->last.absorb, grown)));
    eml_builder_require_aux(b, root, (eml_degree){1, EML_CYCLE}, "tapes.acc_dat");
}

void eml_build_balance(eml_builder *b) {
    if (!eml_shape_is_committed(b->shape)) return;
    build_absorbed(b);
    const eml_columns *c = b->columns;
    uint64_t m = eml_shape_committed(b->shape), o = eml_shape_reads_of_each(b->shape);
    uint64_t L = eml_shape_code_rows(b->shape) / 8 - 4;
    eml_term G = geometric(b, m, o);
    eml_term read = eml_minus(b, eml_builder_aux(b, c->acc_com, false), power(b, o * m));
    read = eml_times(b, power(b, L - m), eml_plus(b, read, eml_times(b, G, power(b, m))));
    eml_term balance = eml_minus(b, read, eml_times(b, G, eml_builder_aux(b, c->acc_dat, false)));
    eml_builder_require_aux(b, eml_minus(b, eml_builder_aux(b, c->balance, false), balance), (eml_degree){1, 0},
                            "tapes.balance");
}
