/* Transform tiles on lanes (lanes.h, which says what units are), compiled once for each instruction set. ntt_tile.c is
 * the definition. */
#include <string.h>

#include "runtime/field/lanes.h"
#include "runtime/field/ntt_tile.h"

enum { VECTORS = EML_NTT_COLUMNS / EML_LANES };

typedef eml_lanes lanes_row[VECTORS];

/* Rows are far apart, which no prefetcher of a CPU sees through: those some way ahead are asked for. A row of eight
 * elements is 128 bytes, in two or three cache lines. */
enum { ROWS_AHEAD = 8 };

static inline size_t row_ahead(size_t k, size_t count) { return k + ROWS_AHEAD < count ? k + ROWS_AHEAD : k; }

EML_LANES_INLINE void load_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    size_t whole = tile->columns / EML_LANES, count = (size_t)1 << tile->layers;
    for (size_t k = 0; k < count; k++) {
        const eml_fe *from = tile->source + k * tile->source_stride;
        const eml_fe *ahead = tile->source + row_ahead(k, count) * tile->source_stride;
        __builtin_prefetch(ahead);
        __builtin_prefetch(ahead + tile->columns / 2);
        __builtin_prefetch(ahead + tile->columns - 1);
        for (size_t v = 0; v < whole; v++) rows[k][v] = eml_lanes_load(from + v * EML_LANES);
        if (whole < vectors) rows[k][whole] = eml_lanes_load_few(from + whole * EML_LANES, tile->columns % EML_LANES);
    }
}

EML_LANES_INLINE void store_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    size_t whole = tile->columns / EML_LANES, count = (size_t)1 << tile->layers;
    for (size_t k = 0; k < count; k++) {
        eml_fe *to = tile->target + k * tile->target_stride;
        eml_fe *ahead = tile->target + row_ahead(k, count) * tile->target_stride;
        __builtin_prefetch(ahead, 1);
        __builtin_prefetch(ahead + tile->columns / 2, 1);
        __builtin_prefetch(ahead + tile->columns - 1, 1);
        for (size_t v = 0; v < whole; v++) eml_lanes_store(to + v * EML_LANES, rows[k][v]);
        if (whole < vectors) eml_lanes_store_few(to + whole * EML_LANES, tile->columns % EML_LANES, rows[k][whole]);
    }
}

/* The twiddles of a tile as eml_lanes_times wants them: limbs of 2^(44 k) w, one array each, so that as many as there
 * are lanes are stored at once. */
typedef struct factor_table {
    eml_lane_scalar limbs[3][3][EML_NTT_ROWS + EML_LANES];
} factor_table;

static void make_factors(const eml_ntt_tile *tile, factor_table *table) {
    size_t count = ((size_t)1 << tile->layers) - 1;
    for (size_t first = 0; first < count; first += EML_LANES) {
        eml_fe padded[EML_LANES] = {{0, 0}};
        const eml_fe *from = tile->twiddles + first;
        if (count - first < EML_LANES) from = memcpy(padded, from, (count - first) * sizeof *from);
        eml_lanes power[3];
        eml_lanes_factor(eml_lanes_load(from), power);
        for (size_t k = 0; k < 3; k++) {
            memcpy(&table->limbs[k][0][first], &power[k].l0, sizeof power[k].l0);
            memcpy(&table->limbs[k][1][first], &power[k].l1, sizeof power[k].l1);
            memcpy(&table->limbs[k][2][first], &power[k].l2, sizeof power[k].l2);
        }
    }
}

EML_LANES_INLINE void load_factor(const factor_table *table, size_t index, eml_lanes factor[3]) {
    for (size_t k = 0; k < 3; k++)
        factor[k] = (eml_lanes){eml_lane_set(table->limbs[k][0][index]), eml_lane_set(table->limbs[k][1][index]),
                                eml_lane_set(table->limbs[k][2][index])};
}

static void scale_tile(const eml_ntt_tile *tile, size_t vectors, lanes_row rows[]) {
    if (!tile->scale) return;
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        eml_lanes factor = eml_lanes_set(tile->scale[k]);
        for (size_t v = 0; v < vectors; v++) rows[k][v] = eml_lanes_mul(rows[k][v], factor);
    }
}

