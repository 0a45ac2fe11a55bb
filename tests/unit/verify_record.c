/* Records: which files go together as the inputs and outputs of one statement; and the labels of ciphertext files. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/ciphertext/params.h"
#include "runtime/table/read.h"
#include "runtime/verify/verify.h"
#include "tests/support/bundle_samples.h"

static void says(const eml_error *err, const char *words) {
    if (strstr(err->text, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", err->text, words);
}

/* ----- labels ----- */

static void refuse_label(void (*change)(eml_abi *abi), const char *words) {
    eml_bundle bundle;
    eml_ciphertext_label label;
    eml_error err = {0};
    test_sample_bundle(TEST_SAMPLE_ENCRYPTED, &bundle);
    bundle.abi.delta_bits = EML_LATTICE_DELTA_BITS_MIN;
    assert_int_equal(eml_label_of(&bundle.abi, EML_CIPHERTEXT_INPUTS, NULL, &label, &err), EML_OK);
    eml_label_free(&label);
    change(&bundle.abi);
    assert_int_equal(eml_label_of(&bundle.abi, EML_CIPHERTEXT_INPUTS, NULL, &label, &err), EML_ERR_INPUT);
    says(&err, words);
    eml_bundle_free(&bundle);
}

static void no_scale(eml_abi *abi) { abi->delta_bits = 0; }

static void labels(void **state) {
    (void)state;
    refuse_label(no_scale, "scale is 2^0");
}

/* An ABI for which there are no labels has no ciphertexts that match. */
static void labels_that_are_none(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_error err = {0};
    eml_record record = {.secrets = {.rows = 1}};
    test_sample_bundle(TEST_SAMPLE_ENCRYPTED, &bundle);
    no_scale(&bundle.abi);
    assert_int_equal(eml_record_check_labels(&record, &bundle.abi, &bundle.hash, &err), EML_ERR_INPUT);
    says(&err, "scale is 2^0");
    eml_bundle_free(&bundle);
}

/* ----- what goes together ----- */

typedef struct record_case {
    test_sample sample;
    size_t table, ciphertexts; /* rows */
    bool uniform, single_row;
    eml_status status;
    const char *says;
} record_case;

static const record_case record_cases[] = {
    {TEST_SAMPLE_PLAIN, 0, 0, false, false, EML_ERR_INPUT,
     "a table of the public inputs was not given (--input): age, bmi"},
    {TEST_SAMPLE_PLAIN, 2, 0, false, false, EML_OK, ""},
    {TEST_SAMPLE_PLAIN, 1, 0, false, true, EML_OK, ""},
    {TEST_SAMPLE_PLAIN, 2, 0, false, true, EML_ERR_NO, "2 rows, but model risk is declared single row"},
    {TEST_SAMPLE_ENCRYPTED, 0, 0, false, false, EML_ERR_INPUT, "the ciphertexts of the secret inputs were not given"},
    {TEST_SAMPLE_ENCRYPTED, 3, 0, false, false, EML_ERR_INPUT, "the ciphertexts of the secret inputs were not given"},
    {TEST_SAMPLE_ENCRYPTED, 0, 3, false, false, EML_ERR_INPUT,
     "a table of the public inputs was not given (--input): t"},
    {TEST_SAMPLE_ENCRYPTED, 3, 3, false, false, EML_OK, ""},
    {TEST_SAMPLE_ENCRYPTED, 1, 3, true, false, EML_OK, ""},
    {TEST_SAMPLE_ENCRYPTED, 1, 3, false, false, EML_ERR_NO, "has 1 rows, the ciphertexts have 3"},
    {TEST_SAMPLE_ENCRYPTED, 2, 3, true, false, EML_ERR_NO, "has 2 rows, the ciphertexts have 3"},
    {TEST_SAMPLE_ENCRYPTED, 1, EML_ROWS_CELLS_MAX + 1, true, false, EML_ERR_NO, "are more than 134217728 values"},
};

static void what_goes_together(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof record_cases / sizeof *record_cases; i++) {
        const record_case *c = &record_cases[i];
        eml_bundle bundle;
        eml_error err = {0};
        eml_record record = {0};
        test_sample_bundle(c->sample, &bundle);
        bundle.abi.inputs[0].uniform = c->uniform;
        bundle.abi.single_row = c->single_row;
        size_t columns = eml_abi_columns(&bundle.abi, EML_PUBLIC);
        eml_fe *cells = eml_alloc(c->table, columns * sizeof *cells);
        eml_rows_of_elements(cells, c->table, columns, &record.inputs);
        eml_free(cells);
        record.secrets.rows = c->ciphertexts;
        assert_int_equal(eml_record_complete(&record, &bundle.abi, &bundle.program.shape, &err), c->status);
        says(&err, c->says);
        if (c->status == EML_OK && c->ciphertexts > 0) assert_int_equal(eml_rows_count(&record.inputs), c->ciphertexts);
        record.secrets.rows = 0;
        eml_record_free(&record);
        eml_bundle_free(&bundle);
    }
}

/* ----- files ----- */

static void refuse_outputs(test_sample sample, eml_file file, const char *words) {
    eml_bundle bundle;
    eml_error err = {0};
    eml_record record = {0};
    test_sample_bundle(sample, &bundle);
    assert_int_not_equal(eml_record_read_outputs(&record, &bundle.abi, &file, false, &err), EML_OK);
    says(&err, words);
    eml_record_free(&record);
    eml_bundle_free(&bundle);
}

static void outputs_that_cannot_be_read(void **state) {
    (void)state;
    refuse_outputs(TEST_SAMPLE_PLAIN, (eml_file){.path = "/nonexistent/o.csv"}, "No such file");
    refuse_outputs(TEST_SAMPLE_RAW, (eml_file){.path = "/nonexistent/o.json"}, "No such file");
    refuse_outputs(TEST_SAMPLE_ENCRYPTED, (eml_file){.path = "/nonexistent/o.ct"}, "No such file");
    refuse_outputs(TEST_SAMPLE_RAW, (eml_file){"o.json", "[", 1}, "o.json");
    refuse_outputs(TEST_SAMPLE_ENCRYPTED, (eml_file){"o.ct", "u\n1\n", 4}, "o.ct: not a ciphertext file");
}

/* A record that never ends: looked at as far as the limit. */
static void longest_record(void **state) {
    (void)state;
    enum { BYTES = (64 << 20) + 100 };
    eml_bundle bundle;
    eml_rows rows;
    eml_error err = {0};
    char *text = eml_alloc_raw(BYTES, 1);
    memset(text, '1', BYTES);
    memcpy(text, "age,bmi\n40,25\n41,", 18);
    test_sample_bundle(TEST_SAMPLE_PLAIN, &bundle);
    assert_int_equal(eml_rows_parse(&bundle.abi, EML_ROWS_PUBLIC, "t.csv", text, BYTES, false, &rows, &err),
                     EML_ERR_INPUT);
    says(&err, "t.csv: line 3: longer than the limit of 67108864 bytes");
    eml_free(text);
    eml_bundle_free(&bundle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels),
        cmocka_unit_test(labels_that_are_none),
        cmocka_unit_test(what_goes_together),
        cmocka_unit_test(outputs_that_cannot_be_read),
        cmocka_unit_test(longest_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
