/* Derived inputs, categories and results: what an ABI may say of them, and rows with them. */
#include <stdio.h>
#include <string.h>

#include "runtime/bundle/abi.h"
#include "runtime/field/integer.h"
#include "runtime/table/computed.h"
#include "runtime/table/read.h"
#include "tests/support/cmocka.h"
#include "tests/support/rows.h"

static void name(char **out, const char *text) { *out = eml_copy_text(text, strlen(text)); }

static void input(eml_input_column *in, const char *text, long lo, long hi) {
    name(&in->name, text);
    mpq_set_si(in->lo, lo, 1);
    mpq_set_si(in->hi, hi, 1);
    mpq_set_ui(in->unit, 1, 1);
    in->exact = true;
}

/* age, plan (two words), u (uniform); derived: age * (plan == 1) and u^2, uniform; output y; results: y >= 5, and half
 * of y. */
static void make(eml_abi *abi) {
    eml_abi_init(abi);
    eml_abi_set_counts(abi, 5, 1, 5, 0);
    abi->raw = false;
    eml_free(abi->model);
    name(&abi->model, "sample");
    input(&abi->inputs[0], "age", 0, 100);
    input(&abi->inputs[1], "plan", 0, 1);
    input(&abi->inputs[2], "u", 0, 10);
    input(&abi->inputs[3], "both", 0, 100);
    input(&abi->inputs[4], "square", 0, 100);
    abi->inputs[2].uniform = abi->inputs[4].uniform = true;
    abi->inputs[1].word_count = 2;
    abi->inputs[1].words = eml_alloc(2, sizeof(char *));
    name(&abi->inputs[1].words[0], "basic");
    name(&abi->inputs[1].words[1], "4");
    eml_formula *both = &abi->inputs[3].formula, *square = &abi->inputs[4].formula;
    eml_formula_add_column(both, 0);
    eml_formula_add_column(both, 1);
    mpq_set_ui(eml_formula_add(both, EML_FORMULA_NUMBER, 0)->number, 1, 1);
    eml_formula_add(both, EML_FORMULA_EQUAL, 2);
    eml_formula_add(both, EML_FORMULA_MULTIPLY, 2);
    eml_formula_add_column(square, 2);
    eml_formula_add(square, EML_FORMULA_POWER, 1)->exponent = 2;
    for (uint32_t i = 0; i < 5; i++) abi->public_tape[i] = i;
    name(&abi->outputs[0].name, "y");
    name(&abi->outputs[0].link, "identity");
    mpq_set_ui(abi->outputs[0].unit, 1, 10);
    eml_abi_set_results(abi, 2);
    name(&abi->results[0].name, "large");
    name(&abi->results[1].name, "half");
    mpq_set_ui(abi->results[0].unit, 1, 1);
    mpq_set_ui(abi->results[1].unit, 1, 10);
    eml_formula *large = &abi->results[0].formula, *half = &abi->results[1].formula;
    mpq_set_ui(eml_formula_add(large, EML_FORMULA_NUMBER, 0)->number, 5, 1);
    eml_formula_add_column(large, 0);
    eml_formula_add(large, EML_FORMULA_LESS_EQUAL, 2);
    eml_formula_add_column(half, 0); /* y / 2 + large */
    mpq_set_ui(eml_formula_add(half, EML_FORMULA_NUMBER, 0)->number, 2, 1);
    eml_formula_add(half, EML_FORMULA_DIVIDE, 2);
    eml_formula_add_column(half, 1);
    eml_formula_add(half, EML_FORMULA_ADD, 2);
}

static void round_trip(void **state) {
    (void)state;
    eml_abi abi, again;
    eml_buf bytes = {0}, second = {0};
    make(&abi);
    assert_int_equal(eml_abi_check(&abi, NULL), EML_OK);
    assert_int_equal(eml_abi_flags(&abi), EML_ABI_DERIVED | EML_ABI_RESULTS | EML_ABI_CATEGORIES);
    eml_abi_encode(&abi, &bytes);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, NULL), EML_OK);
    eml_abi_encode(&again, &second);
    assert_true(second.len == bytes.len && memcmp(second.data, bytes.data, bytes.len) == 0);
    assert_string_equal(again.inputs[1].words[1], "4");
    assert_int_equal(again.inputs[3].formula.count, 5);
    eml_abi_free(&again);
    /* No cut of it is read, and no changed byte is read as something that is written otherwise. */
    for (size_t cut = 0; cut < bytes.len; cut++)
        assert_int_equal(eml_abi_decode(bytes.data, cut, &again, NULL), EML_ERR_INPUT);
    for (size_t at = 0; at < bytes.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes.data[at] ^= (uint8_t)(1 << bit);
            if (eml_abi_decode(bytes.data, bytes.len, &again, NULL) == EML_OK) eml_abi_free(&again);
            bytes.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    eml_buf_free(&bytes);
    eml_buf_free(&second);
    eml_abi_free(&abi);
}

