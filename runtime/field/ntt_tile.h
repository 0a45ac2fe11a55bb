/* The inner loop of the transforms: a tile is 2^layers rows by at most EML_NTT_COLUMNS neighbouring columns, small
 * enough that all its layers run in a first-level cache. The driver (ntt.c) cuts a transform of any size into passes of
 * tiles; a kernel only ever sees one tile. What it stores is canonical. The C functions are the definition, vector
 * kernels their rivals (tests/kernels). */
#ifndef EML_FIELD_NTT_TILE_H
#define EML_FIELD_NTT_TILE_H

#include "runtime/field/f128.h"

/* 8 columns are one AVX-512 register of each limb; 2^8 rows of them are 32 KiB. */
enum { EML_NTT_COLUMNS = 8, EML_NTT_LAYERS = 8, EML_NTT_ROWS = 1 << EML_NTT_LAYERS };

typedef struct eml_ntt_tile {
    const eml_fe *source; /* row k is source[k * source_stride .. + columns] */
    eml_fe *target;       /* likewise; may be the source itself, else does not overlap it */
    size_t source_stride, target_stride;
    size_t columns;  /* 1 .. EML_NTT_COLUMNS */
    unsigned layers; /* 0 .. EML_NTT_LAYERS */
    /* 2^layers - 1: twiddle j of the layer with rows 2^t apart is twiddles[2^t - 1 + j], 0 <= j < 2^t */
    const eml_fe *twiddles;
    const eml_fe *scale; /* eml_ntt_tile_dif only: one factor a row, or NULL for ones */
} eml_ntt_tile;

/* eml_ntt_tile_dit, decimation in time: for t = 0 .. layers-1, rows k and k + 2^t (bit t of k is
 * 0, j = k mod 2^t) become (a + w_j b, a - w_j b). eml_ntt_tile_dif, decimation in frequency: for t = layers-1 .. 0,
 * rows k and k + 2^t become (a + b, w_j (a - b)); then rows are scaled. */
typedef void eml_ntt_tile_fn(const eml_ntt_tile *tile);

/* The definition; the kernels for AVX2 with FMA, and for AVX-512 F, DQ, VL, BW with IFMA. */
eml_ntt_tile_fn eml_ntt_tile_dit_c, eml_ntt_tile_dif_c;
eml_ntt_tile_fn eml_ntt_tile_dit_avx2, eml_ntt_tile_dif_avx2;
eml_ntt_tile_fn eml_ntt_tile_dit_avx512, eml_ntt_tile_dif_avx512;

/* The best that this CPU has and the mask (runtime/base/cpu.h) allows. */
eml_ntt_tile_fn *eml_ntt_tile_dit(void);
eml_ntt_tile_fn *eml_ntt_tile_dif(void);

#endif
