/* The field kernels on lanes (lanes.h): the body of kernels_avx512.c and kernels_avx2.c. A file defines KERNEL(name), which appends its
 * suffix, and includes this once. The C functions in ntt_tile.c and vector.c are the definition.
 *
 * "Units" in the comments below are largest limbs in multiples of 2^44 (+ 2^16): tight is 1, a - b adds 3, and
 * eml_lanes_mul by a tight value takes up to 5.5. */
#include "runtime/field/kernels.h"
#include "runtime/field/lanes.h"

#include <string.h>

enum { VECTORS = EML_NTT_COLUMNS / EML_LANES };

typedef eml_lanes lanes_row[VECTORS];

static void load_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        const eml_fe *from = tile->source + k * tile->source_stride;
        eml_fe padded[EML_NTT_COLUMNS];
        if (tile->columns < vectors * EML_LANES) {
            memset(padded, 0, sizeof padded);
            memcpy(padded, from, tile->columns * sizeof(eml_fe));
            from = padded;
        }
        for (size_t v = 0; v < vectors; v++) rows[k][v] = eml_lanes_load(from + v * EML_LANES);
    }
}

static void store_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        eml_fe *to = tile->target + k * tile->target_stride;
        eml_fe padded[EML_NTT_COLUMNS];
        bool partial = tile->columns < vectors * EML_LANES;
        for (size_t v = 0; v < vectors; v++) eml_lanes_store((partial ? padded : to) + v * EML_LANES, rows[k][v]);
        if (partial) memcpy(to, padded, tile->columns * sizeof(eml_fe));
    }
}

/* Rows of up to 5.5 units become tight. */
static void scale_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    if (!tile->scale) return;
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        eml_lanes factor = eml_lanes_set(tile->scale[k]);
        for (size_t v = 0; v < vectors; v++) rows[k][v] = eml_lanes_mul(rows[k][v], factor);
    }
}

/* One layer. Rows have at most 1, 4, 7, 10, ... units before layer 0, 1, 2, 3, ...: from layer 2 on b is tightened
 * before it is multiplied; a just grows (8 layers: 25 units, far below what storing takes). */
EML_LANES_INLINE void dit_layer(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[], size_t half, bool tighten) {
    size_t count = (size_t)1 << tile->layers;
    for (size_t j = 0; j < half; j++) {
        eml_lanes w = eml_lanes_set(tile->twiddles[half - 1 + j]);
        for (size_t k = j; k < count; k += 2 * half) {
            for (size_t v = 0; v < vectors; v++) {
                eml_lanes a = rows[k][v], b = rows[k + half][v];
                b = eml_lanes_mul(tighten ? eml_lanes_tighten(b) : b, w);
                rows[k][v] = eml_lanes_add(a, b);
                rows[k + half][v] = eml_lanes_sub(a, b);
            }
        }
    }
}

EML_LANES_INLINE void dit_tile(const eml_ntt_tile *tile, size_t vectors) {
    lanes_row rows[EML_NTT_ROWS];
    load_tile(tile, vectors, rows);
    scale_tile(tile, vectors, rows);
    for (size_t half = 1; half < (size_t)1 << tile->layers; half *= 2) {
        if (half < 4)
            dit_layer(tile, vectors, rows, half, false);
        else
            dit_layer(tile, vectors, rows, half, true);
    }
    store_tile(tile, vectors, rows);
}

/* One layer on rows of at most 1 unit (2 when `second`): differences have 4 (5) units when they are multiplied, sums 2, and the
 * second layer of a pair tightens its sums of 4. */
EML_LANES_INLINE void dif_layer(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[], size_t half, bool second) {
    size_t count = (size_t)1 << tile->layers;
    for (size_t j = 0; j < half; j++) {
        eml_lanes w = eml_lanes_set(tile->twiddles[half - 1 + j]);
        for (size_t k = j; k < count; k += 2 * half) {
            for (size_t v = 0; v < vectors; v++) {
                eml_lanes a = rows[k][v], b = rows[k + half][v];
                eml_lanes sum = eml_lanes_add(a, b);
                rows[k][v] = second ? eml_lanes_tighten(sum) : sum;
                rows[k + half][v] = eml_lanes_mul(eml_lanes_sub(a, b), w);
            }
        }
    }
}

