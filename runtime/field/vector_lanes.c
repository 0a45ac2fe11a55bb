/* Array operations on lanes (lanes.h), compiled once for each instruction set. vector.c is the definition. */
#include <string.h>

#include "runtime/field/lanes.h"
#include "runtime/field/vector_kernels.h"

/*
 * ---- products ------------------------------------------------------------------------------------------------------
 */

void EML_KERNEL(eml_fe_mul_many)(eml_fe *out, const eml_fe *a, const eml_fe *b, size_t count) {
    size_t i = 0;
    for (; count - i >= EML_LANES; i += EML_LANES)
        eml_lanes_store(out + i, eml_lanes_mul(eml_lanes_load(a + i), eml_lanes_load(b + i)));
    eml_fe_mul_many_c(out + i, a + i, b + i, count - i);
}

void EML_KERNEL(eml_fe_scale_many)(eml_fe *out, const eml_fe *a, eml_fe factor, size_t count) {
    eml_lanes f = eml_lanes_set(factor);
    size_t i = 0;
    for (; count - i >= EML_LANES; i += EML_LANES) eml_lanes_store(out + i, eml_lanes_mul(eml_lanes_load(a + i), f));
    eml_fe_scale_many_c(out + i, a + i, factor, count - i);
}

/*
 * ---- inverses ------------------------------------------------------------------------------------------------------
 */

enum { INVERSIONS = 64 }; /* vectors that share one inversion of a vector */

static void invert_vectors(eml_fe *x) {
    eml_lanes before[INVERSIONS], product = eml_lanes_set(EML_FE_ONE);
    for (size_t i = 0; i < INVERSIONS; i++) {
        before[i] = product;
        product = eml_lanes_mul(product, eml_lanes_load(x + i * EML_LANES));
    }
    eml_fe last[EML_LANES];
    eml_lanes_store(last, product);
    eml_fe_batch_inv_c(last, EML_LANES);
    eml_lanes inverse = eml_lanes_load(last);
    for (size_t i = INVERSIONS; i-- > 0;) {
        eml_lanes value = eml_lanes_load(x + i * EML_LANES);
        eml_lanes_store(x + i * EML_LANES, eml_lanes_mul(inverse, before[i]));
        inverse = eml_lanes_mul(inverse, value);
    }
}

static size_t count_zeros(const eml_fe *x, size_t count) {
    size_t zeros = 0;
    for (size_t i = 0; i < count; i++) zeros += eml_fe_is_zero(x[i]);
    return zeros;
}

/* A block with a zero, which would spoil its lane's product, is left to the definition: domains do not have any. */
void EML_KERNEL(eml_fe_batch_inv)(eml_fe *x, size_t count) {
    enum { BLOCK_ELEMENTS = INVERSIONS * EML_LANES };
    for (; count >= BLOCK_ELEMENTS; x += BLOCK_ELEMENTS, count -= BLOCK_ELEMENTS) {
        if (count_zeros(x, BLOCK_ELEMENTS) == 0)
            invert_vectors(x);
        else
            eml_fe_batch_inv_c(x, BLOCK_ELEMENTS);
    }
    eml_fe_batch_inv_c(x, count);
}

/* ---- sums over
 * a matrix -------------------------------------------------------------------------------------------- */

/* The columns column .. column + EML_LANES - 1 of at most EML_LANES_SUM_MAX rows. */
static void sum_column_block(const eml_fe *cells, size_t stride, size_t rows, const eml_fe2 *weights,
                             eml_fe2 out[EML_LANES]) {
    eml_lanes_sum a, b;
    eml_lanes_sum_init(&a);
    eml_lanes_sum_init(&b);
    for (size_t r = 0; r < rows; r++) {
        eml_lanes x = eml_lanes_load(cells + r * stride);
        eml_lanes_sum_add(&a, x, eml_lanes_set(weights[r].a));
        eml_lanes_sum_add(&b, x, eml_lanes_set(weights[r].b));
    }
    eml_lanes_store_strided(&out[0].a, 2, eml_lanes_sum_reduce(&a, rows));
    eml_lanes_store_strided(&out[0].b, 2, eml_lanes_sum_reduce(&b, rows));
}

/* The last block overlaps the one before; columns that were added already are left out. So are those of a narrow matrix
 * that stand between its rows. */
void EML_KERNEL(eml_fe_column_sums)(const eml_fe *cells, size_t stride, size_t width, size_t rows,
                                    const eml_fe2 *weights, eml_fe2 *out) {
    if (stride < EML_LANES) {
        eml_fe_column_sums_c(cells, stride, width, rows, weights, out);
        return;
    }
    for (size_t done = 0; done < rows; done += EML_LANES_SUM_MAX) {
        size_t count = rows - done < EML_LANES_SUM_MAX ? rows - done : EML_LANES_SUM_MAX;
        for (size_t next = 0; next < width; next += EML_LANES) {
            size_t column = next + EML_LANES <= width || width < EML_LANES ? next : width - EML_LANES;
            eml_fe2 sums[EML_LANES];
            sum_column_block(cells + done * stride + column, stride, count, weights + done, sums);
            for (size_t c = next; c < column + EML_LANES && c < width; c++)
                out[c] = eml_fe2_add(out[c], sums[c - column]);
        }
    }
}

