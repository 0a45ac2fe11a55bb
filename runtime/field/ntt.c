#include "runtime/field/ntt.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt_tile.h"
#include "runtime/field/transform.h"
#include "runtime/field/vector.h"

size_t eml_bit_reverse(size_t index, unsigned log2) {
    size_t reversed = 0;
    for (unsigned bit = 0; bit < log2; bit++) reversed |= (index >> bit & 1) << (log2 - 1 - bit);
    return reversed;
}

static unsigned log2_exact(size_t n) {
    assert(n > 0 && (n & (n - 1)) == 0);
    return (unsigned)__builtin_ctzll(n);
}

/* out[r] = first * ratio^bitrev(r), 0 <= r < 2^log2: bit t of r stands for 2^(log2 - 1 - t) in the exponent, so every
 * aligned range of 2^k is the first one times one factor. */
typedef struct reversed_powers {
    eml_fe *out, factors[EML_FE_TWO_ADICITY];
} reversed_powers;

static void reversed_powers_range(void *context, size_t first, size_t count) {
    const reversed_powers *p = context;
    if (first == 0) return; /* filled by doubling */
    eml_fe factor = EML_FE_ONE;
    for (unsigned t = 0; first >> t; t++)
        if (first >> t & 1) factor = eml_fe_mul(factor, p->factors[t]);
    eml_fe_scale_many(p->out + first, p->out, factor, count);
}

static void powers_bit_reversed(eml_fe *out, unsigned log2, eml_fe first, eml_fe ratio) {
    enum { GRAIN = 4096 };
    reversed_powers p = {.out = out};
    for (unsigned t = log2; t-- > 0;) {
        p.factors[t] = ratio;
        ratio = eml_fe_square(ratio);
    }
    size_t count = (size_t)1 << log2;
    out[0] = first;
    for (size_t half = 1, t = 0; half < count && half < GRAIN; half *= 2, t++)
        eml_fe_scale_many(out + half, out, p.factors[t], half);
    eml_parallel_ranges(count, GRAIN, GRAIN * EML_MUL_COST, reversed_powers_range, &p);
}

/* A narrow matrix would leave lanes idle. P neighbouring rows read as one row of P columns blocks are a matrix of n / P
 * rows, whose transform gives, in row R = bitrev(k1), the sums over every P-th value; with w of order n and inverse
 * roots, coefficient k1 + (n / P) k0 = sum over r of (block r of row R) w^(k1 r) (w^(n/P))^(k0 r), which belongs into
 * row R P + bitrev(k0): P-point transforms within the rows, natural to bit-reversed order, finish. */
typedef struct narrow {
    eml_fe *cells;
    size_t width;
    unsigned log2_parts;
    const eml_fe *powers;              /* w^k1 by R */
    const eml_fe *scales;              /* by row */
    eml_fe roots[EML_NTT_COLUMNS / 2]; /* (w^(n/P))^i */
} narrow;

enum { NARROW_ROWS_PER_JOB = 256 };

static void finish_narrow_row(const narrow *t, size_t row) {
    size_t parts = (size_t)1 << t->log2_parts, width = t->width;
    eml_fe *cells = t->cells + row * parts * width, factor = t->powers[row];
    for (size_t r = 1; r < parts; r++) {
        for (size_t c = 0; c < width; c++) cells[r * width + c] = eml_fe_mul(cells[r * width + c], factor);
        factor = eml_fe_mul(factor, t->powers[row]);
    }
    for (size_t half = parts / 2; half > 0; half /= 2) {
        for (size_t r = 0; r < parts; r += (r + 1) & half ? half + 1 : 1) {
            eml_fe root = t->roots[r % half * (parts / 2 / half)];
            for (size_t c = 0; c < width; c++) {
                eml_fe a = cells[r * width + c], b = cells[(r + half) * width + c];
                cells[r * width + c] = eml_fe_add(a, b);
                cells[(r + half) * width + c] = eml_fe_mul(eml_fe_sub(a, b), root);
            }
        }
    }
    for (size_t r = 0; r < parts; r++)
        for (size_t c = 0; c < width; c++)
            cells[r * width + c] = eml_fe_mul(cells[r * width + c], t->scales[row * parts + r]);
}

static void finish_narrow_job(void *context, size_t job) {
    for (size_t i = 0; i < NARROW_ROWS_PER_JOB; i++) finish_narrow_row(context, job * NARROW_ROWS_PER_JOB + i);
}