/* Before layer t rows have at most 1 + 3 t units on integer limbs, where a difference adds 3, and 1 + t on signed ones:
 * 22 or 8 when they are multiplied last (EML_LANES_TIMES_UNITS). */
EML_LANES_INLINE void dit_layer(const eml_ntt_tile *tile, const factor_table *table, size_t vectors, lanes_row rows[],
                                size_t half) {
    size_t count = (size_t)1 << tile->layers;
    for (size_t j = 0; j < half; j++) {
        eml_lanes w[3];
        load_factor(table, half - 1 + j, w);
        for (size_t k = j; k < count; k += 2 * half) {
            for (size_t v = 0; v < vectors; v++) {
                eml_lanes a = rows[k][v], b = eml_lanes_times(rows[k + half][v], w);
                rows[k][v] = eml_lanes_add(a, b);
                rows[k + half][v] = eml_lanes_sub(a, b);
            }
        }
    }
}

EML_LANES_INLINE void dit_tile(const eml_ntt_tile *tile, size_t vectors) {
    lanes_row rows[EML_NTT_ROWS];
    factor_table table;
    make_factors(tile, &table);
    load_tile(tile, vectors, rows);
    for (size_t half = 1; half < (size_t)1 << tile->layers; half *= 2) dit_layer(tile, &table, vectors, rows, half);
    store_tile(tile, vectors, rows);
}

/* One layer on rows of at most 1 unit (2 when `second`): differences have at most 5 units when they are multiplied,
 * sums 2, and the second layer of a pair tightens its sums of 4. */
EML_LANES_INLINE void dif_layer(const eml_ntt_tile *tile, const factor_table *table, size_t vectors, lanes_row rows[],
                                size_t half, bool second) {
    size_t count = (size_t)1 << tile->layers;
    for (size_t j = 0; j < half; j++) {
        eml_lanes w[3];
        load_factor(table, half - 1 + j, w);
        for (size_t k = j; k < count; k += 2 * half) {
            for (size_t v = 0; v < vectors; v++) {
                eml_lanes a = rows[k][v], b = rows[k + half][v];
                eml_lanes sum = eml_lanes_add(a, b);
                rows[k][v] = second ? eml_lanes_tighten(sum) : sum;
                rows[k + half][v] = eml_lanes_times(eml_lanes_sub(a, b), w);
            }
        }
    }
}

EML_LANES_INLINE void dif_tile(const eml_ntt_tile *tile, size_t vectors) {
    lanes_row rows[EML_NTT_ROWS];
    factor_table table;
    make_factors(tile, &table);
    load_tile(tile, vectors, rows);
    for (size_t half = (size_t)1 << tile->layers >> 1; half > 0; half /= 2) {
        dif_layer(tile, &table, vectors, rows, half, false);
        half /= 2;
        if (half == 0) break;
        dif_layer(tile, &table, vectors, rows, half, true);
    }
    scale_tile(tile, vectors, rows);
    store_tile(tile, vectors, rows);
}

/* A vector of so few columns costs more than the portable code does for them. */
enum { FEW_COLUMNS = EML_LANES == 8 ? 1 : 2 };

/* The number of vectors is a constant in each call, so that the compiler can drop its loops. */
void EML_KERNEL(eml_ntt_tile_dit)(const eml_ntt_tile *tile) {
    if (tile->columns <= FEW_COLUMNS)
        eml_ntt_tile_dit_c(tile);
    else if (VECTORS == 1 || tile->columns <= EML_LANES)
        dit_tile(tile, 1);
    else
        dit_tile(tile, VECTORS);
}

void EML_KERNEL(eml_ntt_tile_dif)(const eml_ntt_tile *tile) {
    if (tile->columns <= FEW_COLUMNS)
        eml_ntt_tile_dif_c(tile);
    else if (VECTORS == 1 || tile->columns <= EML_LANES)
        dif_tile(tile, 1);
    else
        dif_tile(tile, VECTORS);
}
