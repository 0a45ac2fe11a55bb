/* Transforms of all columns of a row-major matrix, cut into passes of tiles (ntt_tile.h): what ntt.c makes
 * interpolation and evaluation of. n = 2^log2 rows. */
#ifndef EML_FIELD_TRANSFORM_H
#define EML_FIELD_TRANSFORM_H

#include "runtime/field/f128.h"

/* Values at the n-th roots of unity, in natural order, become n times the coefficients, in bit-reversed order; row k is
 * then multiplied by scales[k], unless that is NULL. In place. */
void eml_transform_inverse(eml_fe *cells, unsigned log2, size_t width, const eml_fe *scales);

/* Coefficients in bit-reversed order become values: row i + k cosets of target has those at shift step^i w^k for the
 * n-th root w, 0 <= i < cosets. target has n * cosets rows and may be the source when there is one coset, else does not
 * overlap it. */
void eml_transform_forward(const eml_fe *source, unsigned log2, size_t width, eml_fe shift, eml_fe step, size_t cosets,
                           eml_fe *target);

#endif
