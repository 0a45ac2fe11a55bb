/* The shortest decimals of doubles and floats: against exact arithmetic, and as other programs write them. */
#include "tests/support/cmocka.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/binary64.h"
#include "runtime/base/decimal.h"
#include "runtime/base/shortest.h"
#include "tests/support/random.h"

static void print(double value, char out[64]) {
    eml_buf text = {0};
    eml_binary number;
    assert_true(eml_binary_of_double(value, &number));
    eml_shortest_print(&number, &text);
    assert_true(text.len < 64);
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
    eml_buf_free(&text);
}

static bool reads_back(const mpq_t decimal, double value) {
    mpq_t nearest;
    mpq_init(nearest);
    bool same = eml_binary64_nearest(decimal, nearest) && mpq_get_d(nearest) == value;
    mpq_clear(nearest);
    return same;
}

/* n 10^exponent, the multiple of 10^exponent next to value, below or above. */
static void neighbour(mpq_t out, double value, long exponent, bool above) {
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)labs(exponent));
    mpq_set_d(out, value);
    mpq_t scale;
    mpq_init(scale);
    mpq_set_z(scale, power);
    if (exponent < 0) mpq_inv(scale, scale);
    mpq_div(out, out, scale);
    if (above)
        mpz_cdiv_q(mpq_numref(out), mpq_numref(out), mpq_denref(out));
    else
        mpz_fdiv_q(mpq_numref(out), mpq_numref(out), mpq_denref(out));
    mpz_set_ui(mpq_denref(out), 1);
    mpq_mul(out, out, scale);
    mpq_clear(scale);
    mpz_clear(power);
}

/* The exponent of the last digit that is none of the zeros at the end. */
static long last_place(const char *text) {
    eml_decimal decimal;
    assert_true(eml_decimal_scan(text, strlen(text), &decimal));
    return decimal.exponent;
}

/* It reads back; no decimal of fewer places does, nor one that is nearer. */
static void check(double value) {
    char text[64];
    mpq_t decimal, other, gap, best;
    mpq_inits(decimal, other, gap, best, NULL);
    print(value, text);
    assert_true(eml_decimal_parse(text, strlen(text), decimal));
    if (!reads_back(decimal, value)) fail_msg("%a: %s does not read back", value, text);
    if (value != 0) {
        long place = last_place(text);
        mpq_set_d(best, value);
        mpq_sub(best, decimal, best);
        mpq_abs(best, best);
        for (int above = 0; above < 2; above++) {
            neighbour(other, value, place + 1, above);
            if (mpq_sgn(other) != 0 && reads_back(other, value)) fail_msg("%a: %s is not the shortest", value, text);
            neighbour(other, value, place, above);
            mpq_set_d(gap, value);
            mpq_sub(gap, other, gap);
            mpq_abs(gap, gap);
            if (reads_back(other, value) && mpq_cmp(gap, best) < 0) fail_msg("%a: %s is not the nearest", value, text);
        }
    }
    mpq_clears(decimal, other, gap, best, NULL);
}

static double random_double(void) {
    union {
        uint64_t bits;
        double value;
    } any = {test_random()};
    double unit = (double)(test_random() >> 11) * 0x1p-53;
    switch (test_random() % 5) {
    case 0: return isfinite(any.value) ? any.value : 1;
    case 1: return unit * pow(10, (double)(test_random() % 40) - 20);
    case 2: return round(unit * 1e6) / pow(10, (double)(test_random() % 8));
    case 3: return ldexp((double)(test_random() >> 11), (int)(test_random() % 20) - 12);
    default: return -(double)(test_random() % 100) * 5e-324;
    }
}

static void all_are_shortest(void **state) {
    (void)state;
    for (int e = -1074; e < 1024; e++) check(ldexp(1, e)), check(-ldexp(3, e - 2));
    for (int e = -1074; e < 1024; e++) check(nextafter(ldexp(1, e), 0)), check(nextafter(ldexp(1, e), INFINITY));
    for (size_t i = 0; i < 20000; i++) check(random_double());
}

