/* Tables from memory: cell by cell what the CSV file of the same values gives, and the same sentence where that is
 * refused. */
#include "tests/support/cmocka.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/parallel.h"
#include "runtime/field/integer.h"
#include "runtime/table/array_cells.h"
#include "runtime/table/read.h"
#include "tests/support/random.h"
#include "tests/support/rows.h"

static uint64_t below(uint64_t count) { return test_random() % count; }
static double unit_interval(void) { return (double)(test_random() >> 11) * 0x1p-53; }

static void set(mpq_t out, const char *text) {
    assert_int_equal(mpq_set_str(out, text, 10), 0);
    mpq_canonicalize(out);
}

/* ----- A model's inputs ----- */

typedef struct input {
    const char *name, *lo, *hi, *offset, *unit, *step;
    bool exact, uniform;
} input;

/* Rounded: units of all sizes, offsets, ranges that end on the grid, between and far out; and grids. */
static const input inputs[] = {
    {"a", "-1000000", "1000000", "0", "1/1000", "0", false, false},
    {"b", "-3", "3", "0", "1/7500", "0", false, false},
    {"c", "20", "500", "300", "1/107525", "0", false, false},
    {"d", "-1/3", "2/3", "1/3", "3/70000", "0", false, false},
    {"e", "0", "1", "0", "1/1152921504606846976", "0", false, false},
    {"f", "-1000000", "1000000", "-89/5", "1/617280000000", "0", false, false},
    {"g", "-9007199254740992", "9007199254740992", "0", "1", "0", true, false},
    {"h", "0", "100", "0", "1/100", "0", true, false},
    {"i", "-50", "50", "0", "1/16", "1/4", false, false},
    {"j", "-1e0", "1", "0", "25", "0", false, false},
    {"k", "-1000", "1000", "0", "1/1000000000000000000000000", "0", false, false},
    {"l", "0", "1", "100000000000000000000", "1/3", "0", false, false},
};
enum { INPUTS = sizeof inputs / sizeof *inputs };

static void set_input(eml_input_column *column, const input *given) {
    column->name = eml_copy_text(given->name, strlen(given->name));
    column->visibility = EML_PUBLIC;
    set(column->lo, strcmp(given->lo, "-1e0") == 0 ? "-1" : given->lo);
    set(column->hi, given->hi);
    set(column->offset, given->offset);
    set(column->unit, given->unit);
    set(column->step, given->step);
    column->exact = given->exact;
    column->uniform = given->uniform;
}

static void open_abi(eml_abi *abi, size_t inputs_count) {
    eml_abi_init(abi);
    abi->raw = false;
    eml_free(abi->model);
    abi->model = eml_copy_text("m", 1);
    eml_abi_set_counts(abi, inputs_count, 1, 0, 0);
    abi->outputs[0].name = eml_copy_text("y", 1);
    set(abi->outputs[0].unit, "1/100");
}

static void one_input(eml_abi *abi, const input *given) {
    open_abi(abi, 1);
    set_input(&abi->inputs[0], given);
}

static void category(eml_abi *abi, const char *const *words, size_t count) {
    one_input(abi, &(input){"plan", "0", "2", "1", "1", "0", true, false});
    abi->inputs[0].words = eml_alloc(count, sizeof(char *));
    for (size_t k = 0; k < count; k++) abi->inputs[0].words[k] = eml_copy_text(words[k], strlen(words[k]));
    abi->inputs[0].word_count = count;
}

/* ----- Both ways ----- */

static void put_csv_number(eml_binary number, eml_buf *out) { eml_shortest_print(&number, out); }

static void put_csv_double(double value, eml_buf *out) {
    eml_binary number;
    if (eml_binary_of_double(value, &number))
        put_csv_number(number, out);
    else
        eml_buf_put_text(out, isnan(value) ? "NaN" : value < 0 ? "-inf" : "inf");
}

/* "t: line 7 (row 6)" as "(arrays): row 6". */
static void as_arrays(const char *sentence, char out[EML_ERROR_TEXT_MAX]) {
    const char *row = strstr(sentence, " (row ");
    const char *close = row == NULL ? NULL : strchr(row, ')');
    if (close != NULL && strncmp(sentence, "t: line ", 8) == 0)
        snprintf(out, EML_ERROR_TEXT_MAX, "(arrays): %.*s%.300s", (int)(close - row - 2), row + 2, close + 1);
    else
        snprintf(out, EML_ERROR_TEXT_MAX, "%s%.400s", strncmp(sentence, "t: ", 3) == 0 ? "(arrays): " : "",
                 strncmp(sentence, "t: ", 3) == 0 ? sentence + 3 : sentence);
}

