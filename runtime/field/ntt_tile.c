#include "runtime/field/ntt_tile.h"

#include <string.h>

#include "runtime/base/cpu.h"

typedef eml_fe tile_row[EML_NTT_COLUMNS];

static void load(const eml_ntt_tile *tile, tile_row rows[]) {
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++)
        memcpy(rows[k], tile->source + k * tile->source_stride, tile->columns * sizeof(eml_fe));
}

static void scale(const eml_ntt_tile *tile, tile_row rows[]) {
    if (!tile->scale) return;
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        const eml_fe_factor factor = eml_fe_factor_of(tile->scale[k]);
        for (size_t c = 0; c < tile->columns; c++) rows[k][c] = eml_fe_mul_factor(rows[k][c], &factor);
    }
}

/* Products are canonical, so that sums and differences with one fold once. */
static void dit_pair(eml_fe *x, eml_fe *y, size_t columns, const eml_fe_factor *w) {
    for (size_t c = 0; c < columns; c++) {
        eml_fe a = x[c], b = eml_fe_mul_factor(y[c], w);
        x[c] = eml_fe_add_canon(a, b);
        y[c] = eml_fe_sub_canon(a, b);
    }
}

void eml_ntt_tile_dit_c(const eml_ntt_tile *tile) {
    tile_row rows[EML_NTT_ROWS];
    size_t count = (size_t)1 << tile->layers;
    load(tile, rows);
    for (size_t half = 1; half < count; half *= 2) {
        for (size_t j = 0; j < half; j++) {
            const eml_fe_factor w = eml_fe_factor_of(tile->twiddles[half - 1 + j]);
            for (size_t k = j; k < count; k += 2 * half) dit_pair(rows[k], rows[k + half], tile->columns, &w);
        }
    }
    for (size_t k = 0; k < count; k++) {
        eml_fe *to = tile->target + k * tile->target_stride;
        for (size_t c = 0; c < tile->columns; c++) to[c] = eml_fe_canon(rows[k][c]);
    }
}

/* Both operands are canonical, and so are both results. */
static void dif_pair(eml_fe *x, eml_fe *y, size_t columns, const eml_fe_factor *w) {
    for (size_t c = 0; c < columns; c++) {
        eml_fe a = x[c], b = y[c];
        x[c] = eml_fe_sum_canon(a, b);
        y[c] = eml_fe_mul_factor(eml_fe_sub_canon(a, b), w);
    }
}

void eml_ntt_tile_dif_c(const eml_ntt_tile *tile) {
    tile_row rows[EML_NTT_ROWS];
    size_t count = (size_t)1 << tile->layers;
    for (size_t k = 0; k < count; k++) {
        const eml_fe *from = tile->source + k * tile->source_stride;
        for (size_t c = 0; c < tile->columns; c++) rows[k][c] = eml_fe_canon(from[c]);
    }
    for (size_t half = count / 2; half > 0; half /= 2) {
        for (size_t j = 0; j < half; j++) {
            const eml_fe_factor w = eml_fe_factor_of(tile->twiddles[half - 1 + j]);
            for (size_t k = j; k < count; k += 2 * half) dif_pair(rows[k], rows[k + half], tile->columns, &w);
        }
    }
    scale(tile, rows);
    for (size_t k = 0; k < count; k++)
        memcpy(tile->target + k * tile->target_stride, rows[k], tile->columns * sizeof(eml_fe));
}

static eml_ntt_tile_fn *best(eml_ntt_tile_fn *c, eml_ntt_tile_fn *avx2, eml_ntt_tile_fn *avx512) {
    unsigned flags = eml_cpu_flags();
    return flags & EML_CPU_AVX512_IFMA ? avx512 : flags & EML_CPU_AVX2 ? avx2 : c;
}

#if !EML_FIELD_SIMD
#define eml_ntt_tile_dit_avx2   eml_ntt_tile_dit_c
#define eml_ntt_tile_dif_avx2   eml_ntt_tile_dif_c
#define eml_ntt_tile_dit_avx512 eml_ntt_tile_dit_c
#define eml_ntt_tile_dif_avx512 eml_ntt_tile_dif_c
#endif

eml_ntt_tile_fn *eml_ntt_tile_dit(void) {
    return best(eml_ntt_tile_dit_c, eml_ntt_tile_dit_avx2, eml_ntt_tile_dit_avx512);
}

eml_ntt_tile_fn *eml_ntt_tile_dif(void) {
    return best(eml_ntt_tile_dif_c, eml_ntt_tile_dif_avx2, eml_ntt_tile_dif_avx512);
}