/* What Python 3.11 and NumPy 2.4 write. */
static void as_others_write(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } known[] = {{0, "0"},
                 {-0.0, "-0"},
                 {0.1, "0.1"},
                 {-1.5, "-1.5"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {0x1p-44, "0.00000000000005684341886080802"},
                 {0x1p50 + 0.25, "1125899906842624.2"},
                 {0x1p50 + 0.75, "1125899906842624.8"},
                 {9007199254740993e0, "9007199254740992"},
                 {1e22, "1e22"},
                 {1e23, "1e23"},
                 {123456789012345680, "123456789012345680"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "17976931348623157e292"},
                 {2.2250738585072014e-308, "22250738585072014e-324"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[64];
        print(known[i].value, text);
        assert_string_equal(text, known[i].text);
    }
    eml_binary number;
    assert_false(eml_binary_of_double(NAN, &number));
    assert_false(eml_binary_of_double(-INFINITY, &number));
    assert_false(eml_binary_of_float(NAN, &number));
    assert_false(eml_binary_of_float(INFINITY, &number));
}

static void floats(void **state) {
    (void)state;
    static const struct {
        float value;
        const char *text;
    } known[] = {{0.1f, "0.1"},
                 {-16777216.0f, "-16777216"},
                 {123456784.0f, "123456780"},
                 {3.4028235e38f, "34028235e31"},
                 {1e-45f, "0.000000000000000000000000000000000000000000001"},
                 {0.33333334f, "0.33333334"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        eml_buf text = {0};
        eml_binary number;
        assert_true(eml_binary_of_float(known[i].value, &number));
        eml_shortest_print(&number, &text);
        eml_buf_put_u8(&text, 0);
        mpq_t said, wanted;
        mpq_inits(said, wanted, NULL);
        assert_true(eml_decimal_parse((const char *)text.data, text.len - 1, said));
        assert_true(eml_decimal_parse(known[i].text, strlen(known[i].text), wanted));
        if (!mpq_equal(said, wanted)) fail_msg("%s, not %s", (const char *)text.data, known[i].text);
        mpq_clears(said, wanted, NULL);
        eml_buf_free(&text);
    }
    for (size_t i = 0; i < 20000; i++) { /* with strtof as the judge, and fewer digits */
        uint32_t bits = (uint32_t)test_random();
        float value;
        eml_buf text = {0};
        eml_binary number;
        memcpy(&value, &bits, sizeof value);
        if (!eml_binary_of_float(value, &number)) continue;
        eml_shortest_print(&number, &text);
        eml_buf_put_u8(&text, 0);
        if (strtof((const char *)text.data, NULL) != value) fail_msg("%a: %s", (double)value, (const char *)text.data);
        eml_decimal decimal;
        assert_true(eml_decimal_scan((const char *)text.data, text.len - 1, &decimal));
        assert_true(decimal.small && decimal.mantissa < 1000000000);
        for (int digits = 1; digits < 9; digits++) {
            char fewer[32];
            snprintf(fewer, sizeof fewer, "%.*e", digits - 1, (double)value);
            if (strtof(fewer, NULL) != value) continue;
            eml_u128 most = 1;
            for (int d = 0; d < digits; d++) most *= 10;
            if (decimal.mantissa >= most) fail_msg("%s is longer than %s", (const char *)text.data, fewer);
            break;
        }
        eml_buf_free(&text);
    }
}

/* Without GMP wherever it is said not to decline. */
static void words_suffice(void **state) {
    (void)state;
    for (size_t i = 0; i < 100000; i++) {
        double value = random_double();
        eml_binary number;
        uint64_t m;
        unsigned places;
        assert_true(eml_binary_of_double(value, &number));
        bool taken = eml_shortest_words(&number, &m, &places);
        if (!taken && fabs(value) >= 1e-13 && fabs(value) < 0x1p63) fail_msg("%a is declined", value);
        assert_true(!taken || places <= EML_SHORTEST_PLACES);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_shortest),
        cmocka_unit_test(as_others_write),
        cmocka_unit_test(floats),
        cmocka_unit_test(words_suffice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
