/* Doubles as exact rationals, against the machine's own. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "runtime/base/binary64.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static double random_double(void) {
    double number;
    do {
        uint64_t bits = test_random();
        memcpy(&number, &bits, sizeof number);
    } while (!isfinite(number));
    return number;
}

/* Any double is its own nearest; so is what lies nearer to it than half an ulp, and a tie goes to the even neighbour.
 */
static void finds_the_nearest(void **state) {
    (void)state;
    mpq_t value, half, got, next, expected;
    mpq_inits(value, half, got, next, expected, NULL);
    for (int i = 0; i < 5000; i++) {
        double number = i == 0 ? 0 : i == 1 ? DBL_TRUE_MIN : i == 2 ? DBL_MIN : fabs(random_double());
        double above = nextafter(number, INFINITY);
        if (!isfinite(above)) continue;
        mpq_set_d(value, number);
        mpq_set_d(next, above);
        assert_true(eml_binary64_nearest(value, got));
        assert_true(mpq_equal(got, value));
        mpq_sub(half, next, value);
        mpq_div_2exp(half, half, 1);
        mpq_add(half, half, value); /* halfway */
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        mpq_set_d(expected, bits % 2 == 0 ? number : above);
        assert_true(eml_binary64_nearest(half, got));
        assert_true(mpq_equal(got, expected));
        mpq_neg(half, half);
        mpq_neg(expected, expected);
        assert_true(eml_binary64_nearest(half, got));
        assert_true(mpq_equal(got, expected));
    }
    mpq_set_d(value, DBL_MAX);
    assert_true(eml_binary64_nearest(value, got));
    mpq_mul_2exp(value, value, 1);
    assert_false(eml_binary64_nearest(value, got));
    mpq_clears(value, half, got, next, expected, NULL);
}

static void finds_the_ulp(void **state) {
    (void)state;
    mpq_t value, ulp, expected;
    mpq_inits(value, ulp, expected, NULL);
    for (int i = 0; i < 5000; i++) {
        double number = i == 0 ? 0 : i == 1 ? DBL_TRUE_MIN : i == 2 ? DBL_MIN : i == 3 ? 1 : random_double();
        double above = nextafter(fabs(number), INFINITY);
        if (!isfinite(above)) continue;
        mpq_set_d(value, number);
        mpq_set_d(expected, above - fabs(number));
        eml_binary64_ulp(value, ulp);
        assert_true(mpq_equal(ulp, expected));
    }
    mpq_set_ui(value, 1, 3); /* in [1/4, 1/2) */
    eml_binary64_ulp(value, ulp);
    mpq_set_d(expected, ldexp(1, -54));
    assert_true(mpq_equal(ulp, expected));
    mpq_clears(value, ulp, expected, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_the_nearest), cmocka_unit_test(finds_the_ulp)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
