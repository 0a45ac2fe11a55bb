/* The tape accumulators of a given trace, and what binds a committed tape. Flags are read off the opcode bits as 0 or
 * not 0: on the rows that matter the main constraints hold. */
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

static void store(const accumulator *acc, eml_fe *row) {
    if (acc->column == EML_NO_COLUMN) return;
    row[2 * acc->column] = acc->value.a;
    row[2 * acc->column + 1] = acc->value.b;
}

static eml_fe2 load(uint32_t column, const eml_fe *row) { return (eml_fe2){row[2 * column], row[2 * column + 1]}; }

static eml_fe2 geometric(eml_fe2 ratio, uint64_t count) {
    eml_fe2 sum = EML_FE2_ZERO;
    for (uint64_t i = 0; i < count; i++) sum = eml_fe2_add(eml_fe2_mul(sum, ratio), EML_FE2_ONE);
    return sum;
}

/* What a cycle's pair adds: c pair0 + pair1. */
static eml_fe2 pair_value(const eml_columns *c, const eml_matrix *trace, size_t row, eml_fe2 alpha) {
    const eml_fe *pair = eml_matrix_row(trace, row) + c->pair;
    return eml_fe2_add(eml_fe2_mul_base(alpha, pair[0]), eml_fe2_from_base(pair[1]));
}

/* acc_dat: 1 in row 32, where the values begin; before it what leads there, with a division each cycle (by 0 for
 * alpha = 0: the proof is then refused by its maker). Then balance (build_committed.c). */
static void fill_committed(const eml_air *air, const eml_matrix *trace, eml_fe2 alpha, size_t rows, eml_matrix *out) {
    const eml_columns *c = &air->columns;
    const eml_shape *shape = &air->shape;
    enum { START = 2 * EML_CYCLE };
    uint64_t m = eml_shape_committed(shape), o = eml_shape_reads_of_each(shape);
    uint64_t L = eml_shape_code_rows(shape) / 8 - 4;
    eml_fe2 square = eml_fe2_mul(alpha, alpha), inverse = eml_fe2_inv(square), value = EML_FE2_ONE;
    eml_fe2 G = geometric(eml_fe2_pow_u64_var(alpha, m), o), rise = eml_fe2_pow_u64_var(alpha, L - m);
    eml_fe2 shift = eml_fe2_sub(eml_fe2_mul(G, eml_fe2_pow_u64_var(alpha, m)), eml_fe2_pow_u64_var(alpha, o * m));
    for (size_t r = START; r-- > 0;) {
        if (r % EML_CYCLE == EML_CYCLE - 1)
            value = eml_fe2_mul(eml_fe2_sub(value, pair_value(c, trace, r, alpha)), inverse);
        store(&(accumulator){c->acc_dat, value}, eml_matrix_row(out, r));
    }
    value = EML_FE2_ONE;
    for (size_t r = START; r < rows; r++) {
        store(&(accumulator){c->acc_dat, value}, eml_matrix_row(out, r));
        if (r % EML_CYCLE == EML_CYCLE - 1)
            value = eml_fe2_add(eml_fe2_mul(value, square), pair_value(c, trace, r, alpha));
    }
    for (size_t r = 0; r < rows; r++) {
        eml_fe *cells = eml_matrix_row(out, r);
        eml_fe2 read = load(c->acc_com, cells), data = load(c->acc_dat, cells);
        read = eml_fe2_mul(rise, eml_fe2_add(read, shift));
        store(&(accumulator){c->balance, eml_fe2_sub(read, eml_fe2_mul(G, data))}, cells);
    }
}

static uint8_t opcode_at(const eml_columns *columns, const eml_fe *row) {
    uint8_t op = 0;
    for (uint32_t bit = 0; bit < 5; bit++) op = (uint8_t)(op << 1 | !eml_fe_is_zero(row[columns->bit4 + bit]));
    return op;
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
    accumulator committed = {c->acc_com, EML_FE2_ONE};
    eml_matrix_init(out, trace->rows, (size_t)2 * c->aux_width);
    size_t determined = trace->rows - eml_shape_free_rows(&air->shape);
    for (size_t r = 0; r < determined; r++) {
        eml_fe *cells = eml_matrix_row(out, r);
        store(&in, cells), store(&ct, cells), store(&written, cells), store(&committed, cells);
        const eml_fe *stack = eml_matrix_row(trace, r) + c->stack, *next = eml_matrix_row(trace, r + 1) + c->stack;
        eml_op_info op = eml_op_info_of(opcode_at(c, eml_matrix_row(trace, r)));
        switch (op.tape) {
        case EML_OP_TAPE_NONE: break;
        case EML_OP_TAPE_PUBLIC: absorb(&in, next, op.pushes, alpha); break;
        case EML_OP_TAPE_SECRET: absorb(&ct, next, op.pushes, alpha); break;
        case EML_OP_TAPE_COMMITTED: absorb(&committed, next, op.pushes, alpha); break;
        case EML_OP_TAPE_OUTPUT: absorb(&written, stack, op.pops, alpha); break;
        }
    }
    if (eml_shape_is_committed(&air->shape)) fill_committed(air, trace, alpha, determined, out);
    fill_random(air, seed, eml_fe_is_zero(alpha.b), determined, out);
}
