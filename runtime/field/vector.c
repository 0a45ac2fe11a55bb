#include "runtime/field/vector.h"

#include <assert.h>

#include "runtime/base/parallel.h"
#include "runtime/field/vector_kernels.h"

/* Elements that share one inversion (138 multiplications): 3 + 138/512 multiplications each, 16 KiB of stack. */
enum { INVERSION_BLOCK = 512 };

/* keep ? x : 0 */
static eml_fe keep_if(eml_fe x, bool keep) {
    uint64_t mask = 0 - (uint64_t)keep;
    return (eml_fe){x.lo & mask, x.hi & mask};
}

/* Zeros take part in the running product as ones, and their inverses are cleared at the end. */
static void invert_block(eml_fe *x, size_t count) {
    eml_fe before[INVERSION_BLOCK], product = EML_FE_ONE;
    bool keep[INVERSION_BLOCK];
    for (size_t i = 0; i < count; i++) {
        keep[i] = !eml_fe_is_zero(x[i]);
        x[i] = keep_if(x[i], keep[i]);
        x[i].lo |= !keep[i];
        before[i] = product;
        product = eml_fe_mul(product, x[i]);
    }
    eml_fe inverse = eml_fe_inv(product);
    for (size_t i = count; i-- > 0;) {
        eml_fe result = eml_fe_mul(inverse, before[i]);
        inverse = eml_fe_mul(inverse, x[i]);
        x[i] = keep_if(result, keep[i]);
    }
}

void eml_fe_batch_inv_c(eml_fe *x, size_t count) {
    for (size_t i = 0; i < count; i += INVERSION_BLOCK) {
        size_t left = count - i;
        invert_block(x + i, left < INVERSION_BLOCK ? left : INVERSION_BLOCK);
    }
}

/* 1/x = conjugate / norm: the norms (0 only for 0) are inverted as a batch. */
static void invert_block2(eml_fe2 *x, size_t count) {
    eml_fe norms[INVERSION_BLOCK];
    for (size_t i = 0; i < count; i++) norms[i] = eml_fe2_norm(x[i]);
    eml_fe_batch_inv(norms, count);
    for (size_t i = 0; i < count; i++) x[i] = eml_fe2_mul_base(eml_fe2_conjugate(x[i]), norms[i]);
}

void eml_fe2_batch_inv(eml_fe2 *x, size_t count) {
    for (size_t i = 0; i < count; i += INVERSION_BLOCK) {
        size_t left = count - i;
        invert_block2(x + i, left < INVERSION_BLOCK ? left : INVERSION_BLOCK);
    }
}

/* By doubling: out[i + filled] = out[i] * ratio^filled, so that the multiplications of one round do not wait for each
 * other. */
static void powers(eml_fe *out, size_t count, eml_fe first, eml_fe ratio) {
    out[0] = first;
    for (size_t filled = 1; filled < count; filled *= 2) {
        size_t more = count - filled < filled ? count - filled : filled;
        eml_fe_scale_many(out + filled, out, ratio, more);
        ratio = eml_fe_square(ratio);
    }
}

typedef struct powers_job {
    eml_fe *out, first, ratio;
} powers_job;

static void powers_range(void *context, size_t first, size_t count) {
    const powers_job *j = context;
    powers(j->out + first, count, eml_fe_mul(j->first, eml_fe_pow_u64_var(j->ratio, first)), j->ratio);
}

void eml_fe_powers(eml_fe *out, size_t count, eml_fe first, eml_fe ratio) {
    enum { GRAIN = 4096 };
    powers_job job = {out, first, ratio};
    eml_parallel_ranges(count, GRAIN, GRAIN * EML_MUL_COST, powers_range, &job);
}

void eml_fe_mul_many_c(eml_fe *out, const eml_fe *a, const eml_fe *b, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = eml_fe_mul(a[i], b[i]);
}

void eml_fe_scale_many_c(eml_fe *out, const eml_fe *a, eml_fe factor, size_t count) {
    const eml_fe_factor by = eml_fe_factor_of(factor);
    for (size_t i = 0; i < count; i++) out[i] = eml_fe_mul_factor(a[i], &by);
}

