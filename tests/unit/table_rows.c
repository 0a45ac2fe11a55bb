/* Tables: what is read, from CSV and JSON alike, and what every refusal says. */
#include "runtime/text/json.h"
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/table/rows.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/rows.h"
#include "runtime/table/read.h"
#include "runtime/table/raw.h"
#include "tests/support/signed.h"

static eml_status parse(test_sample sample, eml_rows_kind kind, const char *text, bool allow_extra, eml_rows *rows,
                        eml_error *err) {
    eml_bundle bundle;
    test_sample_bundle(sample, &bundle);
    eml_status status = eml_rows_parse(&bundle.abi, kind, "t", text, strlen(text), allow_extra, rows, err);
    eml_bundle_free(&bundle);
    return status;
}

static void accept(const char *text, bool allow_extra, size_t count, const int64_t *cells) {
    eml_rows rows;
    eml_error err;
    if (parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, text, allow_extra, &rows, &err) != EML_OK)
        fail_msg("%s: %s", text, err.text);
    assert_int_equal(rows.cells.columns, 2);
    assert_int_equal(eml_rows_count(&rows), count);
    for (size_t i = 0; i < 2 * count; i++)
        if (!eml_fe_eq(test_cell(&rows, i), test_fe_from_i64(cells[i]))) fail_msg("%s: cell %zu", text, i);
    eml_rows_free(&rows);
}

static void refuse_kind(test_sample sample, eml_rows_kind kind, const char *text, eml_status status, const char *why) {
    eml_rows rows = {.results = 99};
    eml_error err = {0};
    if (parse(sample, kind, text, false, &rows, &err) != status) fail_msg("\"%s\" should say \"%s\"", text, why);
    if (strcmp(err.text, why) != 0) fail_msg("\"%s\": said\n  %s\nnot\n  %s", text, err.text, why);
    assert_int_equal(rows.results, 99);
}

static void refuse(const char *text, const char *why) {
    refuse_kind(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, text, EML_ERR_INPUT, why);
}

/* age: k = age. bmi: k = (bmi - 35) * 64. */
static const int64_t two[] = {40, -640, 41, 32};

static void reads_csv(void **state) {
    (void)state;
    accept("age,bmi\n40,25\n41,35.5\n", false, 2, two);
    accept("bmi,age\n25,40\n35.5,41", false, 2, two);
    accept("\xef\xbb\xbf"
           "age,bmi\r\n40,25\r\n41,35.5\r\n\r\n\n",
           false, 2, two);
    accept("\"age\" , \"bmi\"\n \"40\",25.000\n4.1e1,\t3550e-2 \n", false, 2, two);
    accept("age,who,bmi\n40,\"a, \"\"b\"\"\nc\",25\n41,,35.5\n", true, 2, two);
}

static void reads_json(void **state) {
    (void)state;
    accept("[{\"age\": 40, \"bmi\": 25}, {\"bmi\": \"35.5\", \"age\": 41.0}]", false, 2, two);
    accept("{\"age\": [40, 41], \"bmi\": [25, 35.5]}", false, 2, two);
    accept(" \n{\"bmi\": [25, \"3550e-2\"], \"age\": [4e1, 41], \"who\": [null, {\"x\": [1]}]}", true, 2, two);
}

static void reads_vectors(void **state) {
    (void)state;
    eml_rows rows;
    eml_error err;
    assert_int_equal(
        parse(TEST_SAMPLE_SEVERAL, EML_ROWS_PUBLIC, "[{\"x\": [0.125], \"rate\": 0.5}]", false, &rows, &err), EML_OK);
    assert_true(eml_fe_eq(test_cell(&rows, 0), eml_fe_from_u64(1 << 21)));
    eml_rows_free(&rows);
    assert_int_equal(parse(TEST_SAMPLE_SEVERAL, EML_ROWS_PUBLIC, "{\"x\": [[0.125], [0]], \"rate\": [0.5, 0.5]}", false,
                           &rows, &err),
                     EML_OK);
    assert_int_equal(eml_rows_count(&rows), 2);
    eml_rows_free(&rows);
    assert_int_equal(parse(TEST_SAMPLE_ENCRYPTED, EML_ROWS_SECRET, "v\n150.25\n", false, &rows, &err), EML_OK);
    assert_true(eml_fe_eq(test_cell(&rows, 0), EML_FE_ONE));
    eml_rows_free(&rows);
}

