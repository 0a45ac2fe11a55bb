/* F_p, p = 2^128 - 45 * 2^40 + 1 (Winterfell's f128): two-adicity 40, multiplicative generator 3.
 *
 * Invariant: an eml_fe in memory is any 128-bit representative of its residue (p <= 2^128, so at most two
 * representatives exist for values below 2^128 - p = 45 * 2^40 - 1). Arithmetic takes and gives any representative;
 * eml_fe_canon, the byte encodings and the comparisons are the only places that care. This is what lets vector kernels
 * skip the last subtraction. None of the functions branches on or indexes by values, except those named _var.
 *
 * These inline functions are the definition of the arithmetic; kernels are tested against them. */
#ifndef EML_FIELD_F128_H
#define EML_FIELD_F128_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/field/carry.h"

typedef struct eml_fe {
    uint64_t lo, hi; /* the value lo + 2^64 hi, 0 <= value < 2^128 */
} eml_fe;

#define EML_FE_P_LO UINT64_C(0xffffd30000000001)
#define EML_FE_P_HI UINT64_C(0xffffffffffffffff)
#define EML_FE_FOLD UINT64_C(0x00002cffffffffff) /* 2^128 mod p = 45 * 2^40 - 1 */
enum { EML_FE_BYTES = 16, EML_FE_TWO_ADICITY = 40, EML_FE_GENERATOR = 3 };

static inline eml_u128 eml_fe_u128_(eml_fe a) { return (eml_u128)a.hi << 64 | a.lo; }
static inline eml_fe eml_fe_of_u128_(eml_u128 x) { return (eml_fe){(uint64_t)x, (uint64_t)(x >> 64)}; }

static inline eml_fe eml_fe_from_u64(uint64_t x) { return (eml_fe){x, 0}; }

/* The representative below p. */
static inline eml_fe eml_fe_canon(eml_fe a) {
    eml_u128 x = eml_fe_u128_(a);
    eml_u128 y = x + EML_FE_FOLD; /* = x - p mod 2^128; carries out of 2^128 exactly when x >= p */
    uint64_t carried = eml_carry_mask(y < x);
    eml_u128 wrapped = (eml_u128)carried << 64 | carried;
    return eml_fe_of_u128_((y & wrapped) | (x & ~wrapped));
}

/* a + b. A carry is worth f = 2^128 mod p < 2^46. Adding f carries again only if the sum was 2^128 - f or more, so that
 * less than f is left: the second f stays in the low word. */
static inline eml_fe eml_fe_add(eml_fe a, eml_fe b) {
    eml_carry carry = 0;
    uint64_t lo = eml_add_carry(a.lo, b.lo, &carry), hi = eml_add_carry(a.hi, b.hi, &carry);
    uint64_t fold = EML_FE_FOLD & eml_carry_mask(carry);
    carry = 0;
    lo = eml_add_carry(lo, fold, &carry);
    hi = eml_add_carry(hi, 0, &carry);
    return (eml_fe){lo + (EML_FE_FOLD & eml_carry_mask(carry)), hi};
}

/* a - b. A borrow takes f away. That borrows again only if less than f was there, so that 2^128 - f or more is left:
 * the second f comes out of the low word. */
static inline eml_fe eml_fe_sub(eml_fe a, eml_fe b) {
    eml_carry borrow = 0;
    uint64_t lo = eml_sub_borrow(a.lo, b.lo, &borrow), hi = eml_sub_borrow(a.hi, b.hi, &borrow);
    uint64_t fold = EML_FE_FOLD & eml_carry_mask(borrow);
    borrow = 0;
    lo = eml_sub_borrow(lo, fold, &borrow);
    hi = eml_sub_borrow(hi, 0, &borrow);
    return (eml_fe){lo - (EML_FE_FOLD & eml_carry_mask(borrow)), hi};
}

static inline eml_fe eml_fe_neg(eml_fe a) { return eml_fe_sub((eml_fe){0, 0}, a); }

/* The value w0 + 2^64 w1 + 2^128 w2 + 2^192 w3. */
typedef struct eml_fe_wide {
    uint64_t w0, w1, w2, w3;
} eml_fe_wide;

/* a * b < 2^256. No carry is lost: what is summed so far never exceeds the product. */
static inline eml_fe_wide eml_fe_mul_wide(eml_fe a, eml_fe b) {
    eml_u128 ll = (eml_u128)a.lo * b.lo, lh = (eml_u128)a.lo * b.hi;
    eml_u128 hl = (eml_u128)a.hi * b.lo, hh = (eml_u128)a.hi * b.hi;
    eml_fe_wide x = {.w0 = (uint64_t)ll};
    eml_carry carry = 0;
    x.w1 = eml_add_carry((uint64_t)(ll >> 64), (uint64_t)lh, &carry);
    x.w2 = eml_add_carry((uint64_t)(lh >> 64), (uint64_t)hh, &carry);
    x.w3 = eml_add_carry((uint64_t)(hh >> 64), 0, &carry);
    carry = 0;
    x.w1 = eml_add_carry(x.w1, (uint64_t)hl, &carry);
    x.w2 = eml_add_carry(x.w2, (uint64_t)(hl >> 64), &carry);
    x.w3 = eml_add_carry(x.w3, 0, &carry);
    return x;
}