void eml_fe_column_sums_c(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *weights,
                          eml_fe2 *out) {
    for (size_t r = 0; r < rows; r++) {
        const eml_fe_factor a = eml_fe_factor_of(weights[r].a), b = eml_fe_factor_of(weights[r].b);
        for (size_t c = 0; c < width; c++) {
            eml_fe cell = cells[r * stride + c];
            out[c].a = eml_fe_add_canon(out[c].a, eml_fe_mul_factor(cell, &a));
            out[c].b = eml_fe_add_canon(out[c].b, eml_fe_mul_factor(cell, &b));
        }
    }
}

void eml_fe_row_sums_c(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *coefficients,
                       eml_fe2 *out) {
    assert(width <= EML_FE_PRODUCTS_MAX);
    for (size_t r = 0; r < rows; r++) {
        const eml_fe *row = cells + r * stride;
        eml_fe_products a = {{0}, {0}, {0}}, b = a;
        for (size_t c = 0; c < width; c++) eml_fe_products_add(&a, row[c], coefficients[c].a);
        for (size_t c = 0; c < width; c++) eml_fe_products_add(&b, row[c], coefficients[c].b);
        out[r].a = eml_fe_add_canon(out[r].a, eml_fe_products_reduce(&a));
        out[r].b = eml_fe_add_canon(out[r].b, eml_fe_products_reduce(&b));
    }
}

eml_fe eml_fe_dot(const eml_fe *a, const eml_fe *b, size_t count) {
    assert(count <= EML_FE_PRODUCTS_MAX);
    eml_fe_products sum = {{0}, {0}, {0}};
    for (size_t i = 0; i < count; i++) eml_fe_products_add(&sum, a[i], b[i]);
    return eml_fe_products_reduce(&sum);
}

enum { CHAINS = 4 };

/* a[i]^(2^count) * b[i] */
static void shift_mul(eml_fe out[CHAINS], const eml_fe a[CHAINS], unsigned count, const eml_fe b[CHAINS]) {
    eml_fe x0 = a[0], x1 = a[1], x2 = a[2], x3 = a[3];
    while (count-- > 0) {
        x0 = eml_fe_square(x0);
        x1 = eml_fe_square(x1);
        x2 = eml_fe_square(x2);
        x3 = eml_fe_square(x3);
    }
    out[0] = eml_fe_mul(x0, b[0]);
    out[1] = eml_fe_mul(x1, b[1]);
    out[2] = eml_fe_mul(x2, b[2]);
    out[3] = eml_fe_mul(x3, b[3]);
}

/* The addition chain of eml_fe_cube_root. */
static void cube_root_chains(eml_fe a[CHAINS]) {
    eml_fe one[CHAINS] = {EML_FE_ONE, EML_FE_ONE, EML_FE_ONE, EML_FE_ONE};
    eml_fe y1[CHAINS], a3[CHAINS], y[CHAINS], y5[CHAINS], y20[CHAINS], y20a[CHAINS];
    shift_mul(y1, a, 1, one);
    shift_mul(a3, a, 1, a);
    shift_mul(y, y1, 2, y1);    /* y_2 */
    shift_mul(y, y, 4, y);      /* y_4 */
    shift_mul(y5, y, 2, y1);    /* y_5 */
    shift_mul(y, y5, 10, y5);   /* y_10 */
    shift_mul(y20, y, 20, y);   /* y_20 */
    shift_mul(y, y20, 40, y20); /* y_40 */
    shift_mul(y, y, 2, y1);     /* y_41 */
    shift_mul(y, y, 4, a3);
    shift_mul(y20a, y20, 0, a);
    shift_mul(a, y, 42, y20a);
}

void eml_fe_cube_root_many_c(eml_fe *x, size_t count) {
    size_t i = 0;
    for (; count - i >= CHAINS; i += CHAINS) cube_root_chains(x + i);
    for (; i < count; i++) x[i] = eml_fe_cube_root(x[i]);
}