/* Whether they are refused. */
static bool same_as_csv(const eml_abi *abi, const eml_arrays *arrays, const eml_buf *csv) {
    eml_rows found, wanted;
    eml_error err = {0}, should = {0};
    eml_status status = eml_rows_of_arrays(abi, EML_ROWS_PUBLIC, arrays, false, &found, &err);
    eml_status other =
        eml_rows_parse(abi, EML_ROWS_PUBLIC, "t", (const char *)csv->data, csv->len, false, &wanted, &should);
    char sentence[EML_ERROR_TEXT_MAX];
    as_arrays(should.text, sentence);
    if (status != other || strcmp(err.text, sentence) != 0)
        fail_msg("arrays: %s\ncsv: %s\n%.300s", err.text, sentence, (const char *)csv->data);
    assert_int_equal(err.code, should.code);
    if (status != EML_OK) return true;
    assert_int_equal(found.cells.rows, wanted.cells.rows);
    for (size_t i = 0; i < found.cells.rows * found.cells.columns; i++)
        if (!eml_fe_eq(test_cell(&found, i), test_cell(&wanted, i))) fail_msg("cell %zu differs", i);
    eml_rows_free(&found);
    eml_rows_free(&wanted);
    return false;
}

/* ----- Doubles ----- */

/* Of the grid, halves of it and next to these; the range's ends and next to them; any of the range; few digits; and
 * some beyond. */
static double random_double(const input *of, bool wild) {
    mpq_t lo, hi, unit, offset;
    mpq_inits(lo, hi, unit, offset, NULL);
    set(lo, strcmp(of->lo, "-1e0") == 0 ? "-1" : of->lo);
    set(hi, of->hi);
    set(unit, of->unit);
    set(offset, of->offset);
    double low = mpq_get_d(lo), high = mpq_get_d(hi), step = mpq_get_d(unit), from = mpq_get_d(offset), x;
    mpq_clears(lo, hi, unit, offset, NULL);
    switch (below(wild ? 10 : 8)) {
    case 0: x = from + step * ((double)below(2000) - 1000); break;
    case 1: x = from + step * ((double)below(4000) - 2000) / 2; break;
    case 2: x = below(2) ? low : high; break;
    case 3: x = round((low + (high - low) * unit_interval()) * 1e4) / 1e4; break;
    case 4: x = round(low + (high - low) * unit_interval()); break;
    case 5: x = (double)below(8) * 5e-324; break;
    case 8: x = low + (high - low) * 3 * (unit_interval() - 0.3); break;
    case 9: x = below(3) == 0 ? NAN : below(2) ? INFINITY : -1e300; break;
    default: x = low + (high - low) * unit_interval();
    }
    for (uint64_t near = below(8); near > 5; near--) x = nextafter(x, below(2) ? -INFINITY : INFINITY);
    return x;
}

enum { ROWS = 10000 };

/* Whether the definition takes it. */
static bool is_good(const eml_input_column *column, eml_binary binary) {
    eml_buf text = {0};
    mpq_t number;
    eml_fe element;
    mpq_init(number);
    put_csv_number(binary, &text);
    bool good = eml_decimal_parse((const char *)text.data, text.len, number) &&
                eml_abi_encode_value(column, number, &element, NULL) == EML_OK;
    mpq_clear(number);
    eml_buf_free(&text);
    return good;
}

static double good_double(const eml_input_column *column, const input *of) {
    eml_binary number;
    double value;
    do value = random_double(of, false);
    while (!eml_binary_of_double(value, &number) || !is_good(column, number));
    return value;
}

static float good_float(const eml_input_column *column, const input *of, eml_binary *number) {
    float value;
    do value = (float)random_double(of, false);
    while (!eml_binary_of_float(value, number) || !is_good(column, *number));
    return value;
}

