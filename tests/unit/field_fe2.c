/* The quadratic extension against GMP: schoolbook product with x^2 = x + 1. */
#include "tests/support/cmocka.h"

#include "runtime/field/vector.h"
#include "tests/support/gmp_field.h"
#include "tests/support/random.h"

static mpz_t p;

static int setup(void **state) {
    (void)state;
    test_mpz_init_p(p);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    mpz_clear(p);
    return 0;
}

static void check_pair(eml_fe2 u, eml_fe2 v) {
    mpz_t a, b, c, d, expected;
    mpz_inits(a, b, c, d, expected, NULL);
    test_mpz_from_fe(a, u.a);
    test_mpz_from_fe(b, u.b);
    test_mpz_from_fe(c, v.a);
    test_mpz_from_fe(d, v.b);
    eml_fe2 product = eml_fe2_mul(u, v), sum = eml_fe2_add(u, v), difference = eml_fe2_sub(u, v);
    mpz_mul(expected, a, c);
    mpz_addmul(expected, b, d);
    assert_true(test_fe_is(product.a, expected, p));
    mpz_mul(expected, a, d);
    mpz_addmul(expected, b, c);
    mpz_addmul(expected, b, d);
    assert_true(test_fe_is(product.b, expected, p));
    mpz_add(expected, a, c);
    assert_true(test_fe_is(sum.a, expected, p));
    mpz_sub(expected, b, d);
    assert_true(test_fe_is(difference.b, expected, p));
    assert_true(eml_fe2_eq(eml_fe2_mul_base(u, v.a), eml_fe2_mul(u, eml_fe2_from_base(v.a))));
    assert_true(eml_fe2_eq(eml_fe2_sub(sum, v), u));
    mpz_clears(a, b, c, d, expected, NULL);
}

static void pairs_agree_with_gmp(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES; i++) {
        for (size_t j = 0; j < TEST_EDGES; j++) {
            check_pair((eml_fe2){test_edges[i], test_edges[j]}, (eml_fe2){test_edges[j], test_random_fe()});
            check_pair((eml_fe2){test_edges[i], test_edges[TEST_EDGES - 1 - j]},
                       (eml_fe2){test_edges[j], test_edges[i]});
        }
    }
    for (size_t i = 0; i < 2000; i++) {
        eml_fe2 u = test_random_fe2();
        check_pair(u, test_random_fe2());
    }
}

static bool is_zero(eml_fe2 x) { return eml_fe_is_zero(x.a) && eml_fe_is_zero(x.b); }

/* p is the same element as 0, but other bits. */
static eml_fe2 sample(size_t i) {
    const eml_fe zero_again = {EML_FE_P_LO, EML_FE_P_HI};
    switch (i % 7) {
    case 0: return EML_FE2_ZERO;
    case 1: return (eml_fe2){zero_again, zero_again};
    case 2: return (eml_fe2){test_random_fe(), zero_again};
    case 3: return (eml_fe2){EML_FE_ZERO, test_random_fe()};
    default: return test_random_fe2();
    }
}

static void inverses_are_inverses(void **state) {
    (void)state;
    for (size_t i = 0; i < 300; i++) {
        eml_fe2 x = sample(i), inverse = eml_fe2_inv(x);
        if (is_zero(x))
            assert_true(is_zero(inverse));
        else
            assert_true(eml_fe2_eq(eml_fe2_mul(x, inverse), EML_FE2_ONE));
        assert_true(eml_fe2_eq(eml_fe2_mul(x, eml_fe2_conjugate(x)), eml_fe2_from_base(eml_fe2_norm(x))));
    }
}

static void batches_invert_like_single_elements(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 3, 255, 256, 257, 600};
    eml_fe2 batch[600], expected[600];
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            batch[i] = sample(i + k);
            expected[i] = eml_fe2_inv(batch[i]);
        }
        eml_fe2_batch_inv(batch, counts[k]);
        for (size_t i = 0; i < counts[k]; i++) assert_true(eml_fe2_eq(batch[i], expected[i]));
    }
}

static void powers_multiply(void **state) {
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        eml_fe2 x = test_random_fe2(), product = EML_FE2_ONE;
        for (uint64_t e = 0; e < 20; e++) {
            assert_true(eml_fe2_eq(eml_fe2_pow_u64_var(x, e), product));
            product = eml_fe2_mul(product, x);
        }
        uint64_t e = test_random() >> 1, f = test_random() >> 1;
        eml_fe2 both = eml_fe2_mul(eml_fe2_pow_u64_var(x, e), eml_fe2_pow_u64_var(x, f));
        assert_true(eml_fe2_eq(eml_fe2_pow_u64_var(x, e + f), both));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_agree_with_gmp),
        cmocka_unit_test(inverses_are_inverses),
        cmocka_unit_test(batches_invert_like_single_elements),
        cmocka_unit_test(powers_multiply),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
