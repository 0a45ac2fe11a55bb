#include "runtime/field/ntt.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt_tile.h"
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

/* A transform of n = 2^log2 rows runs in passes of about equally many layers, at most EML_NTT_LAYERS. The pass over
 * layers lo .. hi-1 works on tiles of the rows high 2^hi + k 2^lo + low, 0 <= k < 2^(hi - lo). */
typedef struct layer_range {
    unsigned lo, hi;
} layer_range;

static unsigned pass_count(unsigned log2) { return log2 ? (log2 + EML_NTT_LAYERS - 1) / EML_NTT_LAYERS : 1; }

static layer_range pass_layers(unsigned log2, unsigned pass) {
    unsigned passes = pass_count(log2);
    return (layer_range){log2 * pass / passes, log2 * (pass + 1) / passes};
}

/* One or more transforms ("cosets") of every column of a matrix. Coset i reads source rows 0 .. n-1 and writes target
 * rows i + k cosets, with twiddles[i n ..]. */
typedef struct transform {
    eml_ntt_tile_fn *kernel;
    bool forward; /* decimation in time: passes go up; else they go down and the last one scales */
    unsigned log2;
    size_t width, cosets, column_blocks;
    const eml_fe *source;
    eml_fe *target;
    const eml_fe *twiddles; /* cosets * n, see fill_twiddles */
    const eml_fe *scales;   /* n, or NULL: the rows stay as they are */
} transform;

/* The twiddles of the tiles with this low: layer t of the tile has rows 2^(lo + t) apart, and its twiddle j belongs to
 * row j 2^lo + low of the half. */
static void gather_twiddles(const eml_fe *twiddles, layer_range layers, size_t low, eml_fe *out) {
    for (unsigned t = 0; t < layers.hi - layers.lo; t++) {
        const eml_fe *from = twiddles + ((size_t)1 << (layers.lo + t)) + low;
        for (size_t j = 0; j < (size_t)1 << t; j++) *out++ = from[j << layers.lo];
    }
}

/* Tile `index` of a pass on one column block of one coset. */
static void run_tile(const transform *tf, size_t block, unsigned pass, size_t index) {
    layer_range layers = pass_layers(tf->log2, pass);
    size_t coset = block / tf->column_blocks, column = block % tf->column_blocks * EML_NTT_COLUMNS;
    size_t low = index & (((size_t)1 << layers.lo) - 1), high = index >> layers.lo;
    size_t row = (high << layers.hi) + low;
    eml_fe twiddles[EML_NTT_ROWS];
    gather_twiddles(tf->twiddles + (coset << tf->log2), layers, low, twiddles);

    eml_fe *target = tf->target + (coset + row * tf->cosets) * tf->width + column;
    size_t left = tf->width - column;
    eml_ntt_tile tile = {.source = target,
                         .target = target,
                         .source_stride = (tf->cosets * tf->width) << layers.lo,
                         .target_stride = (tf->cosets * tf->width) << layers.lo,
                         .columns = left < EML_NTT_COLUMNS ? left : EML_NTT_COLUMNS,
                         .layers = layers.hi - layers.lo,
                         .twiddles = twiddles};
    if (layers.lo == 0 && tf->scales) tile.scale = tf->scales + row;
    if (layers.lo == 0 && tf->forward) {
        tile.source = tf->source + row * tf->width + column;
        tile.source_stride = tf->width;
    }
    tf->kernel(&tile);
}

typedef struct pass_job {
    const transform *tf;
    size_t block;
    unsigned pass;
} pass_job;

static void run_pass_tile(void *context, size_t index) {
    const pass_job *job = context;
    run_tile(job->tf, job->block, job->pass, index);
}

static size_t pass_tiles(const transform *tf, unsigned pass) {
    layer_range layers = pass_layers(tf->log2, pass);
    return (size_t)1 << (tf->log2 - (layers.hi - layers.lo));
}

static unsigned nth_pass(const transform *tf, unsigned i) { return tf->forward ? i : pass_count(tf->log2) - 1 - i; }

/* One column block of one coset, by this thread alone. */
static void run_block(void *context, size_t block) {
    const transform *tf = context;
    for (unsigned i = 0; i < pass_count(tf->log2); i++) {
        unsigned pass = nth_pass(tf, i);
        for (size_t tile = 0; tile < pass_tiles(tf, pass); tile++) run_tile(tf, block, pass, tile);
    }
}

/* Enough blocks keep every thread busy without waiting; else the threads share the tiles of each pass, unless all of it is
 * too little (about a millisecond) to be worth waking them: on a busy machine that costs more than the work. */
