/* The field's kernels: one table of functions, chosen at run time by the CPU's abilities (runtime/base/cpu.h). */
#ifndef EML_FIELD_KERNELS_H
#define EML_FIELD_KERNELS_H

#include "runtime/field/ntt_tile.h"

typedef struct eml_field_kernel_table {
    eml_ntt_tile_fn *ntt_dit, *ntt_dif;
    void (*cube_root_many)(eml_fe *x, size_t count);
} eml_field_kernel_table;

/* The best kernels that this CPU has and the mask (eml_cpu_set_mask) allows. */
const eml_field_kernel_table *eml_field_kernels(void);

/* The kernels by name. _avx2 needs AVX2 and FMA, _avx512 needs AVX-512 F, DQ, VL, BW and IFMA. */
void eml_fe_cube_root_many_c(eml_fe *x, size_t count);
eml_ntt_tile_fn eml_ntt_tile_dit_avx2, eml_ntt_tile_dif_avx2, eml_ntt_tile_dit_avx512, eml_ntt_tile_dif_avx512;
void eml_fe_cube_root_many_avx2(eml_fe *x, size_t count);
void eml_fe_cube_root_many_avx512(eml_fe *x, size_t count);

#endif
