/* Ring products against schoolbook multiplication, and the samplers' distributions. */
#include <math.h>

#include "tests/unit/lattice_fixture.h"

#include "runtime/lattice/sample.h"

/* X^N = -1. */
static void schoolbook(const eml_ring *a, const eml_ring *b, eml_ring *out) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            eml_fe term = eml_fe_mul(a->coefficient[i], b->coefficient[j]);
            eml_fe *to = &out->coefficient[(i + j) % N];
            *to = i + j < N ? eml_fe_add(*to, term) : eml_fe_sub(*to, term);
        }
}

static void multiply(const eml_ring *a, const eml_ring *b, eml_ring *out) {
    eml_ring_values x, y, product = {0};
    eml_ring_evaluate(a, 1, &x);
    eml_ring_evaluate(b, 1, &y);
    eml_ring_multiply_add(&product, &x, &y);
    eml_ring_interpolate(&product, 1, out);
}

static void assert_equal(const eml_ring *a, const eml_ring *b) {
    for (size_t i = 0; i < N; i++) assert_true(eml_fe_eq(a->coefficient[i], b->coefficient[i]));
}

static void fill(eml_ring *ring, eml_fe value) {
    for (size_t i = 0; i < N; i++) ring->coefficient[i] = value;
}

static void test_products(void **unused) {
    (void)unused;
    static eml_ring a, b, expected, found;
    uint64_t state = 1;
    for (int trial = 0; trial < 2; trial++) {
        for (size_t i = 0; i < N; i++) a.coefficient[i] = random_fe(&state), b.coefficient[i] = random_fe(&state);
        schoolbook(&a, &b, &expected);
        multiply(&a, &b, &found);
        assert_equal(&expected, &found);
    }
    const eml_fe edges[] = {{EML_FE_P_LO - 1, EML_FE_P_HI}, {UINT64_MAX, UINT64_MAX}, {0, 0}};
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        fill(&a, edges[e]);
        fill(&b, edges[e]);
        schoolbook(&a, &b, &expected);
        multiply(&a, &b, &found);
        assert_equal(&expected, &found);
    }
}

static void test_wraps_with_minus_one(void **unused) {
    (void)unused;
    static eml_ring x, top, found;
    x.coefficient[1] = EML_FE_ONE;
    top.coefficient[N - 1] = EML_FE_ONE;
    multiply(&x, &top, &found);
    assert_true(eml_fe_eq(found.coefficient[0], eml_fe_neg(EML_FE_ONE)));
    for (size_t i = 1; i < N; i++) assert_true(eml_fe_is_zero(found.coefficient[i]));
}

/* Values stand in the documented order: at psi * w^i. The public matrix is drawn as values, so key files
 * depend on it. */
static void test_order_of_values(void **unused) {
    (void)unused;
    static eml_ring many[3], back[3];
    static eml_ring_values values[3];
    uint64_t state = 2;
    for (size_t i = 0; i < N; i++)
        many[0].coefficient[i] = random_fe(&state), many[2].coefficient[i] = random_fe(&state);
    many[1].coefficient[1] = EML_FE_ONE; /* X: its values are the points */
    eml_ring_evaluate(many, 3, values);
    eml_fe point = eml_fe_root_of_unity(EML_LATTICE_DEGREE_LOG2 + 1), w = eml_fe_square(point);
    for (size_t i = 0; i < N; i++, point = eml_fe_mul(point, w)) assert_true(eml_fe_eq(values[1].at[i], point));
    eml_ring_interpolate(values, 3, back);
    for (size_t c = 0; c < 3; c++) assert_equal(&many[c], &back[c]);
}

static double as_double(eml_fe a) {
    bool negative = eml_fe_is_negative(a);
    eml_fe m = eml_fe_canon(negative ? eml_fe_neg(a) : a);
    double magnitude = ldexp((double)m.hi, 64) + (double)m.lo;
    return negative ? -magnitude : magnitude;
}

static void test_ternary(void **unused) {
    (void)unused;
    static eml_ring r;
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(7, seed);
    int counts[3] = {0};
    enum { RINGS = 16 };
    for (uint32_t e = 0; e < RINGS; e++) {
        eml_sample_ternary(&(eml_stream){"test", seed, 0, 0, e}, &r);
        for (size_t i = 0; i < N; i++) {
            double v = as_double(r.coefficient[i]);
            assert_true(v == -1 || v == 0 || v == 1);
            counts[(int)v + 1]++;
        }
    }
    /* standard deviation of a count: sqrt(n 2/9) = 60; five of them */
    for (int v = 0; v < 3; v++) assert_true(fabs(counts[v] - RINGS * N / 3.0) < 5 * sqrt(RINGS * N * 2 / 9.0));
}

static void test_error(void **unused) {
    (void)unused;
    static eml_ring e;
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(8, seed);
    enum { RINGS = 32 };
    double sum = 0, squares = 0;
    for (uint32_t element = 0; element < RINGS; element++) {
        eml_sample_error(&(eml_stream){"test", seed, 0, 0, element}, &e);
        for (size_t i = 0; i < N; i++) {
            double v = ldexp(as_double(e.coefficient[i]), -EML_LATTICE_SIGMA_LOG2);
            assert_true(fabs(v) < EML_LATTICE_ERROR_PAIRS);
            sum += v;
            squares += v * v;
        }
    }
    double count = RINGS * N;
    assert_true(fabs(sum / count) < 5 / sqrt(count));
    assert_true(fabs(sqrt(squares / count) - 1) < 0.02);
}

static void test_streams_differ(void **unused) {
    (void)unused;
    uint8_t seeds[2][EML_LATTICE_SEED_BYTES], out[6][32];
    seed_of(1, seeds[0]);
    seed_of(2, seeds[1]);
    const eml_stream streams[6] = {{"test", seeds[0], 0, 0, 0}, {"tesu", seeds[0], 0, 0, 0},
                                   {"test", seeds[1], 0, 0, 0}, {"test", seeds[0], 1, 0, 0},
                                   {"test", seeds[0], 0, 1, 0}, {"test", seeds[0], 0, 0, 1}};
    for (int i = 0; i < 6; i++) eml_stream_read(&streams[i], out[i], sizeof out[i]);
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < i; j++) assert_memory_not_equal(out[i], out[j], sizeof out[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_products),        cmocka_unit_test(test_wraps_with_minus_one),
        cmocka_unit_test(test_order_of_values), cmocka_unit_test(test_ternary),
        cmocka_unit_test(test_error),           cmocka_unit_test(test_streams_differ),
    };
    return cmocka_run_group_tests_name("lattice ring", tests, NULL, NULL);
}