static void run_transform(transform *tf) {
    enum { CELLS_TO_SHARE = 1 << 15 };
    size_t blocks = tf->cosets * tf->column_blocks;
    if ((tf->cosets * tf->width) << tf->log2 < CELLS_TO_SHARE) {
        for (size_t block = 0; block < blocks; block++) run_block(tf, block);
        return;
    }
    if (blocks >= 8 * (size_t)eml_threads_get()) {
        eml_parallel_for(blocks, run_block, tf);
        return;
    }
    for (size_t block = 0; block < blocks; block++) {
        for (unsigned i = 0; i < pass_count(tf->log2); i++) {
            pass_job job = {tf, block, nth_pass(tf, i)};
            eml_parallel_for(pass_tiles(tf, job.pass), run_pass_tile, &job);
        }
    }
}

/* n = 2^log2 entries: h + j, 0 <= j < h, for every power of two h < n, is the point x_j that tells the two halves of a
 * polynomial apart, of which the values at x_j^2 are known: f(+-x_j) = even(x_j^2) +- x_j odd(x_j^2). In the longest layer
 * x_j = shift root^j, in each shorter one they are the squares of the first half of the next. Entry 0 is no layer. */
static void fill_twiddles(eml_fe *table, unsigned log2, eml_fe shift, eml_fe root) {
    size_t half = ((size_t)1 << log2) / 2;
    table[0] = EML_FE_ZERO;
    if (half > 0) eml_fe_powers(table + half, half, shift, root);
    for (; half > 1; half /= 2) eml_fe_mul_many(table + half / 2, table + half, table + half, half / 2);
}

typedef struct coset_twiddles {
    eml_fe *table, shift, step;
    unsigned log2;
} coset_twiddles;

static void coset_twiddles_job(void *context, size_t coset) {
    const coset_twiddles *c = context;
    eml_fe shift = eml_fe_mul(c->shift, eml_fe_pow_u64_var(c->step, coset));
    fill_twiddles(c->table + (coset << c->log2), c->log2, shift, eml_fe_root_of_unity(c->log2));
}

/* out[r] = first * ratio^bitrev(r), 0 <= r < 2^log2: bit t of r stands for 2^(log2 - 1 - t) in the exponent, so every aligned range of
 * 2^k is the first one times one factor. */
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
    eml_parallel_ranges(count, GRAIN, reversed_powers_range, &p);
}

static size_t column_blocks(size_t width) { return (width + EML_NTT_COLUMNS - 1) / EML_NTT_COLUMNS; }

static void run_interpolation(eml_fe *cells, unsigned log2, size_t width, const eml_fe *scales) {
    eml_fe *twiddles = eml_alloc_raw((size_t)1 << log2, sizeof *twiddles);
    fill_twiddles(twiddles, log2, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(log2)));
    transform tf = {.kernel = eml_ntt_tile_dif(),
                    .forward = false,
                    .log2 = log2,
                    .width = width,
                    .cosets = 1,
                    .column_blocks = column_blocks(width),
                    .source = cells,
                    .target = cells,
                    .twiddles = twiddles,
                    .scales = scales};
    run_transform(&tf);
    eml_free(twiddles);
}

/* A narrow matrix would leave lanes idle. P neighbouring rows read as one row of P columns blocks are a matrix of n / P rows, whose
 * transform gives, in row R = bitrev(k1), the sums over every P-th value; with w of order n and inverse roots,
 *   coefficient k1 + (n / P) k0 = sum over r of (block r of row R) w^(k1 r) (w^(n/P))^(k0 r),
 * which belongs into row R P + bitrev(k0): P-point transforms within the rows, natural to bit-reversed order, finish. */
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
    run_interpolation(m->cells, log2_rows, m->width * parts, NULL);
    eml_fe *powers = eml_alloc_raw(rows, sizeof *powers);
    powers_bit_reversed(powers, log2_rows, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(log2)));
    t.powers = powers;
    t.scales = scales;
    eml_fe_powers(t.roots, parts / 2, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(t.log2_parts)));
    eml_parallel_for(rows / NARROW_ROWS_PER_JOB, finish_narrow_job, &t);
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
        run_interpolation(m->cells, log2, m->width, scales);
    eml_free(scales);
}

/* A transform on cosets: with the points of the cosets as twiddles, no coefficient is scaled. */
static void run_evaluation(const eml_fe *source, unsigned log2, size_t width, eml_fe shift, eml_fe step, size_t cosets,
                           eml_fe *target) {
    eml_fe *twiddles = eml_alloc_raw(cosets << log2, sizeof *twiddles);
    coset_twiddles points = {twiddles, shift, step, log2};
    eml_parallel_for(cosets, coset_twiddles_job, &points);
    transform tf = {.kernel = eml_ntt_tile_dit(),
                    .forward = true,
                    .log2 = log2,
                    .width = width,
                    .cosets = cosets,
                    .column_blocks = column_blocks(width),
                    .source = source,
                    .target = target,
                    .twiddles = twiddles};
    run_transform(&tf);
    eml_free(twiddles);
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
    eml_parallel_for(n / NARROW_ROWS_PER_JOB, spread_job, &s);
    run_evaluation(target, log2, coefficients->width * cosets, EML_FE_ONE, EML_FE_ONE, 1, target);
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
        run_evaluation(coefficients->cells, log2, width, shift, step, blowup, out->cells);
}
