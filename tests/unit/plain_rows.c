/* The quick way of numbers into a table: equal to the definition wherever it does not decline, cell by cell and as
 * whole tables, and it declines little of what programs write. */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <string.h>

#include "runtime/base/parallel.h"
#include "runtime/field/integer.h"
#include "runtime/table/printer.h"
#include "runtime/table/read.h"
#include "tests/support/random.h"
#include "tests/support/rows.h"

static uint64_t below(uint64_t count) { return test_random() % count; }

static void set(mpq_t out, const char *text) {
    assert_int_equal(mpq_set_str(out, text, 10), 0);
    mpq_canonicalize(out);
}

static void set_column(eml_input_column *column, const char *lo, const char *hi, const char *offset, const char *unit,
                       bool exact) {
    mpq_inits(column->lo, column->hi, column->offset, column->unit, column->step, NULL);
    set(column->lo, lo);
    set(column->hi, hi);
    set(column->offset, offset);
    set(column->unit, unit);
    column->exact = exact;
}

static void clear_column(eml_input_column *column) {
    mpq_clears(column->lo, column->hi, column->offset, column->unit, column->step, NULL);
}

static const char *const units[] = {"1",           "1/1024",
                                    "1/16777216",  "3/7",
                                    "1/1000",      "25",
                                    "2/15000000",  "1/617280",
                                    "1/999999937", "1/1000000000000",
                                    "7/1e0",       "1/1152921504606846976"};
enum { UNITS = sizeof units / sizeof *units };
static const char *const offsets[] = {"0", "1/2", "-89/5", "1/3"};

/* A column of a random kind; step: of some. */
static void random_column(eml_input_column *column) {
    const char *unit = units[below(UNITS)];
    *column = (eml_input_column){.visibility = EML_PUBLIC};
    set_column(column, below(2) ? "-9000000" : "0", below(2) ? "9000001/3" : "100", offsets[below(4)],
               strcmp(unit, "7/1e0") == 0 ? "7" : unit, below(5) == 0);
    if (!column->exact && below(4) == 0) mpq_set_ui(column->step, 1, 8);
}

/* A number as somebody may write it: of the column's grid, halves of it, its ends, doubles, long decimals, exponents.
 */
static void random_number(const eml_input_column *column, char *out, size_t size) {
    mpq_t value;
    mpq_init(value);
    eml_buf text = {0};
    int64_t k = (int64_t)below(2000) - 1000;
    switch (below(8)) {
    case 0: /* on the grid, or half between */
        mpq_set_si(value, k, below(2) + 1);
        mpq_canonicalize(value);
        mpq_mul(value, value, column->unit);
        mpq_add(value, value, column->offset);
        eml_decimal_print_exact(value, &text);
        break;
    case 1: eml_decimal_print_exact(below(2) ? column->lo : column->hi, &text); break;
    case 2: eml_buf_printf(&text, "%.17g", ((double)test_random() / 1.8446744073709552e19 - 0.5) * 2e3); break;
    case 3: eml_buf_printf(&text, "%.*g", (int)below(19), (double)k / 16 * (double)below(1000)); break;
    case 4:
        eml_buf_printf(&text, "%s%llu.%0*llue%s%u", below(2) ? "-" : "", (unsigned long long)below(100000),
                       (int)below(22), (unsigned long long)(test_random() >> below(64)), below(2) ? "-" : "+",
                       (unsigned)below(12));
        break;
    case 5: eml_buf_printf(&text, "%s%lld", k >= 0 && below(2) ? "+" : "", (long long)k); break;
    case 6: eml_buf_printf(&text, "%lld.", (long long)k / 8); break;
    default: eml_buf_printf(&text, "%s.%llu", below(2) ? "-" : "", (unsigned long long)below(1000000)); break;
    }
    eml_buf_put_u8(&text, 0);
    snprintf(out, size, "%s", (const char *)text.data);
    if (strchr(out, '/') != NULL) strcpy(out, "1"); /* no decimal */
    eml_buf_free(&text);
    mpq_clear(value);
}

static bool define(const eml_input_column *column, const char *text, eml_i128 *out) {
    mpq_t value;
    eml_fe element = EML_FE_ZERO;
    mpq_init(value);
    bool good =
        eml_decimal_parse(text, strlen(text), value) && eml_abi_encode_value(column, value, &element, NULL) == EML_OK;
    mpq_clear(value);
    *out = eml_fe_signed(element);
    return good;
}

static bool encode(const eml_plain_grid *grid, const char *text, int64_t *out) {
    char padded[128 + EML_PLAIN_PADDING] = {0};
    eml_plain_number number;
    snprintf(padded, sizeof padded, "%s", text);
    const char *end = eml_plain_scan(padded, &number);
    return end != NULL && *end == '\0' && eml_plain_encode(grid, &number, out);
}

