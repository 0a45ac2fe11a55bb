/* The rank certificates of the masks (docs/zero-knowledge.md).
 *
 * Of a hidden program the composition polynomial gains a multiple of V R, V = clk^2 prod_{i=n-k}^{n-2} (X - g^i), clk
 * the polynomial of degree below n through (g^i, i). What a proof shows of the mask R at P points says nothing of S in
 * R = R* + prod (X - p) S,
 * deg S < n - P. So the composition's columns at these points are masked when S reaches them in
 * every direction: when S -> the coefficients of V S in positions j n + n - P .. j n + n - 1, j = 0, 1, 2 (the fourth
 * column is fixed by the check at z), is onto. That depends on n, k and P alone, so it is certified once for every n
 * that a program can have, with P = q + 3 for the most queries, 80: one point more than a proof has.
 *
 * The map's matrix has V's coefficients: the column of S = X^s has V[m - s] at position m. The last COLUMNS of them
 * suffice. A certificate is the list of pivots of Gaussian elimination; its hash is frozen here.
 *
 * EML_ZK_LONG=1: every n up to 2^22, else up to 2^13. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/ntt.h"
#include "runtime/hash/elements.h"
#include "runtime/isa/program.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

enum {
    POINTS = 83,
    SEGMENTS = 3,
    ROWS = SEGMENTS * POINTS,
    COLUMNS = EML_HIDDEN_N_MIN - POINTS,
    WINDOW = POINTS + COLUMNS, /* coefficients of V from j n on that the matrix has */
    LOG_MIN = 9,
    LOG_MAX = 22,
    LOG_SHORT = 13,
    HEX_DIGITS = 64,
};

typedef struct windows {
    eml_fe of[SEGMENTS][WINDOW]; /* V[j n + d] */
} windows;

/* clk^2's coefficients, natural order, 2 n of them. */
static eml_fe *square_of_clock(unsigned log_n) {
    size_t n = (size_t)1 << log_n;
    eml_matrix clock, values;
    eml_matrix_init(&clock, n, 1);
    for (size_t i = 0; i < n; i++) clock.cells[i] = eml_fe_from_u64(i);
    eml_ntt_interpolate(&clock, EML_FE_ONE);
    eml_matrix_init(&values, 2 * n, 1);
    eml_ntt_evaluate(&clock, EML_FE_ONE, 2, &values);
    eml_matrix_free(&clock);
    for (size_t i = 0; i < 2 * n; i++) values.cells[i] = eml_fe_mul(values.cells[i], values.cells[i]);
    eml_ntt_interpolate(&values, EML_FE_ONE);
    eml_fe *square = eml_alloc(2 * n, sizeof *square);
    for (size_t i = 0; i < 2 * n; i++) square[i] = values.cells[eml_bit_reverse(i, log_n + 1)];
    eml_matrix_free(&values);
    return square;
}

/* prod_{i=n-exempt}^{n-2} (X - g^i): exempt coefficients. */
static eml_fe *exempt_product(unsigned log_n, uint32_t exempt) {
    eml_fe g = eml_fe_root_of_unity(log_n), root = eml_fe_inv(g);
    eml_fe *product = eml_alloc(exempt, sizeof *product);
    product[0] = EML_FE_ONE;
    for (uint32_t degree = 1; degree < exempt; degree++) {
        root = eml_fe_mul(root, eml_fe_inv(g)); /* g^(n-2) first */
        for (uint32_t i = degree; i > 0; i--) product[i] = eml_fe_sub(product[i - 1], eml_fe_mul(root, product[i]));
        product[0] = eml_fe_neg(eml_fe_mul(root, product[0]));
    }
    return product;
}

