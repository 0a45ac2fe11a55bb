#include "runtime/stark/prover/fold_rows.h"

#include "runtime/base/cpu.h"

void eml_fold_rows_c(const eml_fold_rows *job, size_t first, size_t count) {
    eml_fe inverse_x = eml_fold_rows_inverse_x(job, first);
    eml_fe2 values[EML_FRI_FOLDING_MAX];
    for (size_t i = first; i < first + count; i++) {
        for (size_t k = 0; k < job->fold->folding; k++) {
            const eml_fe *cell = job->from + 2 * (i + k * job->rows);
            values[k] = (eml_fe2){cell[0], cell[1]};
        }
        eml_fe2 folded = eml_fold_row(job->fold, values, inverse_x);
        job->to[2 * i] = folded.a;
        job->to[2 * i + 1] = folded.b;
        inverse_x = eml_fe_mul(inverse_x, job->inverse_generator);
    }
}

eml_fold_rows_fn *eml_fold_rows_best(void) {
#if EML_STARK_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) return eml_fold_rows_avx512;
    if (flags & EML_CPU_AVX2) return eml_fold_rows_avx2;
#endif
    return eml_fold_rows_c;
}
