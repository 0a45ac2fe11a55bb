/* Number-theoretic transforms over f128, on all columns of a row-major matrix at once.
 *
 * n = 2^k rows, k <= 40. w_n = eml_fe_root_of_unity(k). Coefficients are kept in bit-reversed row order between the
 * inverse and the forward transform, so that neither needs a permutation pass:
 *   inverse (decimation in frequency): values in natural order -> coefficients in bit-reversed order;
 *   forward (decimation in time): coefficients in bit-reversed order -> values in natural order, which are canonical.
 */
#ifndef EML_FIELD_NTT_H
#define EML_FIELD_NTT_H

#include "runtime/field/matrix.h"

/* In place: the rows are values at shift * w_n^i, i = 0..n-1; afterwards row bitrev(j) holds coefficient j. */
void eml_ntt_interpolate(eml_matrix *m, eml_fe shift);

/* coefficients: n rows, bit-reversed, untouched. out (already initialised: n * blowup rows, same width) receives the
 * values at shift * w_{n * blowup}^i, i = 0 .. n * blowup - 1, in natural order. blowup is a power of two >= 1. */
void eml_ntt_evaluate(const eml_matrix *coefficients, eml_fe shift, size_t blowup, eml_matrix *out);

/* The bit reversal of index among 2^log2 values. */
size_t eml_bit_reverse(size_t index, unsigned log2);

#endif