static void compute_windows(unsigned log_n, uint32_t exempt, windows *out) {
    size_t n = (size_t)1 << log_n;
    eml_fe *square = square_of_clock(log_n), *product = exempt_product(log_n, exempt);
    for (size_t j = 0; j < SEGMENTS; j++)
        for (size_t d = 0; d < WINDOW; d++) {
            eml_fe sum = EML_FE_ZERO;
            for (size_t i = 0; i < exempt && i <= j * n + d; i++)
                if (j * n + d - i < 2 * n) sum = eml_fe_add(sum, eml_fe_mul(product[i], square[j * n + d - i]));
            out->of[j][d] = sum;
        }
    eml_free(square);
    eml_free(product);
}

/* Row (j, a): position j n + n - points + a. Column b: s = n - points - 1 - b. So the coefficient is that of
 * j n + a + b + 1. */
static eml_fe *matrix_of(const windows *w, uint32_t points, uint32_t columns) {
    eml_fe *m = eml_alloc((size_t)SEGMENTS * points * columns, sizeof *m);
    for (size_t j = 0, row = 0; j < SEGMENTS; j++)
        for (size_t a = 0; a < points; a++, row++)
            for (size_t b = 0; b < columns; b++) m[row * columns + b] = w->of[j][a + b + 1];
    return m;
}

/* Reduces m; the pivots' columns and values go into the hasher. */
static size_t rank_of(eml_fe *m, size_t rows, size_t columns, eml_blake3 *hasher) {
    size_t rank = 0;
    for (size_t column = 0; column < columns && rank < rows; column++) {
        size_t pivot = rank;
        while (pivot < rows && eml_fe_is_zero(m[pivot * columns + column])) pivot++;
        if (pivot == rows) continue;
        for (size_t i = 0; i < columns && pivot != rank; i++) {
            eml_fe swapped = m[pivot * columns + i];
            m[pivot * columns + i] = m[rank * columns + i];
            m[rank * columns + i] = swapped;
        }
        eml_fe *row = m + rank * columns, inverse = eml_fe_inv(row[column]);
        eml_blake3_update_u64(hasher, column);
        eml_blake3_update_elements_var(hasher, &row[column], 1);
        for (size_t below = rank + 1; below < rows; below++) {
            eml_fe *other = m + below * columns, factor = eml_fe_mul(other[column], inverse);
            for (size_t i = column; i < columns; i++) other[i] = eml_fe_sub(other[i], eml_fe_mul(factor, row[i]));
        }
        rank++;
    }
    return rank;
}

static size_t certify(unsigned log_n, uint32_t exempt, uint32_t points, char hex[HEX_DIGITS + 1]) {
    static windows w;
    compute_windows(log_n, exempt, &w);
    eml_fe *m = matrix_of(&w, points, COLUMNS);
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init(&hasher);
    size_t rank = rank_of(m, (size_t)SEGMENTS * points, COLUMNS, &hasher);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    for (size_t i = 0; i < sizeof digest.bytes; i++) snprintf(hex + 2 * i, 3, "%02x", digest.bytes[i]);
    eml_free(m);
    return rank;
}

/* What R and D do together, in a proof of QUERIES queries over LEAST rows: P = q + 2 points p, the q of the base field,
 * z and g z. Shown of the masks, given all else: R(p), D(p), H_0(p), H_1(p), H_2(p), H_j the composition's columns, and
 * the DEEP polynomial Q, degree < n - 1, of which the values at the queries follow from the rest, and that at
 * (z + g z) / 2 from what is shown at z and g z. So the masks hide all else when this is onto, of rank
 * 5 P + n - q - 2. A column is R = X^s or D = X^s; Q is taken at n - q - 2 more points. */
enum { QUERIES = 80, SHOWN = QUERIES + 2, LEAST = EML_HIDDEN_N_MIN, MORE = LEAST - QUERIES - 2, SPLIT = 4 };

static eml_fe2 random_nonzero(void) {
    eml_fe2 x = test_random_fe2();
    return eml_fe2_eq(x, EML_FE2_ZERO) ? EML_FE2_ONE : x;
}

/* out[s]: X^s at x. */
static void powers(eml_fe2 x, eml_fe2 *out) {
    out[0] = EML_FE2_ONE;
    for (size_t s = 1; s < LEAST; s++) out[s] = eml_fe2_mul(out[s - 1], x);
}

