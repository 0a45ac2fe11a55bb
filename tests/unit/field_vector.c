/* Array operations against the same thing one element at a time. */
#include "tests/support/cmocka.h"

#include <fenv.h>

#include "runtime/base/cpu.h"
#include "runtime/field/vector.h"
#include "tests/support/random.h"

enum { MOST = 600 };

static void batches_invert_like_single_elements(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 3, 255, 256, 257, MOST};
    eml_fe batch[MOST], expected[MOST];
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            batch[i] = i % 3 == 0 ? test_edges[(i / 3 + k) % TEST_EDGES] : test_random_fe();
            expected[i] = eml_fe_inv(batch[i]);
        }
        eml_fe_batch_inv(batch, counts[k]);
        for (size_t i = 0; i < counts[k]; i++) assert_true(eml_fe_eq(batch[i], expected[i]));
    }
}

static void powers_are_successive_products(void **state) {
    (void)state;
    eml_fe out[MOST + 1];
    for (size_t count = 0; count < MOST; count += count < 20 ? 1 : 97) {
        eml_fe first = test_random_fe(), ratio = test_random_fe(), expected = first;
        out[count] = (eml_fe){7, 7};
        eml_fe_powers(out, count, first, ratio);
        for (size_t i = 0; i < count; i++) {
            assert_true(eml_fe_eq(out[i], expected));
            expected = eml_fe_mul(expected, ratio);
        }
        assert_true(out[count].lo == 7 && out[count].hi == 7);
    }
}

static void check_dot(const eml_fe *a, const eml_fe *b, size_t count) {
    eml_fe expected = EML_FE_ZERO;
    for (size_t i = 0; i < count; i++) expected = eml_fe_add(expected, eml_fe_mul(a[i], b[i]));
    assert_true(eml_fe_eq(eml_fe_dot(a, b, count), expected));
}

static void dot_products_reduce_once(void **state) {
    (void)state;
    eml_fe a[MOST], b[MOST];
    for (size_t i = 0; i < MOST; i++) a[i] = b[i] = (eml_fe){UINT64_MAX, UINT64_MAX};
    for (size_t count = 0; count <= MOST; count++) check_dot(a, b, count);
    for (size_t i = 0; i < MOST; i++) {
        a[i] = i % 2 ? test_random_fe() : test_edges[i % TEST_EDGES];
        b[i] = i % 3 ? test_random_fe() : test_edges[i / 3 % TEST_EDGES];
    }
    for (size_t count = 0; count <= MOST; count++) check_dot(a, b, count);
}

static void cube_roots_of_arrays(void **state) {
    (void)state;
    eml_fe x[TEST_EDGES + 20], expected[TEST_EDGES + 20];
    for (size_t count = 0; count < TEST_EDGES + 20; count++) {
        for (size_t i = 0; i < count; i++) {
            x[i] = i < TEST_EDGES ? test_edges[i] : test_random_fe();
            expected[i] = eml_fe_cube_root(x[i]);
        }
        eml_fe_cube_root_many(x, count);
        for (size_t i = 0; i < count; i++) assert_true(eml_fe_eq(x[i], expected[i]));
    }
}

/* A host program that rounds otherwise gets the same results, without the kernels on doubles, whose bounds are for
 * rounding to nearest. */
static void rounding_modes_change_nothing(void **state) {
    (void)state;
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    eml_fe a[MOST], expected[MOST], got[MOST], factor = test_random_fe();
    for (size_t i = 0; i < MOST; i++) {
        a[i] = test_random_fe();
        expected[i] = eml_fe_mul(a[i], factor);
    }
    for (size_t k = 0; k < sizeof modes / sizeof *modes; k++) {
        assert_int_equal(fesetround(modes[k]), 0);
        unsigned flags = eml_cpu_flags();
        eml_fe_scale_many(got, a, factor, MOST);
        assert_int_equal(fesetround(FE_TONEAREST), 0);
        assert_int_equal(flags & EML_CPU_AVX2, 0);
        for (size_t i = 0; i < MOST; i++) assert_true(eml_fe_eq(got[i], expected[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_invert_like_single_elements),
        cmocka_unit_test(powers_are_successive_products),
        cmocka_unit_test(dot_products_reduce_once),
        cmocka_unit_test(cube_roots_of_arrays),
        cmocka_unit_test(rounding_modes_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
