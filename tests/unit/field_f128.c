/* f128 against GMP: every pair of edge values and random pairs. */
#include "tests/support/cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/gmp_field.h"
#include "tests/support/random.h"
#include "tests/support/signed.h"

enum { RANDOM_PAIRS = 20000, RANDOM_VALUES = 300 };

static mpz_t p, x, y, z;

static int setup(void **state) {
    (void)state;
    test_mpz_init_p(p);
    mpz_inits(x, y, z, NULL);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    mpz_clears(p, x, y, z, NULL);
    return 0;
}

static void check_pair(eml_fe a, eml_fe b) {
    test_mpz_from_fe(x, a);
    test_mpz_from_fe(y, b);
    mpz_add(z, x, y);
    assert_true(test_fe_is(eml_fe_add(a, b), z, p));
    mpz_sub(z, x, y);
    assert_true(test_fe_is(eml_fe_sub(a, b), z, p));
    assert_int_equal(eml_fe_eq(a, b), mpz_divisible_p(z, p) != 0);
    mpz_mul(z, x, y);
    assert_true(test_fe_is(eml_fe_mul(a, b), z, p));
    assert_true(eml_fe_is_canonical(eml_fe_mul(a, b)));
    eml_fe_factor factor = eml_fe_factor_of(b);
    assert_true(test_fe_is(eml_fe_mul_factor(a, &factor), z, p));
    assert_true(eml_fe_is_canonical(eml_fe_mul_factor(a, &factor)));
}

/* What needs canonical operands, and what is canonical if they are. */
static void check_canonical_pair(eml_fe a, eml_fe b) {
    eml_fe c = eml_fe_canon(a), d = eml_fe_canon(b);
    test_mpz_from_fe(x, a);
    test_mpz_from_fe(y, b);
    mpz_add(z, x, y);
    assert_true(test_fe_is(eml_fe_add_canon(a, d), z, p));
    assert_true(test_fe_is(eml_fe_sum_canon(c, d), z, p));
    assert_true(eml_fe_is_canonical(eml_fe_sum_canon(c, d)));
    mpz_sub(z, x, y);
    assert_true(test_fe_is(eml_fe_sub_canon(a, d), z, p));
    assert_true(test_fe_is(eml_fe_sub_canon(c, d), z, p));
    assert_true(eml_fe_is_canonical(eml_fe_sub_canon(c, d)));
}

/* The halves of a factor are any two numbers: a.lo w + a.hi shifted. */
static void factors_take_any_halves(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES * TEST_EDGES * TEST_EDGES; i++) {
        eml_fe a = test_edges[i % TEST_EDGES];
        eml_fe_factor factor = {test_edges[i / TEST_EDGES % TEST_EDGES], test_edges[i / TEST_EDGES / TEST_EDGES]};
        eml_fe expected =
            eml_fe_add(eml_fe_mul(eml_fe_from_u64(a.lo), factor.w), eml_fe_mul(eml_fe_from_u64(a.hi), factor.shifted));
        assert_true(eml_fe_eq(eml_fe_mul_factor(a, &factor), expected));
        assert_true(eml_fe_is_canonical(eml_fe_mul_factor(a, &factor)));
    }
}

/* The largest sum of products that fits, and sums of random ones. */
static void products_agree_with_single_ones(void **state) {
    (void)state;
    const eml_fe largest = {UINT64_MAX, UINT64_MAX};
    eml_fe_products sum = {{0}, {0}, {0}};
    for (size_t i = 0; i < EML_FE_PRODUCTS_MAX; i++) eml_fe_products_add(&sum, largest, largest);
    eml_fe expected = eml_fe_mul(eml_fe_square(largest), eml_fe_from_u64(EML_FE_PRODUCTS_MAX));
    assert_true(eml_fe_eq(eml_fe_products_reduce(&sum), expected));
    assert_true(eml_fe_is_canonical(eml_fe_products_reduce(&sum)));
    sum = (eml_fe_products){{0}, {0}, {0}};
    expected = EML_FE_ZERO;
    for (size_t i = 0; i < TEST_EDGES * TEST_EDGES; i++) {
        eml_fe a = test_edges[i % TEST_EDGES], b = test_edges[i / TEST_EDGES];
        eml_fe_products_add(&sum, a, b);
        expected = eml_fe_add(expected, eml_fe_mul(a, b));
        assert_true(eml_fe_eq(eml_fe_products_reduce(&sum), expected));
    }
}

