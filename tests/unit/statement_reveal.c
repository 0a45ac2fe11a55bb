/* What outputs give away of committed inputs, from the code: against enumeration of all rows, and with ABIs that lie.
 */
#include "tests/support/cmocka.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/eml.h"
#include "runtime/isa/instructions.h"
#include "runtime/statement/reveal.h"
#include "runtime/air/air.h"
#include "runtime/vm/vm.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/random.h"

enum { INPUTS_MAX = 4 };

/* Inputs of which the first `committed` are committed, input i in [lo[i], hi[i]], and as many READs as the code has. */
typedef struct subject {
    size_t committed, publics;
    long lo[INPUTS_MAX], hi[INPUTS_MAX];
    eml_program program;
    eml_abi abi;
} subject;

static void assemble(subject *s, const char *text) {
    eml_assembly assembly;
    eml_error err = {0};
    if (eml_asm_parse(text, strlen(text), &assembly, &err) != EML_OK) fail_msg("%s: %s", text, err.text);
    assembly.layout.form = EML_FORM_HIDDEN;
    assembly.layout.schema[0] = EML_FE_ONE;
    if (eml_program_lay_out(&assembly.list, &assembly.layout, &s->program, &err) != EML_OK)
        fail_msg("%s: %s", text, err.text);
    eml_instructions_free(&assembly.list);
    s->abi = (eml_abi){0};
    eml_abi_set_counts(&s->abi, s->committed + s->publics, 0, s->program.shape.public_len, 0);
    for (size_t i = 0; i < s->abi.input_count; i++) {
        eml_input_column *column = &s->abi.inputs[i];
        column->visibility = i < s->committed ? EML_COMMITTED : EML_PUBLIC;
        column->exact = true;
        mpq_set_si(column->lo, s->lo[i], 1);
        mpq_set_si(column->hi, s->hi[i], 1);
        mpq_set_ui(column->unit, 1, 1);
    }
    for (size_t j = 0; j < s->abi.public_len; j++)
        s->abi.public_tape[j] = s->publics == 0 ? EML_TAPE_ONE : (uint32_t)(s->committed + j % s->publics);
}

static void drop(subject *s) {
    eml_program_free(&s->program);
    eml_abi_free(&s->abi);
}

static eml_fe of_long(long value) {
    eml_fe size = eml_fe_from_u64((uint64_t)labs(value));
    return value < 0 ? eml_fe_neg(size) : size;
}

static uint64_t sixteenths(double count, bool up) {
    return (uint64_t)(up ? ceil(16 * log2(count)) : floor(16 * log2(count)));
}

static void assert_reveals(subject *s, const char *text, uint64_t of, uint64_t told) {
    assemble(s, text);
    eml_committed_reveal found = eml_reveal_of(&s->program, &s->abi);
    if (found.bits != of || found.row_bits != told)
        fail_msg("%s: %lu of %lu bits", text, (unsigned long)found.row_bits, (unsigned long)found.bits);
    drop(s);
}

/* Sixteenths of bits: 256 values have 128, 100 have 106 and tell 107. */
static void by_hand(void **state) {
    (void)state;
    subject s = {.committed = 2, .publics = 1, .lo = {0, -3, 0}, .hi = {255, 96, 9}};
    uint64_t sum = sixteenths(3 * 255 + 5 * 99 + 1, true), both = 128 + 106;
    assert_reveals(&s, "push.3\nread3\nmul\npush.5\nread3\nmul\nadd\n", both, sum);
    assert_reveals(&s, "push.0\nread3\nmul\nread3\nadd\n", 106, 107);
    assert_reveals(&s, "read3\npush.0\nread3\nmul\nadd\nread\nadd\n", 128, sixteenths(256 + 9, true));
    assert_reveals(&s, "read\nread3\nmul\nread3\nadd\n", both, sixteenths(9 * 255 + 100, true));
    /* Two outputs, the sum and the first input: together they tell more than there is. */
    assert_reveals(&s, "read3\nread3\nadd\nwrite\nread3\npush.0\nread3\nmul\nadd\nwrite\n", both,
                   sixteenths(255 + 100, true) + 128);
    /* Each output tells one input; the second, alone, at the least cost. */
    assert_reveals(&s, "read3\npush.0\nread3\nmul\nadd\nwrite\npush.0\nread3\nmul\nread3\nadd\nwrite\n", 106, 107);
    /* A value of the first reading is kept on the stack for the second: twice the input has no more bits of it. */
    uint64_t twice = sixteenths(2 * 255 + 1, true);
    assert_reveals(&s, "read3\nread3\nwrite\nread3\nadd\npush.0\nread3\nmul\nadd\nwrite\n", 128, twice);
    assert_reveals(&s, "read3\npush.0\nread3\nmul\nwrite\nread3\nadd\npush.0\nread3\nmul\nadd\nwrite\n", 128, twice);
    /* Products without end may be any of the field's elements. */
    assert_reveals(&s,
                   "read3\npush.-1\nmul\npush.170141183460469231731687303715884105727\nmul\n"
                   "push.170141183460469231731687303715884105727\nmul\nread3\nadd\n",
                   both, 128 * 16);
}

/* Nothing of committed inputs. */
static void nothing(void **state) {
    (void)state;
    subject s = {.committed = 2, .publics = 1, .hi = {255, 255, 9}};
    assemble(&s, "push.0\nread3\nmul\npush.0\nread3\nmul\nadd\nread\nadd\n");
    eml_committed_reveal found = eml_reveal_of(&s.program, &s.abi);
    assert_int_equal(found.row_bits, 0);
    assert_true(eml_reveal_proofs(&found) == UINT64_MAX);
    drop(&s);
}

