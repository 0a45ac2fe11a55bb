/* Forms and the arithmetic below them. */
#include "tests/unit/compiler_fixture.h"

#include "compiler/check/rational.h"
#include "runtime/base/decimal.h"

static void assert_rounds(long num, unsigned long den, long expected) {
    mpq_t value;
    mpz_t rounded;
    mpq_init(value);
    mpz_init(rounded);
    mpq_set_si(value, num, den);
    mpq_canonicalize(value);
    eml_rational_round(value, rounded);
    assert_int_equal(mpz_get_si(rounded), expected);
    mpq_clear(value);
    mpz_clear(rounded);
}

static void test_round_ties_to_even(void **unused) {
    (void)unused;
    assert_rounds(1, 2, 0);
    assert_rounds(3, 2, 2);
    assert_rounds(-1, 2, 0);
    assert_rounds(-3, 2, -2);
    assert_rounds(5, 3, 2);
    assert_rounds(-5, 3, -2);
    assert_rounds(7, 1, 7);
}

static void test_ceil_digits(void **unused) {
    (void)unused;
    const char *cases[][2] = {{"0.0012341", "0.00124"}, {"0.00999", "0.00999"}, {"0.009991", "0.01"}, {"0", "0"},
                              {"123456", "124000"},     {"1e-30", "1e-30"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mpq_t value, expected;
        mpq_inits(value, expected, NULL);
        assert_true(eml_decimal_parse(cases[i][0], strlen(cases[i][0]), value));
        assert_true(eml_decimal_parse(cases[i][1], strlen(cases[i][1]), expected));
        eml_rational_ceil_digits(value, 3, value);
        assert_true(mpq_equal(value, expected));
        mpq_clears(value, expected, NULL);
    }
}

static void test_print_short(void **unused) {
    (void)unused;
    const char *cases[][2] = {{"0", "0"},       {"-12.5", "-12.5"},       {"0.3333333333333333", "0.333333333333"},
                              {"1e40", "1e40"}, {"-2.5e-30", "-2.5e-30"}, {"-98765.4321", "-98765.4321"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mpq_t value;
        eml_buf text = {0};
        mpq_init(value);
        assert_true(eml_decimal_parse(cases[i][0], strlen(cases[i][0]), value));
        eml_rational_print_short(value, &text);
        eml_buf_put_u8(&text, 0);
        assert_string_equal((char *)text.data, cases[i][1]);
        eml_buf_free(&text);
        mpq_clear(value);
    }
}

static void append(eml_form *form, uint32_t first, uint32_t second, long coefficient) {
    mpq_t value;
    mpq_init(value);
    mpq_set_si(value, coefficient, 1);
    eml_form_append_term(form, (eml_monomial){first, second}, value);
    mpq_clear(value);
}

static void test_normalise(void **unused) {
    (void)unused;
    eml_form form = {0};
    append(&form, EML_NO_INPUT, EML_NO_INPUT, 4);
    append(&form, 2, EML_NO_INPUT, 5);
    append(&form, 0, EML_NO_INPUT, 3);
    append(&form, 2, EML_NO_INPUT, -5);
    append(&form, 0, 1, 1);
    append(&form, 0, EML_NO_INPUT, 4);
    eml_form_normalise(&form);
    assert_int_equal(form.count, 3);
    assert_int_equal(form.terms[0].monomial.second, 1);
    assert_int_equal(mpq_cmp_ui(form.terms[1].coefficient, 7, 1), 0);
    assert_int_equal(form.terms[2].monomial.first, EML_NO_INPUT);
    assert_false(eml_form_is_constant(&form));
    eml_form_free(&form);
}

/* A long chain, a long dot product and a standardised one with unlike denominators take no more than linear work: this
 * test ends. */
static void test_long_sums(void **unused) {
    (void)unused;
    enum { TERMS = 3000 };
    eml_buf text = {0};
    eml_buf_printf(&text, "model long\ninput public x[%d] in [-1, 1]\nparam w[%d] = [", TERMS, TERMS);
    for (int i = 0; i < TERMS; i++) eml_buf_printf(&text, "%s0.%d%d", i > 0 ? ", " : "", i + 1, i);
    eml_buf_printf(&text, "]\nparam s[%d] = [", TERMS);
    for (int i = 0; i < TERMS; i++) eml_buf_printf(&text, "%s%d.%d1234567", i > 0 ? ", " : "", i + 2, i);
    eml_buf_put_text(&text, "]\noutput y within 1e-3 = dot(w, (x - w) / s)\noutput z within 1e-3 = x[0]");
    for (int i = 1; i < 500; i++) eml_buf_printf(&text, " - x[%d]", i);
    eml_buf_put_text(&text, "\n");
    eml_buf_put_u8(&text, 0);
    fixture f;
    fixture_compile(&f, (const char *)text.data);
    assert_int_equal(f.passes.model.outputs[0].form.count, TERMS + 1);
    assert_int_equal(f.passes.model.outputs[1].form.count, 500);
    fixture_free(&f);
    eml_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_ties_to_even), cmocka_unit_test(test_ceil_digits),
        cmocka_unit_test(test_print_short),        cmocka_unit_test(test_normalise),
        cmocka_unit_test(test_long_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