static void pairs_agree_with_gmp(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) {
        for (size_t j = 0; j < TEST_EDGES; j++) {
            check_pair(test_edges[i], test_edges[j]);
            check_canonical_pair(test_edges[i], test_edges[j]);
        }
        for (size_t j = 0; j < 100; j++) check_pair(test_edges[i], test_random_fe());
    }
    for (size_t i = 0; i < RANDOM_PAIRS; i++) {
        eml_fe a = test_random_fe();
        check_pair(a, test_random_fe());
        check_canonical_pair(a, test_random_fe());
    }
}

/* The wide reduction takes any 256 bits, also products that no pair of elements has. */
static void wide_reduction_agrees_with_gmp(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) {
        for (size_t j = 0; j < TEST_EDGES; j++) {
            eml_fe hi = test_edges[i], lo = test_edges[j];
            test_mpz_from_fe(x, hi);
            test_mpz_from_fe(y, lo);
            mpz_mul_2exp(x, x, 128);
            mpz_add(z, x, y);
            assert_true(test_fe_is(eml_fe_reduce_wide((eml_fe_wide){lo.lo, lo.hi, hi.lo, hi.hi}), z, p));
        }
    }
}

static void check_value(eml_fe a) {
    test_mpz_from_fe(x, a);
    mpz_mod(y, x, p);
    eml_fe canonical = eml_fe_canon(a);
    test_mpz_from_fe(z, canonical);
    assert_int_equal(mpz_cmp(y, z), 0);
    assert_int_equal(eml_fe_is_zero(a), mpz_sgn(y) == 0);
    mpz_neg(z, x);
    assert_true(test_fe_is(eml_fe_neg(a), z, p));
    mpz_mul(z, x, x);
    assert_true(test_fe_is(eml_fe_square(a), z, p));
    mpz_mul(z, z, x);
    assert_true(test_fe_is(eml_fe_cube(a), z, p));
    assert_true(eml_fe_eq(eml_fe_cube_root(eml_fe_cube(a)), a));
    if (mpz_invert(z, x, p))
        assert_true(test_fe_is(eml_fe_inv(a), z, p));
    else
        assert_true(eml_fe_is_zero(eml_fe_inv(a)));
}

static void values_agree_with_gmp(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) check_value(test_edges[i]);
    for (size_t i = 0; i < RANDOM_VALUES; i++) check_value(test_random_fe());
}

static void powers_agree_with_gmp(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) {
        for (size_t j = 0; j < TEST_EDGES; j++) {
            eml_fe a = i % 2 ? test_random_fe() : test_edges[i];
            test_mpz_from_fe(x, a);
            test_mpz_from_fe(y, eml_fe_from_u64(test_edges[j].lo));
            mpz_powm(z, x, y, p);
            assert_true(test_fe_is(eml_fe_pow_u64_var(a, test_edges[j].lo), z, p));
        }
    }
}

static void roots_of_unity_are_primitive(void **state) {
    (void)state;
    char text[EML_FE_DECIMAL_MAX];
    eml_fe_to_decimal(eml_fe_root_of_unity(EML_FE_TWO_ADICITY), text);
    assert_string_equal(text, "23953097886125630542083529559205016746");
    for (unsigned log2 = 1; log2 <= EML_FE_TWO_ADICITY; log2++) {
        eml_fe half = eml_fe_pow_u64_var(eml_fe_root_of_unity(log2), UINT64_C(1) << (log2 - 1));
        assert_true(eml_fe_eq(half, eml_fe_neg(EML_FE_ONE)));
    }
    assert_true(eml_fe_eq(eml_fe_root_of_unity(0), EML_FE_ONE));
}

