/* runtime/field/lanes.h against f128.h, and its promises about limbs, on random and edge values. Built for both
 * instruction sets (EML_LANES_AVX2), each with and without it. */
#include <stdio.h>

#include "tests/support/cmocka.h"

#include "runtime/base/cpu.h"
#include "runtime/field/lanes.h"
#include "tests/support/random.h"

static void fill(eml_fe x[EML_LANES]) { test_random_elements(x, EML_LANES); }

static void assert_tight(eml_lanes x) {
    for (int i = 0; i < EML_LANES; i++) {
        assert_true(x.l0[i] < UINT64_C(1) << 44);
        assert_true(x.l1[i] < (UINT64_C(1) << 44) + (UINT64_C(1) << 16));
        assert_true(x.l2[i] < (UINT64_C(1) << 44) + (UINT64_C(1) << 16));
    }
}

/* Storing gives the canonical representative, bit for bit. */
static void assert_value(eml_lanes x, const eml_fe expected[EML_LANES]) {
    eml_fe got[EML_LANES];
    eml_lanes_store(got, x);
    for (int i = 0; i < EML_LANES; i++) {
        eml_fe e = eml_fe_canon(expected[i]);
        assert_true(got[i].lo == e.lo && got[i].hi == e.hi);
    }
}

enum { ROUNDS = 20000 };

#define EACH(i) for (int i = 0; i < EML_LANES; i++)

static void test_arithmetic(void **state) {
    (void)state;
    eml_fe a[EML_LANES], b[EML_LANES], c[EML_LANES], e[EML_LANES];
    for (int round = 0; round < ROUNDS; round++) {
        fill(a);
        fill(b);
        fill(c);
        eml_lanes x = eml_lanes_load(a), y = eml_lanes_load(b), z = eml_lanes_load(c);
        EACH(i) e[i] = a[i];
        assert_value(x, e);
        EACH(i) e[i] = eml_fe_add(a[i], b[i]);
        assert_value(eml_lanes_add(x, y), e);
        EACH(i) e[i] = eml_fe_sub(a[i], b[i]);
        assert_value(eml_lanes_sub(x, y), e);
        EACH(i) e[i] = eml_fe_mul(a[i], b[i]);
        assert_tight(eml_lanes_mul(x, y));
        assert_value(eml_lanes_mul(x, y), e);
        EACH(i) e[i] = eml_fe_mul(eml_fe_sub(eml_fe_add(a[i], b[i]), c[i]), a[i]); /* 2 + 3 units by a tight value */
        assert_value(eml_lanes_mul(eml_lanes_sub(eml_lanes_add(x, y), z), x), e);
        EACH(i) e[i] = eml_fe_mul(eml_fe_add(a[i], b[i]), eml_fe_add(b[i], c[i])); /* 2 by 2 units */
        assert_value(eml_lanes_mul(eml_lanes_add(x, y), eml_lanes_add(y, z)), e);
        EACH(i) e[i] = eml_fe_square(a[i]);
        assert_tight(eml_lanes_square(x));
        assert_value(eml_lanes_square(x), e);
        EACH(i) e[i] = eml_fe_sub(eml_fe_sub(a[i], b[i]), c[i]);
        assert_tight(eml_lanes_tighten(eml_lanes_sub(eml_lanes_sub(x, y), z)));
        assert_value(eml_lanes_tighten(eml_lanes_sub(eml_lanes_sub(x, y), z)), e);
    }
}