static void not_last(eml_abi *abi) { eml_formula_add_column(&abi->inputs[1].formula, 0); }
static void of_derived(eml_abi *abi) { abi->inputs[4].formula.nodes[0].column = 3; }
static void uniform_of_varying(eml_abi *abi) { abi->inputs[4].formula.nodes[0].column = 0; }
static void of_secret(eml_abi *abi) {
    abi->inputs[0].visibility = EML_SECRET;
    eml_free(abi->secret_tape);
    abi->secret_tape = eml_alloc(1, sizeof *abi->secret_tape);
    abi->secret_len = 1;
    abi->public_tape[0] = 1;
    abi->encrypted_outputs = true;
    abi->delta_bits = 50;
}
static void committed(eml_abi *abi) {
    abi->inputs[4].visibility = EML_COMMITTED, abi->inputs[4].uniform = false, abi->public_tape[4] = 2;
}
static void same_words(eml_abi *abi) {
    eml_free(abi->inputs[1].words[1]);
    name(&abi->inputs[1].words[1], "basic");
}
static void same_number(eml_abi *abi) {
    eml_free(abi->inputs[1].words[0]);
    name(&abi->inputs[1].words[0], "4.0");
}
static void alike_words(eml_abi *abi) {
    eml_free(abi->inputs[1].words[1]);
    name(&abi->inputs[1].words[1], "BASIC");
}
static void hidden_word(eml_abi *abi) {
    eml_free(abi->inputs[1].words[1]);
    name(&abi->inputs[1].words[1], "ba\tsic");
}
static void words_beyond(eml_abi *abi) { mpq_set_ui(abi->inputs[1].hi, 2, 1); }
static void words_apart(eml_abi *abi) { mpq_set_ui(abi->inputs[1].unit, 1, 2); }
static void words_from_one(eml_abi *abi) { mpq_set_ui(abi->inputs[1].lo, 1, 1); }
static void words_inexact(eml_abi *abi) { abi->inputs[1].exact = false; }
static void words_shifted(eml_abi *abi) { mpq_set_ui(abi->inputs[1].offset, 1, 2); }
static void result_of_itself(eml_abi *abi) { abi->results[1].formula.nodes[3].column = 2; }
static void result_unit(eml_abi *abi) { mpq_set_ui(abi->results[1].unit, 1, 5); }
static void result_unit_10_7(eml_abi *abi) { mpq_set_ui(abi->results[1].unit, 10, 7); }
static void result_unit_long(eml_abi *abi) { mpz_ui_pow_ui(mpq_denref(abi->results[1].unit), 10, 1100); }
static void result_tolerance_long(eml_abi *abi) {
    mpz_ui_pow_ui(mpq_denref(abi->results[1].tolerance), 10, 1100);
    mpz_set_ui(mpq_numref(abi->results[1].tolerance), 1);
}
static void result_unseen(eml_abi *abi) {
    eml_free(abi->results[1].name);
    name(&abi->results[1].name, "ha\tlf");
}
static void result_unit_20(eml_abi *abi) { mpq_set_ui(abi->results[1].unit, 20, 1); }
static void result_name(eml_abi *abi) {
    eml_free(abi->results[1].name);
    name(&abi->results[1].name, "y");
}
static void result_alike(eml_abi *abi) {
    eml_free(abi->results[1].name);
    name(&abi->results[1].name, "AGE");
}
static void result_tolerance(eml_abi *abi) { mpq_set_si(abi->results[0].tolerance, -1, 1); }

