/* The sums that a program comes to, against the VM: random programs with weights, ranges and cells of every size. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/isa/instructions.h"
#include "runtime/session/affine.h"
#include "runtime/vm/vm.h"
#include "tests/support/random.h"

enum { INPUTS = 5, OUTPUTS_MAX = 3, READS_MAX = 40, ROWS = 600, PROGRAMS = 400 };

/* The ranges end at 2^bits. */
static const unsigned bits[INPUTS] = {0, 20, 31, 62, 119};

typedef struct subject {
    eml_instructions list;
    uint32_t tape[READS_MAX];
    size_t reads, outputs;
    bool product; /* of inputs: no sum */
    eml_program program;
    eml_abi abi;
    eml_cells cells;
} subject;

static size_t below(size_t limit) { return (size_t)test_random() % limit; }

static void put_constant(subject *s) {
    static const unsigned shifts[] = {126, 122, 90, 64, 10, 2};
    eml_u128 value = ((eml_u128)test_random() << 64 | test_random()) >> shifts[below(6)];
    eml_fe element = below(9) == 0 ? test_random_element() : eml_fe_of_u128_(value);
    eml_instructions_append(&s->list, EML_OP_PUSH, below(2) ? element : eml_fe_neg(element));
}

/* Leaves a value; products of constants and sums now and then. */
static void put_value(subject *s, size_t reads) {
    if (reads >= 2) {
        put_value(s, reads / 2);
        put_value(s, reads - reads / 2);
        eml_instructions_append(&s->list, EML_OP_ADD, EML_FE_ZERO);
        if (below(4) != 0) return;
    } else if (below(6) == 0) {
        put_constant(s);
        return;
    } else {
        s->tape[s->reads++] = below(8) == 0 ? EML_TAPE_ONE : (uint32_t)below(INPUTS);
        eml_instructions_append(&s->list, EML_OP_READ, EML_FE_ZERO);
        if (below(60) == 0 && s->reads < READS_MAX) {
            s->product = s->product || s->tape[s->reads - 1] != EML_TAPE_ONE;
            s->tape[s->reads++] = 1;
            eml_instructions_append(&s->list, EML_OP_READ, EML_FE_ZERO);
            eml_instructions_append(&s->list, EML_OP_MUL, EML_FE_ZERO);
        }
    }
    put_constant(s);
    eml_instructions_append(&s->list, EML_OP_MUL, EML_FE_ZERO);
}

static void make_program(subject *s) {
    s->outputs = 1 + below(OUTPUTS_MAX);
    for (size_t o = 0; o < s->outputs; o++) {
        put_value(s, 1 + below(READS_MAX / 2 / s->outputs));
        if (s->outputs > 1) eml_instructions_append(&s->list, EML_OP_WRITE, EML_FE_ZERO);
    }
    assert_int_equal(eml_program_lay_out(&s->list, &(eml_layout_options){0}, &s->program, NULL), EML_OK);
    eml_abi_init(&s->abi);
    s->abi.raw = false;
    eml_abi_set_counts(&s->abi, INPUTS, s->outputs, s->reads, 0);
    for (size_t i = 0; i < INPUTS; i++) {
        mpq_set_ui(s->abi.inputs[i].unit, 1, 1);
        mpz_ui_pow_ui(mpq_numref(s->abi.inputs[i].hi), 2, bits[i]);
        mpq_neg(s->abi.inputs[i].lo, s->abi.inputs[i].hi);
    }
    memcpy(s->abi.public_tape, s->tape, s->reads * sizeof *s->tape);
}

static void make_rows(subject *s) {
    uint8_t widths[INPUTS];
    for (size_t i = 0; i < INPUTS; i++) widths[i] = (uint8_t)eml_cells_width((eml_u128)1 << bits[i]);
    eml_cells_init(&s->cells, INPUTS, widths, true);
    eml_cells_reserve(&s->cells, ROWS);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t c = 0; c < INPUTS; c++) {
            eml_i128 end = (eml_i128)1 << bits[c];
            eml_i128 cell = (eml_i128)(((eml_u128)test_random() << 64 | test_random()) % (2 * (eml_u128)end + 1)) - end;
            eml_cells_set(&s->cells, r, c, below(5) == 0 ? (below(2) ? end : -end) : cell);
        }
    eml_cells_stay(&s->cells, ROWS);
}

static void run_row(const subject *s, size_t row, eml_fe *out) {
    eml_fe inputs[INPUTS];
    eml_outcome outcome;
    for (size_t c = 0; c < INPUTS; c++) {
        eml_i128 cell;
        assert_true(eml_cells_get(&s->cells, row, c, &cell));
        inputs[c] = eml_fe_of_signed(cell);
    }
    eml_fe *tape = eml_abi_tape_of(&s->abi, EML_PUBLIC, inputs, EML_FE_ONE);
    eml_vm_run(&s->program, &(eml_tapes){.public_tape = tape}, &outcome);
    memcpy(out, s->outputs == 1 ? outcome.stack : outcome.output_tape, s->outputs * sizeof *out);
    eml_outcome_free(&outcome);
    eml_free(tape);
}

static void compare(const subject *s, const eml_affine *affine, size_t piece) {
    eml_i128 *sums = eml_alloc(OUTPUTS_MAX * EML_PIECE_ROWS, sizeof *sums), *out[OUTPUTS_MAX];
    eml_cells_view columns[INPUTS];
    for (size_t o = 0; o < OUTPUTS_MAX; o++) out[o] = sums + o * EML_PIECE_ROWS;
    assert_true(eml_cells_piece(&s->cells, piece, NULL, columns));
    eml_affine_rows(affine, columns, eml_cells_piece_rows(&s->cells, piece), out);
    for (size_t i = 0; i < eml_cells_piece_rows(&s->cells, piece); i++) {
        eml_fe right[OUTPUTS_MAX];
        run_row(s, i, right);
        for (size_t o = 0; o < s->outputs; o++) assert_true(eml_fe_eq(eml_fe_of_signed(out[o][i]), right[o]));
    }
    eml_free(sums);
}

static void sums_are_runs(void **state) {
    (void)state;
    size_t seen[EML_AFFINE_FIELD + 1] = {0}, products = 0;
    for (size_t i = 0; i < PROGRAMS; i++) {
        subject s = {0};
        eml_affine affine;
        make_program(&s);
        make_rows(&s);
        bool is_affine = eml_affine_of(&s.program, &s.abi, &affine);
        assert_true(is_affine || s.product); /* a product may have been multiplied by 0 */
        products += !is_affine;
        if (is_affine) {
            compare(&s, &affine, 0);
            for (size_t o = 0; o < s.outputs; o++) seen[affine.outputs[o].arithmetic]++;
            eml_affine_free(&affine);
        }
        eml_instructions_free(&s.list);
        eml_program_free(&s.program);
        eml_abi_free(&s.abi);
        eml_cells_free(&s.cells);
    }
    for (size_t a = 0; a <= EML_AFFINE_FIELD; a++) assert_true(seen[a] > PROGRAMS / 40);
    assert_true(products > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_are_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
