/* The kernels behind vector.h: one table of functions, chosen at run time by the
 * CPU's abilities (runtime/base/cpu.h). */
#ifndef EML_FIELD_VECTOR_KERNELS_H
#define EML_FIELD_VECTOR_KERNELS_H

#include "runtime/field/fe2.h"

/* Every kernel: KERNEL(name, parameters); all return void. */
#define EML_VECTOR_KERNELS(KERNEL)                                                                                     \
    KERNEL(eml_fe_mul_many, (eml_fe * out, const eml_fe *a, const eml_fe *b, size_t count))                            \
    KERNEL(eml_fe_scale_many, (eml_fe * out, const eml_fe *a, eml_fe factor, size_t count))                            \
    KERNEL(eml_fe_batch_inv, (eml_fe * x, size_t count))                                                               \
    KERNEL(eml_fe_cube_root_many, (eml_fe * x, size_t count))                                                          \
    KERNEL(eml_fe_column_sums,                                                                                         \
           (const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *weights, eml_fe2 *out))      \
    KERNEL(eml_fe_row_sums,                                                                                            \
           (const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *coefficients, eml_fe2 *out))

typedef struct eml_vector_kernel_table {
#define MEMBER(name, parameters) void(*name) parameters;
    EML_VECTOR_KERNELS(MEMBER)
#undef MEMBER
} eml_vector_kernel_table;

/* The best kernels that this CPU has and the mask (eml_cpu_set_mask) allows. */
const eml_vector_kernel_table *eml_vector_kernels(void);

/* The kernels by name. _c are the definitions; _avx2 needs AVX2 and FMA, _avx512 needs AVX-512 F, DQ, VL,
 * BW and IFMA. */
#define DECLARE(name, parameters) void name##_c parameters, name##_avx2 parameters, name##_avx512 parameters;
EML_VECTOR_KERNELS(DECLARE)
#undef DECLARE

#endif