static void faults(void **state) {
    (void)state;
    static const struct {
        void (*change)(eml_abi *abi);
        const char *says;
    } rows[] = {
        {not_last, "plan: its values are not 0 to 1"},
        {of_derived, "the formula of square: node 0 is of a column that is not there"},
        {uniform_of_varying, "the formula of square: it reads \"age\", which is of another kind"},
        {of_secret, "the formula of both: it reads \"age\", which is of another kind"},
        {committed, "square is committed and derived"},
        {same_words, "two words of a category are named \"basic\""},
        {same_number, "of plan are not told apart"},
        {alike_words, "the words \"BASIC\" and \"basic\" of plan are not told apart"},
        {hidden_word, "category word[1] is not printable"},
        {words_beyond, "plan: its values are not 0 to 1"},
        {words_apart, "plan: its values are not 0 to 1"},
        {words_from_one, "plan: its values are not 0 to 1"},
        {words_inexact, "plan: its values are not 0 to 1"},
        {words_shifted, "plan: its values are not 0 to 1"},
        {result_of_itself, "the formula of half: node 3 is of a column that is not there"},
        {result_unit, "half.unit is not a power of ten"},
        {result_unit_10_7, "half.unit is not a power of ten"},
        {result_unit_long, "half.unit has more than"},
        {result_tolerance_long, "half.tolerance has more than"},
        {result_unseen, "result name[1] is not printable"},
        {result_unit_20, "half.unit is not a power of ten"},
        {result_name, "two outputs are named \"y\""},
        {result_alike, "differ only by case"},
        {result_tolerance, "large.tolerance is negative"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eml_abi abi;
        eml_error err = {0};
        make(&abi);
        rows[i].change(&abi);
        assert_int_equal(eml_abi_check(&abi, &err), EML_ERR_INPUT);
        if (strstr(err.text, rows[i].says) == NULL)
            fail_msg("%zu: \"%s\" does not say \"%s\"", i, err.text, rows[i].says);
        eml_abi_free(&abi);
    }
    eml_abi abi;
    eml_error err = {0};
    make(&abi); /* a formula before the last inputs, of one that is no category */
    eml_formula_add_column(&abi.inputs[0].formula, 0);
    assert_int_equal(eml_abi_check(&abi, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "age is derived, but not among the last inputs"));
    eml_abi_free(&abi);
}

static eml_status parse(const eml_abi *abi, eml_rows_kind kind, const char *text, eml_rows *out, eml_error *err) {
    return eml_rows_parse(abi, kind, "t", text, strlen(text), false, out, err);
}

static void inputs(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows;
    make(&abi);
    assert_int_equal(parse(&abi, EML_ROWS_PUBLIC, "u,plan,age\n3,basic,20\n3,4.0,30\n3,4,0\n", &rows, NULL), EML_OK);
    static const uint64_t wanted[] = {20, 0, 3, 0, 9, 30, 1, 3, 30, 9, 0, 1, 3, 0, 9};
    assert_int_equal(rows.cells.columns, 5);
    for (size_t i = 0; i < 15; i++) assert_true(eml_fe_eq(test_cell(&rows, i), eml_fe_from_u64(wanted[i])));
    eml_rows_free(&rows);
    eml_abi_free(&abi);
}

/* Nor with --allow-extra: whoever reads the table would take the column for what was proved. */
static void never_extra(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows;
    eml_error err = {0};
    static const char text[] = "age,plan,u,both\n1,4,1,7\n";
    make(&abi);
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", text, sizeof text - 1, true, &rows, &err),
                     EML_ERR_INPUT);
    assert_string_equal(err.text, "t: column \"both\" is worked out from others by the model: it does not belong here");
    eml_abi_free(&abi);
}

static void assert_row_refused(eml_abi *abi, eml_rows_kind kind, const char *text, eml_status status,
                               const char *says) {
    eml_rows rows;
    eml_error err = {0};
    assert_int_equal(parse(abi, kind, text, &rows, &err), status);
    if (strcmp(err.text, says) != 0) fail_msg("\"%s\", not \"%s\"", err.text, says);
}

