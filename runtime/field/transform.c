#include "runtime/field/transform.h"

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt_tile.h"
#include "runtime/field/vector.h"

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
 * rows i + k cosets, with twiddles[i n ..]. A block is EML_NTT_COLUMNS columns of one coset. */
typedef struct transform {
    eml_ntt_tile_fn *kernel;
    bool forward; /* decimation in time: passes go up; else they go down and the last one scales */
    unsigned log2, passes;
    size_t width, cosets, column_blocks;
    const eml_fe *source;
    eml_fe *target;
    const eml_fe *twiddles; /* cosets * n, see fill_twiddles */
    const eml_fe *scales;   /* n, or NULL: the rows stay as they are */
} transform;

/* Between passes a block is kept in rows of EML_NTT_COLUMNS, close together. Rows 2^lo apart would share a few sets of
 * a cache when they are whole pages apart, so a row is left out after every 2^skew: the first pass stays within those,
 * the others stride over them. */
static unsigned scratch_skew(const transform *tf) { return pass_layers(tf->log2, 0).hi; }

static size_t scratch_offset(const transform *tf, size_t row) {
    return (row + (row >> scratch_skew(tf))) * EML_NTT_COLUMNS;
}

/* 0 when there is nothing between. */
static size_t scratch_bytes(const transform *tf) {
    return tf->passes == 1 ? 0 : scratch_offset(tf, (size_t)1 << tf->log2) * sizeof(eml_fe);
}

/* The twiddles of the tiles with this low: layer t of the tile has rows 2^(lo + t) apart, and its twiddle j belongs to
 * row j 2^lo + low of the half. */
static void gather_twiddles(const eml_fe *twiddles, layer_range layers, size_t low, eml_fe *out) {
    for (unsigned t = 0; t < layers.hi - layers.lo; t++) {
        const eml_fe *from = twiddles + ((size_t)1 << (layers.lo + t)) + low;
        for (size_t j = 0; j < (size_t)1 << t; j++) *out++ = from[j << layers.lo];
    }
}

/* Tile `index` of the i-th pass to run, on one block. */
static void run_tile(const transform *tf, size_t block, unsigned i, size_t index, eml_fe *scratch) {
    layer_range layers = pass_layers(tf->log2, tf->forward ? i : tf->passes - 1 - i);
    size_t coset = block / tf->column_blocks, column = block % tf->column_blocks * EML_NTT_COLUMNS;
    size_t low = index & (((size_t)1 << layers.lo) - 1), high = index >> layers.lo;
    size_t row = (high << layers.hi) + low, left = tf->width - column;
    eml_fe twiddles[EML_NTT_ROWS];
    gather_twiddles(tf->twiddles + (coset << tf->log2), layers, low, twiddles);

    eml_ntt_tile tile = {.columns = left < EML_NTT_COLUMNS ? left : EML_NTT_COLUMNS,
                         .layers = layers.hi - layers.lo,
                         .twiddles = twiddles};
    if (layers.lo == 0 && tf->scales) tile.scale = tf->scales + row;
    size_t between_stride = scratch_offset(tf, (size_t)1 << layers.lo);
    if (i == 0) {
        tile.source = tf->source + row * tf->width + column;
        tile.source_stride = tf->width << layers.lo;
    } else {
        tile.source = scratch + scratch_offset(tf, row);
        tile.source_stride = between_stride;
    }
    if (i + 1 == tf->passes) {
        tile.target = tf->target + (coset + row * tf->cosets) * tf->width + column;
        tile.target_stride = (tf->cosets * tf->width) << layers.lo;
    } else {
        tile.target = scratch + scratch_offset(tf, row);
        tile.target_stride = between_stride;
    }
    tf->kernel(&tile);
}

static size_t pass_tiles(const transform *tf, unsigned i) {
    layer_range layers = pass_layers(tf->log2, tf->forward ? i : tf->passes - 1 - i);
    return (size_t)1 << (tf->log2 - (layers.hi - layers.lo));
}

