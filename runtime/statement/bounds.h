/* How large what a program computes on ciphertexts can be, for inputs in their ranges: in integers that saturate, never
 * mod p, where a bound that wrapped around would look small. Sums and products are those of the triangle inequality.
 *
 * A ciphertext decrypts to message * Delta + noise. What is beyond these limits either decrypts to other numbers than
 * the model's, or lets what is left of a secret key through: a bundle over one of them is refused by every reader
 * (row_rule.h). */
#ifndef EML_STATEMENT_BOUNDS_H
#define EML_STATEMENT_BOUNDS_H

#include "runtime/bundle/abi.h"

/* Of a public value the noise is 0. Either may be EML_BOUND_MAX: that or more. */
typedef struct eml_bound {
    eml_u128 message, noise;
} eml_bound;

#define EML_BOUND_MAX (~(eml_u128)0)

eml_bound eml_bound_plus(eml_bound a, eml_bound b);
eml_bound eml_bound_times(eml_bound a, eml_u128 factor);

/* Of an immediate: its magnitude as a residue in (-p/2, p/2). */
eml_bound eml_bound_of_element(eml_fe value);
/* Of every value in the column's range: the largest |k|, and a fresh ciphertext's noise when it is secret. */
eml_bound eml_bound_of_input(const eml_input_column *column);

/* EML_ERR_INPUT, EML_CODE_BOUNDS and the column's name unless |m| Delta + noise < p/2 for every secret input and every
 * output, and no output's noise is more than decryption allows. outputs has a bound for each output of the ABI, which
 * is encrypted. */
EML_NODISCARD eml_status eml_bounds_check(const eml_abi *abi, const eml_bound *outputs, eml_error *err);

#endif
