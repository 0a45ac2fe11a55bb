#include "runtime/field/ntt_tile.h"

#include <string.h>

#include "runtime/base/cpu.h"

typedef eml_fe tile_row[EML_NTT_COLUMNS];

static void load(const eml_ntt_tile *tile, tile_row rows[]) {
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        memcpy(rows[k], tile->source + k * tile->source_stride, tile->columns * sizeof(eml_fe));
    }
}

static void store(const eml_ntt_tile *tile, tile_row rows[]) {
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        eml_fe *to = tile->target + k * tile->target_stride;
        for (size_t c = 0; c < tile->columns; c++) to[c] = eml_fe_canon(rows[k][c]);
    }
}

static void scale(const eml_ntt_tile *tile, tile_row rows[]) {
    if (!tile->scale) return;
    for (size_t k = 0; k < (size_t)1 << tile->layers; k++) {
        for (size_t c = 0; c < tile->columns; c++) rows[k][c] = eml_fe_mul(rows[k][c], tile->scale[k]);
    }
}

void eml_ntt_tile_dit_c(const eml_ntt_tile *tile) {
    tile_row rows[EML_NTT_ROWS];
    size_t count = (size_t)1 << tile->layers;
    load(tile, rows);
    scale(tile, rows);
    for (size_t half = 1; half < count; half *= 2) {
        for (size_t k = 0; k < count; k += (k + 1) & half ? half + 1 : 1) {
            eml_fe w = tile->twiddles[half - 1 + k % half];
            for (size_t c = 0; c < tile->columns; c++) {
                eml_fe a = rows[k][c], b = eml_fe_mul(rows[k + half][c], w);
                rows[k][c] = eml_fe_add(a, b);
                rows[k + half][c] = eml_fe_sub(a, b);
            }
        }
    }
    store(tile, rows);
}

void eml_ntt_tile_dif_c(const eml_ntt_tile *tile) {
    tile_row rows[EML_NTT_ROWS];
    size_t count = (size_t)1 << tile->layers;
    load(tile, rows);
    for (size_t half = count / 2; half > 0; half /= 2) {
        for (size_t k = 0; k < count; k += (k + 1) & half ? half + 1 : 1) {
            eml_fe w = tile->twiddles[half - 1 + k % half];
            for (size_t c = 0; c < tile->columns; c++) {
                eml_fe a = rows[k][c], b = rows[k + half][c];
                rows[k][c] = eml_fe_add(a, b);
                rows[k + half][c] = eml_fe_mul(eml_fe_sub(a, b), w);
            }
        }
    }
    scale(tile, rows);
    store(tile, rows);
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
