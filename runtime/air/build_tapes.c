/* The tapes: accumulators acc' = acc * alpha^m + Horner of the m elements that the row moves, starting at 1, so that
 * the final value binds both the elements and their number. A tape that a program does not have forbids its opcodes:
 * otherwise a hidden READ would push a value of the prover's choice. */
#include "runtime/air/build.h"
#include "runtime/isa/every_op.h"

/* 1 on rows that use the tape. */
static eml_term when_used(eml_builder *b, eml_op_tape tape) {
    eml_term sum = eml_builder_u64(b, 0);
    for (uint8_t code = 0; code < EML_OP_CODES; code++)
        if (eml_builder_knows(b, code) && eml_op_info_of(code).tape == tape) sum = eml_plus(b, sum, b->flags.of[code]);
    return sum;
}

_Static_assert(EML_OPS_OUTPUT == (1 << 0x0e | 1 << 0x0f), "c b2 is 1 for exactly the instructions that write");
_Static_assert(EML_OPS_CIPHERTEXT == (1 << 0x12 | 1 << 0x0c | 3 << 0x0a | 1 << 0x0f),
               "read2, smul, c (1 - b2) or write2 is 1 for exactly the instructions on ciphertexts");

/* Without a secret tape there are no ciphertexts. SMUL, SADD, ADD2 and WRITE2 would compute on five values at once,
 * SMUL with one of them used five times; sums over rows are only sound when no value is used twice (docs/soundness.md).
 */
static void forbid_ciphertexts(eml_builder *b) {
    const eml_flags *flags = &b->flags;
    if (eml_shape_is_committed(b->shape)) { /* 10010, which no flag knows */
        eml_term b4_b1 = b->flags.of[EML_OP_READ3], not_b0 = eml_not(b, eml_builder_bit(b, 0));
        eml_builder_require(b, eml_times(b, b4_b1, not_b0), (eml_degree){3, 0}, "tapes.no secret tape");
    } else {
        eml_builder_require(b, when_used(b, EML_OP_TAPE_SECRET), (eml_degree){2, 0}, "tapes.no secret tape");
    }
    eml_builder_require(b, flags->of[EML_OP_SMUL], (eml_degree){2, 0}, "tapes.no smul");
    eml_builder_require(b, eml_minus(b, flags->c, flags->writes), (eml_degree){2, 0}, "tapes.no sadd or add2");
    eml_builder_require(b, flags->of[EML_OP_WRITE2], (eml_degree){3, 0}, "tapes.no write2");
}

void eml_build_absent_tapes(eml_builder *b) {
    if (b->shape->public_len == 0)
        eml_builder_require(b, when_used(b, EML_OP_TAPE_PUBLIC), (eml_degree){2, 0}, "tapes.no public tape");
    if (b->shape->secret_len == 0) forbid_ciphertexts(b);
    if (b->shape->output_len == 0) eml_builder_require(b, b->flags.writes, (eml_degree){2, 0}, "tapes.no output tape");
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

/* The gains of all instructions that use the tape: what is read stands on the next row's stack, what is written on this
 * one's. */
static eml_term gains(eml_builder *b, eml_op_tape tape, uint32_t column) {
    eml_term sum = eml_builder_u64(b, 0), acc = eml_builder_aux(b, column, false);
    for (uint8_t code = 0; code < EML_OP_CODES; code++) {
        eml_op_info op = eml_op_info_of(code);
        if (!eml_builder_knows(b, code) || op.tape != tape) continue;
        bool reads = tape != EML_OP_TAPE_OUTPUT;
        sum = eml_plus(b, sum, gain(b, b->flags.of[code], acc, reads ? op.pushes : op.pops, reads));
    }
    return sum;
}

static void require_acc(eml_builder *b, uint32_t column, eml_op_tape tape, uint32_t degree, const char *label) {
    if (column == EML_NO_COLUMN) return;
    eml_term acc = eml_builder_aux(b, column, false), next = eml_builder_aux(b, column, true);
    eml_term root = eml_minus(b, next, eml_plus(b, acc, gains(b, tape, column)));
    eml_builder_require_aux(b, root, (eml_degree){degree, 0}, label);
}

void eml_build_tapes(eml_builder *b) {
    b->air->random_count = 1;
    require_acc(b, b->columns->acc_in, EML_OP_TAPE_PUBLIC, 3, "tapes.acc_in");
    require_acc(b, b->columns->acc_ct, EML_OP_TAPE_SECRET, 3, "tapes.acc_ct");
    require_acc(b, b->columns->acc_out, EML_OP_TAPE_OUTPUT, 4, "tapes.acc_out");
    require_acc(b, b->columns->acc_com, EML_OP_TAPE_COMMITTED, 3, "tapes.acc_com");
}
