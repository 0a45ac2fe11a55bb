/* What a bare hash says of many rows, of any program on plain ones: random programs of all plain opcodes and degrees up
 * to READS_MAX, such as a hostile owner may make, hidden or not, proved about 1 to 1,000 rows by a prover that does as
 * it is told. What is accepted is what the runs row by row give; nothing else is. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "runtime/stark/verifier/verifier.h"
#include "runtime/statement/row_rule.h"
#include "runtime/statement/statement.h"
#include "runtime/table/rows.h"
#include "runtime/vm/vm.h"
#include "tests/support/random.h"
#include "tests/support/unchecked.h"

enum { PROGRAMS = 2000, ROWS_MAX = 1000, READS_MAX = 8, INPUTS = 3, UNIFORM = 2, OUTPUTS_MAX = 3 };

/* Inputs 0 and 1 vary, input 2 is uniform. */
typedef struct subject {
    eml_instructions list;
    uint32_t tape[READS_MAX + 2 * OUTPUTS_MAX];
    size_t reads;
    eml_program program;
    eml_abi abi;
    size_t rows, outputs;
    eml_fe *cells, *results; /* row-major */
} subject;

static size_t below(size_t limit) { return (size_t)test_random() % limit; }

static void put(subject *s, eml_op op, int64_t immediate) {
    eml_fe value = eml_fe_from_u64((uint64_t)(immediate < 0 ? -immediate : immediate));
    eml_instructions_append(&s->list, op, immediate < 0 ? eml_fe_neg(value) : value);
    if (below(8) == 0) eml_instructions_append(&s->list, EML_OP_NOOP, EML_FE_ZERO);
}

static void put_read(subject *s, uint32_t input) {
    s->tape[s->reads++] = input;
    put(s, EML_OP_READ, 0);
}

static void put_constant(subject *s) { put(s, EML_OP_PUSH, (int64_t)below(9) - 4); }

/* Leaves one value that is linear in what varies. */
static void put_linear(subject *s, size_t reads) {
    if (reads >= 2 && below(2) == 0) {
        put_linear(s, reads / 2);
        put_linear(s, reads - reads / 2);
        put(s, EML_OP_ADD, 0);
    } else if (reads >= 2 && below(3) == 0) {
        put_linear(s, reads - 1);
        put_read(s, UNIFORM);
        put(s, EML_OP_MUL, 0);
    } else {
        static const uint32_t varying[] = {0, 1, EML_TAPE_ONE};
        put_read(s, varying[below(3)]);
        if (below(2) == 0) return;
        put_constant(s);
        put(s, EML_OP_MUL, 0);
    }
}

/* Leaves one value, any polynomial of degree up to `reads`. */
static void put_any(subject *s, size_t reads) {
    if (reads >= 2) {
        put_any(s, reads / 2);
        put_any(s, reads - reads / 2);
        put(s, below(3) == 0 ? EML_OP_ADD : EML_OP_MUL, 0);
    } else if (below(4) == 0) {
        put_constant(s);
    } else {
        static const uint32_t any[] = {0, 1, UNIFORM, EML_TAPE_ONE};
        put_read(s, any[below(4)]);
    }
}

static void make_program(subject *s) {
    bool linear = below(5) < 3;
    s->outputs = below(3) == 0 ? 2 + below(OUTPUTS_MAX - 1) : 1;
    for (size_t i = 0; i < s->outputs; i++) {
        size_t reads = 1 + below(s->outputs == 1 ? READS_MAX : READS_MAX / s->outputs);
        if (linear)
            put_linear(s, reads);
        else
            put_any(s, reads);
        if (s->outputs > 1) put(s, EML_OP_WRITE, 0);
    }
    eml_layout_options options = {0};
    if (below(4) == 0 && s->reads + s->outputs > 1) { /* with a tape, as the form asks */
        options.form = EML_FORM_HIDDEN;
        options.salted = 1;
        for (uint32_t i = 0; i < 2 * EML_SPONGES_MAX; i++)
            options.salts[i] = eml_fe_from_u64(below(1000000) * 8 + i + 1);
    }
    assert_int_equal(eml_program_lay_out(&s->list, &options, &s->program, NULL), EML_OK);
}