/* Extra columns may have any names, but none that is like one of the model's. */
static void extra_columns_are_other_columns(void **state) {
    (void)state;
    static const char *const bad[] = {"age,bmi,Bmi\n40,25,1\n", "age,bmi,b\xd0\xbci,\xd0\xb0ge\n40,25,1,1\n",
                                      "[{\"age\": 40, \"bmi\": 25, \"\xef\xbd\x81ge\": 1}]"};
    eml_rows rows;
    eml_error err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, bad[i], true, &rows, &err), EML_ERR_INPUT);
        assert_non_null(strstr(err.text, "did you mean"));
    }
    accept("age,who,Who,score,bmi,SCORE\n40,1,2,3,25,4\n41,1,2,3,35.5,4\n", true, 2, two);
}

static void refuses_csv(void **state) {
    (void)state;
    refuse("", "t: empty: a header line was expected");
    refuse("age,bmi\n", "t: there are no rows");
    refuse("age,bmi\n\n\n", "t: there are no rows");
    refuse("age\n40\n", "t: column \"bmi\" is missing");
    refuse("age,bmi,bmi\n40,25,25\n", "t: column \"bmi\" stands twice in the header");
    refuse("age,bmi,sex\n40,25,1\n", "t: unknown column \"sex\": no input of the model, which are \"age\", \"bmi\" "
                                     "here; --allow-extra ignores such columns");
    refuse("age;bmi\n40;25\n", "t: unknown column \"age;bmi\": the line has semicolons, but columns are separated by "
                               "commas, and numbers have decimal points");
    refuse("age\tbmi\n40\t25\n", "t: unknown column \"age?bmi\": the line has tabs, but columns are separated by "
                                 "commas, and numbers have decimal points");
    refuse("40,25\n41,26\n", "t: unknown column \"40\": the first line names the columns");
    refuse("Age,bmi\n40,25\n", "t: unknown column \"Age\": did you mean \"age\"?");
    refuse("\"A.g_e\",bmi\n40,25\n", "t: unknown column \"A.g_e\": did you mean \"age\"?");
    refuse("ag,bmi\n40,25\n", "t: unknown column \"ag\": no input of the model, which are \"age\", \"bmi\" here; "
                              "--allow-extra ignores such columns");
    refuse("age,bmi\n40,25\n41\n", "t: line 3 (row 2): 1 fields, the header has 2");
    refuse("age,bmi\n40,25,1\n", "t: line 2 (row 1): 3 fields, the header has 2");
    refuse("age,bmi\n40,25\n\n41,35.5\n", "t: line 3 is blank, but more rows follow");
    refuse("age,bmi\n40,25\n41,thin\n", "t: line 3 (row 2), column \"bmi\": \"thin\" is not a number");
    refuse("age,bmi\n40,\n", "t: line 2 (row 1), column \"bmi\": empty: every row needs a value");
    refuse("age,bmi\n40,NaN\n", "t: line 2 (row 1), column \"bmi\": \"NaN\" is not a number");
    refuse("age,bmi\n40,\x1b[2J\n", "t: line 2 (row 1), column \"bmi\": \"?[2J\" is not a number");
    refuse("age,bmi\n40,\"25\n", "t: line 2: a quote is not closed");
    refuse("age,bmi\n40,\"25\"x\n", "t: line 2: text after a closing quote");
    refuse("age|bmi\n40|25\n", "t: unknown column \"age|bmi\": the line has bars, but columns are separated by commas, "
                               "and numbers have decimal points");
    refuse("\"age\";\"bmi\"\n", "t: line 1: text after a closing quote: columns are separated by commas");
    refuse("age,who,bmi\n", "t: unknown column \"who\": no input of the model, which are \"age\", \"bmi\" here; "
                            "--allow-extra ignores such columns");
}

