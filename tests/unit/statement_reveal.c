/* What outputs give away of committed inputs, from the code: against enumeration of all rows, and with ABIs that lie.
 */
#include "tests/support/cmocka.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/eml.h"
#include "runtime/isa/instructions.h"
#include "runtime/statement/reveal.h"
#include "runtime/statement/told.h"
#include "runtime/air/air.h"
#include "runtime/vm/vm.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/random.h"

enum { INPUTS_MAX = 5 };

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

/* publics: the public tape, of as many READs as the code has. */
static eml_committed_reveal reveal_of(const subject *s, const long *publics) {
    eml_fe tape[64];
    for (size_t j = 0; j < s->abi.public_len; j++)
        tape[j] = s->abi.public_tape[j] == EML_TAPE_ONE ? EML_FE_ONE : of_long(publics[j % s->publics]);
    return eml_reveal_of(&s->program, &s->abi, tape, NULL);
}

static void assert_reveals(subject *s, const char *text, long public, uint64_t of, uint64_t told) {
    assemble(s, text);
    eml_committed_reveal found = reveal_of(s, &public);
    if (found.bits != of || found.row_bits != (told < of ? told : of)) /* no more than there is */
        fail_msg("%s: %lu of %lu bits", text, (unsigned long)found.row_bits, (unsigned long)found.bits);
    drop(s);
}

/* Sixteenths of bits: 256 values have 128, 100 have 106 and tell 107. */
static void sums(void **state) {
    (void)state;
    subject s = {.committed = 2, .publics = 1, .lo = {0, -3, 0}, .hi = {255, 96, 9}};
    uint64_t both = 128 + 106;
    assert_reveals(&s, "push.3\nread3\nmul\npush.5\nread3\nmul\nadd\n", 1, both,
                   sixteenths(3 * 255 + 5 * 99 + 1, true));
    /* A common factor has no bits. */
    assert_reveals(&s, "push.21\nread3\nmul\npush.-35\nread3\nmul\nadd\n", 1, both,
                   sixteenths(3 * 255 + 5 * 99 + 1, true));
    assert_reveals(&s, "push.7\npush.3\nread3\nmul\npush.5\nread3\nmul\nadd\nmul\n", 1, both,
                   sixteenths(3 * 255 + 5 * 99 + 1, true));
    assert_reveals(&s, "push.0\nread3\nmul\nread3\nadd\n", 1, 106, 107);
    assert_reveals(&s, "read3\npush.0\nread3\nmul\nadd\nread\nadd\n", 9, 128, 128);
    /* A value of the first reading is kept on the stack for the second: both outputs tell one input. */
    assert_reveals(&s, "read3\nread3\nwrite\nread3\nadd\npush.0\nread3\nmul\nadd\nwrite\n", 1, 106, 107);
    assert_reveals(&s, "read3\npush.0\nread3\nmul\nwrite\nread3\nadd\npush.0\nread3\nmul\nadd\nwrite\n", 1, 128, 128);
}

/* Public inputs are those of the row. */
static void public_selectors(void **state) {
    (void)state;
    subject s = {.committed = 2, .publics = 1, .lo = {0, 0, 0}, .hi = {255, 99, 1000}};
    const char *selects = "read\nread3\nmul\nread\npush.-1\nadd\nread3\nmul\nadd\n";
    assert_reveals(&s, selects, 0, 106, 107); /* -y */
    assert_reveals(&s, selects, 1, 128, 128); /* x */
    assert_reveals(&s, selects, 2, 128 + 106, sixteenths(2 * 255 + 99 + 1, true));
    assert_reveals(&s, selects, 101, 106, 107); /* 101 x + 100 y: the residue modulo 101 */
}