static void make_abi(subject *s) {
    eml_abi_init(&s->abi);
    s->abi.raw = false;
    eml_abi_set_counts(&s->abi, INPUTS, s->outputs, s->reads, 0);
    s->abi.inputs[UNIFORM].uniform = true;
    memcpy(s->abi.public_tape, s->tape, s->reads * sizeof *s->tape);
}

/* Small numbers, many of them 0, so that products vanish now and then. */
static void make_rows(subject *s) {
    static const size_t counts[] = {1, 1, 2, 3, 5, 17, ROWS_MAX};
    s->rows = counts[below(sizeof counts / sizeof *counts)];
    s->cells = eml_alloc(s->rows * INPUTS, sizeof *s->cells);
    s->results = eml_alloc(s->rows * s->outputs, sizeof *s->results);
    eml_fe uniform = eml_fe_from_u64(below(5));
    for (size_t i = 0; i < s->rows * INPUTS; i++)
        s->cells[i] = i % INPUTS == UNIFORM ? uniform : eml_fe_from_u64(below(3) == 0 ? 0 : below(100));
}

/* The program on one tape; out has what it gives. */
static void run_tape(const subject *s, const eml_fe *tape, eml_fe *out) {
    eml_outcome outcome;
    eml_vm_run(&s->program, &(eml_tapes){.public_tape = tape}, &outcome);
    memcpy(out, s->outputs == 1 ? outcome.stack : outcome.output_tape, s->outputs * sizeof *out);
    eml_outcome_free(&outcome);
}

static void run_rows(subject *s) {
    for (size_t r = 0; r < s->rows; r++) {
        eml_fe *tape = eml_abi_tape_of(&s->abi, EML_PUBLIC, s->cells + r * INPUTS, EML_FE_ONE);
        run_tape(s, tape, s->results + r * s->outputs);
        eml_free(tape);
    }
}

/* Proves the statement that these are the outputs, and verifies the proof. */
static bool is_accepted(subject *s, const eml_fe *outputs) {
    static const uint8_t seed[32] = {7};
    eml_rows tables[2];
    eml_rows_of_elements(s->cells, s->rows, INPUTS, &tables[0]);
    eml_rows_of_elements(outputs, s->rows, s->outputs, &tables[1]);
    eml_statement statement = {.abi = &s->abi,
                               .shape = &s->program.shape,
                               .rows = s->rows,
                               .slots = s->rows,
                               .publics = &tables[0].cells,
                               .outputs = &tables[1].cells};
    eml_block_digests block;
    assert_int_equal(eml_statement_digest_blocks(&statement, &block, NULL), EML_OK);
    eml_digest digest = eml_statement_digest(&statement, &block);
    eml_statement_values values;
    assert_int_equal(eml_statement_evaluate(&statement, &digest, &values, NULL), EML_OK);
    for (size_t t = 0; t < 2; t++) eml_rows_free(&tables[t]);
    eml_claim claim = {.shape = s->program.shape, .public_tape = values.public_tape, .output_tape = values.output_tape};
    eml_program_sponge_digests(&s->program, claim.digests);
    memcpy(claim.stack, values.stack, sizeof claim.stack);
    eml_air air;
    eml_matrix trace;
    eml_outcome outcome;
    eml_buf proof = {0};
    eml_air_build(&s->program.shape, &air);
    eml_vm_trace(&s->program, &(eml_tapes){.public_tape = claim.public_tape}, seed, &trace, &outcome);
    test_prove_unchecked(&air, &claim, &trace, eml_preset_params(EML_PRESET_TEST), seed, &proof);
    eml_preset seen;
    eml_reject reject = eml_stark_verify(&air, &claim, proof.data, proof.len, 1u << EML_PRESET_TEST, &seen);
    if (reject != EML_REJECT_NONE) assert_int_equal(reject, EML_REJECT_OUT_OF_DOMAIN);
    eml_buf_free(&proof);
    eml_outcome_free(&outcome);
    eml_air_free(&air);
    eml_statement_values_free(&values);
    return reject == EML_REJECT_NONE;
}