static void doubles_agree(void **state) {
    (void)state;
    double *values = eml_alloc(ROWS, sizeof *values);
    for (size_t c = 0; c < INPUTS; c++) {
        eml_abi abi;
        eml_buf csv = {0};
        one_input(&abi, &inputs[c]);
        eml_buf_printf(&csv, "%s\n", inputs[c].name);
        for (size_t r = 0; r < ROWS; r++) {
            values[r] = good_double(&abi.inputs[0], &inputs[c]);
            put_csv_double(values[r], &csv);
            eml_buf_put_u8(&csv, '\n');
        }
        eml_array array = {.name = inputs[c].name, .type = EML_ARRAY_DOUBLE, .values = values};
        assert_false(same_as_csv(&abi, &(eml_arrays){.columns = &array, .count = 1, .rows = ROWS}, &csv));
        eml_buf_free(&csv);
        eml_abi_free(&abi);
    }
    eml_free(values);
}

/* The shortcut is taken where it can be: else it was not tested. */
static void what_is_rounded_in_doubles(void **state) {
    (void)state;
    for (size_t c = 0; c < INPUTS; c++) {
        eml_abi abi;
        one_input(&abi, &inputs[c]);
        assert_int_equal(eml_rounding_of(&abi.inputs[0], 52).usable, strchr("abcdj", inputs[c].name[0]) != NULL);
        assert_int_equal(eml_rounding_of(&abi.inputs[0], 23).usable, strchr("bdj", inputs[c].name[0]) != NULL);
        eml_abi_free(&abi);
    }
}

/* Tables of all columns, out of a matrix, with values of which some are refused. */
static void tables_agree(void **state) {
    (void)state;
    eml_abi abi;
    open_abi(&abi, INPUTS);
    for (size_t c = 0; c < INPUTS; c++) set_input(&abi.inputs[c], &inputs[c]);
    size_t refused = 0;
    for (size_t round = 0; round < 60; round++) {
        enum { MOST = 700 };
        static double matrix[MOST][INPUTS];
        size_t rows = 1 + below(MOST);
        eml_buf csv = {0};
        eml_array arrays[INPUTS];
        for (size_t c = 0; c < INPUTS; c++) {
            arrays[c] = (eml_array){inputs[c].name, EML_ARRAY_DOUBLE, &matrix[0][c], sizeof matrix[0], NULL, 0};
            eml_buf_printf(&csv, "%s%s", inputs[c].name, c + 1 < INPUTS ? "," : "\n");
        }
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < INPUTS; c++) {
                matrix[r][c] =
                    below(400) == 0 ? random_double(&inputs[c], true) : good_double(&abi.inputs[c], &inputs[c]);
                put_csv_double(matrix[r][c], &csv);
                eml_buf_put_u8(&csv, c + 1 < INPUTS ? ',' : '\n');
            }
        eml_threads_set(1 + (unsigned)round % 3);
        refused += same_as_csv(&abi, &(eml_arrays){.columns = arrays, .count = INPUTS, .rows = rows}, &csv);
        eml_buf_free(&csv);
    }
    eml_threads_set(0);
    assert_true(refused > 10 && refused < 60);
    eml_abi_free(&abi);
}

static void floats_agree(void **state) {
    (void)state;
    float *values = eml_alloc(ROWS, sizeof *values);
    for (size_t c = 0; c < INPUTS; c++) {
        eml_abi abi;
        eml_buf csv = {0};
        one_input(&abi, &inputs[c]);
        eml_buf_printf(&csv, "%s\n", inputs[c].name);
        for (size_t r = 0; r < ROWS; r++) {
            eml_binary number;
            values[r] = good_float(&abi.inputs[0], &inputs[c], &number);
            put_csv_number(number, &csv);
            eml_buf_put_u8(&csv, '\n');
        }
        eml_array array = {.name = inputs[c].name, .type = EML_ARRAY_FLOAT, .values = values};
        assert_false(same_as_csv(&abi, &(eml_arrays){.columns = &array, .count = 1, .rows = ROWS}, &csv));
        eml_buf_free(&csv);
        eml_abi_free(&abi);
    }
    eml_free(values);
}

/* ----- Integers ----- */

static const struct {
    eml_array_type type;
    size_t width;
    bool is_signed;
} kinds[] = {{EML_ARRAY_INT64, 8, true},   {EML_ARRAY_INT32, 4, true},   {EML_ARRAY_INT16, 2, true},
             {EML_ARRAY_INT8, 1, true},    {EML_ARRAY_UINT64, 8, false}, {EML_ARRAY_UINT32, 4, false},
             {EML_ARRAY_UINT16, 2, false}, {EML_ARRAY_UINT8, 1, false}};

