/* The tape accumulators of a given trace. Flags are read off the opcode bits as 0 or not 0: on the rows that matter the
 * main constraints hold. */
#include "runtime/air/air.h"
#include "runtime/hash/uniform.h"
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

/* Whole rows from row `determined` on; above them the masks, which stand last. */
static void fill_random(const eml_air *air, const uint8_t seed[EML_SEED_BYTES], bool base, size_t determined,
                        eml_matrix *out) {
    size_t masks = air->columns.mask_quotient == EML_NO_COLUMN ? 0 : out->width - 2 * air->columns.mask_quotient;
    eml_uniform stream;
    eml_uniform_open(&stream, "eml 2 free rows of the auxiliary trace", seed);
    for (size_t r = masks ? 0 : determined; r < out->rows; r++) {
        size_t count = r < determined ? masks : out->width, first = out->width - count;
        eml_fe *cells = eml_matrix_row(out, r);
        eml_uniform_draw(&stream, cells + first, count);
        for (size_t i = first + 1; base && i < out->width; i += 2) cells[i] = EML_FE_ZERO;
    }
    eml_uniform_close(&stream);
}

void eml_air_build_aux(const eml_air *air, const eml_matrix *trace, eml_fe2 alpha, const uint8_t seed[32],
                       eml_matrix *out) {
    const eml_columns *c = &air->columns;
    accumulator in = {c->acc_in, EML_FE2_ONE}, ct = {c->acc_ct, EML_FE2_ONE}, written = {c->acc_out, EML_FE2_ONE};
    eml_matrix_init(out, trace->rows, (size_t)2 * c->aux_width);
    size_t determined = trace->rows - eml_shape_free_rows(&air->shape);
    for (size_t r = 0; r < determined; r++) {
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
    fill_random(air, seed, eml_fe_is_zero(alpha.b), determined, out);
}