/* EML_TEST_CELLS: how many; .ci/long asks for more. */
static void cells_agree(void **state) {
    (void)state;
    const char *asked = getenv("EML_TEST_CELLS");
    size_t columns = asked == NULL ? 500 : strtoull(asked, NULL, 10) / 200, taken = 0, good = 0;
    for (size_t i = 0; i < columns; i++) {
        eml_input_column column;
        eml_plain_grid grid;
        random_column(&column);
        if (!eml_plain_grid_init(&column, &grid)) { /* of some offsets and units */
            clear_column(&column);
            continue;
        }
        for (size_t j = 0; j < 200; j++) {
            char text[128];
            int64_t quick;
            eml_i128 right;
            random_number(&column, text, sizeof text);
            bool defined = define(&column, text, &right), quickly = encode(&grid, text, &quick);
            if (quickly && (!defined || right != quick)) fail_msg("%s", text);
            good += defined;
            taken += quickly;
        }
        clear_column(&column);
    }
    assert_true(good > 50 * columns);
    assert_true(10 * taken > 7 * good); /* the rest has too many digits, or is near an end */
}

static void check_cell(const char *text, const char *unit, bool taken, int64_t want) {
    eml_input_column column = {.visibility = EML_PUBLIC};
    eml_plain_grid grid;
    int64_t found = 0;
    set_column(&column, "-100", "100", "0", unit, false);
    assert_true(eml_plain_grid_init(&column, &grid));
    if (encode(&grid, text, &found) != taken || found != want) fail_msg("%s: %lld", text, (long long)found);
    clear_column(&column);
}

static void what_is_plain(void **state) {
    (void)state;
    check_cell("12.5", "1/10", true, 125);
    check_cell("0.25", "1/10", true, 3); /* ties go away from 0 */
    check_cell("-0.25", "1/10", true, -3);
    check_cell("+1e1", "1/10", true, 100);
    check_cell("1E-3", "1/1000", true, 1);
    check_cell("100", "1/10", true, 1000);
    check_cell("-100.000", "1/10", true, -1000);
    check_cell("100.01", "1/10", false, 0);
    check_cell("100.0000000000000000001", "1/10", false, 0);
    check_cell("1234567890123456789", "1/10", false, 0);
    check_cell("0.000000000000000001", "1/1000000000000000000", true, 1); /* the range ends beyond words */
    check_cell("99", "1/1000000000000000000", false, 0);
    check_cell("99.999999999999999", "1/3", false, 0); /* rounded to the end: it may be beyond */
    check_cell("3.3333333333333333", "1/3", true, 10);
    static const char *const others[] = {"",
                                         "-",
                                         "+",
                                         ".",
                                         "e1",
                                         "1e",
                                         "1e+",
                                         "--1",
                                         "1.2.3",
                                         "1,5",
                                         "0x1",
                                         "1e99999",
                                         "nan",
                                         "inf",
                                         "1_0",
                                         " 1",
                                         "1 ",
                                         "1e-30",
                                         "12345678901234567890"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) check_cell(others[i], "1/10", false, 0);
}

/* ----- Outputs ----- */

/* The integer's decimal by the definition; out: what the quick way prints. */
static void check_printed(const eml_output_column *column, const eml_printer *printer, eml_i128 integer) {
    char out[EML_PRINTED_MAX], padded[EML_PRINTED_MAX + EML_PLAIN_PADDING] = {0};
    eml_buf right = {0};
    eml_abi_print_value(column, eml_fe_of_signed(integer), &right);
    size_t length = eml_printer_put(printer, integer, out);
    assert_true(length <= sizeof out);
    if (length != right.len || memcmp(out, right.data, length) != 0)
        fail_msg("%.*s, not %.*s", (int)length, out, (int)right.len, (const char *)right.data);
    memcpy(padded, out, length);
    eml_plain_number number;
    eml_i128 again;
    const char *end = eml_plain_scan(padded, &number);
    assert_true(end == padded + length || (end == NULL && length >= 20));
    if (end != NULL && eml_printer_read(printer, &number, &again)) assert_true(again == integer);
    eml_buf_free(&right);
}

