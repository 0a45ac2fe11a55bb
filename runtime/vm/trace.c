/* The execution trace: a function for each state machine fills its own columns; then the free rows at the end
 * (eml_shape_free_rows) are overwritten with random values. */
#include <string.h>

#include "runtime/air/columns.h"
#include "runtime/hash/uniform.h"
#include "runtime/isa/commitment.h"
#include "runtime/isa/sponge.h"
#include "runtime/vm/run.h"

static void fill_clock(const eml_program *program, eml_matrix *trace) {
    eml_columns columns = eml_columns_of(&program->shape);
    for (uint32_t row = 0; row < program->shape.n; row++)
        eml_matrix_row(trace, row)[columns.clk] = eml_fe_from_u64(row);
}

/* The opcode at a row: NOOP in the tail. */
static uint8_t opcode_at(const eml_program *program, uint32_t row) {
    return row < eml_shape_code_rows(&program->shape) ? program->code[row] : (uint8_t)EML_OP_NOOP;
}

/* Column a: 1 on rows of ADD, MUL and SMUL. */
static bool is_arithmetic(uint8_t op) { return (op >> 3 & 1) && !(op >> 1 & 1); }

/* opw at a row is the word of the group's opcodes before that row: at most 75 bits. */
static void fill_decoder(const eml_program *program, eml_matrix *trace) {
    const eml_shape *shape = &program->shape;
    eml_columns columns = eml_columns_of(shape);
    uint32_t T = eml_shape_code_rows(shape), group = eml_shape_group(shape);
    eml_u128 word = 0;
    for (uint32_t row = 0; row + 1 < shape->n; row++) {
        eml_fe *cells = eml_matrix_row(trace, row);
        uint8_t op = opcode_at(program, row);
        for (uint32_t bit = 0; bit < 5; bit++) cells[columns.bit4 + bit] = eml_fe_from_u64(op >> (4 - bit) & 1);
        cells[columns.a] = eml_fe_from_u64(is_arithmetic(op));
        cells[columns.imm] = row < T ? program->immediates[row / group] : EML_FE_ZERO;
        if (row % group == 0) word = 0;
        cells[columns.opw] = eml_fe_of_u128_(word);
        word = word << 5 | op;
    }
}

static void fill_sponges(const eml_program *program, eml_matrix *trace) {
    eml_sponges_run(program, trace->cells + eml_columns_of(&program->shape).sponge, trace->width);
}

/* Rows at a time of which the data sponge's states are made, when they are not at hand. */
enum { STATES_AT_ONCE = 64 * EML_CYCLE };

static void put_data(const eml_columns *columns, const eml_shape *shape, const eml_tapes *tapes,
                     const eml_fe (*states)[EML_RESCUE_WIDTH], uint32_t first, uint32_t rows, eml_matrix *trace) {
    for (uint32_t i = 0; i < rows; i++) {
        eml_fe *cells = eml_matrix_row(trace, first + i);
        memcpy(cells + columns->data, states[i], sizeof states[i]);
        eml_commitment_pair(shape, tapes->commitment_salts, tapes->committed, (first + i) / EML_CYCLE,
                            cells + columns->pair);
    }
}

static void fill_data(const eml_program *program, const eml_tapes *tapes, eml_matrix *trace) {
    const eml_shape *shape = &program->shape;
    eml_columns columns = eml_columns_of(shape);
    uint32_t rows = shape->n - eml_shape_free_rows(shape);
    if (tapes->commitment_states != NULL) {
        put_data(&columns, shape, tapes, tapes->commitment_states, 0, rows, trace);
        return;
    }
    eml_fe states[STATES_AT_ONCE + 1][EML_RESCUE_WIDTH];
    eml_data_sponge_start(shape, states[0]);
    for (uint32_t first = 0; first < rows; first += STATES_AT_ONCE) {
        uint32_t here = rows - first < STATES_AT_ONCE ? rows - first : STATES_AT_ONCE;
        eml_data_sponge_run(shape, tapes->commitment_salts, tapes->committed, first, here, states);
        put_data(&columns, shape, tapes, (const eml_fe(*)[EML_RESCUE_WIDTH])states, first, here, trace);
        memcpy(states[0], states[here], sizeof states[0]);
    }
    explicit_bzero(states, sizeof states);
}

/* In the hidden form all but the clock, which counts on: that it wraps in the last row only is what the mask of the
 * composition polynomial needs (runtime/air/build_mask.c). */
static void fill_free_rows(const eml_shape *shape, const uint8_t seed[EML_SEED_BYTES], eml_matrix *trace) {
    size_t kept = eml_shape_is_hidden(shape) ? 1 : 0;
    eml_uniform stream;
    eml_uniform_open(&stream, "eml 2 free rows of the main trace", seed);
    for (size_t row = trace->rows - eml_shape_free_rows(shape); row < trace->rows; row++)
        eml_uniform_draw(&stream, eml_matrix_row(trace, row) + kept, trace->width - kept);
    eml_uniform_close(&stream);
}

void eml_vm_trace(const eml_program *program, const eml_tapes *tapes, const uint8_t seed[32], eml_matrix *trace,
                  eml_outcome *out) {
    eml_matrix_init(trace, program->shape.n, eml_shape_width(&program->shape));
    fill_clock(program, trace);
    fill_decoder(program, trace);
    fill_sponges(program, trace);
    if (eml_shape_is_committed(&program->shape)) fill_data(program, tapes, trace);
    eml_vm_run_recorded(program, tapes, trace, out);
    fill_free_rows(&program->shape, seed, trace);
}
