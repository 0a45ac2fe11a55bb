/* The tapes: accumulators acc' = acc * alpha^m + Horner of the m elements that the row moves, starting at 1, so that
 * the final value binds both the elements and their number. A tape that a program does not have forbids its opcodes:
 * otherwise a hidden READ would push a value of the prover's choice. */
#include "runtime/air/build.h"

void eml_build_absent_tapes(eml_builder *b) {
    eml_term b3 = eml_builder_bit(b, 3), b2 = eml_builder_bit(b, 2), b1 = eml_builder_bit(b, 1);
    if (b->shape->public_len == 0) eml_builder_require(b, b->flags.read, (eml_degree){2, 0}, "tapes.no public tape");
    if (b->shape->secret_len == 0) eml_builder_require(b, b->flags.read2, (eml_degree){2, 0}, "tapes.no secret tape");
    if (b->shape->output_len == 0)
        eml_builder_require(b, eml_times(b, eml_times(b, b3, b1), b2), (eml_degree){3, 0}, "tapes.no output tape");
}

static eml_term alpha(eml_builder *b) { return eml_graph_leaf(&b->graph, EML_NODE_RANDOM, 0, 0); }

/* flag * (acc * alpha^count + Horner(registers) - acc) */
static eml_term gain(eml_builder *b, eml_term flag, eml_term acc, uint32_t count, bool next) {
    eml_term power = eml_builder_u64(b, 1), horner = eml_builder_u64(b, 0);
    for (uint32_t i = 0; i < count; i++) {
        power = eml_times(b, power, alpha(b));
        horner = eml_plus(b, eml_times(b, horner, alpha(b)), eml_builder_reg(b, i, next));
    }
    eml_term grown = eml_times(b, eml_minus(b, power, eml_builder_u64(b, 1)), acc);
    return eml_times(b, flag, eml_plus(b, grown, horner));
}

static void require_acc(eml_builder *b, uint32_t column, eml_term gained, uint32_t degree, const char *label) {
    eml_term acc = eml_builder_aux(b, column, false), next = eml_builder_aux(b, column, true);
    eml_builder_require_aux(b, eml_minus(b, next, eml_plus(b, acc, gained)), (eml_degree){degree, 0}, label);
}

void eml_build_tapes(eml_builder *b) {
    const eml_columns *c = b->columns;
    b->air->random_count = 1;
    if (c->acc_in != EML_NO_COLUMN) {
        eml_term acc = eml_builder_aux(b, c->acc_in, false);
        require_acc(b, c->acc_in, gain(b, b->flags.read, acc, 1, true), 3, "tapes.acc_in");
    }
    if (c->acc_ct != EML_NO_COLUMN) {
        eml_term acc = eml_builder_aux(b, c->acc_ct, false);
        require_acc(b, c->acc_ct, gain(b, b->flags.read2, acc, EML_CT_ELEMENTS, true), 3, "tapes.acc_ct");
    }
    if (c->acc_out != EML_NO_COLUMN) {
        eml_term acc = eml_builder_aux(b, c->acc_out, false);
        eml_term gained =
            eml_plus(b, gain(b, b->flags.write, acc, 1, false), gain(b, b->flags.write2, acc, EML_CT_ELEMENTS, false));
        require_acc(b, c->acc_out, gained, 5, "tapes.acc_out");
    }
}
