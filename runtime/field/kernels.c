#include "runtime/field/kernels.h"

#include "runtime/base/cpu.h"
#include "runtime/field/vector.h"

static const eml_field_kernel_table portable = {
    .ntt_dit = eml_ntt_tile_dit_c,
    .ntt_dif = eml_ntt_tile_dif_c,
    .cube_root_many = eml_fe_cube_root_many_c,
};

#if EML_FIELD_SIMD
static const eml_field_kernel_table avx2 = {
    .ntt_dit = eml_ntt_tile_dit_avx2,
    .ntt_dif = eml_ntt_tile_dif_avx2,
    .cube_root_many = eml_fe_cube_root_many_avx2,
};

static const eml_field_kernel_table avx512 = {
    .ntt_dit = eml_ntt_tile_dit_avx512,
    .ntt_dif = eml_ntt_tile_dif_avx512,
    .cube_root_many = eml_fe_cube_root_many_avx512,
};
#endif

const eml_field_kernel_table *eml_field_kernels(void) {
#if EML_FIELD_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) return &avx512;
    if (flags & EML_CPU_AVX2) return &avx2;
#endif
    return &portable;
}

void eml_fe_cube_root_many(eml_fe *x, size_t count) { eml_field_kernels()->cube_root_many(x, count); }