/* The least, the greatest and others, also in places that are not aligned. */
static void integers_agree(void **state) {
    (void)state;
    enum { COUNT = 300 };
    static const input all = {"a", "-9223372036854775808", "18446744073709551615", "0", "1", "0", true, false};
    static const input some = {"a", "-9223372036854775808", "18446744073709551615", "1/3", "3", "0", false, false};
    for (size_t k = 0; k < 2 * sizeof kinds / sizeof *kinds; k++) {
        size_t width = kinds[k / 2].width, stride = width + 3;
        static unsigned char bytes[1 + COUNT * 11];
        eml_abi abi;
        eml_buf csv = {0};
        one_input(&abi, k % 2 ? &all : &some);
        eml_buf_put_text(&csv, "a\n");
        for (size_t r = 0; r < COUNT; r++) {
            uint64_t most = UINT64_MAX >> (64 - 8 * width), value = r == 0   ? most
                                                                    : r == 1 ? most / 2 + 1
                                                                             : test_random() & most;
            if (r > 2 && below(2)) value >>= below(8 * width);
            memcpy(bytes + 1 + r * stride, &value, width); /* little-endian, as the tests' machines are */
            bool negative = kinds[k / 2].is_signed && value > most / 2;
            uint64_t magnitude = negative ? most - value + 1 : value;
            eml_buf_printf(&csv, "%s%llu\n", negative ? "-" : "", (unsigned long long)magnitude);
        }
        eml_array array = {"a", kinds[k / 2].type, bytes + 1, (ptrdiff_t)stride, NULL, 0};
        assert_false(same_as_csv(&abi, &(eml_arrays){.columns = &array, .count = 1, .rows = COUNT}, &csv));
        /* From the last to the first. */
        array.values = bytes + 1 + (COUNT - 1) * stride;
        array.stride = -(ptrdiff_t)stride;
        eml_rows rows;
        assert_int_equal(eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC,
                                            &(eml_arrays){.columns = &array, .count = 1, .rows = 3}, false, &rows,
                                            NULL),
                         EML_OK);
        eml_rows_free(&rows);
        eml_buf_free(&csv);
        eml_abi_free(&abi);
    }
}

/* ----- Words ----- */

static void check_says(const eml_abi *abi, const eml_arrays *arrays, const char *says) {
    eml_rows rows;
    eml_error err = {0};
    eml_status status = eml_rows_of_arrays(abi, EML_ROWS_PUBLIC, arrays, false, &rows, &err);
    if (status == EML_OK) eml_rows_free(&rows);
    if (strcmp(err.text, says) != 0) fail_msg("said %s", err.text);
}

static void check_cells(const eml_abi *abi, const eml_arrays *arrays, const int64_t *wanted) {
    eml_rows rows;
    eml_error err = {0};
    if (eml_rows_of_arrays(abi, EML_ROWS_PUBLIC, arrays, true, &rows, &err) != EML_OK) fail_msg("%s", err.text);
    for (size_t i = 0; i < arrays->rows; i++) assert_true(eml_fe_signed(test_cell(&rows, i)) == wanted[i]);
    eml_rows_free(&rows);
}