/* v: coefficients of V, SPLIT LEAST of them; out[s]: at x, column j of V X^s, which is sum_i V[j n + i - s] x^i. */
static void column_of_quotient(const eml_fe *v, size_t j, eml_fe2 x, eml_fe2 *out) {
    eml_fe2 all[LEAST], top = eml_fe2_pow_u64_var(x, LEAST);
    powers(x, all);
    out[0] = EML_FE2_ZERO;
    for (size_t i = 0; i < LEAST; i++) out[0] = eml_fe2_add(out[0], eml_fe2_mul_base(all[i], v[j * LEAST + i]));
    for (size_t s = 1; s < LEAST; s++) {
        out[s] = eml_fe2_sub(eml_fe2_mul(out[s - 1], x), eml_fe2_mul_base(top, v[(j + 1) * LEAST - s]));
        if (j > 0) out[s].a = eml_fe_add(out[s].a, v[j * LEAST - s]);
    }
}

/* out += factor * in */
static void add_multiple(eml_fe2 *out, const eml_fe2 *in, eml_fe2 factor) {
    for (size_t s = 0; s < LEAST; s++) out[s] = eml_fe2_add(out[s], eml_fe2_mul(in[s], factor));
}

typedef struct deep {
    const eml_fe *v;
    eml_fe2 z, gz, of_r, of_d, of_h[SPLIT]; /* coefficients of the columns */
} deep;

/* Q at y: out[s] for R = X^s, then for D = X^s. */
static void deep_at(const deep *d, eml_fe2 y, eml_fe2 *out) {
    static eml_fe2 row[LEAST];
    eml_fe2 to_z = eml_fe2_inv(eml_fe2_sub(y, d->z)), to_gz = eml_fe2_inv(eml_fe2_sub(y, d->gz));
    const eml_fe2 at[3] = {y, d->z, d->gz};
    const eml_fe2 times[3] = {eml_fe2_add(to_z, to_gz), eml_fe2_sub(EML_FE2_ZERO, to_z),
                              eml_fe2_sub(EML_FE2_ZERO, to_gz)};
    memset(out, 0, 2 * LEAST * sizeof *out);
    for (size_t i = 0; i < 3; i++) {
        powers(at[i], row);
        add_multiple(out, row, eml_fe2_mul(times[i], d->of_r));
        add_multiple(out + LEAST, row, eml_fe2_mul(times[i], d->of_d));
        for (size_t j = 0; j < SPLIT; j++) {
            column_of_quotient(d->v, j, at[i], row);
            add_multiple(out, row, eml_fe2_mul(times[i], d->of_h[j]));
        }
    }
}

static size_t rank_of_extension(eml_fe2 *m, size_t rows, size_t columns) {
    size_t rank = 0;
    for (size_t column = 0; column < columns && rank < rows; column++) {
        size_t pivot = rank;
        while (pivot < rows && eml_fe2_eq(m[pivot * columns + column], EML_FE2_ZERO)) pivot++;
        if (pivot == rows) continue;
        for (size_t i = 0; i < columns && pivot != rank; i++) {
            eml_fe2 swapped = m[pivot * columns + i];
            m[pivot * columns + i] = m[rank * columns + i];
            m[rank * columns + i] = swapped;
        }
        const eml_fe2 *row = m + rank * columns;
        eml_fe2 inverse = eml_fe2_inv(row[column]);
        for (size_t below = rank + 1; below < rows; below++) {
            eml_fe2 *other = m + below * columns, factor = eml_fe2_mul(other[column], inverse);
            for (size_t i = column; i < columns; i++) other[i] = eml_fe2_sub(other[i], eml_fe2_mul(factor, row[i]));
        }
        rank++;
    }
    return rank;
}

