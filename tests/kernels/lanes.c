/* runtime/field/lanes.h against f128.h, and its promises about limbs, on random and edge values. Built for both
 * instruction sets (EML_LANES_AVX2), each with and without it. */
#include <stdio.h>

#include "tests/support/cmocka.h"

#include "runtime/base/cpu.h"
#include "runtime/field/lanes.h"
#include "tests/support/random.h"
#include "tests/support/signed.h"

static void fill(eml_fe x[EML_LANES]) { test_random_elements(x, EML_LANES); }

/* The integer that a limb stands for, and back. */
static int64_t limb_value(eml_lane_scalar limb) {
#if defined(EML_LANES_AVX2)
    return (int64_t)(limb * 0x1p44);
#else
    return (int64_t)limb;
#endif
}
static eml_lane limb_of(int64_t value) {
    eml_lane limb;
    for (int i = 0; i < EML_LANES; i++)
#if defined(EML_LANES_AVX2)
        limb[i] = (double)value * 0x1p-44;
#else
        limb[i] = (uint64_t)value;
#endif
    return limb;
}

static bool between(int64_t x, int64_t low, int64_t high) { return x >= low && x <= high; }

/* One unit, as the instruction set's file defines it; on AVX2, what arithmetic gives, not what loading gives. */
static void assert_tight(eml_lanes x) {
    for (int i = 0; i < EML_LANES; i++) {
        int64_t l0 = limb_value(x.l0[i]), l1 = limb_value(x.l1[i]), l2 = limb_value(x.l2[i]);
#if defined(EML_LANES_AVX2)
        const int64_t most = (INT64_C(1) << 43) + (INT64_C(1) << 20);
        assert_true(between(l0, -most, most) && between(l1, -most, most) && between(l2, -most, most));
#else
        const int64_t most = (INT64_C(1) << 44) + (INT64_C(1) << 18) - 1;
        assert_true(between(l0, 0, (INT64_C(1) << 44) - 1) && between(l1, 0, most) && between(l2, 0, most));
#endif
    }
}

/* Values of k units at the edges: kind & 1 loaded or reduced, the other bits are signs (AVX2); the loosest (AVX-512).
 */
enum { EDGES = EML_LANES == 8 ? 1 : 16, MUL_UNITS = EML_LANES == 8 ? 25 : 16, SQUARE_UNITS = EML_LANES == 8 ? 5 : 4 };

static eml_lanes edge(unsigned kind, int64_t units) {
#if defined(EML_LANES_AVX2)
    const int64_t reduced = (INT64_C(1) << 43) + (INT64_C(1) << 20), loaded = INT64_C(1) << 44;
    int64_t low = kind & 1 ? loaded : reduced, top = kind & 1 ? INT64_C(1) << 40 : reduced;
    return (eml_lanes){limb_of((kind & 2 ? -low : low) * units), limb_of((kind & 4 ? -low : low) * units),
                       limb_of((kind & 8 ? -top : top) * units)};
#else
    (void)kind;
    const int64_t tight = (INT64_C(1) << 44) + (INT64_C(1) << 18) - 1;
    return (eml_lanes){limb_of(units * tight), limb_of(units * tight), limb_of(units * tight)};
#endif
}

/* What the first lane's limbs stand for. */
static eml_fe value_of(eml_lanes x) {
    eml_fe weight = eml_fe_from_u64(UINT64_C(1) << 44);
    eml_fe sum = eml_fe_mul(test_fe_from_i64(limb_value(x.l2[0])), weight);
    sum = eml_fe_mul(eml_fe_add(sum, test_fe_from_i64(limb_value(x.l1[0]))), weight);
    return eml_fe_add(sum, test_fe_from_i64(limb_value(x.l0[0])));
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
        eml_lanes power[3];
        eml_lanes_factor(y, power);
        EACH(i) e[i] = eml_fe_mul(a[i], b[i]);
        assert_tight(eml_lanes_times(x, power));
        assert_value(eml_lanes_times(x, power), e);
        EACH(i) e[i] = eml_fe_square(a[i]);
        assert_tight(eml_lanes_square(x));
        assert_value(eml_lanes_square(x), e);
        EACH(i) e[i] = eml_fe_sub(eml_fe_sub(a[i], b[i]), c[i]);
        assert_tight(eml_lanes_tighten(eml_lanes_sub(eml_lanes_sub(x, y), z)));
        assert_value(eml_lanes_tighten(eml_lanes_sub(eml_lanes_sub(x, y), z)), e);
    }
}