static void check_bytes(eml_fe a) {
    uint8_t bytes[EML_FE_BYTES], expected[EML_FE_BYTES] = {0};
    test_mpz_from_fe(x, a);
    mpz_mod(y, x, p);
    mpz_export(expected, NULL, -1, 1, -1, 0, y);
    eml_fe_to_bytes(a, bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
    eml_fe back = {7, 7};
    assert_true(eml_fe_from_bytes(bytes, &back));
    assert_true(eml_fe_eq(back, a));
    assert_true(eml_fe_eq(eml_fe_from_bytes_mod(bytes), a));

    /* the representative as it is */
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(a.lo >> 8 * i);
        bytes[8 + i] = (uint8_t)(a.hi >> 8 * i);
    }
    assert_true(eml_fe_eq(eml_fe_from_bytes_mod(bytes), a));
    back = (eml_fe){7, 7};
    assert_int_equal(eml_fe_from_bytes(bytes, &back), mpz_cmp(x, p) < 0);
    if (mpz_cmp(x, p) >= 0) assert_true(back.lo == 7 && back.hi == 7);
}

static void bytes_are_canonical(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) check_bytes(test_edges[i]);
    for (size_t i = 0; i < RANDOM_VALUES; i++) check_bytes(test_random_fe());
}

static void check_decimal(eml_fe a) {
    char text[EML_FE_DECIMAL_MAX];
    test_mpz_from_fe(x, a);
    mpz_mod(x, x, p);
    char *expected = mpz_get_str(NULL, 10, x);
    eml_fe_to_decimal(a, text);
    assert_string_equal(text, expected);
    free(expected);
    eml_fe back;
    assert_true(eml_fe_from_decimal(text, strlen(text), &back));
    assert_true(eml_fe_eq(back, a));
}

static void decimals_round_trip(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) check_decimal(test_edges[i]);
    for (size_t i = 0; i < RANDOM_VALUES; i++) check_decimal(test_random_fe());
}

static void bad_decimals_are_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "-1",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "0x10",
                                      "1/2",
                                      "1:",
                                      "340282366920938463463374557953744961537", /* p */
                                      "340282366920938463463374607431768211455",
                                      "340282366920938463463374607431768211456",
                                      "3402823669209384634633745579537449615360",
                                      "999999999999999999999999999999999999999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        eml_fe out = {7, 7};
        assert_false(eml_fe_from_decimal(bad[i], strlen(bad[i]), &out));
        assert_true(out.lo == 7 && out.hi == 7);
    }
    eml_fe out;
    assert_true(eml_fe_from_decimal("340282366920938463463374557953744961536", 39, &out));
    assert_true(eml_fe_eq(out, eml_fe_neg(EML_FE_ONE)));
    assert_true(eml_fe_from_decimal("0000000000000000000000000000000000000000000000012", 49, &out));
    assert_true(out.lo == 12 && out.hi == 0);
    assert_true(eml_fe_from_decimal("12345", 2, &out));
    assert_true(out.lo == 12 && out.hi == 0);
}

static void signed_integers_embed(void **state) {
    (void)state;
    static const int64_t values[] = {0, 1, -1, 2, -2, INT64_MAX, INT64_MIN, INT64_MIN + 1, 1234567890123};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        mpz_set_si(x, values[i]);
        eml_fe a = test_fe_from_i64(values[i]);
        assert_true(test_fe_is(a, x, p));
        assert_int_equal(eml_fe_is_negative(a), values[i] < 0);
    }
    for (size_t i = 0; i < TEST_EDGES; i++) {
        test_mpz_from_fe(x, test_edges[i]);
        mpz_mod(x, x, p);
        mpz_mul_2exp(x, x, 1);
        assert_int_equal(eml_fe_is_negative(test_edges[i]), mpz_cmp(x, p) > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_agree_with_gmp),
        cmocka_unit_test(factors_take_any_halves),
        cmocka_unit_test(products_agree_with_single_ones),
        cmocka_unit_test(wide_reduction_agrees_with_gmp),
        cmocka_unit_test(values_agree_with_gmp),
        cmocka_unit_test(powers_agree_with_gmp),
        cmocka_unit_test(roots_of_unity_are_primitive),
        cmocka_unit_test(bytes_are_canonical),
        cmocka_unit_test(decimals_round_trip),
        cmocka_unit_test(bad_decimals_are_refused),
        cmocka_unit_test(signed_integers_embed),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
