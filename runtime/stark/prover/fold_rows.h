/* Folding many rows of a FRI layer: the kernel behind phase 7. */
#ifndef EML_STARK_PROVER_FOLD_ROWS_H
#define EML_STARK_PROVER_FOLD_ROWS_H

#include "runtime/stark/fold.h"

typedef struct eml_fold_rows {
    const eml_fold *fold;
    const eml_fe *from;    /* folding * rows elements of the extension, two base elements each */
    eml_fe *to;            /* rows elements */
    size_t rows;           /* row i folds elements i, i + rows, i + 2 rows, ... */
    eml_fe inverse_offset; /* 1 / x of row 0 */
    eml_fe inverse_generator;
} eml_fold_rows;

/* Rows first .. first + count - 1. */
typedef void eml_fold_rows_fn(const eml_fold_rows *job, size_t first, size_t count);

/* The definition; needs AVX2 and FMA; AVX-512 F, DQ, VL, BW and IFMA. */
eml_fold_rows_fn eml_fold_rows_c, eml_fold_rows_avx2, eml_fold_rows_avx512;
/* The best that this CPU has and the mask (runtime/base/cpu.h) allows. */
eml_fold_rows_fn *eml_fold_rows_best(void);

/* 1 / x of a row. */
static inline eml_fe eml_fold_rows_inverse_x(const eml_fold_rows *job, size_t row) {
    return eml_fe_mul(job->inverse_offset, eml_fe_pow_u64_var(job->inverse_generator, row));
}

#endif