/* A tree takes much more memory than its text. */
static void refuses_huge_trees(void **state) {
    (void)state;
    eml_buf text = {0};
    eml_buf_put_text(&text, "[{}");
    for (int i = 0; i < EML_JSON_ITEMS_MAX; i++) eml_buf_put_text(&text, ",{}");
    eml_buf_put(&text, "]", 2);
    refuse((const char *)text.data, "t: JSON of more than 4194304 values; give large tables as CSV");
    eml_buf_free(&text);
}

static void refuses_json(void **state) {
    (void)state;
    refuse("[]", "t: there are no rows");
    refuse("{}", "t: there are no rows");
    refuse("[1]", "t: row 1: a number or string where an object of columns was expected");
    refuse("[{\"age\": 40}]", "t: row 1, column \"bmi\": missing");
    refuse("[{\"age\": 40, \"bmi\": null}]", "t: row 1, column \"bmi\": null is not a number");
    refuse("[{\"age\": 40, \"bmi\": [25]}]", "t: row 1, column \"bmi\": an array is not a number");
    refuse("[{\"age\": 40, \"bmi\": 25, \"bmi\": 26}]", "t: line 1: not JSON: duplicate object key near '\"bmi\"'");
    refuse("[{\"age\": 040, \"bmi\": 25}]", "t: line 1: not a JSON number");
    refuse("[\n{\"age\": 1e, \"bmi\": 25}]", "t: line 2: not a JSON number");
    refuse("{\"age\": [40], \"bmi\": [25, 26]}", "t: column \"bmi\" has 2 rows, column \"age\" 1");
    refuse("{\"age\": 40, \"bmi\": 25}", "t: column \"age\": an array with one item a row was expected (a single row "
                                         "is written as [{...}])");
    refuse("{\"age\": {\"0\": 40}, \"bmi\": {\"0\": 25}}",
           "t: column \"age\": an array with one item a row was expected (pandas writes one with "
           "to_json(orient=\"records\"))");
    refuse("[{\"age\": 40, \"bmi\": 25, \"x\": {\"y\": 1}}]",
           "t: unknown column \"x\": no input of the model, which are \"age\", \"bmi\" here; --allow-extra ignores "
           "such columns");
    refuse("[{1: 2}]", "t: line 1: not a JSON number");
}

/* A number that the column does not take is a no, not a malformed table. */
static void refuses_values(void **state) {
    (void)state;
    refuse_kind(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, "age,bmi\n40,25\n100,25\n", EML_ERR_NO,
                "t: line 3 (row 2), column \"age\": 100 is outside the declared range [18, 99]");
    refuse_kind(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, "[{\"age\": 40.5, \"bmi\": 25}]", EML_ERR_NO,
                "t: row 1, column \"age\": 40.5 is not a multiple of the step 1");
    refuse_kind(
        TEST_SAMPLE_SEVERAL, EML_ROWS_PUBLIC, "x[0],rate\n0,0.5\n0,0.50\n0,0.51\n", EML_ERR_NO,
        "t: line 4 (row 3), column \"rate\": a uniform input has one value in all rows, but 0.51 is not that of "
        "row 1");
    refuse_kind(TEST_SAMPLE_ENCRYPTED, EML_ROWS_PUBLIC, "t,v\n1,2\n", EML_ERR_INPUT,
                "t: column \"v\" is a secret input of the model: it does not belong here");
    refuse_kind(TEST_SAMPLE_RAW, EML_ROWS_PUBLIC, "t\n1\n", EML_ERR_INPUT, "t: the program has no public inputs");
    refuse_kind(TEST_SAMPLE_PLAIN, EML_ROWS_OUTPUTS, "score,id\n1.5,1\n", EML_ERR_INPUT,
                "t: unknown column \"id\": no output of the model, which are \"score\" here; --allow-extra ignores "
                "such columns");
    refuse_kind(
        TEST_SAMPLE_PLAIN, EML_ROWS_OUTPUTS, "score\n1.5012\n", EML_ERR_NO,
        "t: line 2 (row 1), column \"score\": this is not a value that the program can give: a digit was changed");
}