static void refused_inputs(void **state) {
    (void)state;
    eml_abi abi;
    make(&abi);
    assert_row_refused(
        &abi, EML_ROWS_PUBLIC, "age,plan,u\n1,pro,1\n", EML_ERR_NO,
        "t: line 2 (row 1), column \"plan\": \"pro\" is no word of the category, which are \"basic\", \"4\"");
    assert_row_refused(
        &abi, EML_ROWS_PUBLIC, "age,plan,u\n1,,1\n", EML_ERR_NO,
        "t: line 2 (row 1), column \"plan\": \"\" is no word of the category, which are \"basic\", \"4\"");
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u,both\n1,4,1,1\n", EML_ERR_INPUT,
                       "t: column \"both\" is worked out from others by the model: it does not belong here");
    mpq_set_ui(abi.inputs[3].hi, 50, 1); /* an ABI whose range is not its formula's */
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n50,4,1\n51,4,1\n", EML_ERR_NO,
                       "t: line 3 (row 2): \"both\": 51 is outside the declared range [0, 50]");
    mpq_set_ui(abi.inputs[3].lo, 1, 1);
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n50,basic,1\n", EML_ERR_NO,
                       "t: line 2 (row 1): \"both\": 0 is outside the declared range [1, 50]");
    abi.inputs[3].formula.nodes[4].operator= EML_FORMULA_DIVIDE;
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n50,basic,1\n", EML_ERR_NO,
                       "t: line 2 (row 1): \"both\": a division by 0");
    eml_abi_free(&abi);
}

static void results(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows, found;
    make(&abi);
    assert_int_equal(parse(&abi, EML_ROWS_OUTPUTS, "y\n4.9\n5\n-0.3\n", &rows, NULL), EML_OK);
    assert_int_equal(rows.results, 0);
    assert_int_equal(eml_results_of(&abi, &rows, &found, NULL), EML_OK);
    eml_buf text = {0};
    eml_sink sink = eml_sink_of_buf(&text);
    assert_int_equal(eml_output_rows_print_csv(&abi, &rows, &found, NULL, &sink, NULL), EML_OK);
    eml_buf_put_u8(&text, 0);
    assert_string_equal((const char *)text.data,
                        "y,large,half\n4.9,0,2.5\n5,1,3.5\n-0.3,0,-0.2\n"); /* ties go away from 0 */
    eml_rows_free(&rows);
    assert_int_equal(parse(&abi, EML_ROWS_OUTPUTS, (const char *)text.data, &rows, NULL), EML_OK);
    assert_int_equal(rows.results, 6);
    eml_rows_free(&rows);
    eml_rows_free(&found);
    eml_buf_free(&text);
    assert_int_equal(parse(&abi, EML_ROWS_OUTPUTS, "[{\"y\": 4.9, \"half\": 2.5}, {\"y\": 5}]", &rows, NULL), EML_OK);
    assert_int_equal(rows.results, 1);
    eml_rows_free(&rows);
    assert_row_refused(
        &abi, EML_ROWS_OUTPUTS, "half,y\n2.5,4.9\n2.4,5\n", EML_ERR_NO,
        "t: line 3 (row 2), column \"half\": 2.4 is not the result that the outputs of the row give, 3.5");
    assert_row_refused(&abi, EML_ROWS_OUTPUTS, "y,large\n5,yes\n", EML_ERR_INPUT,
                       "t: line 2 (row 1), column \"large\": \"yes\" is not a number");
    assert_row_refused(&abi, EML_ROWS_OUTPUTS, "large,half\n1,3.5\n", EML_ERR_INPUT, "t: column \"y\" is missing");
    abi.results[1].formula.nodes[2].operator= EML_FORMULA_POWER; /* no formula any more: 2 values */
    eml_abi_free(&abi);
}

static void no_result(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows, found;
    eml_error err = {0};
    make(&abi);
    mpq_set_ui(abi.results[1].formula.nodes[1].number, 0, 1);
    assert_int_equal(parse(&abi, EML_ROWS_OUTPUTS, "y\n4.9\n", &rows, NULL), EML_OK);
    assert_int_equal(eml_results_of(&abi, &rows, &found, &err), EML_ERR_NO);
    assert_string_equal(err.text, "row 1, result \"half\": a division by 0");
    eml_rows_free(&rows);
    assert_row_refused(&abi, EML_ROWS_OUTPUTS, "y,large\n5,1\n", EML_ERR_NO,
                       "t: line 2 (row 1), column \"half\": a division by 0");
    eml_abi_free(&abi);
}

/* A secret input that only formulas read is in no ciphertext, nor is a derived one that the program does not read; its
 * range holds all the same. */