/* x mod p for any x. With f = 2^128 mod p < 2^46:
 *   fold: (w2 + 2^64 w3) f < 2^174, so its words from 2^128 up make top < 2^46, and <= 2^46 with the carry of adding
 *   the low words to w0, w1;
 *   fold again: top f < 2^93. A last carry leaves less than 2^93, to which f adds no carry out of 2^128. */
static inline eml_fe eml_fe_reduce_wide(eml_fe_wide x) {
    eml_u128 p0 = (eml_u128)x.w2 * EML_FE_FOLD, p1 = (eml_u128)x.w3 * EML_FE_FOLD;
    eml_carry carry = 0;
    uint64_t middle = eml_add_carry((uint64_t)(p0 >> 64), (uint64_t)p1, &carry);
    uint64_t top = eml_add_carry((uint64_t)(p1 >> 64), 0, &carry);
    carry = 0;
    uint64_t lo = eml_add_carry(x.w0, (uint64_t)p0, &carry);
    uint64_t hi = eml_add_carry(x.w1, middle, &carry);
    top = eml_add_carry(top, 0, &carry);

    eml_u128 again = (eml_u128)top * EML_FE_FOLD;
    carry = 0;
    lo = eml_add_carry(lo, (uint64_t)again, &carry);
    hi = eml_add_carry(hi, (uint64_t)(again >> 64), &carry);
    uint64_t fold = EML_FE_FOLD & eml_carry_mask(carry);
    carry = 0;
    lo = eml_add_carry(lo, fold, &carry);
    return (eml_fe){lo, eml_add_carry(hi, 0, &carry)};
}

static inline eml_fe eml_fe_mul(eml_fe a, eml_fe b) { return eml_fe_reduce_wide(eml_fe_mul_wide(a, b)); }

static inline eml_fe eml_fe_square(eml_fe a) { return eml_fe_mul(a, a); }
static inline eml_fe eml_fe_cube(eml_fe a) { return eml_fe_mul(eml_fe_mul(a, a), a); }

static inline bool eml_fe_is_zero(eml_fe a) {
    eml_fe c = eml_fe_canon(a);
    return (c.lo | c.hi) == 0;
}

static inline bool eml_fe_eq(eml_fe a, eml_fe b) { return eml_fe_is_zero(eml_fe_sub(a, b)); }

#define EML_FE_ZERO ((eml_fe){0, 0})
#define EML_FE_ONE  ((eml_fe){1, 0})

/* a^e for a 128-bit public exponent; variable time in e. */
eml_fe eml_fe_pow_var(eml_fe a, eml_fe e);
eml_fe eml_fe_pow_u64_var(eml_fe a, uint64_t e);

/* 1/a, and 0 for 0. Constant time (a fixed chain of squarings and multiplications for a^(p-2)). */
eml_fe eml_fe_inv(eml_fe a);

/* a^(1/3) = a^((2p-1)/3): the inverse of the S-box x^3 (3 does not divide p - 1). */
eml_fe eml_fe_cube_root(eml_fe a);

/* The 2^log2 -th primitive root of unity, 0 <= log2 <= 40: Winterfell's two-adic root
 * 23953097886125630542083529559205016746 raised to 2^(40 - log2). */
eml_fe eml_fe_root_of_unity(unsigned log2);

/* Canonical little-endian bytes, as Winterfell writes f128. */
void eml_fe_to_bytes(eml_fe a, uint8_t out[EML_FE_BYTES]);
/* False (out untouched) when the value is not below p. */
bool eml_fe_from_bytes(const uint8_t bytes[EML_FE_BYTES], eml_fe *out);
/* The 128-bit little-endian value reduced mod p; any bytes are fine. */
eml_fe eml_fe_from_bytes_mod(const uint8_t bytes[EML_FE_BYTES]);

/* Signed embedding: the residue of value; and back: the canonical value as a signed integer in (-p/2, p/2), given as
 * magnitude and sign. */
eml_fe eml_fe_from_i64(int64_t value);
bool eml_fe_is_negative(eml_fe a); /* canonical value > (p-1)/2 */

/* Canonical decimal digits with terminating NUL; out has room for EML_FE_DECIMAL_MAX characters. */
enum { EML_FE_DECIMAL_MAX = 40 };
void eml_fe_to_decimal(eml_fe a, char out[EML_FE_DECIMAL_MAX]);
/* Exactly decimal digits, no sign, value below p; else false. */
bool eml_fe_from_decimal(const char *text, size_t length, eml_fe *out);

#endif
