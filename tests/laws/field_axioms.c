/* F_p is a commutative ring with inverses, and E a quadratic extension of it, on edge and random values. */
#include "tests/support/cmocka.h"

#include "tests/support/random.h"

static eml_fe pick(size_t i) { return i < TEST_EDGES ? test_edges[i] : test_random_fe(); }

static void base_field(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_EDGES + 30; i++) {
        for (size_t j = 0; j < TEST_EDGES + 30; j++) {
            eml_fe a = pick(i), b = pick(j), c = pick((i * 7 + j * 3) % (TEST_EDGES + 10));
            assert_true(eml_fe_eq(eml_fe_add(a, b), eml_fe_add(b, a)));
            assert_true(eml_fe_eq(eml_fe_mul(a, b), eml_fe_mul(b, a)));
            assert_true(eml_fe_eq(eml_fe_add(eml_fe_add(a, b), c), eml_fe_add(a, eml_fe_add(b, c))));
            assert_true(eml_fe_eq(eml_fe_mul(eml_fe_mul(a, b), c), eml_fe_mul(a, eml_fe_mul(b, c))));
            assert_true(eml_fe_eq(eml_fe_mul(a, eml_fe_add(b, c)), eml_fe_add(eml_fe_mul(a, b), eml_fe_mul(a, c))));
            assert_true(eml_fe_eq(eml_fe_sub(a, b), eml_fe_add(a, eml_fe_neg(b))));
            assert_true(
                eml_fe_eq(eml_fe_cube_root(eml_fe_mul(a, b)), eml_fe_mul(eml_fe_cube_root(a), eml_fe_cube_root(b))));
        }
        eml_fe a = pick(i);
        assert_true(eml_fe_eq(eml_fe_add(a, EML_FE_ZERO), a));
        assert_true(eml_fe_eq(eml_fe_mul(a, EML_FE_ONE), a));
        assert_true(eml_fe_is_zero(eml_fe_add(a, eml_fe_neg(a))));
        if (!eml_fe_is_zero(a)) assert_true(eml_fe_eq(eml_fe_mul(a, eml_fe_inv(a)), EML_FE_ONE));
    }
}

static void extension(void **state) {
    (void)state;
    const eml_fe2 x = {EML_FE_ZERO, EML_FE_ONE};
    assert_true(eml_fe2_eq(eml_fe2_mul(x, x), eml_fe2_add(x, EML_FE2_ONE)));
    for (size_t i = 0; i < 500; i++) {
        eml_fe2 a = {pick(i % 40), pick(i % 37)}, b = {pick(i % 31), pick(i % 29)}, c = test_random_fe2();
        assert_true(eml_fe2_eq(eml_fe2_mul(a, b), eml_fe2_mul(b, a)));
        assert_true(eml_fe2_eq(eml_fe2_mul(eml_fe2_mul(a, b), c), eml_fe2_mul(a, eml_fe2_mul(b, c))));
        eml_fe2 apart = eml_fe2_add(eml_fe2_mul(a, b), eml_fe2_mul(a, c));
        assert_true(eml_fe2_eq(eml_fe2_mul(a, eml_fe2_add(b, c)), apart));
        assert_true(eml_fe2_eq(eml_fe2_add(a, eml_fe2_sub(EML_FE2_ZERO, a)), EML_FE2_ZERO));
        eml_fe2 conjugates = eml_fe2_mul(eml_fe2_conjugate(a), eml_fe2_conjugate(b));
        assert_true(eml_fe2_eq(eml_fe2_conjugate(eml_fe2_mul(a, b)), conjugates));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base_field),
        cmocka_unit_test(extension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