/* As pandas (from 0) and R (from 1, quoted) write them. */
static void skips_row_numbers(void **state) {
    (void)state;
    static const char *const good[] = {"age,bmi\n40,25.1\n41,26\n", ",age,bmi\n0,40,25.1\n1,41,26\n",
                                       "\"\",\"age\",\"bmi\"\n\"1\",40,25.1\n\"2\",41,26\n"};
    eml_rows first, rows;
    eml_error err;
    assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, good[0], false, &first, &err), EML_OK);
    assert_false(first.numbered);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, good[i], false, &rows, &err), EML_OK);
        assert_true(rows.numbered);
        assert_int_equal(eml_rows_count(&rows), 2);
        for (size_t c = 0; c < 4; c++) assert_true(eml_fe_eq(test_cell(&rows, c), test_cell(&first, c)));
        eml_rows_free(&rows);
    }
    eml_rows_free(&first);
    static const char *const numbers[] = {"2,40,25\n3,41,26\n", "0,40,25\n2,41,26\n", "1,40,25\n1,41,26\n",
                                          "0,40,25\n2,41,26\n", "00,40,25\n",         ",40,25\n"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[64];
        snprintf(text, sizeof text, ",age,bmi\n%s", numbers[i]);
        assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, text, false, &rows, &err), EML_ERR_INPUT);
        assert_non_null(
            strstr(err.text, "the first column has no name, and its fields are not the numbers of the rows"));
        assert_non_null(strstr(err.text, "pandas: index=False"));
        /* As of rows that were drawn from others: an extra column. */
        assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, text, true, &rows, &err), EML_OK);
        assert_false(rows.numbered);
        assert_int_equal(rows.extra, 1);
        eml_rows_free(&rows);
    }
    accept(",age,bmi\n417,40,25\n12,41,35.5\n", true, 2, two);
    accept("\"\",age,bmi\n\"Ann\",40,25\n,41,35.5\n", true, 2, two);
    assert_int_equal(parse(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, good[1], true, &rows, &err), EML_OK);
    assert_true(rows.numbered);
    assert_int_equal(rows.extra, 0);
    eml_rows_free(&rows);
    /* Not the first column. */
    refuse_kind(TEST_SAMPLE_PLAIN, EML_ROWS_PUBLIC, "age,,bmi\n40,0,25\n", EML_ERR_INPUT,
                "t: unknown column \"\": no input of the model, which are \"age\", \"bmi\" here; --allow-extra ignores "
                "such columns");
}

static void outputs_round_trip(void **state) {
    (void)state;
    eml_bundle bundle;
    eml_fe cells[] = {test_fe_from_i64(1500), test_fe_from_i64(-3), test_fe_from_i64(0), test_fe_from_i64(1)};
    eml_rows printed, read;
    eml_error err;
    test_sample_bundle(TEST_SAMPLE_SEVERAL, &bundle);
    eml_buf csv = {0}, json = {0};
    eml_sink sinks[] = {eml_sink_of_buf(&csv), eml_sink_of_buf(&json)};
    eml_rows_of_elements(cells, 2, 2, &printed);
    assert_int_equal(eml_output_rows_print_csv(&bundle.abi, &printed, NULL, NULL, &sinks[0], &err), EML_OK);
    assert_int_equal(eml_output_rows_print_json(&bundle.abi, &printed, NULL, NULL, &sinks[1], &err), EML_OK);
    eml_rows_free(&printed);
    eml_buf_put_u8(&csv, 0);
    eml_buf_put_u8(&json, 0);
    assert_string_equal((char *)csv.data, "y[0],y[1]\n1.5,-0.0000000007\n0,0.0000000002\n");
    assert_string_equal((char *)json.data,
                        "[\n {\"y[0]\": 1.5, \"y[1]\": -0.0000000007},\n {\"y[0]\": 0, \"y[1]\": 0.0000000002}\n]\n");
    const eml_buf *texts[] = {&csv, &json};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(eml_rows_parse(&bundle.abi, EML_ROWS_OUTPUTS, "t", (char *)texts[i]->data, texts[i]->len - 1,
                                        false, &read, &err),
                         EML_OK);
        for (size_t j = 0; j < 4; j++) assert_true(eml_fe_eq(test_cell(&read, j), cells[j]));
        eml_rows_free(&read);
    }
    assert_int_equal(
        eml_rows_parse(&bundle.abi, EML_ROWS_OUTPUTS, "t", "y[1],y[0]\n-7e-10,1.50\n", 22, false, &read, &err), EML_OK);
    eml_rows_free(&read);
    eml_buf_free(&csv);
    eml_buf_free(&json);
    eml_bundle_free(&bundle);
}