static void kept(void **state) {
    (void)state;
    eml_abi abi;
    eml_abi_tape tape;
    eml_rows rows;
    make(&abi);
    for (size_t i = 0; i < 5; i++) abi.inputs[i].visibility = EML_SECRET, abi.inputs[i].uniform = false;
    eml_free(abi.secret_tape);
    abi.secret_tape = eml_alloc(3, sizeof *abi.secret_tape);
    abi.secret_len = 3;
    abi.secret_tape[0] = 3, abi.secret_tape[1] = EML_TAPE_ONE, abi.secret_tape[2] = 1;
    abi.public_len = 0;
    eml_abi_mark_kept(&abi);
    assert_true(abi.inputs[0].kept && !abi.inputs[1].kept && abi.inputs[2].kept && !abi.inputs[3].kept &&
                abi.inputs[4].kept);
    assert_int_equal(eml_abi_columns(&abi, EML_SECRET), 2);
    eml_abi_tape_init(&tape, &abi, EML_SECRET);
    assert_int_equal(tape.columns, 2);
    assert_true(tape.inputs[0] == 1 && tape.inputs[1] == 3);
    assert_true(tape.entries[0] == 1 && tape.entries[1] == EML_TAPE_ONE && tape.entries[2] == 0);
    eml_abi_tape_free(&tape);
    assert_int_equal(parse(&abi, EML_ROWS_SECRET, "age,plan,u\n7,4,5\n", &rows, NULL), EML_OK);
    static const uint64_t wanted[] = {1, 7};
    for (size_t i = 0; i < 2; i++) assert_true(eml_fe_eq(test_cell(&rows, i), eml_fe_from_u64(wanted[i])));
    eml_rows_free(&rows);
    mpq_set_ui(abi.inputs[4].hi, 24, 1);
    assert_row_refused(&abi, EML_ROWS_SECRET, "age,plan,u\n7,4,5\n", EML_ERR_NO,
                       "t: line 2 (row 1): \"square\": 25 is outside the declared range [0, 24]");
    eml_abi_free(&abi);
}

/* Reading goes on behind a cell that is refused, and one message tells of all. */
static void findings(void **state) {
    (void)state;
    eml_abi abi;
    make(&abi);
    assert_row_refused(
        &abi, EML_ROWS_PUBLIC, "age,plan,u\n101,4,1\n1,4,1\n1,pro,x\n200,4,1\n", EML_ERR_NO,
        "t: line 2 (row 1), column \"age\": 101 is outside the declared range [0, 100]; of 4 rows 3 are refused, "
        "for \"age\" 2 times, \"plan\" 1 time, \"u\" 1 time");
    /* What stops reading comes after what was refused before it. */
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n1,4,x\n2,4,1\n1,4\n", EML_ERR_INPUT,
                       "t: line 2 (row 1), column \"u\": \"x\" is not a number");
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n1,4,1\n1,4\n", EML_ERR_INPUT,
                       "t: line 3 (row 2): 2 fields, the header has 3");
    /* A uniform value is compared with that of a good first row alone. */
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "age,plan,u\n1,4,11\n1,4,3\n1,4,4\n", EML_ERR_NO,
                       "t: line 2 (row 1), column \"u\": 11 is outside the declared range [0, 10]");
    assert_row_refused(&abi, EML_ROWS_OUTPUTS, "y,large\n5,1\n0.01,0\n5,0\n5,2\n", EML_ERR_NO,
                       "t: line 3 (row 2), column \"y\": this is not a value that the program can give: a digit was "
                       "changed; of 4 rows 3 are "
                       "refused, for \"y\" 1 time, \"large\" 2 times");
    assert_row_refused(&abi, EML_ROWS_PUBLIC, "u\n1\n", EML_ERR_INPUT, "t: columns \"age\", \"plan\" are missing");
    eml_abi_free(&abi);
}

/* A result that no field element is large enough for. */
static void large_result(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows, found;
    eml_error err = {0};
    make(&abi);
    mpz_ui_pow_ui(mpq_denref(abi.results[1].unit), 10, 38);
    assert_int_equal(parse(&abi, EML_ROWS_OUTPUTS, "y\n4.9\n", &rows, NULL), EML_OK);
    assert_int_equal(eml_results_of(&abi, &rows, &found, &err), EML_ERR_NO);
    assert_string_equal(err.text, "row 1, result \"half\": the result is too large");
    eml_rows_free(&rows);
    eml_abi_free(&abi);
}

