/* Decimals: what parses to what, and that printing is shortest and reads back. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/memory.h"
#include "tests/support/random.h"

static void check_parse(const char *text, const char *expected) {
    mpq_t got, want;
    mpq_inits(got, want, NULL);
    assert_int_equal(mpq_set_str(want, expected, 10), 0);
    if (!eml_decimal_parse(text, strlen(text), got)) fail_msg("\"%s\" was refused", text);
    if (!mpq_equal(got, want)) fail_msg("\"%s\" is not %s", text, expected);
    mpq_clears(got, want, NULL);
}

static void parses(void **state) {
    (void)state;
    check_parse("0", "0");
    check_parse("-0.000e9", "0");
    check_parse("-12.5e-3", "-1/80");
    check_parse("+7", "7");
    check_parse(".5", "1/2");
    check_parse("5.", "5");
    check_parse("1e3", "1000");
    check_parse("1.50E+2", "150");
    check_parse("0010.0100", "1001/100");
    check_parse("1e0000000000003", "1000");
    check_parse("340282366920938463463374607431768211456", "340282366920938463463374607431768211456");
    check_parse("123456789012345678901234567890123456789.5", "246913578024691357802469135780246913579/2");
}

static void refuses(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      ".",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1.2.3",
                                      " 1",
                                      "1 ",
                                      "0x10",
                                      "1,5",
                                      "nan",
                                      "inf",
                                      "--1",
                                      "1e5.0",
                                      "1_000",
                                      "1e4097",
                                      "1e99999999999999999999",
                                      "1e-4097"};
    mpq_t value;
    mpq_init(value);
    mpq_set_si(value, 42, 1);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (eml_decimal_parse(bad[i], strlen(bad[i]), value)) fail_msg("\"%s\" was accepted", bad[i]);
    assert_false(eml_decimal_parse("1\0", 2, value));
    char *text = eml_alloc(EML_DECIMAL_DIGITS_MAX + 1, 1);
    memset(text, '7', EML_DECIMAL_DIGITS_MAX + 1);
    assert_false(eml_decimal_parse(text, EML_DECIMAL_DIGITS_MAX + 1, value));
    assert_int_equal(mpq_cmp_si(value, 42, 1), 0); /* untouched so far */
    assert_true(eml_decimal_parse(text, EML_DECIMAL_DIGITS_MAX, value));
    eml_free(text);
    mpq_clear(value);
}

static void check_shortest(const char *value, const char *radius, const char *expected) {
    mpq_t v, r;
    eml_buf out = {0};
    mpq_inits(v, r, NULL);
    mpq_set_str(v, value, 10);
    mpq_set_str(r, radius, 10);
    eml_decimal_print_shortest(v, r, &out);
    eml_buf_put_u8(&out, 0);
    assert_string_equal((char *)out.data, expected);
    eml_buf_free(&out);
    mpq_clears(v, r, NULL);
}

static void prints_shortest(void **state) {
    (void)state;
    check_shortest("0", "1/2", "0");
    check_shortest("1/8", "1/16", "0.1");     /* 0.1 is in (1/16, 3/16) */
    check_shortest("1/8", "1/1000", "0.125"); /* exactly */
    check_shortest("-1/80", "1/1000000", "-0.0125");
    check_shortest("1/3", "1/1000", "0.333");
    check_shortest("1/10", "1/10", "0.1"); /* 0 is at the end of the interval, which is open */
    check_shortest("-1/100", "1/4", "0");  /* not "-0" */
    check_shortest("1/2", "3/5", "0");     /* 0 and 1 are as near: the even one */
    check_shortest("3/2", "3/5", "2");
    check_shortest("123456789", "1000", "123456789");
    check_shortest("1/1000000007", "1/1000000000000000000", "0.000000000999999993");
}

/* Whether the multiple of 10^-places that is nearest to value lies nearer than radius. */
static bool has_decimal(const mpq_t value, const mpq_t radius, unsigned long places) {
    mpq_t power, gap;
    mpq_inits(power, gap, NULL);
    mpz_ui_pow_ui(mpq_numref(power), 10, places);
    mpq_mul(gap, value, power);
    eml_decimal_round_div(mpq_numref(gap), mpq_numref(gap), mpq_denref(gap));
    mpz_set_ui(mpq_denref(gap), 1);
    mpq_div(gap, gap, power);
    mpq_sub(gap, gap, value);
    mpq_abs(gap, gap);
    bool inside = mpq_cmp(gap, radius) < 0;
    mpq_clears(power, gap, NULL);
    return inside;
}

static void shortest_is_inside_and_minimal(void **state) {
    (void)state;
    mpq_t value, radius;
    mpz_t digits;
    mpq_inits(value, radius, NULL);
    mpz_init(digits);
    for (size_t i = 0; i < 3000; i++) {
        mpq_set_si(value, (long)(test_random() >> (2 + test_random() % 60)) * (i % 2 ? 1 : -1), 1);
        mpq_div_2exp(value, value, test_random() % 70);
        mpq_set_ui(radius, 1, 1 + test_random() % 1000000000);
        unsigned long places;
        eml_decimal_shortest(value, radius, digits, &places);
        assert_true(has_decimal(value, radius, places));
        assert_true(places == 0 || !has_decimal(value, radius, places - 1));
        assert_true(places == 0 || !mpz_divisible_ui_p(digits, 10));
    }
    mpq_clears(value, radius, NULL);
    mpz_clear(digits);
}

static void check_exact(const char *value, const char *expected) {
    mpq_t v;
    eml_buf out = {0};
    mpq_init(v);
    mpq_set_str(v, value, 10);
    eml_decimal_print_exact(v, &out);
    eml_buf_put_u8(&out, 0);
    assert_string_equal((char *)out.data, expected);
    eml_buf_free(&out);
    mpq_clear(v);
}

static void prints_exact(void **state) {
    (void)state;
    check_exact("0", "0");
    check_exact("1/8", "0.125");
    check_exact("-7/20", "-0.35");
    check_exact("1000", "1000");
    check_exact("1/3", "1/3");
    check_exact("-22/7", "-22/7");
    check_exact("1/1024", "0.0009765625");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),          cmocka_unit_test(refuses),
        cmocka_unit_test(prints_shortest), cmocka_unit_test(shortest_is_inside_and_minimal),
        cmocka_unit_test(prints_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
