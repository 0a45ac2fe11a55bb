/* Residues as signed integers in (-p/2, p/2), held in two's complement modulo 2^128. Constant time. */
#ifndef EML_LATTICE_SIGNED_H
#define EML_LATTICE_SIGNED_H

#include "runtime/field/f128.h"

/* All ones when the top bit is set, else zero. */
static inline eml_u128 eml_signed_mask(eml_u128 x) {
    uint64_t half = eml_carry_mask((bool)(x >> 127));
    return (eml_u128)half << 64 | half;
}

static inline eml_u128 eml_signed_magnitude(eml_u128 x) { return (x ^ eml_signed_mask(x)) - eml_signed_mask(x); }

/* The canonical c maps to c when c <= (p-1)/2, else to c - p. (p-1)/2 - c lies in [-(p-1)/2, (p-1)/2], so its top bit
 * says which. */
static inline eml_u128 eml_signed_of(eml_fe a) {
    const eml_u128 p = (eml_u128)EML_FE_P_HI << 64 | EML_FE_P_LO;
    eml_u128 c = eml_fe_u128_(eml_fe_canon(a));
    return c - (p & eml_signed_mask((p >> 1) - c));
}

static inline eml_fe eml_signed_to_fe(eml_u128 x) {
    eml_u128 mask = eml_signed_mask(x);
    return eml_fe_sub(eml_fe_of_u128_(x & ~mask), eml_fe_of_u128_((0 - x) & mask));
}

/* a < b ? b : a, for values below 2^127. */
static inline eml_u128 eml_signed_max(eml_u128 a, eml_u128 b) {
    eml_u128 b_larger = eml_signed_mask(a - b);
    return (a & ~b_larger) | (b & b_larger);
}

#endif