/* What is read off like digits, or as a residue, is told whatever else there is. */
static void digits(void **state) {
    (void)state;
    subject s = {.committed = 3, .hi = {1, 1000000000, 1000000000}};
    assert_reveals(&s, "push.2000000001\nread3\nmul\nread3\nadd\nread3\nadd\n", 1, 16, 16);
    s.hi[0] = 99; /* 100 places, with the sum of the others between two: one is as good as told */
    assert_reveals(&s, "push.2000000001\nread3\nmul\nread3\nadd\nread3\nadd\n", 1, 106, 107);
    assert_reveals(&s, "read3\npush.100\nread3\nmul\nadd\npush.100\nread3\nmul\nadd\n", 1, 106, 107);
    subject t = {.committed = 4, .hi = {9, 9, 1000, 1000}}; /* thousands, units and between them two that mix */
    assert_reveals(&t, "push.1000000\nread3\nmul\nread3\nadd\npush.10\nread3\nmul\nadd\npush.10\nread3\nmul\nadd\n", 1,
                   53, 54);
    /* Ten to one: between 10 y and 10 y + 9 x there are 10 values of 1000. */
    subject u = {.committed = 2, .hi = {9, 999}};
    assert_reveals(&u, "push.7\nread3\nmul\npush.5\nread3\nmul\nadd\n", 1, 53 + 159,
                   sixteenths(7 * 9 + 5 * 999 + 1, true));
}

/* Several outputs. */
static void combinations(void **state) {
    (void)state;
    subject s = {.committed = 3, .hi = {255, 255, 1000000}};
    /* a + b + c and b + c: their difference */
    assert_reveals(&s, "read3\nread3\nadd\nread3\nadd\nwrite\npush.0\nread3\nmul\nread3\nadd\nread3\nadd\nwrite\n", 1,
                   128, 128);
    /* a + c, b + 2 c: neither, and together less than there is */
    assert_reveals(&s,
                   "read3\npush.0\nread3\nmul\nadd\nread3\nadd\nwrite\n"
                   "push.0\nread3\nmul\nread3\nadd\npush.2\nread3\nmul\nadd\nwrite\n",
                   1, 128 + 128 + sixteenths(1000001, false), sixteenths(1000256, true) + sixteenths(2000256, true));
    /* a + b alone, beside c: two groups */
    assert_reveals(&s,
                   "read3\nread3\nadd\npush.0\nread3\nmul\nadd\nwrite\n"
                   "push.0\nread3\nmul\npush.0\nread3\nmul\nadd\nread3\nadd\nwrite\n",
                   1, sixteenths(1000001, false), sixteenths(1000001, true));
}

/* What is not linear, or goes around the field, is taken for telling all. */
static void unmeasured(void **state) {
    (void)state;
    subject s = {.committed = 2, .lo = {0, -3}, .hi = {255, 96}};
    uint64_t both = 128 + 106;
    assert_reveals(&s, "read3\nread3\nmul\n", 1, both, both);
    assert_reveals(&s, "push.85070591730234615843390429498346733569\nread3\nmul\nread3\nadd\n", 1, both, both);
    /* p - 1 = 2 * ((p - 1) / 2): a constant that is 0 in the field makes nothing of what it is multiplied with. */
    assert_reveals(&s,
                   "push.170141183460469231731664136492066963456\npush.170141183460469231731664136492066963456\nadd\n"
                   "push.1\nadd\nread3\nmul\nread3\nadd\n",
                   1, 106, 107);
}

/* Nothing of committed inputs; nor of those that can have one value only. */
static void nothing(void **state) {
    (void)state;
    const char *const texts[] = {"push.0\nread3\nmul\npush.0\nread3\nmul\nadd\nread\nadd\n",
                                 "read3\npush.0\nread3\nmul\nadd\nread\nadd\n"};
    const subject drawn[] = {{.committed = 2, .publics = 1, .hi = {255, 255, 9}},
                             {.committed = 2, .publics = 1, .lo = {7}, .hi = {7, 255, 9}}};
    for (size_t i = 0; i < 2; i++) {
        subject s = drawn[i];
        assemble(&s, texts[i]);
        eml_committed_reveal found = reveal_of(&s, (long[]){5});
        assert_int_equal(found.row_bits, 0);
        assert_true(eml_reveal_proofs(&found) == UINT64_MAX);
        drop(&s);
    }
}

/* ----- Against enumeration */

static int compare_elements(const void *a, const void *b) { return memcmp(a, b, sizeof(eml_fe)); }

/* What all rows with these public inputs show. */
typedef struct seen {
    size_t rows, distinct; /* rows; results */
    bool tells;            /* some input of several values is determined in every row */
} seen;

typedef struct outcome {
    eml_fe value;
    long row[INPUTS_MAX];
} outcome;

static bool same_everywhere(const subject *s, const outcome *outcomes, size_t count, size_t input) {
    if (s->lo[input] == s->hi[input]) return false;
    for (size_t i = 1; i < count; i++)
        if (eml_fe_eq(outcomes[i - 1].value, outcomes[i].value) && outcomes[i - 1].row[input] != outcomes[i].row[input])
            return false;
    return true;
}

