#include "runtime/field/kernels.h"

#include "runtime/field/vector.h"

static const eml_field_kernel_table portable = {
    .ntt_dit = eml_ntt_tile_dit_c,
    .ntt_dif = eml_ntt_tile_dif_c,
    .cube_root_many = eml_fe_cube_root_many_c,
};

const eml_field_kernel_table *eml_field_kernels(void) { return &portable; }

void eml_fe_cube_root_many(eml_fe *x, size_t count) { eml_field_kernels()->cube_root_many(x, count); }