static void outputs_agree(void **state) {
    (void)state;
    for (unsigned places = 0; places <= EML_PRINTED_PLACES; places++) {
        eml_output_column column = {0};
        mpq_inits(column.unit, column.tolerance, NULL);
        mpq_set_ui(column.unit, 1, 1);
        mpz_ui_pow_ui(mpq_denref(column.unit), 10, places);
        eml_printer printer = eml_printer_of(column.unit);
        assert_true(printer.usable);
        eml_i128 power = 1;
        for (unsigned i = 0; i < 38; i++) {
            for (int near = -1; near <= 1; near++) {
                check_printed(&column, &printer, power + near);
                check_printed(&column, &printer, -power - near);
            }
            eml_i128 any = (eml_i128)(((eml_u128)test_random() << 64 | test_random()) >> (2 + below(126)));
            check_printed(&column, &printer, below(2) ? any : -any);
            if (i < 37) power *= 10;
        }
        check_printed(&column, &printer, ((eml_i128)1 << 126) - 1);
        mpq_clears(column.unit, column.tolerance, NULL);
    }
}

/* A number that is read quickly is the one that the definition finds. */
static void output_numbers_agree(void **state) {
    (void)state;
    size_t taken = 0;
    for (size_t i = 0; i < 20000; i++) {
        eml_output_column column = {0};
        eml_plain_number number;
        char text[64 + EML_PLAIN_PADDING] = {0};
        eml_i128 quick;
        eml_fe right;
        mpq_t value;
        mpq_inits(column.unit, column.tolerance, value, NULL);
        mpq_set_ui(column.unit, 1, 1);
        mpz_ui_pow_ui(mpq_denref(column.unit), 10, (unsigned long)below(20));
        eml_printer printer = eml_printer_of(column.unit);
        snprintf(text, 64, "%s%llu.%0*llue%d", below(2) ? "-" : "", (unsigned long long)below(1000), (int)below(12),
                 (unsigned long long)below(100000), (int)below(12) - 6);
        const char *end = eml_plain_scan(text, &number);
        if (end != NULL && eml_printer_read(&printer, &number, &quick)) {
            assert_true(eml_decimal_parse(text, (size_t)(end - text), value));
            assert_int_equal(eml_abi_parse_value(&column, value, &right, NULL), EML_OK);
            assert_true(eml_fe_signed(right) == quick);
            taken++;
        }
        mpq_clears(column.unit, column.tolerance, value, NULL);
    }
    assert_true(taken > 5000);
}

static void other_units(void **state) {
    (void)state;
    static const char *const others[] = {"2", "10", "1/2", "1/20", "3/10", "1/10000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        mpq_t unit;
        mpq_init(unit);
        set(unit, others[i]);
        eml_printer printer = eml_printer_of(unit);
        char out[EML_PRINTED_MAX];
        eml_i128 integer;
        assert_int_equal(eml_printer_put(&printer, 1, out), 0);
        assert_false(eml_printer_read(&printer, &(eml_plain_number){.m = 1}, &integer));
        mpq_clear(unit);
    }
}

/* ----- Whole tables ----- */

enum { COLUMNS = 4, ROWS = 9000 };

static void make_abi(eml_abi *abi) {
    static const char *const names[COLUMNS] = {"a", "b", "c", "plan"};
    eml_abi_init(abi);
    abi->raw = false;
    eml_free(abi->model);
    abi->model = eml_copy_text("m", 1);
    eml_abi_set_counts(abi, COLUMNS, 1, 0, 0);
    for (size_t c = 0; c < COLUMNS; c++) {
        eml_input_column *column = &abi->inputs[c];
        column->name = eml_copy_text(names[c], strlen(names[c]));
        column->visibility = EML_PUBLIC;
        set(column->lo, c == 3 ? "0" : "-1000000");
        set(column->hi, c == 3 ? "2" : "1000000");
        set(column->unit, c == 0 ? "1/1000" : c == 1 ? "1/617280000000" : c == 2 ? "1/1152921504606846976" : "1");
    }
    abi->inputs[3].words = eml_alloc(3, sizeof(char *));
    for (size_t k = 0; k < 3; k++)
        abi->inputs[3].words[k] = eml_copy_text(&"basic\0plus\0\0pro\0\0"[6 * k], k == 2 ? 3 : k == 1 ? 4 : 5);
    abi->inputs[3].word_count = 3;
}

/* A cell's text, in one of the ways that mean the same to a CSV reader. */
static void put_cell(const char *text, eml_buf *out) {
    switch (below(12)) {
    case 0: eml_buf_printf(out, "\"%s\"", text); break;
    case 1: eml_buf_printf(out, " %s\t", text); break;
    default: eml_buf_put_text(out, text); break;
    }
}

static void put_row(const eml_abi *abi, eml_i128 *wanted, eml_buf *out) {
    static const char *const words[] = {"basic", "plus", "pro"};
    char text[128];
    for (size_t c = 0; c < 3; c++) {
        do random_number(&abi->inputs[c], text, sizeof text);
        while (!define(&abi->inputs[c], text, &wanted[c]));
        put_cell(text, out);
        eml_buf_put_u8(out, ',');
    }
    wanted[3] = (eml_i128)below(3);
    put_cell(words[wanted[3]], out);
    eml_buf_put_text(out, below(9) == 0 ? "\r\n" : "\n");
}