static seen enumerate(const subject *s, const long *publics) {
    long row[INPUTS_MAX];
    size_t count = 0, room = 1;
    for (size_t i = 0; i < s->committed; i++) row[i] = s->lo[i], room *= (size_t)(s->hi[i] - s->lo[i] + 1);
    outcome *outcomes = eml_alloc(room, sizeof *outcomes);
    for (bool more = true; more;) {
        eml_fe committed[INPUTS_MAX], tape[64];
        for (size_t i = 0; i < s->committed; i++) committed[i] = of_long(row[i]);
        for (size_t j = 0; j < s->abi.public_len; j++)
            tape[j] = s->abi.public_tape[j] == EML_TAPE_ONE ? EML_FE_ONE : of_long(publics[j % s->publics]);
        eml_outcome out;
        eml_vm_run(&s->program, &(eml_tapes){.public_tape = tape, .committed = committed}, &out);
        outcomes[count].value = eml_fe_canon(out.stack[0]);
        memcpy(outcomes[count++].row, row, sizeof row);
        eml_outcome_free(&out);
        size_t i = s->committed;
        while (i > 0 && row[i - 1] == s->hi[i - 1]) i--, row[i] = s->lo[i];
        more = i > 0;
        if (more) row[i - 1]++;
    }
    qsort(outcomes, count, sizeof *outcomes, compare_elements); /* by value: the first member */
    seen found = {.rows = count};
    for (size_t i = 0; i < count; i++) found.distinct += i == 0 || !eml_fe_eq(outcomes[i - 1].value, outcomes[i].value);
    for (size_t i = 0; i < s->committed; i++) found.tells = found.tells || same_everywhere(s, outcomes, count, i);
    eml_free(outcomes);
    return found;
}

/* Coefficients, sums and products of public inputs before each committed one, 0 often. */
static void draw_code(const subject *s, eml_buf *text) {
    for (size_t i = 0; i < s->committed; i++) {
        eml_buf_printf(text, "push.%d\n", (int)(test_random() % 13) - 6);
        if (s->publics > 0 && test_random() % 2)
            eml_buf_printf(text, "read\n%s", test_random() % 2 ? "mul\n" : "add\n");
        eml_buf_put_text(text, "read3\nmul\n");
        if (i > 0) eml_buf_put_text(text, "add\n");
    }
    eml_buf_put_u8(text, 0);
}

/* Whatever a result tells of all inputs together it is counted for; and where it determines an input in every row, as
 * enough on its own: of these random sums, all but for one in a hundred, where neither digits nor residues tell why. */