/* V's coefficients for LEAST rows. */
static eml_fe *coefficients_of_v(void) {
    eml_fe *square = square_of_clock(LOG_MIN), *product = exempt_product(LOG_MIN, EML_HIDDEN_EXEMPT);
    eml_fe *v = eml_alloc(SPLIT * LEAST, sizeof *v);
    for (size_t i = 0; i < 2 * LEAST; i++)
        for (size_t j = 0; j < EML_HIDDEN_EXEMPT; j++)
            v[i + j] = eml_fe_add(v[i + j], eml_fe_mul(square[i], product[j]));
    eml_free(square);
    eml_free(product);
    return v;
}

/* Of the map from (R, D), or from one of them alone, of the other nothing being there. */
static size_t rank_of_masks(bool with_r, bool with_d) {
    eml_fe *v = coefficients_of_v();
    size_t rows = 5 * SHOWN + MORE, width = 2 * LEAST;
    eml_fe2 *m = eml_alloc(rows * width, sizeof *m), *row = m, *points = eml_alloc(SHOWN, sizeof *points);
    deep d = {.v = v, .z = random_nonzero(), .of_r = random_nonzero(), .of_d = random_nonzero()};
    d.gz = eml_fe2_mul_base(d.z, eml_fe_root_of_unity(LOG_MIN));
    for (size_t j = 0; j < SPLIT; j++) d.of_h[j] = random_nonzero();
    for (size_t i = 0; i < SHOWN; i++)
        points[i] = i < QUERIES ? eml_fe2_from_base(test_random_fe()) : i == QUERIES ? d.z : d.gz;
    for (size_t i = 0; i < SHOWN; i++, row += 5 * width) {
        powers(points[i], row);
        powers(points[i], row + width + LEAST);
        for (size_t j = 0; j < SEGMENTS; j++) column_of_quotient(v, j, points[i], row + (2 + j) * width);
    }
    for (size_t i = 0; i < MORE; i++, row += width) deep_at(&d, random_nonzero(), row);
    for (size_t i = 0; i < rows; i++) {
        if (!with_r) memset(m + i * width, 0, LEAST * sizeof *m);
        if (!with_d) memset(m + i * width + LEAST, 0, LEAST * sizeof *m);
    }
    size_t rank = rank_of_extension(m, rows, width);
    eml_free(v);
    eml_free(m);
    eml_free(points);
    return rank;
}

/* Each mask is needed. Without D the n degrees of freedom of R stand behind 4 P + n - q - 2 numbers; without R
 * nothing but the trace's own free rows stands behind the composition's columns. */
static void test_both_masks(void **state) {
    (void)state;
    assert_int_equal(rank_of_masks(true, true), 5 * SHOWN + MORE);
    assert_int_equal(rank_of_masks(true, false), LEAST);
    assert_true(LEAST < 4 * SHOWN + MORE); /* what is shown of all but D */
    assert_int_equal(rank_of_masks(false, true), SHOWN + MORE);
}

static const char *const frozen[LOG_MAX + 1] = {
#include "tests/zk/ranks.inc"
};

static void test_certificates(void **state) {
    (void)state;
    unsigned last = getenv("EML_ZK_LONG") == NULL ? LOG_SHORT : LOG_MAX;
    for (unsigned log_n = LOG_MIN; log_n <= last; log_n++) {
        char hex[HEX_DIGITS + 1];
        size_t rank = certify(log_n, EML_HIDDEN_EXEMPT, POINTS, hex);
        print_message("# n = 2^%u: rank %zu of %d, pivots %s\n", log_n, rank, ROWS, hex);
        assert_int_equal(rank, ROWS);
        assert_string_equal(hex, frozen[log_n]);
    }
}

/* With the exempt rows of the transparent form the mask does not reach the last column, and the certificate says so;
 * nor does it with one row less than the points need. */
static void test_too_few_rows(void **state) {
    (void)state;
    char hex[HEX_DIGITS + 1];
    assert_true(certify(LOG_MIN, 2, POINTS, hex) < ROWS);
    for (uint32_t exempt = 20; exempt <= POINTS; exempt += 21) assert_true(certify(10, exempt, POINTS, hex) < ROWS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_certificates), cmocka_unit_test(test_too_few_rows),
                                       cmocka_unit_test(test_both_masks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
