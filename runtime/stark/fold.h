/* One FRI folding step on one row (fri/src/folding/mod.rs computes the same by interpolation): the values of a
 * polynomial f at x r^k, k = 0 .. folding-1, r of order `folding`, become sum_j alpha^j f_j, where f(X) = sum_j X^j
 * f_j(X^folding), at the point that x stands for. */
#ifndef EML_STARK_FOLD_H
#define EML_STARK_FOLD_H

#include "runtime/stark/layout.h"

typedef struct eml_fold {
    uint32_t folding;
    eml_fe2 alpha;
    eml_fe inverse_size;                           /* 1 / folding */
    eml_fe inverse_roots[EML_FRI_FOLDING_MAX / 2]; /* r^-k */
} eml_fold;

void eml_fold_init(eml_fold *fold, uint32_t folding, eml_fe2 alpha);
/* values: `folding` elements, overwritten. inverse_x = 1 / x. */
eml_fe2 eml_fold_row(const eml_fold *fold, eml_fe2 *values, eml_fe inverse_x);

/* Positions of the next layer: each modulo `rows`, the first of every value kept, order kept. In place; returns how
 * many. */
size_t eml_fold_positions(size_t *positions, size_t count, size_t rows);

#endif