static void assert_all(eml_lanes x, eml_fe expected) {
    eml_fe e[EML_LANES];
    EACH(i) e[i] = expected;
    assert_tight(x);
    assert_value(x, e);
}

static void times(eml_lanes x, eml_lanes w, eml_fe expected) {
    eml_lanes power[3];
    eml_lanes_factor(w, power);
    for (int k = 1; k < 3; k++) assert_tight(power[k]);
    assert_all(eml_lanes_times(x, power), expected);
}

/* The largest limbs that each function takes, with all signs. */
static void test_bounds(void **state) {
    (void)state;
    for (unsigned i = 0; i < EDGES * EDGES; i++) {
        eml_lanes one = edge(i % EDGES, 1);
        for (int64_t units = 1; units <= MUL_UNITS; units++) {
            eml_lanes x = edge(i / EDGES, units);
            eml_fe product = eml_fe_mul(value_of(x), value_of(one));
            assert_all(eml_lanes_mul(x, one), product);
            assert_all(eml_lanes_mul(one, x), product);
            if (units <= EML_LANES_TIMES_UNITS) {
                eml_fe most = {UINT64_MAX, UINT64_MAX};
                times(x, eml_lanes_set(most), eml_fe_mul(value_of(x), most));
            }
            if (units > SQUARE_UNITS) continue;
            assert_all(eml_lanes_square(x), eml_fe_square(value_of(x)));
            eml_lanes y = edge(i % EDGES, units);
            assert_all(eml_lanes_mul(x, y), eml_fe_mul(value_of(x), value_of(y)));
        }
        eml_lanes x = edge(i / EDGES, 64), two = edge(i % EDGES, 2);
        eml_fe e[EML_LANES];
        EACH(k) e[k] = value_of(x);
        assert_value(x, e);
        assert_all(eml_lanes_tighten(x), value_of(x));
        x = edge(i / EDGES, 5);
        EACH(k) e[k] = eml_fe_sub(value_of(x), value_of(two));
        assert_value(eml_lanes_sub(x, two), e);
    }
}

/* Storing folds what stands above 2^128 and may then be above 2^128 or p again: values whose part below 2^128 is all
 * ones but for a few. */
static void test_store_edges(void **state) {
    (void)state;
    const uint64_t mask = EML_LANES_MASK44;
    for (int round = 0; round < ROUNDS; round++) {
        eml_lanes x = edge((unsigned)(test_random() % EDGES), 1 + (int64_t)(test_random() % 40));
        eml_limb l0, l1, l2;
        eml_lanes_to_limbs(x, &l0, &l1, &l2);
        eml_u128 low = l0[0] + ((eml_u128)l1[0] << 44) + ((eml_u128)l2[0] << 88);
        eml_u128 missing = ~low - (test_random() >> (test_random() % 64)); /* to 2^128 less a little */
        x.l0 += limb_of((int64_t)((uint64_t)missing & mask));
        x.l1 += limb_of((int64_t)((uint64_t)(missing >> 44) & mask));
        x.l2 += limb_of((int64_t)(uint64_t)(missing >> 88));
        eml_fe e[EML_LANES];
        EACH(i) e[i] = value_of(x);
        assert_value(x, e);
    }
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
    /* the most and largest terms, with all signs */
    for (unsigned i = 0; i < EDGES * EDGES; i++) {
        eml_lanes x = edge(i / EDGES, MUL_UNITS), y = edge(i % EDGES, 1);
        eml_lanes_sum sum;
        eml_lanes_sum_init(&sum);
        for (size_t k = 0; k < EML_LANES_SUM_MAX; k++) eml_lanes_sum_add(&sum, x, y);
        assert_all(eml_lanes_sum_reduce(&sum, EML_LANES_SUM_MAX),
                   eml_fe_mul(eml_fe_from_u64(EML_LANES_SUM_MAX), eml_fe_mul(value_of(x), value_of(y))));
    }
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
                                       cmocka_unit_test(test_store_edges), cmocka_unit_test(test_sums),
                                       cmocka_unit_test(test_squares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
