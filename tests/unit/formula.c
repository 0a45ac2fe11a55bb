/* Formulas: values, what there is no value for, encodings, text. */
#include <string.h>

#include "runtime/formula/formula.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static void set(mpq_t out, const char *text) {
    assert_int_equal(mpq_set_str(out, text, 10), 0);
    mpq_canonicalize(out);
}

static void number(eml_formula *f, const char *text) {
    mpq_t value;
    mpq_init(value);
    set(value, text);
    eml_formula_add_number(f, value);
    mpq_clear(value);
}

static void operate(eml_formula *f, eml_formula_operator operator) {
    eml_formula_add(f, operator, eml_formula_operands(operator));
}

/* Of operands a, b, c with one operator, as text. */
static eml_status apply(eml_formula_operator operator, const char * const * operands, uint32_t count, int32_t exponent,
                        char out[256], eml_error *err) {
    eml_formula f = {0};
    mpq_t value;
    mpq_init(value);
    for (uint32_t i = 0; i < count; i++) number(&f, operands[i]);
    eml_formula_add(&f, operator, count)->exponent = exponent;
    assert_int_equal(eml_formula_check(&f, 0, err), EML_OK);
    eml_status status = eml_formula_value(&f, NULL, value, err);
    if (status == EML_OK) mpq_get_str(out, 10, value);
    eml_formula_free(&f);
    mpq_clear(value);
    return status;
}

