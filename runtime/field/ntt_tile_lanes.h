/* Transform tiles on lanes (lanes.h): the body of ntt_tile_avx512.c and ntt_tile_avx2.c, which define KERNEL(name), a
 * name with their suffix. ntt_tile.c is the definition.
 *
 * "Units" in the comments below are largest limbs in multiples of 2^44 (+ 2^16): tight is 1, a - b adds 3, and
 * eml_lanes_mul by a tight value takes up to 25. */
#include <string.h>

#include "runtime/field/lanes.h"
#include "runtime/field/ntt_tile.h"

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

/* Rows of up to 25 units become tight. */
static void scale_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    if (!tile->scale) return;
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        eml_lanes factor = eml_lanes_set(tile->scale[k]);
        for (size_t v = 0; v < vectors; v++) rows[k][v] = eml_lanes_mul(rows[k][v], factor);
    }
}

/* Rows have at most 1, 4, 7, ..., 22 units before layer 0, 1, 2, ..., 7 and 25 after it. */
EML_LANES_INLINE void dit_layer(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[], size_t half) {
    size_t count = (size_t)1 << tile->layers;
    for (size_t j = 0; j < half; j++) {
        eml_lanes w = eml_lanes_set(tile->twiddles[half - 1 + j]);
        for (size_t k = j; k < count; k += 2 * half) {
            for (size_t v = 0; v < vectors; v++) {
                eml_lanes a = rows[k][v], b = eml_lanes_mul(rows[k + half][v], w);
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
    for (size_t half = 1; half < (size_t)1 << tile->layers; half *= 2) dit_layer(tile, vectors, rows, half);
    store_tile(tile, vectors, rows);
}

/* One layer on rows of at most 1 unit (2 when `second`): differences have 4 (5) units when they are multiplied, sums 2,
 * and the second layer of a pair tightens its sums of 4. */
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