static void words(void **state) {
    (void)state;
    static const char *const plans[] = {"basic", "a,b", "inf"};
    static const char *const texts[] = {"inf", "a,b", "basic", "inf"};
    static const char *const dictionary[] = {"gone", "inf", "basic", "a,b"};
    static const int8_t codes[] = {1, 3, 2, 1};
    static const int64_t wanted[] = {1, 0, -1, 1};
    eml_abi abi;
    category(&abi, plans, 3);
    eml_array text = {"plan", EML_ARRAY_TEXT, texts, 0, NULL, 0},
              code = {"plan", EML_ARRAY_INT8, codes, 0, dictionary, 4};
    eml_arrays arrays = {.columns = &text, .count = 1, .rows = 4};
    check_cells(&abi, &arrays, wanted);
    arrays.columns = &code;
    check_cells(&abi, &arrays, wanted);

    static const char *const wrong[] = {"basic", "inf", "pro", NULL};
    text.values = wrong;
    arrays.columns = &text;
    check_says(&abi, &arrays,
               "(arrays): row 3, column \"plan\": \"pro\" is no word of the category, which are \"basic\", \"a,b\", "
               "\"inf\"; of 4 rows 2 are refused, for \"plan\" 2 times");
    arrays.rows = 1;
    text.values = wrong + 3;
    check_says(&abi, &arrays, "(arrays): row 1, column \"plan\": missing");
    static const int32_t indices[] = {1, -1, 4};
    code = (eml_array){"plan", EML_ARRAY_INT32, indices, 0, dictionary, 4};
    arrays.columns = &code;
    arrays.rows = 2;
    check_says(&abi, &arrays, "(arrays): row 2, column \"plan\": missing");
    arrays.rows = 3; /* what was refused before comes first */
    check_says(&abi, &arrays, "(arrays): row 2, column \"plan\": missing");
    code.values = indices + 2;
    arrays.rows = 1;
    check_says(&abi, &arrays, "(arrays): row 1, column \"plan\": an index beyond the words");
    /* Neither NaN nor infinity is a word, whatever it is called. */
    static const double numbers[] = {INFINITY, NAN};
    eml_array number = {"plan", EML_ARRAY_DOUBLE, numbers, 0, NULL, 0};
    arrays.columns = &number;
    arrays.rows = 2;
    check_says(&abi, &arrays,
               "(arrays): row 1, column \"plan\": missing; of 2 rows 2 are refused, for \"plan\" 2 times");
    eml_abi_free(&abi);
}

/* Words that are numbers, in arrays of numbers. */
static void words_that_are_numbers(void **state) {
    (void)state;
    static const char *const sizes[] = {"1", "2.5", "-3"};
    eml_abi abi;
    category(&abi, sizes, 3);
    static const double doubles[] = {2.5, 1, -3, 1};
    static const int16_t integers[] = {-3, 1, 1};
    static const char *const texts[] = {"1.0", "2.50", "-3"};
    eml_array array = {"plan", EML_ARRAY_DOUBLE, doubles, 0, NULL, 0};
    eml_arrays arrays = {.columns = &array, .count = 1, .rows = 4};
    check_cells(&abi, &arrays, (const int64_t[]){0, -1, 1, -1});
    array = (eml_array){"plan", EML_ARRAY_INT16, integers, 0, NULL, 0};
    arrays.rows = 3;
    check_cells(&abi, &arrays, (const int64_t[]){1, -1, -1});
    array = (eml_array){"plan", EML_ARRAY_TEXT, texts, 0, NULL, 0};
    check_cells(&abi, &arrays, (const int64_t[]){-1, 0, 1});
    eml_abi_free(&abi);
}

/* Numbers as texts; what is not. */
static void texts_of_numbers(void **state) {
    (void)state;
    eml_abi abi;
    one_input(&abi, &inputs[0]);
    static const char *const texts[] = {"1.5", "-2e3", "0.0005", "123456.78912345678901234567890", " 7"};
    eml_array array = {"a", EML_ARRAY_TEXT, texts, 0, NULL, 0};
    check_cells(&abi, &(eml_arrays){.columns = &array, .count = 1, .rows = 4},
                (const int64_t[]){1500, -2000000, 1, 123456789});
    array.values = texts + 4;
    check_says(&abi, &(eml_arrays){.columns = &array, .count = 1, .rows = 1},
               "(arrays): row 1, column \"a\": \" 7\" is not a number");
    eml_abi_free(&abi);
}

/* ----- What is refused ----- */

static void uniform_columns(void **state) {
    (void)state;
    eml_abi abi;
    one_input(&abi, &(input){"rate", "0", "10", "0", "1/100", "0", false, true});
    static double values[1000];
    for (size_t r = 0; r < 1000; r++) values[r] = 1.25;
    eml_array array = {"rate", EML_ARRAY_DOUBLE, values, 0, NULL, 0};
    eml_arrays arrays = {.columns = &array, .count = 1, .rows = 1000};
    eml_rows rows;
    assert_int_equal(eml_rows_of_arrays(&abi, EML_ROWS_PUBLIC, &arrays, false, &rows, NULL), EML_OK);
    eml_rows_free(&rows);
    values[999] = 1.26;
    check_says(
        &abi, &arrays,
        "(arrays): row 1000, column \"rate\": a uniform input has one value in all rows, but 1.26 is not that of "
        "row 1");
    eml_abi_free(&abi);
}