static void run_block(void *context, size_t block, void *scratch) {
    const transform *tf = context;
    for (unsigned i = 0; i < tf->passes; i++)
        for (size_t tile = 0; tile < pass_tiles(tf, i); tile++) run_tile(tf, block, i, tile, scratch);
}

typedef struct pass_job {
    const transform *tf;
    size_t block;
    unsigned pass;
    eml_fe *scratch;
} pass_job;

static void run_pass_tile(void *context, size_t index) {
    const pass_job *job = context;
    run_tile(job->tf, job->block, job->pass, index, job->scratch);
}

/* Whole blocks when they keep every thread busy nearly to the end; else the threads share the tiles of each pass. */
static void run_transform(const transform *tf) {
    size_t blocks = tf->cosets * tf->column_blocks, threads = eml_threads_get();
    size_t idle = (threads - blocks % threads) % threads; /* threads that find no block in the last round */
    size_t pass_cost = (size_t)EML_NTT_COLUMNS * EML_NTT_LAYERS / 2 * EML_MUL_COST << tf->log2;
    if (8 * idle <= blocks) {
        eml_parallel_with(blocks, tf->passes * pass_cost, scratch_bytes(tf), run_block, (void *)tf);
        return;
    }
    eml_fe *scratch = eml_alloc_raw(1, scratch_bytes(tf));
    for (size_t block = 0; block < blocks; block++) {
        for (unsigned i = 0; i < tf->passes; i++) {
            pass_job job = {tf, block, i, scratch};
            eml_parallel_for(pass_tiles(tf, i), pass_cost / pass_tiles(tf, i), run_pass_tile, &job);
        }
    }
    eml_free(scratch);
}

/* n = 2^log2 entries: h + j, 0 <= j < h, for every power of two h < n, is the point x_j that tells the two halves of a
 * polynomial apart, of which the values at x_j^2 are known: f(+-x_j) = even(x_j^2) +- x_j odd(x_j^2). In the longest
 * layer x_j = shift root^j, in each shorter one they are the squares of the first half of the next. Entry 0 is no
 * layer. */
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

static transform plan(unsigned log2, size_t width, size_t cosets) {
    return (transform){.log2 = log2,
                       .passes = pass_count(log2),
                       .width = width,
                       .cosets = cosets,
                       .column_blocks = (width + EML_NTT_COLUMNS - 1) / EML_NTT_COLUMNS};
}

void eml_transform_inverse(eml_fe *cells, unsigned log2, size_t width, const eml_fe *scales) {
    eml_fe *twiddles = eml_alloc_raw((size_t)1 << log2, sizeof *twiddles);
    fill_twiddles(twiddles, log2, EML_FE_ONE, eml_fe_inv(eml_fe_root_of_unity(log2)));
    transform tf = plan(log2, width, 1);
    tf.kernel = eml_ntt_tile_dif();
    tf.source = tf.target = cells;
    tf.twiddles = twiddles;
    tf.scales = scales;
    run_transform(&tf);
    eml_free(twiddles);
}

/* With the points of the cosets as twiddles, no coefficient is scaled. */
void eml_transform_forward(const eml_fe *source, unsigned log2, size_t width, eml_fe shift, eml_fe step, size_t cosets,
                           eml_fe *target) {
    eml_fe *twiddles = eml_alloc_raw(cosets << log2, sizeof *twiddles);
    coset_twiddles points = {twiddles, shift, step, log2};
    eml_parallel_for(cosets, 2 * EML_MUL_COST << log2, coset_twiddles_job, &points);
    transform tf = plan(log2, width, cosets);
    tf.forward = true;
    tf.kernel = eml_ntt_tile_dit();
    tf.source = source;
    tf.target = target;
    tf.twiddles = twiddles;
    run_transform(&tf);
    eml_free(twiddles);
}
