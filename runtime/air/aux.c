/* The tape accumulators of a given trace. Flags are read off the opcode bits as 0 or not 0: on the rows that matter the
 * main constraints hold. */
#include "runtime/air/air.h"
#include "runtime/isa/discipline.h"

typedef struct accumulator {
    uint32_t column; /* auxiliary, or EML_NO_COLUMN */
    eml_fe2 value;
} accumulator;

static void absorb(accumulator *acc, const eml_fe *elements, size_t count, eml_fe2 alpha) {
    for (size_t i = 0; i < count; i++)
        acc->value = eml_fe2_add(eml_fe2_mul(acc->value, alpha), eml_fe2_from_base(elements[i]));
}

static uint8_t opcode_at(const eml_columns *columns, const eml_fe *row) {
    uint8_t op = 0;
    for (uint32_t bit = 0; bit < 5; bit++) op = (uint8_t)(op << 1 | !eml_fe_is_zero(row[columns->bit4 + bit]));
    return op;
}

static void store(const accumulator *acc, eml_fe *row) {
    if (acc->column == EML_NO_COLUMN) return;
    row[2 * acc->column] = acc->value.a;
    row[2 * acc->column + 1] = acc->value.b;
}

void eml_air_build_aux(const eml_air *air, const eml_matrix *trace, eml_fe2 alpha, const uint8_t seed[32],
                       eml_matrix *out) {
    const eml_columns *c = &air->columns;
    accumulator in = {c->acc_in, EML_FE2_ONE}, ct = {c->acc_ct, EML_FE2_ONE}, written = {c->acc_out, EML_FE2_ONE};
    eml_matrix_init(out, trace->rows, (size_t)2 * c->aux_width);
    for (size_t r = 0; r + 1 < trace->rows; r++) {
        eml_fe *cells = eml_matrix_row(out, r);
        store(&in, cells), store(&ct, cells), store(&written, cells);
        const eml_fe *stack = eml_matrix_row(trace, r) + c->stack, *next = eml_matrix_row(trace, r + 1) + c->stack;
        eml_op_info op = eml_op_info_of(opcode_at(c, eml_matrix_row(trace, r)));
        switch (op.tape) {
        case EML_OP_TAPE_NONE: break;
        case EML_OP_TAPE_PUBLIC: absorb(&in, next, op.pushes, alpha); break;
        case EML_OP_TAPE_SECRET: absorb(&ct, next, op.pushes, alpha); break;
        case EML_OP_TAPE_OUTPUT: absorb(&written, stack, op.pops, alpha); break;
        }
    }
    eml_fe *last = eml_matrix_row(out, out->rows - 1);
    eml_last_row_fill("eml 1 last row of the auxiliary trace", seed, last, out->width);
    if (eml_fe_is_zero(alpha.b))
        for (size_t i = 1; i < out->width; i += 2) last[i] = EML_FE_ZERO;
}