static void sum_row_block(const eml_fe *cells, size_t stride, size_t width, const eml_fe2 *coefficients, eml_fe2 *out) {
    enum { SQUARE = EML_LANES / 2 };
    const eml_fe *rows[EML_LANES];
    for (size_t i = 0; i < EML_LANES; i++) rows[i] = cells + i * stride;
    eml_lanes_sum a, b;
    eml_lanes_sum_init(&a);
    eml_lanes_sum_init(&b);
    for (size_t next = 0; next < width; next += SQUARE) {
        size_t column = next + SQUARE <= width ? next : width - SQUARE;
        eml_lanes square[SQUARE];
        eml_lanes_load_square(rows, column, square);
        for (size_t c = next; c < column + SQUARE; c++) {
            eml_lanes_sum_add(&a, square[c - column], eml_lanes_set(coefficients[c].a));
            eml_lanes_sum_add(&b, square[c - column], eml_lanes_set(coefficients[c].b));
        }
    }
    eml_fe2 sums[EML_LANES];
    eml_lanes_store_strided(&sums[0].a, 2, eml_lanes_sum_reduce(&a, width));
    eml_lanes_store_strided(&sums[0].b, 2, eml_lanes_sum_reduce(&b, width));
    for (size_t i = 0; i < EML_LANES; i++) out[i] = eml_fe2_add(out[i], sums[i]);
}

void EML_KERNEL(eml_fe_row_sums)(const eml_fe *cells, size_t stride, size_t width, size_t rows,
                                 const eml_fe2 *coefficients, eml_fe2 *out) {
    size_t r = 0;
    if (width >= EML_LANES / 2 && width <= EML_LANES_SUM_MAX)
        for (; rows - r >= EML_LANES; r += EML_LANES)
            sum_row_block(cells + r * stride, stride, width, coefficients, out + r);
    eml_fe_row_sums_c(cells + r * stride, stride, width, rows - r, coefficients, out + r);
}

/* ----
 * cube roots ---------------------------------------------------------------------------------------------------- */

/* Independent chains that run interleaved, to hide the multiplier's latency; the number is a constant in each call, so
 * that the compiler can drop the loops. */
enum { CHAINS = 4, BLOCK = CHAINS * EML_LANES };

typedef eml_lanes chains[CHAINS];

/* out[i] = a[i]^(2^count) * b[i] */
EML_LANES_INLINE void shift_mul(size_t n, chains out, const chains a, unsigned count, const chains b) {
    chains x;
    for (size_t i = 0; i < n; i++) x[i] = a[i];
    while (count-- > 0) {
        for (size_t i = 0; i < n; i++) x[i] = eml_lanes_square(x[i]);
    }
    for (size_t i = 0; i < n; i++) out[i] = eml_lanes_mul(x[i], b[i]);
}

/* The addition chain of eml_fe_cube_root, on n vectors. */
EML_LANES_INLINE void cube_roots(size_t n, eml_fe *x) {
    chains a, y1, a3, y, y5, y20, y20a;
    for (size_t i = 0; i < n; i++) {
        a[i] = eml_lanes_load(x + i * EML_LANES);
        y1[i] = eml_lanes_square(a[i]);
    }
    shift_mul(n, a3, y1, 0, a);
    shift_mul(n, y, y1, 2, y1);    /* y_2 */
    shift_mul(n, y, y, 4, y);      /* y_4 */
    shift_mul(n, y5, y, 2, y1);    /* y_5 */
    shift_mul(n, y, y5, 10, y5);   /* y_10 */
    shift_mul(n, y20, y, 20, y);   /* y_20 */
    shift_mul(n, y, y20, 40, y20); /* y_40 */
    shift_mul(n, y, y, 2, y1);     /* y_41 */
    shift_mul(n, y, y, 4, a3);
    shift_mul(n, y20a, y20, 0, a);
    shift_mul(n, y, y, 42, y20a);
    for (size_t i = 0; i < n; i++) eml_lanes_store(x + i * EML_LANES, y[i]);
}

static void cube_root_block(eml_fe *x, size_t vectors) {
    if (vectors > 2)
        cube_roots(CHAINS, x);
    else if (vectors == 2)
        cube_roots(2, x);
    else
        cube_roots(1, x);
}

/* One vector costs as much as so many elements in portable code (tests/bench/primitives.c): fewer are left to that. */
enum { FEW = 4 };

void EML_KERNEL(eml_fe_cube_root_many)(eml_fe *x, size_t count) {
    size_t i = 0;
    for (; count - i >= BLOCK; i += BLOCK) cube_root_block(x + i, CHAINS);
    size_t left = count - i;
    if (left <= FEW) {
        eml_fe_cube_root_many_c(x + i, left);
        return;
    }
    eml_fe rest[BLOCK] = {{0, 0}};
    memcpy(rest, x + i, left * sizeof(eml_fe));
    cube_root_block(rest, (left + EML_LANES - 1) / EML_LANES);
    memcpy(x + i, rest, left * sizeof(eml_fe));
}