/* Public and secret inputs: each owner derives their own alone. */
static void owners_apart(void **state) {
    (void)state;
    eml_abi abi;
    eml_rows rows;
    make(&abi);
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && i != 4) abi.inputs[i].visibility = EML_SECRET;
    eml_free(abi.secret_tape);
    abi.secret_tape = eml_alloc(1, sizeof *abi.secret_tape);
    abi.secret_len = 1;
    abi.secret_tape[0] = 3;
    abi.public_tape[0] = 4;
    abi.public_len = 1;
    abi.inputs[4].formula.nodes[1].exponent = -1; /* of a 0 that nobody has given */
    eml_abi_mark_kept(&abi);
    assert_int_equal(parse(&abi, EML_ROWS_SECRET, "age,plan\n7,4\n", &rows, NULL), EML_OK);
    assert_int_equal(rows.cells.columns, 1);
    assert_true(eml_fe_eq(test_cell(&rows, 0), eml_fe_from_u64(7)));
    eml_rows_free(&rows);
    eml_abi_free(&abi);
}

static void assert_bytes_refused(const char *from, const char *to, size_t length, const char *says) {
    eml_abi abi, again;
    eml_buf bytes = {0};
    eml_error err = {0};
    make(&abi);
    eml_abi_encode(&abi, &bytes);
    uint8_t *at = memmem(bytes.data, bytes.len, from, length);
    assert_non_null(at);
    memcpy(at, to, length);
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, &err), EML_ERR_INPUT);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    eml_buf_free(&bytes);
    eml_abi_free(&abi);
}

static void one_category_twice(void **state) {
    (void)state;
    eml_abi abi, again;
    eml_buf bytes = {0};
    eml_error err = {0};
    make(&abi);
    mpq_set_ui(abi.inputs[0].hi, 0, 1);
    abi.inputs[0].words = eml_alloc(1, sizeof(char *));
    abi.inputs[0].word_count = 1;
    name(&abi.inputs[0].words[0], "only");
    assert_int_equal(eml_abi_check(&abi, NULL), EML_OK);
    eml_abi_encode(&abi, &bytes);
    uint8_t *at = memmem(bytes.data, bytes.len, "einput\x01", 7);
    assert_non_null(at);
    at[6] = 0;
    assert_int_equal(eml_abi_decode(bytes.data, bytes.len, &again, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "categories[1]"));
    eml_buf_free(&bytes);
    eml_abi_free(&abi);
}

static void many_words(void **state) {
    (void)state;
    eml_abi abi;
    eml_error err = {0};
    make(&abi);
    for (size_t k = 0; k < 2; k++) eml_free(abi.inputs[1].words[k]);
    eml_free(abi.inputs[1].words);
    abi.inputs[1].word_count = EML_WORDS_MAX + 1;
    abi.inputs[1].words = eml_alloc(EML_WORDS_MAX + 1, sizeof(char *));
    mpq_set_ui(abi.inputs[1].hi, EML_WORDS_MAX, 1);
    for (size_t k = 0; k <= EML_WORDS_MAX; k++) {
        char word[16];
        snprintf(word, sizeof word, "w%zu", k);
        name(&abi.inputs[1].words[k], word);
    }
    assert_int_equal(eml_abi_check(&abi, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "plan: its values are not 0 to 4096"));
    eml_abi_free(&abi);
}

static void bad_sections(void **state) {
    (void)state;
    assert_bytes_refused("einput\x01", "einput\x05", 7, "categories[0]"); /* there are inputs 0 to 4 */
    assert_bytes_refused("einput\x01", "einput\x00", 7, "age: its values are not 0 to 1");
    assert_bytes_refused("gderived\x82", "gderived\x81", 9, "");
    assert_bytes_refused("gderived\x82", "gderived\x86", 9, "derived");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(faults),
        cmocka_unit_test(inputs),
        cmocka_unit_test(refused_inputs),
        cmocka_unit_test(results),
        cmocka_unit_test(no_result),
        cmocka_unit_test(kept),
        cmocka_unit_test(large_result),
        cmocka_unit_test(owners_apart),
        cmocka_unit_test(bad_sections),
        cmocka_unit_test(findings),
        cmocka_unit_test(never_extra),
        cmocka_unit_test(one_category_twice),
        cmocka_unit_test(many_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