EML_LANES_INLINE void dif_tile(const eml_ntt_tile *tile, size_t vectors) {
    lanes_row rows[EML_NTT_ROWS];
    load_tile(tile, vectors, rows);
    for (size_t half = (size_t)1 << tile->layers >> 1; half > 0; half /= 2) {
        dif_layer(tile, vectors, rows, half, false);
        half /= 2;
        if (half == 0) break;
        dif_layer(tile, vectors, rows, half, true);
    }
    scale_tile(tile, vectors, rows);
    store_tile(tile, vectors, rows);
}

/* A vector of so few columns costs more than the portable code does for them. */
enum { FEW_COLUMNS = EML_LANES == 8 ? 1 : 2 };

/* The number of vectors is a constant in each call, so that the compiler can drop its loops. */
void KERNEL(eml_ntt_tile_dit)(const eml_ntt_tile *tile) {
    if (tile->columns <= FEW_COLUMNS)
        eml_ntt_tile_dit_c(tile);
    else if (VECTORS == 1 || tile->columns <= EML_LANES)
        dit_tile(tile, 1);
    else
        dit_tile(tile, VECTORS);
}

void KERNEL(eml_ntt_tile_dif)(const eml_ntt_tile *tile) {
    if (tile->columns <= FEW_COLUMNS)
        eml_ntt_tile_dif_c(tile);
    else if (VECTORS == 1 || tile->columns <= EML_LANES)
        dif_tile(tile, 1);
    else
        dif_tile(tile, VECTORS);
}

/* Independent chains that run interleaved: enough to hide the multiplier's latency, few enough for the registers. */
enum { CHAINS = EML_LANES == 8 ? 4 : 2, BLOCK = CHAINS * EML_LANES };

typedef eml_lanes chains[CHAINS];

/* out[i] = a[i]^(2^count) * b[i] */
EML_LANES_INLINE void shift_mul(chains out, const chains a, unsigned count, const chains b) {
    chains x;
    for (size_t i = 0; i < CHAINS; i++) x[i] = a[i];
    while (count-- > 0) {
        for (size_t i = 0; i < CHAINS; i++) x[i] = eml_lanes_square(x[i]);
    }
    for (size_t i = 0; i < CHAINS; i++) out[i] = eml_lanes_mul(x[i], b[i]);
}

/* The addition chain of eml_fe_cube_root. */
static void cube_root_block(eml_fe *x) {
    chains a, y1, a3, y, y5, y20, y20a;
    for (size_t i = 0; i < CHAINS; i++) {
        a[i] = eml_lanes_load(x + i * EML_LANES);
        y1[i] = eml_lanes_square(a[i]);
    }
    shift_mul(a3, y1, 0, a);
    shift_mul(y, y1, 2, y1);    /* y_2 */
    shift_mul(y, y, 4, y);      /* y_4 */
    shift_mul(y5, y, 2, y1);    /* y_5 */
    shift_mul(y, y5, 10, y5);   /* y_10 */
    shift_mul(y20, y, 20, y);   /* y_20 */
    shift_mul(y, y20, 40, y20); /* y_40 */
    shift_mul(y, y, 2, y1);     /* y_41 */
    shift_mul(y, y, 4, a3);
    shift_mul(y20a, y20, 0, a);
    shift_mul(y, y, 42, y20a);
    for (size_t i = 0; i < CHAINS; i++) eml_lanes_store(x + i * EML_LANES, y[i]);
}

/* A block costs as much as some six or seven elements in portable code (tests/bench/primitives.c): fewer are left to that. */
enum { FEW = 6 };

void KERNEL(eml_fe_cube_root_many)(eml_fe *x, size_t count) {
    size_t i = 0;
    for (; count - i >= BLOCK; i += BLOCK) cube_root_block(x + i);
    if (count - i <= FEW) {
        eml_fe_cube_root_many_c(x + i, count - i);
        return;
    }
    eml_fe rest[BLOCK] = {{0, 0}};
    memcpy(rest, x + i, (count - i) * sizeof(eml_fe));
    cube_root_block(rest);
    memcpy(x + i, rest, (count - i) * sizeof(eml_fe));
}