/* ----- Against enumeration */

static int compare_elements(const void *a, const void *b) { return memcmp(a, b, sizeof(eml_fe)); }

/* How many values the output has over all rows, and on which committed inputs it depends (a bit set). */
static size_t enumerate(const subject *s, unsigned *depends) {
    long row[INPUTS_MAX];
    size_t count = 0, inputs = s->committed + s->publics, room = 1;
    for (size_t i = 0; i < inputs; i++) row[i] = s->lo[i], room *= (size_t)(s->hi[i] - s->lo[i] + 1);
    eml_fe *values = eml_alloc(room, sizeof *values);
    for (bool more = true; more;) {
        eml_fe committed[INPUTS_MAX], publics[64];
        for (size_t i = 0; i < s->committed; i++) committed[i] = of_long(row[i]);
        for (size_t j = 0; j < s->abi.public_len; j++)
            publics[j] = s->abi.public_tape[j] == EML_TAPE_ONE ? EML_FE_ONE : of_long(row[s->abi.public_tape[j]]);
        eml_outcome outcome;
        eml_vm_run(&s->program, &(eml_tapes){.public_tape = publics, .committed = committed}, &outcome);
        values[count++] = eml_fe_canon(outcome.stack[0]);
        eml_outcome_free(&outcome);
        size_t i = inputs;
        while (i > 0 && row[i - 1] == s->hi[i - 1]) i--, row[i] = s->lo[i];
        more = i > 0;
        if (more) row[i - 1]++;
    }
    *depends = 0;
    for (size_t i = 0, stride = room; i < s->committed; i++) { /* the last input runs fastest */
        size_t width = (size_t)(s->hi[i] - s->lo[i] + 1);
        stride /= width;
        for (size_t at = 0; at + stride < room; at++)
            if (at / stride % width + 1 < width && !eml_fe_eq(values[at], values[at + stride])) *depends |= 1u << i;
    }
    qsort(values, count, sizeof *values, compare_elements);
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) distinct += i == 0 || !eml_fe_eq(values[i - 1], values[i]);
    eml_free(values);
    return distinct;
}

/* Coefficients, sums and products of public inputs before each committed one, 0 often. */
static void draw_code(const subject *s, eml_buf *text) {
    for (size_t i = 0; i < s->committed; i++) {
        eml_buf_printf(text, "push.%d\n", (int)(test_random() % 7) - 3);
        if (s->publics > 0 && test_random() % 2)
            eml_buf_printf(text, "read\n%s", test_random() % 2 ? "mul\n" : "add\n");
        eml_buf_put_text(text, "read3\nmul\n");
        if (i > 0) eml_buf_put_text(text, "add\n");
    }
    eml_buf_put_u8(text, 0);
}

static void against_enumeration(void **state) {
    (void)state;
    for (int attempt = 0; attempt < 400; attempt++) {
        subject s = {.committed = 1 + test_random() % 3, .publics = test_random() % 2};
        for (size_t i = 0; i < s.committed + s.publics; i++) {
            s.lo[i] = (long)(test_random() % 9) - 4;
            s.hi[i] = s.lo[i] + (long)(test_random() % 6);
        }
        eml_buf text = {0};
        draw_code(&s, &text);
        assemble(&s, (const char *)text.data);
        unsigned depends;
        size_t distinct = enumerate(&s, &depends);
        eml_committed_reveal found = eml_reveal_of(&s.program, &s.abi);
        double rows = 1;
        for (size_t i = 0; i < s.committed; i++)
            if (depends >> i & 1) rows *= (double)(s.hi[i] - s.lo[i] + 1);
        /* Never fewer values than there are; and every input counted that the output depends on, each rounded down. */
        if (depends != 0) assert_true(found.row_bits >= sixteenths((double)distinct, true));
        if (depends != 0) assert_true(found.bits + s.committed >= sixteenths(rows, false));
        eml_buf_free(&text);
        drop(&s);
    }
}

/* ----- ABIs that say something else */

/* The sample with these numbers in its ABI, as a file. */
static void put_bundle(eml_committed_reveal declared, eml_buf *out) {
    eml_bundle sample, made;
    eml_air air;
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &sample);
    sample.abi.reveal = declared;
    eml_air_build(&sample.program.shape, &air);
    eml_digest digest = eml_air_digest(&air);
    eml_bundle_make(&sample.program, &sample.abi, "", &digest, &made);
    eml_bundle_encode(&made, out);
    eml_air_free(&air);
    eml_bundle_free(&sample);
    eml_bundle_free(&made);
}

/* A session goes by the smaller number: the sample's second output tells one input. */
static void lies_are_not_believed(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    eml_committed_reveal true_one = eml_reveal_of(&bundle.program, &bundle.abi);
    assert_int_equal(eml_reveal_proofs(&true_one), 1);
    eml_bundle_free(&bundle);
    const eml_committed_reveal declared[] = {{1 << 30, 1}, {0, 0}, {16, 16}, true_one};
    for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++) {
        eml_buf bytes = {0};
        eml_session *session;
        put_bundle(declared[i], &bytes);
        eml_file file = {"test", bytes.data, bytes.len};
        assert_int_equal(eml_session_load(&file, &session, NULL), EML_ANSWER_YES);
        assert_int_equal(eml_session_reveal_proofs(session), 1);
        eml_session_free(session);
        eml_buf_free(&bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(nothing),
        cmocka_unit_test(against_enumeration),
        cmocka_unit_test(lies_are_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