static void refuse_tapes(const char *text, const char *why) {
    eml_raw_tapes tapes;
    eml_error err = {0};
    assert_int_equal(eml_raw_tapes_parse("t", text, strlen(text), &tapes, &err), EML_ERR_INPUT);
    if (strcmp(err.text, why) != 0) fail_msg("\"%s\": said\n  %s\nnot\n  %s", text, err.text, why);
}

static void raw_tapes(void **state) {
    (void)state;
    eml_raw_tapes tapes;
    eml_raw_result result;
    eml_error err;
    const char *text = "{\"secret_tape\": [[\"1\",\"2\",\"3\",\"4\",\"5\"]], \"public_tape\": [7, "
                       "\"340282366920938463463325128821782192128\"]}";
    assert_int_equal(eml_raw_tapes_parse("t", text, strlen(text), &tapes, &err), EML_OK);
    assert_int_equal(tapes.public_len, 2);
    assert_int_equal(tapes.secret_len, 1);
    assert_true(eml_fe_eq(tapes.public_tape[1], eml_fe_neg(EML_FE_ONE)) || tapes.public_tape[1].hi == UINT64_MAX);
    assert_true(eml_fe_eq(tapes.secret_tape[4], eml_fe_from_u64(5)));
    eml_raw_tapes_free(&tapes);
    refuse_tapes("{\"public_tape\": [340282366920938463463374607431768211456]}",
                 "t: public_tape[0]: a field element was expected: decimal digits, below p");
    refuse_tapes("{\"public_tape\": [1, -1]}",
                 "t: public_tape[1]: a field element was expected: decimal digits, below p");
    refuse_tapes("{\"public_tape\": 1}", "t: public_tape: a number or string where a list was expected");
    refuse_tapes("{\"secret_tape\": [[1,2,3,4]]}",
                 "t: secret_tape[0]: a list of 5 elements was expected: mask0..mask3, body");
    refuse_tapes("{\"secret_tape\": [[1,2,3,4,true]]}",
                 "t: secret_tape[0][4]: a field element was expected: decimal digits, below p");
    refuse_tapes("{\"publictape\": []}",
                 "t: an object with \"public_tape\" and \"secret_tape\" and nothing else was expected");
    refuse_tapes("[]", "t: an object with \"public_tape\" and \"secret_tape\" and nothing else was expected");
    eml_fe stack[] = {eml_fe_from_u64(42), EML_FE_ZERO};
    eml_raw_result given = {.stack = stack, .stack_len = 2, .output_tape = stack, .output_len = 1};
    eml_buf out = {0};
    eml_raw_result_print(&given, &out);
    assert_int_equal(eml_raw_result_parse("t", (char *)out.data, out.len, &result, &err), EML_OK);
    assert_int_equal(result.stack_len, 2);
    assert_int_equal(result.output_len, 1);
    assert_true(eml_fe_eq(result.stack[0], stack[0]));
    eml_raw_result_free(&result);
    eml_buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_csv),          cmocka_unit_test(reads_json),
        cmocka_unit_test(reads_vectors),      cmocka_unit_test(extra_columns_are_other_columns),
        cmocka_unit_test(refuses_csv),        cmocka_unit_test(refuses_json),
        cmocka_unit_test(refuses_huge_trees), cmocka_unit_test(refuses_values),
        cmocka_unit_test(skips_row_numbers),  cmocka_unit_test(outputs_round_trip),
        cmocka_unit_test(raw_tapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
