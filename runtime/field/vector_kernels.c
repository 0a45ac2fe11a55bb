#include "runtime/field/vector_kernels.h"

#include "runtime/base/cpu.h"
#include "runtime/field/vector.h"

#define MEMBER_C(name, parameters)      .name = name##_c,
#define MEMBER_AVX2(name, parameters)   .name = name##_avx2,
#define MEMBER_AVX512(name, parameters) .name = name##_avx512,

static const eml_vector_kernel_table portable = {EML_VECTOR_KERNELS(MEMBER_C)};
#if EML_FIELD_SIMD
static const eml_vector_kernel_table avx2 = {EML_VECTOR_KERNELS(MEMBER_AVX2)};
static const eml_vector_kernel_table avx512 = {EML_VECTOR_KERNELS(MEMBER_AVX512)};
#endif

const eml_vector_kernel_table *eml_vector_kernels(void) {
#if EML_FIELD_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) return &avx512;
    if (flags & EML_CPU_AVX2) return &avx2;
#endif
    return &portable;
}

void eml_fe_mul_many(eml_fe *out, const eml_fe *a, const eml_fe *b, size_t count) {
    eml_vector_kernels()->eml_fe_mul_many(out, a, b, count);
}

void eml_fe_scale_many(eml_fe *out, const eml_fe *a, eml_fe factor, size_t count) {
    eml_vector_kernels()->eml_fe_scale_many(out, a, factor, count);
}

void eml_fe_batch_inv(eml_fe *x, size_t count) { eml_vector_kernels()->eml_fe_batch_inv(x, count); }

void eml_fe_cube_root_many(eml_fe *x, size_t count) { eml_vector_kernels()->eml_fe_cube_root_many(x, count); }

void eml_fe_column_sums(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *weights,
                        eml_fe2 *out) {
    eml_vector_kernels()->eml_fe_column_sums(cells, stride, width, rows, weights, out);
}

void eml_fe_row_sums(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *coefficients,
                     eml_fe2 *out) {
    eml_vector_kernels()->eml_fe_row_sums(cells, stride, width, rows, coefficients, out);
}
