/* Integers of GMP as field elements, and back. An element stands for the integer of least magnitude: 0 <= k <= p / 2,
 * or k - p above. */
#ifndef EML_FIELD_INTEGER_H
#define EML_FIELD_INTEGER_H

#include <gmp.h>

#include "runtime/base/int128.h"
#include "runtime/field/f128.h"

/* [lo, hi] = [lo, hi] * [from, to]: between the least and the greatest of four corners. */
void eml_mpz_multiply_range(mpz_t lo, mpz_t hi, const mpz_t from, const mpz_t to);
eml_u128 eml_mpz_magnitude(const mpz_t integer); /* |integer| < 2^128 */
eml_u128 eml_fe_magnitude(eml_fe value);         /* of the integer that it stands for */
/* The residue of |integer| < 2^127, canonical: a negative one's is p - |integer|, and p is 2^128 less the fold. */
static inline eml_fe eml_fe_of_signed(eml_i128 integer) {
    return eml_fe_of_u128_((eml_u128)integer - (integer < 0 ? EML_FE_FOLD : 0));
}
/* The integer of least magnitude that it stands for. */
static inline eml_i128 eml_fe_signed(eml_fe value) {
    eml_u128 residue = eml_fe_u128_(eml_fe_canon(value));
    eml_u128 half = ((eml_u128)EML_FE_P_HI << 64 | EML_FE_P_LO) >> 1;
    return (eml_i128)(residue > half ? residue + EML_FE_FOLD : residue);
}
eml_fe eml_fe_from_mpz(const mpz_t integer); /* its residue, canonical; any integer */
void eml_fe_to_mpz(eml_fe value, mpz_t out);

#endif