/* False outputs of several kinds; false when they turned out true. */
static bool forge(const subject *s, eml_fe *outputs) {
    size_t cells = s->rows * s->outputs, at = below(cells);
    eml_fe more = below(2) == 0 ? EML_FE_ONE : s->cells[UNIFORM];
    memcpy(outputs, s->results, cells * sizeof *outputs);
    switch (below(4)) {
    case 0: outputs[at] = eml_fe_add(outputs[at], EML_FE_ONE); break;
    case 1: /* a constant in all rows but the first, as powers of one weight allowed */
        for (size_t i = s->outputs; i < cells; i++) outputs[i] = eml_fe_add(outputs[i], more);
        break;
    case 2: /* what rows share, in the first alone */ outputs[0] = eml_fe_add(outputs[0], more); break;
    default: /* moved from row to row: the sum over all rows stays */
        outputs[at] = eml_fe_add(outputs[at], EML_FE_ONE);
        outputs[cells - 1 - at] = eml_fe_sub(outputs[cells - 1 - at], EML_FE_ONE);
    }
    for (size_t i = 0; i < cells; i++)
        if (!eml_fe_eq(outputs[i], s->results[i])) return true;
    return false;
}

/* Why a program is not for many rows, in the words of who reads its bundle; the last: it is. */
static const char *const reasons[] = {"multiplies two values", "adds a value", "gives a value", ""};
enum { REASONS = sizeof reasons / sizeof *reasons };

static size_t reason_of(const subject *s) {
    eml_error err = {0};
    if (eml_row_rule_check(&s->program, &s->abi, &err) == EML_OK) return REASONS - 1;
    size_t i = 0;
    while (strstr(err.text, reasons[i]) == NULL) i++;
    assert_true(i < REASONS - 1);
    return i;
}

static void free_subject(subject *s) {
    eml_instructions_free(&s->list);
    eml_program_free(&s->program);
    eml_abi_free(&s->abi);
    eml_free(s->cells);
    eml_free(s->results);
}

static void accepted_rows_are_runs(void **state) {
    (void)state;
    size_t accepted = 0, one_row = 0, refused[REASONS] = {0}, forged = 0, hidden = 0;
    for (size_t i = 0; i < PROGRAMS; i++) {
        subject s = {0};
        make_program(&s);
        make_abi(&s);
        make_rows(&s);
        run_rows(&s);
        bool honest = is_accepted(&s, s.results);
        /* One row is itself: every program is provable there. */
        if (s.rows == 1) assert_true(honest);
        accepted += honest;
        hidden += eml_shape_is_hidden(&s.program.shape);
        one_row += s.rows == 1;
        refused[reason_of(&s)] += !honest;
        eml_fe *outputs = eml_alloc(s.rows * s.outputs, sizeof *outputs);
        if (forge(&s, outputs)) {
            forged++;
            if (is_accepted(&s, outputs)) fail_msg("program %zu: false outputs of %zu rows were accepted", i, s.rows);
        }
        eml_free(outputs);
        free_subject(&s);
    }
    print_message("# %d programs: true outputs accepted of %zu (%zu with one row); %zu forgeries, all refused; "
                  "%zu hidden\n",
                  PROGRAMS, accepted, one_row, forged, hidden);
    for (size_t i = 0; i + 1 < REASONS; i++) {
        print_message("# true outputs refused of %zu, because it %s\n", refused[i], reasons[i]);
        assert_true(refused[i] > 0);
    }
    assert_int_equal(refused[REASONS - 1], 0);
    assert_true(accepted >= PROGRAMS / 2);
    assert_true(forged > PROGRAMS * 3 / 4);
    assert_true(hidden > PROGRAMS / 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(accepted_rows_are_runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
