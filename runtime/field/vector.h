/* Operations on arrays of field elements. Each is one definition that vector kernels may rival. */
#ifndef EML_FIELD_VECTOR_H
#define EML_FIELD_VECTOR_H

#include "runtime/field/fe2.h"

/* x[i] = 1 / x[i] for each i, in place; 0 stays 0. About 3.3 multiplications an element. */
void eml_fe_batch_inv(eml_fe *x, size_t count);
void eml_fe2_batch_inv(eml_fe2 *x, size_t count);

/* Nanoseconds that one of many multiplications takes on lanes: what the costs of parallel loops are counted in. */
#define EML_MUL_COST ((size_t)4)

/* out[i] = first * ratio^i; long arrays in threads. */
void eml_fe_powers(eml_fe *out, size_t count, eml_fe first, eml_fe ratio);

/* out[i] = a[i] b[i], and out[i] = a[i] factor; out may be a or b. */
void eml_fe_mul_many(eml_fe *out, const eml_fe *a, const eml_fe *b, size_t count);
void eml_fe_scale_many(eml_fe *out, const eml_fe *a, eml_fe factor, size_t count);

/* Sums over a matrix whose cell (r, c) is cells[r * stride + c], added to out: over rows, out[c] += sum_r weights[r]
 * cell(r, c); over columns, out[r] += sum_c coefficients[c] cell(r, c). All stride elements of a row may be read. */
void eml_fe_column_sums(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *weights,
                        eml_fe2 *out);
void eml_fe_row_sums(const eml_fe *cells, size_t stride, size_t width, size_t rows, const eml_fe2 *coefficients,
                     eml_fe2 *out);

/* The sum of a[i] b[i], reduced once; count <= EML_FE_PRODUCTS_MAX. */
eml_fe eml_fe_dot(const eml_fe *a, const eml_fe *b, size_t count);

/* x[i] = x[i]^(1/3) in place: four chains run interleaved, which hides the multiplier's latency. */
void eml_fe_cube_root_many(eml_fe *x, size_t count);

#endif
