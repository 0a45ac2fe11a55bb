/* Integers of GMP as field elements, and back. An element stands for the integer of least magnitude: 0 <= k <= p / 2,
 * or k - p above. */
#ifndef EML_FIELD_INTEGER_H
#define EML_FIELD_INTEGER_H

#include <gmp.h>

#include "runtime/base/int128.h"
#include "runtime/field/f128.h"

eml_u128 eml_mpz_magnitude(const mpz_t integer); /* |integer| < 2^128 */
eml_u128 eml_fe_magnitude(eml_fe value);         /* of the integer that it stands for */
eml_fe eml_fe_from_mpz(const mpz_t integer);     /* its residue, canonical; any integer */
void eml_fe_to_mpz(eml_fe value, mpz_t out);

#endif