static void interpolate_narrow(eml_matrix *m, unsigned log2, const eml_fe *scales) {
    narrow t = {.cells = m->cells, .width = m->width, .log2_parts = m->width > 2 ? 1 : m->width > 1 ? 2 : 3};
    unsigned log2_rows = log2 - t.log2_parts;
    size_t rows = (size_t)1 << log2_rows, parts = (size_t)1 << t.log2_parts;
    eml_transform_inverse(m->cells, log2_rows, m->width * parts, NULL);
    eml_fe *powers = eml_alloc_raw(rows, sizeof *powers);
    powers_bit_reversed(powers, log2_rows, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(log2)));
    t.powers = powers;
    t.scales = scales;
    eml_fe_powers(t.roots, parts / 2, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(t.log2_parts)));
    size_t cost = NARROW_ROWS_PER_JOB * parts * m->width * 5 * EML_MUL_COST;
    eml_parallel_for(rows / NARROW_ROWS_PER_JOB, cost, finish_narrow_job, &t);
    eml_free(powers);
}

void eml_ntt_interpolate(eml_matrix *m, eml_fe shift) {
    unsigned log2 = log2_exact(m->rows);
    assert(log2 <= EML_FE_TWO_ADICITY);
    eml_fe *scales = eml_alloc_raw(m->rows, sizeof(eml_fe));
    powers_bit_reversed(scales, log2, eml_fe_inv(eml_fe_from_u64(m->rows)), eml_fe_inv(shift));
    if (m->width <= EML_NTT_COLUMNS / 2 && m->rows >= EML_NTT_COLUMNS * NARROW_ROWS_PER_JOB)
        interpolate_narrow(m, log2, scales);
    else
        eml_transform_inverse(m->cells, log2, m->width, scales);
    eml_free(scales);
}

/* All cosets of a narrow matrix side by side are one matrix of blowup * width columns, whose rows are the result's
 * order: it is filled with the scaled coefficients and transformed in place. */
typedef struct spread {
    const eml_matrix *coefficients;
    const eml_fe *scales;
    size_t cosets;
    eml_fe *target;
} spread;

static void spread_row(void *context, size_t row) {
    const spread *s = context;
    size_t width = s->coefficients->width;
    const eml_fe *from = eml_matrix_row(s->coefficients, row);
    eml_fe *to = s->target + row * s->cosets * width;
    for (size_t coset = 0; coset < s->cosets; coset++)
        for (size_t c = 0; c < width; c++) *to++ = eml_fe_mul(from[c], s->scales[coset * s->coefficients->rows + row]);
}

static void spread_job(void *context, size_t job) {
    for (size_t i = 0; i < NARROW_ROWS_PER_JOB; i++) spread_row(context, job * NARROW_ROWS_PER_JOB + i);
}

static void evaluate_narrow(const eml_matrix *coefficients, unsigned log2, eml_fe shift, eml_fe step, size_t cosets,
                            eml_fe *target) {
    size_t n = coefficients->rows;
    eml_fe *scales = eml_alloc_raw(n * cosets, sizeof *scales);
    for (size_t coset = 0; coset < cosets; coset++) {
        powers_bit_reversed(scales + coset * n, log2, EML_FE_ONE, shift);
        shift = eml_fe_mul(shift, step);
    }
    spread s = {coefficients, scales, cosets, target};
    size_t cost = NARROW_ROWS_PER_JOB * coefficients->width * cosets * 3 * EML_MUL_COST;
    eml_parallel_for(n / NARROW_ROWS_PER_JOB, cost, spread_job, &s);
    eml_transform_forward(target, log2, coefficients->width * cosets, EML_FE_ONE, EML_FE_ONE, 1, target);
    eml_free(scales);
}

void eml_ntt_evaluate(const eml_matrix *coefficients, eml_fe shift, size_t blowup, eml_matrix *out) {
    size_t n = coefficients->rows, width = coefficients->width;
    unsigned log2 = log2_exact(n), log2_out = log2 + log2_exact(blowup);
    assert(log2_out <= EML_FE_TWO_ADICITY);
    assert(out->rows == n * blowup && out->width == width);
    eml_fe step = eml_fe_root_of_unity(log2_out);
    if (width < EML_NTT_COLUMNS && n >= NARROW_ROWS_PER_JOB)
        evaluate_narrow(coefficients, log2, shift, step, blowup, out->cells);
    else
        eml_transform_forward(coefficients->cells, log2, width, shift, step, blowup, out->cells);
}