static void tables_agree(void **state) {
    (void)state;
    eml_abi abi;
    make_abi(&abi);
    eml_buf text = {0};
    eml_i128 *wanted = eml_alloc(ROWS * COLUMNS, sizeof *wanted);
    eml_buf_put_text(&text, "a,b,c,plan\n");
    for (size_t r = 0; r < ROWS; r++) put_row(&abi, wanted + r * COLUMNS, &text);
    for (unsigned threads = 1; threads <= 3; threads++) {
        eml_rows rows;
        eml_error err = {0};
        eml_threads_set(threads);
        if (eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", (const char *)text.data, text.len, false, &rows, &err) != EML_OK)
            fail_msg("%s", err.text);
        assert_int_equal(eml_rows_count(&rows), ROWS);
        assert_int_equal(rows.cells.widths[0], 4);
        assert_int_equal(rows.cells.widths[1], 8);
        assert_int_equal(rows.cells.widths[2], 16);
        for (size_t i = 0; i < ROWS * COLUMNS; i++)
            assert_true(eml_fe_eq(test_cell(&rows, i), eml_fe_of_signed(wanted[i])));
        eml_rows_free(&rows);
    }
    eml_threads_set(0);
    eml_free(wanted);
    eml_buf_free(&text);
    eml_abi_free(&abi);
}

/* Rows 1 to 5000 are plain; then these lines. */
static void refuse_after(const char *lines, const char *says) {
    eml_abi abi;
    make_abi(&abi);
    eml_buf text = {0};
    eml_rows rows;
    eml_error err = {0};
    eml_buf_put_text(&text, "a,b,c,plan\n");
    for (size_t r = 0; r < 5000; r++) eml_buf_put_text(&text, "1,2,3,pro\n");
    eml_buf_put_text(&text, lines);
    assert_int_not_equal(
        eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", (const char *)text.data, text.len, false, &rows, &err), EML_OK);
    if (strcmp(err.text, says) != 0) fail_msg("said %s", err.text);
    eml_buf_free(&text);
    eml_abi_free(&abi);
}

static void what_is_wrong(void **state) {
    (void)state;
    refuse_after("1,2,x,pro\n1,2,3,pro\n", "t: line 5002 (row 5001), column \"c\": \"x\" is not a number");
    refuse_after("1,2,3,pro\n2000000,2,3,pro\n1,2,3,basic\n",
                 "t: line 5003 (row 5002), column \"a\": 2000000 is outside the declared range [-1000000, 1000000]");
    refuse_after("1,2,3\n", "t: line 5002 (row 5001): 3 fields, the header has 4");
    refuse_after("1,2,3,pro,\n", "t: line 5002 (row 5001): 5 fields, the header has 4");
    refuse_after("1,2,3,pro,5,6\n1,2,3,max\n", "t: line 5002: more than 5 fields");
    refuse_after("1,2,3,max\n1,2,,pro\n1,2,3,pro\n",
                 "t: line 5002 (row 5001), column \"plan\": \"max\" is no word of the category, which are \"basic\", "
                 "\"plus\", \"pro\"; of 5003 rows 2 are refused, for \"c\" 1 time, \"plan\" 1 time");
    refuse_after("\n1,2,3,pro\n", "t: line 5002 is blank, but more rows follow");
    refuse_after("1,2,3,pro\n  \n\n1,2,3,pro\n", "t: line 5003 is blank, but more rows follow");
    refuse_after("1,2,3,\"pro\n1,2,3,pro\n", "t: line 5002: a quote is not closed");
}

static void many_blank_lines(void **state) {
    (void)state;
    eml_abi abi;
    make_abi(&abi);
    eml_rows rows;
    static const char text[] = "plan,c,b,a\nbasic,0,0,0\n\"plus\",1,1,1\r\npro,2,2,2\n\n \n\r\n";
    assert_int_equal(eml_rows_parse(&abi, EML_ROWS_PUBLIC, "t", text, sizeof text - 1, false, &rows, NULL), EML_OK);
    assert_int_equal(eml_rows_count(&rows), 3);
    for (size_t r = 0; r < 3; r++) assert_true(eml_fe_eq(test_cell(&rows, 4 * r + 3), eml_fe_from_u64(r)));
    eml_rows_free(&rows);
    eml_abi_free(&abi);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_agree),   cmocka_unit_test(what_is_plain),        cmocka_unit_test(tables_agree),
        cmocka_unit_test(outputs_agree), cmocka_unit_test(output_numbers_agree), cmocka_unit_test(other_units),
        cmocka_unit_test(what_is_wrong), cmocka_unit_test(many_blank_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