static void values(void **state) {
    (void)state;
    static const struct {
        eml_formula_operator operator;
        const char *operands[3];
        uint32_t count;
        int32_t exponent;
        const char *wanted;
    } rows[] = {
        {EML_FORMULA_ADD, {"1/2", "1/3"}, 2, 0, "5/6"},
        {EML_FORMULA_SUBTRACT, {"1/2", "1/3"}, 2, 0, "1/6"},
        {EML_FORMULA_MULTIPLY, {"-1/2", "1/3"}, 2, 0, "-1/6"},
        {EML_FORMULA_DIVIDE, {"1/2", "-1/3"}, 2, 0, "-3/2"},
        {EML_FORMULA_NEGATE, {"1/2"}, 1, 0, "-1/2"},
        {EML_FORMULA_POWER, {"-2/3"}, 1, 3, "-8/27"},
        {EML_FORMULA_POWER, {"-2/3"}, 1, -3, "-27/8"},
        {EML_FORMULA_POWER, {"0"}, 1, 0, "1"},
        {EML_FORMULA_ABS, {"-7/2"}, 1, 0, "7/2"},
        {EML_FORMULA_MIN, {"1", "-2"}, 2, 0, "-2"},
        {EML_FORMULA_MAX, {"1", "-2"}, 2, 0, "1"},
        {EML_FORMULA_FLOOR, {"-7/2"}, 1, 0, "-4"},
        {EML_FORMULA_FLOOR, {"7/2"}, 1, 0, "3"},
        {EML_FORMULA_FLOOR, {"3"}, 1, 0, "3"},
        {EML_FORMULA_EQUAL, {"2/4", "1/2"}, 2, 0, "1"},
        {EML_FORMULA_EQUAL, {"2/4", "1/3"}, 2, 0, "0"},
        {EML_FORMULA_LESS, {"1", "1"}, 2, 0, "0"},
        {EML_FORMULA_LESS, {"0", "1"}, 2, 0, "1"},
        {EML_FORMULA_LESS_EQUAL, {"1", "1"}, 2, 0, "1"},
        {EML_FORMULA_LESS_EQUAL, {"2", "1"}, 2, 0, "0"},
        {EML_FORMULA_AND, {"2", "-1"}, 2, 0, "1"},
        {EML_FORMULA_AND, {"2", "0"}, 2, 0, "0"},
        {EML_FORMULA_OR, {"0", "-1"}, 2, 0, "1"},
        {EML_FORMULA_OR, {"0", "0"}, 2, 0, "0"},
        {EML_FORMULA_NOT, {"1/9"}, 1, 0, "0"},
        {EML_FORMULA_NOT, {"0"}, 1, 0, "1"},
        {EML_FORMULA_IF, {"1/9", "5", "6"}, 3, 0, "5"},
        {EML_FORMULA_IF, {"0", "5", "6"}, 3, 0, "6"},
        {EML_FORMULA_ARGMAX, {"1", "3", "3"}, 3, 0, "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[256];
        assert_int_equal(apply(rows[i].operator, rows[i].operands, rows[i].count, rows[i].exponent, out, NULL), EML_OK);
        if (strcmp(out, rows[i].wanted) != 0) fail_msg("row %zu: %s, not %s", i, out, rows[i].wanted);
    }
}

static void no_values(void **state) {
    (void)state;
    static const struct {
        eml_formula_operator operator;
        const char *operands[2];
        uint32_t count;
        int32_t exponent;
        const char *says;
    } rows[] = {
        {EML_FORMULA_DIVIDE, {"1", "0"}, 2, 0, "a division by 0"},
        {EML_FORMULA_POWER, {"0"}, 1, -1, "a division by 0"},
        {EML_FORMULA_POWER, {"123456789012345678901234567890"}, 1, 1000, "a number too large"},
        {EML_FORMULA_POWER, {"1/123456789012345678901234567890"}, 1, 1000, "a number too large"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[256];
        eml_error err = {0};
        assert_int_equal(apply(rows[i].operator, rows[i].operands, rows[i].count, rows[i].exponent, out, &err),
                         EML_ERR_NO);
        assert_int_equal(err.code, EML_CODE_RANGE);
        if (strstr(err.text, rows[i].says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, rows[i].says);
    }
}

/* Squared again and again: refused before it is large, whatever asks for it. */
static void no_bombs(void **state) {
    (void)state;
    eml_formula f = {0};
    mpq_t value;
    mpq_init(value);
    number(&f, "3");
    for (int i = 0; i < 40; i++) {
        eml_formula_add(&f, EML_FORMULA_POWER, 1)->exponent = 1000;
    }
    assert_int_equal(eml_formula_check(&f, 0, NULL), EML_OK);
    assert_int_equal(eml_formula_value(&f, NULL, value, NULL), EML_ERR_NO);
    mpq_clear(value);
    eml_formula_free(&f);
}

/* 0.5 * log(x) - max(y, 2)^2 */
static void sample(eml_formula *f) {
    number(f, "1/2");
    eml_formula_add_column(f, 0);
    eml_formula_node *log = eml_formula_add(f, EML_FORMULA_FUNCTION, 1);
    log->function = EML_FUNCTION_LOG;
    mpq_set_ui(log->number, 1, 1000);
    operate(f, EML_FORMULA_MULTIPLY);
    eml_formula_add_column(f, 1);
    number(f, "2");
    operate(f, EML_FORMULA_MAX);
    eml_formula_add(f, EML_FORMULA_POWER, 1)->exponent = 2;
    operate(f, EML_FORMULA_SUBTRACT);
}

static void columns(void **state) {
    (void)state;
    eml_formula f = {0};
    mpq_t at[2], value;
    eml_error err = {0};
    mpq_inits(at[0], at[1], value, NULL);
    sample(&f);
    set(at[0], "2");
    set(at[1], "3");
    assert_int_equal(eml_formula_check(&f, 2, NULL), EML_OK);
    assert_int_equal(eml_formula_value(&f, (const mpq_t *)at, value, NULL), EML_OK);
    mpq_t wanted;
    mpq_init(wanted);
    set(wanted, "-17307/2000"); /* 0.693 / 2 - 9 */
    assert_true(mpq_equal(value, wanted));
    set(at[0], "0");
    assert_int_equal(eml_formula_value(&f, (const mpq_t *)at, value, &err), EML_ERR_NO);
    assert_true(mpq_equal(value, wanted)); /* untouched */
    assert_non_null(strstr(err.text, "log of a number that is not above 0"));
    eml_formula_free(&f);
    mpq_clears(at[0], at[1], value, wanted, NULL);
}

static void assert_text(const eml_formula *f, const char *wanted) {
    static const char *const words[] = {"a", "b"};
    static const eml_formula_column names[] = {{"x", NULL, 0}, {"y", NULL, 0}, {"c", words, 2}};
    eml_buf text = {0};
    eml_formula_print(f, names, &text);
    eml_buf_put_u8(&text, 0);
    assert_string_equal((const char *)text.data, wanted);
    eml_buf_free(&text);
}

static void texts(void **state) {
    (void)state;
    eml_formula f = {0};
    sample(&f);
    assert_text(&f, "0.5 * log(x) - max(y, 2)^2");
    eml_formula_free(&f);
    eml_formula_add_column(&f, 0); /* x - (y - 1) */
    eml_formula_add_column(&f, 1);
    number(&f, "1");
    operate(&f, EML_FORMULA_SUBTRACT);
    operate(&f, EML_FORMULA_SUBTRACT);
    assert_text(&f, "x - (y - 1)");
    operate(&f, EML_FORMULA_NEGATE);
    assert_text(&f, "-(x - (y - 1))");
    eml_formula_add(&f, EML_FORMULA_POWER, 1)->exponent = -2;
    assert_text(&f, "(-(x - (y - 1)))^-2");
    number(&f, "1/3");
    operate(&f, EML_FORMULA_LESS);
    eml_formula_add_column(&f, 0);
    operate(&f, EML_FORMULA_NOT);
    operate(&f, EML_FORMULA_OR);
    number(&f, "-1");
    number(&f, "0");
    operate(&f, EML_FORMULA_IF);
    assert_text(&f, "(if (-(x - (y - 1)))^-2 < 1/3 or not x then -1 else 0)");
    eml_formula_free(&f);
    static const struct {
        uint32_t column;
        const char *number; /* NULL: column 0 */
        const char *wanted;
    } words[] = {{2, "1", "c == \"b\""}, {2, "2", "c == 2"},  {2, "1/2", "c == 0.5"},
                 {2, "-1", "c == -1"},   {2, NULL, "c == x"}, {0, "1", "x == 1"}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        eml_formula_add_column(&f, words[k].column);
        if (words[k].number == NULL)
            eml_formula_add_column(&f, 0);
        else
            number(&f, words[k].number);
        operate(&f, EML_FORMULA_EQUAL);
        assert_text(&f, words[k].wanted);
        eml_formula_free(&f);
    }
}

static void encodings(void **state) {
    (void)state;
    eml_formula f = {0}, again = {0};
    eml_buf code = {0}, second = {0};
    sample(&f);
    eml_formula_add_column(&f, 1);
    eml_formula_node *share = eml_formula_add(&f, EML_FORMULA_SOFTMAX, 2);
    share->column = 1;
    mpq_set_ui(share->number, 1, 64);
    eml_formula_add_column(&f, 0);
    eml_formula_add(&f, EML_FORMULA_ARGMAX, 2);
    eml_formula_encode(&f, &code);
    assert_int_equal(eml_formula_decode(code.data, code.len, &again, NULL), EML_OK);
    assert_int_equal(again.count, f.count);
    eml_formula_encode(&again, &second);
    assert_true(second.len == code.len && memcmp(second.data, code.data, code.len) == 0);
    eml_formula_free(&again);
    /* Every cut, and every changed byte, is refused or another formula with one encoding of its own. */
    for (size_t cut = 1; cut < code.len; cut++) {
        if (eml_formula_decode(code.data, cut, &again, NULL) == EML_OK) eml_formula_free(&again);
    }
    for (size_t at = 0; at < code.len; at++) {
        for (int bit = 0; bit < 8; bit++) {
            code.data[at] ^= (uint8_t)(1 << bit);
            if (eml_formula_decode(code.data, code.len, &again, NULL) == EML_OK) {
                second.len = 0;
                eml_formula_encode(&again, &second);
                assert_true(second.len == code.len && memcmp(second.data, code.data, code.len) == 0);
                mpq_t at_columns[4], value;
                mpq_inits(at_columns[0], at_columns[1], at_columns[2], at_columns[3], value, NULL);
                if (eml_formula_check(&again, 4, NULL) == EML_OK)
                    (void)!eml_formula_value(&again, (const mpq_t *)at_columns, value, NULL);
                mpq_clears(at_columns[0], at_columns[1], at_columns[2], at_columns[3], value, NULL);
                eml_formula_free(&again);
            }
            code.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    eml_buf_free(&code);
    eml_buf_free(&second);
    eml_formula_free(&f);
}

static void assert_unsound(eml_formula *f, const char *says) {
    eml_error err = {0};
    assert_int_equal(eml_formula_check(f, 1, &err), EML_ERR_INPUT);
    if (strstr(err.text, says) == NULL) fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    eml_formula_free(f);
}

static void unsound(void **state) {
    (void)state;
    eml_formula f = {0};
    assert_unsound(&f, "a formula has 1 to 65536 nodes, not 0");
    eml_formula_add_column(&f, 1);
    assert_unsound(&f, "node 0 is of a column that is not there");
    eml_formula_add_column(&f, 0);
    operate(&f, EML_FORMULA_ADD);
    assert_unsound(&f, "node 1 lacks operands");
    eml_formula_add_column(&f, 0);
    eml_formula_add_column(&f, 0);
    assert_unsound(&f, "it leaves 2 values, not one");
    eml_formula_add_column(&f, 0);
    eml_formula_add(&f, EML_FORMULA_NEGATE, 2);
    assert_unsound(&f, "node 1 has a number of operands that it does not take");
    eml_formula_add_column(&f, 0);
    eml_formula_add(&f, EML_FORMULA_ARGMAX, 0);
    assert_unsound(&f, "node 1 has a number of operands that it does not take");
    eml_formula_add_column(&f, 0);
    eml_formula_add(&f, EML_FORMULA_POWER, 1)->exponent = -1001;
    assert_unsound(&f, "node 1 has an exponent that is too large");
    eml_formula_add_column(&f, 0);
    eml_formula_add(&f, EML_FORMULA_FUNCTION, 1);
    assert_unsound(&f, "node 1 has a unit that is not above 0");
    eml_formula_add_column(&f, 0);
    eml_formula_node *node = eml_formula_add(&f, EML_FORMULA_FUNCTION, 1);
    node->function = EML_FUNCTION_COUNT;
    mpq_set_ui(node->number, 1, 1);
    assert_unsound(&f, "node 1 is no function");
    eml_formula_add_column(&f, 0);
    node = eml_formula_add(&f, EML_FORMULA_SOFTMAX, 1);
    node->column = 1;
    mpq_set_ui(node->number, 1, 1);
    assert_unsound(&f, "node 1 is of an operand that is not there");
    node = eml_formula_add(&f, EML_FORMULA_NUMBER, 0);
    mpz_ui_pow_ui(mpq_numref(node->number), 2, 3301);
    assert_unsound(&f, "node 0 has a number that is too long");
}

/* What no encoding says. */
static void not_encodings(void **state) {
    (void)state;
    static const struct {
        uint8_t bytes[12];
        size_t count;
    } rows[] = {
        {{22}, 1}, /* no operator */
        {{127}, 1},
        {{1, 0, 7, 0x80, 0x80, 0x80, 0x80, 0x10}, 8}, /* an exponent of 2^31 */
        {{1, 0x80, 0x80, 0x80, 0x80, 0x10}, 6},       /* a column of 2^32 */
        {{1, 0x80, 0}, 3},                            /* 0 in two bytes */
        {{1, 0, 20, 8, 4, 0, 1}, 7},                  /* function 8 */
        {{0, 4, 0, 2}, 4},                            /* a rational whose odd part is even */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eml_formula f = {0};
        eml_error err = {0};
        assert_int_equal(eml_formula_decode(rows[i].bytes, rows[i].count, &f, &err), EML_ERR_INPUT);
        assert_non_null(strstr(err.text, "cannot be read"));
        assert_true(f.nodes == NULL);
    }
}

static void too_many(void **state) {
    (void)state;
    eml_formula f = {0};
    eml_buf code = {0};
    eml_error err = {0};
    number(&f, "1");
    for (int i = 1; i < EML_FORMULA_NODES_MAX; i++) operate(&f, EML_FORMULA_NEGATE);
    assert_int_equal(eml_formula_check(&f, 0, NULL), EML_OK);
    operate(&f, EML_FORMULA_NEGATE);
    assert_int_equal(eml_formula_check(&f, 0, &err), EML_ERR_INPUT);
    assert_non_null(strstr(err.text, "not 65537"));
    eml_formula_encode(&f, &code);
    eml_formula_free(&f);
    assert_int_equal(eml_formula_decode(code.data, code.len, &f, NULL), EML_ERR_INPUT);
    eml_buf_free(&code);
}

/* Each factor may stand there, the product is too large. */
static void products(void **state) {
    (void)state;
    eml_formula f = {0};
    mpq_t value;
    eml_error err = {0};
    mpq_init(value);
    for (int i = 0; i < 16; i++) {
        mpz_ui_pow_ui(mpq_numref(eml_formula_add(&f, EML_FORMULA_NUMBER, 0)->number), 3, 2000);
        if (i > 0) operate(&f, EML_FORMULA_MULTIPLY);
    }
    assert_int_equal(eml_formula_check(&f, 0, NULL), EML_OK);
    assert_int_equal(eml_formula_value(&f, NULL, value, &err), EML_ERR_NO);
    assert_non_null(strstr(err.text, "a number too large"));
    mpq_clear(value);
    eml_formula_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),   cmocka_unit_test(no_values),     cmocka_unit_test(no_bombs),
        cmocka_unit_test(columns),  cmocka_unit_test(texts),         cmocka_unit_test(encodings),
        cmocka_unit_test(unsound),  cmocka_unit_test(not_encodings), cmocka_unit_test(too_many),
        cmocka_unit_test(products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