/* The largest limbs that each function takes. */
static void test_bounds(void **state) {
    (void)state;
    const uint64_t tight = (UINT64_C(1) << 44) + (UINT64_C(1) << 16) - 1;
    for (unsigned units = 1; units <= 25; units++) {
        eml_lanes x = {eml_limb_set(units * tight), eml_limb_set(units * tight), eml_limb_set(units * tight)};
        eml_lanes y = {eml_limb_set(tight), eml_limb_set(tight), eml_limb_set(tight)};
        eml_fe a[EML_LANES], b[EML_LANES], e[EML_LANES];
        eml_lanes_store(a, x);
        eml_lanes_store(b, y);
        EACH(i) e[i] = eml_fe_mul(a[i], b[i]);
        assert_tight(eml_lanes_mul(x, y));
        assert_value(eml_lanes_mul(x, y), e);
        assert_value(eml_lanes_mul(y, x), e);
        if (units > 5) continue;
        EACH(i) e[i] = eml_fe_square(a[i]);
        assert_tight(eml_lanes_square(x));
        assert_value(eml_lanes_square(x), e);
        assert_tight(eml_lanes_mul(x, x));
        assert_value(eml_lanes_mul(x, x), e);
    }
    const uint64_t huge = (UINT64_C(1) << 58) - 1;
    eml_lanes x = {eml_limb_set(huge), eml_limb_set(huge), eml_limb_set(huge)};
    eml_fe a[EML_LANES];
    eml_lanes_store(a, x);
    assert_tight(eml_lanes_tighten(x));
    assert_value(eml_lanes_tighten(x), a);
}

static void test_sums(void **state) {
    (void)state;
    for (size_t count = 0; count <= EML_LANES_SUM_MAX; count++) {
        eml_fe a[EML_LANES], b[EML_LANES], e[EML_LANES] = {{0, 0}};
        eml_lanes_sum sum;
        eml_lanes_sum_init(&sum);
        for (size_t k = 0; k < count; k++) {
            fill(a);
            fill(b);
            eml_lanes_sum_add(&sum, eml_lanes_load(a), eml_lanes_load(b));
            EACH(i) e[i] = eml_fe_add(e[i], eml_fe_mul(a[i], b[i]));
        }
        assert_tight(eml_lanes_sum_reduce(&sum, count));
        assert_value(eml_lanes_sum_reduce(&sum, count), e);
    }
    /* the most and largest terms: 25 by 1 units */
    const uint64_t tight = (UINT64_C(1) << 44) + (UINT64_C(1) << 16) - 1;
    eml_lanes x = {eml_limb_set(25 * tight), eml_limb_set(25 * tight), eml_limb_set(25 * tight)};
    eml_lanes y = {eml_limb_set(tight), eml_limb_set(tight), eml_limb_set(tight)};
    eml_fe a[EML_LANES], b[EML_LANES], e[EML_LANES];
    eml_lanes_store(a, x);
    eml_lanes_store(b, y);
    eml_lanes_sum sum;
    eml_lanes_sum_init(&sum);
    for (size_t k = 0; k < EML_LANES_SUM_MAX; k++) eml_lanes_sum_add(&sum, x, y);
    EACH(i) e[i] = eml_fe_mul(eml_fe_from_u64(EML_LANES_SUM_MAX), eml_fe_mul(a[i], b[i]));
    assert_value(eml_lanes_sum_reduce(&sum, EML_LANES_SUM_MAX), e);
}

static void test_squares(void **state) {
    (void)state;
    enum { STRIDE = 13 };
    eml_fe cells[EML_LANES * STRIDE], e[EML_LANES];
    for (size_t i = 0; i < EML_LANES * STRIDE; i++) cells[i] = test_random_element();
    eml_lanes columns[EML_LANES / 2];
    const eml_fe *rows[EML_LANES];
    EACH(i) rows[i] = cells + i * STRIDE;
    eml_lanes_load_square(rows, 1, columns);
    for (int c = 0; c < EML_LANES / 2; c++) {
        EACH(i) e[i] = cells[1 + i * STRIDE + c];
        assert_value(columns[c], e);
        assert_value(eml_lanes_gather(rows, (size_t)c + 1), e);
    }
    eml_fe out[EML_LANES * STRIDE] = {{0, 0}};
    eml_lanes_store_strided(out, STRIDE, columns[0]);
    EACH(i) assert_true(eml_fe_eq(out[i * STRIDE], cells[1 + i * STRIDE]));
}

int main(void) {
#if EML_LANES_NATIVE
    const unsigned needs = EML_LANES == 8 ? EML_CPU_AVX512_IFMA : EML_CPU_AVX2;
    if (!(eml_cpu_flags() & needs)) {
        printf("1..0 # SKIP this CPU has no instructions for %d lanes\n", EML_LANES);
        return 0;
    }
#endif
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_arithmetic), cmocka_unit_test(test_bounds),
                                       cmocka_unit_test(test_sums), cmocka_unit_test(test_squares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