static void columns(void **state) {
    (void)state;
    eml_abi abi;
    open_abi(&abi, 2);
    set_input(&abi.inputs[0], &inputs[0]);
    set_input(&abi.inputs[1], &inputs[1]);
    static const double x[] = {1, 2};
    eml_array given[] = {{"b", EML_ARRAY_DOUBLE, x, 0, NULL, 0},
                         {"a", EML_ARRAY_DOUBLE, x, 0, NULL, 0},
                         {"b", EML_ARRAY_DOUBLE, x, 0, NULL, 0},
                         {"when", EML_ARRAY_TEXT, NULL, 0, NULL, 0}};
    eml_arrays arrays = {.columns = given, .count = 2, .rows = 2};
    check_cells(&abi, &(eml_arrays){.columns = given, .count = 2, .rows = 1}, (const int64_t[]){1000, 7500});
    arrays.count = 1;
    check_says(&abi, &arrays, "(arrays): column \"a\" is missing");
    arrays.count = 3;
    check_says(&abi, &arrays, "(arrays): column \"b\" stands twice in the header");
    given[2].name = "B";
    check_says(&abi, &arrays, "(arrays): unknown column \"B\": did you mean \"b\"?");
    given[2].name = NULL;
    check_says(
        &abi, &arrays,
        "(arrays): unknown column \"\": no input of the model, which are \"a\", \"b\" here; --allow-extra ignores "
        "such columns");
    arrays.count = 2;
    arrays.rows = 0;
    check_says(&abi, &arrays, "(arrays): there are no rows");
    arrays.rows = 2;
    given[1].values = NULL;
    check_says(&abi, &arrays, "(arrays): column \"a\" has no values");
    given[1] = (eml_array){"a", (eml_array_type)0, x, 0, NULL, 0};
    check_says(&abi, &arrays, "(arrays): column \"a\": no type of values is 0");
    given[1].type = (eml_array_type)100;
    check_says(&abi, &arrays, "(arrays): column \"a\": no type of values is 100");
    given[1] = (eml_array){"a", EML_ARRAY_DOUBLE, x, 0, &given[0].name, 1};
    check_says(&abi, &arrays, "(arrays): column \"a\": no type of values is 1 with words: indices are integers");
    check_says(&abi, &(eml_arrays){.rows = 2}, "(arrays): neither columns nor a batch were given");
    arrays.count = (size_t)1 << 40;
    check_says(&abi, &arrays, "(arrays): more than 2097152 columns");
    eml_abi_free(&abi);
}

/* ----- Outputs ----- */

static void check_outputs(const double *values, size_t rows, const int64_t *wanted, eml_status refused) {
    eml_abi abi;
    one_input(&abi, &inputs[0]);
    eml_array array = {"y", EML_ARRAY_DOUBLE, values, 0, NULL, 0};
    eml_arrays arrays = {.columns = &array, .count = 1, .rows = rows};
    eml_rows found;
    eml_error err = {0};
    eml_status status = eml_rows_of_arrays(&abi, EML_ROWS_OUTPUTS, &arrays, false, &found, &err);
    assert_int_equal(status, wanted == NULL ? refused : EML_OK);
    for (size_t i = 0; i < rows && wanted != NULL; i++) assert_true(eml_fe_signed(test_cell(&found, i)) == wanted[i]);
    if (wanted != NULL) eml_rows_free(&found);
    eml_abi_free(&abi);
}

static void outputs(void **state) {
    (void)state;
    check_outputs((const double[]){0.1, -12.34, 5, 99999.99, -0.0}, 5, (const int64_t[]){10, -1234, 500, 9999999, 0},
                  EML_OK);
    check_outputs((const double[]){0.1, 0.101}, 2, NULL, EML_ERR_NO);
    check_outputs((const double[]){0.1, nextafter(0.25, 1)}, 2, NULL, EML_ERR_NO);
    check_outputs((const double[]){0.1, NAN}, 2, NULL, EML_ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_agree),
        cmocka_unit_test(what_is_rounded_in_doubles),
        cmocka_unit_test(tables_agree),
        cmocka_unit_test(floats_agree),
        cmocka_unit_test(integers_agree),
        cmocka_unit_test(words),
        cmocka_unit_test(words_that_are_numbers),
        cmocka_unit_test(texts_of_numbers),
        cmocka_unit_test(uniform_columns),
        cmocka_unit_test(columns),
        cmocka_unit_test(outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