static void against_enumeration(void **state) {
    (void)state;
    size_t telling = 0, missed = 0;
    for (int attempt = 0; attempt < 2000; attempt++) {
        subject s = {.committed = 1 + test_random() % 4, .publics = test_random() % 2};
        for (size_t i = 0; i < s.committed + s.publics; i++) {
            s.lo[i] = (long)(test_random() % 9) - 4;
            s.hi[i] = s.lo[i] + (long)(test_random() % 6);
        }
        eml_buf text = {0};
        draw_code(&s, &text);
        assemble(&s, (const char *)text.data);
        long public = s.publics > 0 ? s.lo[s.committed] : 0;
        seen all = enumerate(&s, &public);
        eml_committed_reveal found = reveal_of(&s, &public);
        uint64_t proofs = eml_reveal_proofs(&found);
        assert_true(all.distinct == 1 || (double)proofs <= ceil(log2((double)all.rows) / log2((double)all.distinct)));
        telling += all.tells;
        missed += all.tells && proofs != 1;
        eml_buf_free(&text);
        drop(&s);
    }
    assert_true(100 * missed <= telling);
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

static eml_file text_file(const char *name, const char *text) { return (eml_file){name, text, strlen(text)}; }

static eml_bytes commit_to(const eml_file *bundle) {
    eml_bytes opening;
    char commitment[65];
    eml_commit_request request = {.subject = *bundle, .row = text_file("row.csv", "age,ldl\n40,100.5\n")};
    assert_int_equal(eml_commit(&request, &opening, commitment, NULL), EML_ANSWER_YES);
    return opening;
}

static void assert_not_believed(eml_committed_reveal declared) {
    eml_error *err = eml_error_new();
    eml_buf bytes = {0};
    eml_bytes proof;
    eml_session *session;
    put_bundle(declared, &bytes);
    eml_file bundle = {"test", bytes.data, bytes.len}, years = text_file("years.csv", "years\n7\n");
    eml_bytes opening = commit_to(&bundle);
    eml_file opened = {"opening", opening.data, opening.size};
    assert_int_equal(eml_session_load(&bundle, &session, err), EML_ANSWER_YES);
    uint64_t before = eml_session_reveal_proofs(session);
    assert_true(before == eml_reveal_proofs(&declared));
    assert_int_equal(eml_session_add_input(session, &opened, false, err), EML_ANSWER_YES);
    assert_int_equal(eml_session_add_input(session, &years, false, err), EML_ANSWER_YES);
    assert_int_equal(eml_session_prove(session, "test", &proof, err), EML_ANSWER_INPUT);
    assert_non_null(strstr(eml_error_text(err), "all that it takes to work out \"age\": it is proved only when"));
    assert_true(eml_session_reveal_proofs(session) == 1);
    eml_session_clear_inputs(session);
    assert_true(eml_session_reveal_proofs(session) == before);
    eml_session_free(session);
    eml_bytes_wipe(&opening);
    eml_buf_free(&bytes);
    eml_error_free(err);
}

/* A session goes by the row: the sample's second output tells one input. */
static void lies_are_not_believed(void **state) {
    (void)state;
    const eml_committed_reveal declared[] = {{1 << 30, 1}, {0, 0}, {32, 16}};
    for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++) assert_not_believed(declared[i]);
}

/* Where elimination would take too long, results are taken for telling all. */
static void too_large(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    eml_told_value *values = eml_alloc(COUNT, sizeof *values);
    for (size_t i = 0; i < COUNT; i++) values[i] = (eml_told_value){.width = 255, .bits = 128};
    for (size_t results = 1; results <= COUNT; results += COUNT - 1) {
        eml_told told;
        eml_told_term terms[] = {{0, EML_FE_ONE}, {COUNT - 1, EML_FE_ONE}};
        eml_told_open(&told, values, COUNT, results);
        eml_told_add(&told, terms, 2);
        eml_committed_reveal found = eml_told_close(&told, NULL);
        assert_int_equal(eml_reveal_proofs(&found), results == 1 ? 2 : 1);
    }
    eml_free(values);
}

/* Of programs on ciphertexts nothing is measured. */
static void ciphertexts(void **state) {
    (void)state;
    eml_bundle bundle;
    test_sample_bundle(TEST_SAMPLE_ENCRYPTED, &bundle);
    for (size_t i = 0; i < bundle.abi.input_count; i++) bundle.abi.inputs[i].visibility = EML_SECRET;
    eml_committed_reveal found = eml_reveal_of_any_row(&bundle.program, &bundle.abi);
    assert_int_equal(found.bits, 0);
    assert_int_equal(found.row_bits, 0);
    eml_bundle_free(&bundle);
}

/* Without public inputs nothing depends on the row, and `inspect` says what the code gives too. */
static void code_is_believed(void **state) {
    (void)state;
    subject s = {.committed = 2, .hi = {255, 99}};
    assemble(&s, "read3\npush.1000\nread3\nmul\nadd\n");
    const eml_committed_reveal declared[] = {{1 << 30, 1}, {0, 0}, {32, 16}};
    for (size_t i = 0; i < sizeof declared / sizeof declared[0]; i++) {
        s.abi.reveal = declared[i];
        eml_committed_reveal found = eml_reveal_of_any_row(&s.program, &s.abi);
        assert_int_equal(eml_reveal_proofs(&found), 1);
        eml_program without = s.program;
        without.code = NULL;
        found = eml_reveal_of_any_row(&without, &s.abi);
        assert_int_equal(found.bits, declared[i].bits);
    }
    drop(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(public_selectors),
        cmocka_unit_test(digits),
        cmocka_unit_test(combinations),
        cmocka_unit_test(unmeasured),
        cmocka_unit_test(nothing),
        cmocka_unit_test(against_enumeration),
        cmocka_unit_test(lies_are_not_believed),
        cmocka_unit_test(code_is_believed),
        cmocka_unit_test(too_large),
        cmocka_unit_test(ciphertexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
