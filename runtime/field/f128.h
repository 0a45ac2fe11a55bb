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

__extension__ typedef unsigned __int128 eml_u128;

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

/* All ones when carry, else zero. The empty statement hides the value: without it gcc and clang turn some of the masks below
 * into branches on secrets (tests/lattice/ct.c). */
static inline uint64_t eml_fe_mask_(bool carry) {
    uint64_t mask = 0 - (uint64_t)carry;
    __asm__("" : "+r"(mask));
    return mask;
}

/* The representative below p. */
static inline eml_fe eml_fe_canon(eml_fe a) {
    eml_u128 x = eml_fe_u128_(a);
    eml_u128 y = x + EML_FE_FOLD; /* = x - p mod 2^128; carries out of 2^128 exactly when x >= p */
    uint64_t carried = eml_fe_mask_(y < x);
    eml_u128 wrapped = (eml_u128)carried << 64 | carried;
    return eml_fe_of_u128_((y & wrapped) | (x & ~wrapped));
}

/* a + b. Bound: a + b < 2^129; the carry folds to 45 * 2^40 - 1, whose own carry can happen once more only. */
static inline eml_fe eml_fe_add(eml_fe a, eml_fe b) {
    eml_u128 x = eml_fe_u128_(a), s = x + eml_fe_u128_(b);
    eml_u128 t = s + (eml_u128)(EML_FE_FOLD & eml_fe_mask_(s < x));
    return eml_fe_of_u128_(t + (EML_FE_FOLD & eml_fe_mask_(t < s)));
}

/* a - b. A borrow is worth 2^128, so it takes 45 * 2^40 - 1 away; twice at most. */
static inline eml_fe eml_fe_sub(eml_fe a, eml_fe b) {
    eml_u128 x = eml_fe_u128_(a), d = x - eml_fe_u128_(b);
    eml_u128 e = d - (eml_u128)(EML_FE_FOLD & eml_fe_mask_(d > x));
    return eml_fe_of_u128_(e - (EML_FE_FOLD & eml_fe_mask_(e > d)));
}

static inline eml_fe eml_fe_neg(eml_fe a) { return eml_fe_sub((eml_fe){0, 0}, a); }

/* x = 2^128 hi + lo -> x mod p, any representative. With f = 2^128 mod p < 2^46:
 * hi f < 2^174, so its top word (bits 128 up) is below 2^46; adding the carry of lo + (its low 128 bits) makes it at most
 * 2^46, and times f again below 2^93. One more carry out of 2^128 leaves a rest below 2^93, to which f adds no carry. */
static inline eml_fe eml_fe_reduce_wide_(eml_u128 hi, eml_u128 lo) {
    eml_u128 p0 = (eml_u128)(uint64_t)hi * EML_FE_FOLD;
    eml_u128 p1 = (eml_u128)(uint64_t)(hi >> 64) * EML_FE_FOLD + (uint64_t)(p0 >> 64);
    eml_u128 once = lo + ((p1 << 64) | (uint64_t)p0);
    uint64_t top = (uint64_t)(p1 >> 64) + (once < lo);
    eml_u128 again = (eml_u128)top * EML_FE_FOLD;
    eml_u128 twice = once + again;
    return eml_fe_of_u128_(twice + (EML_FE_FOLD & (0 - (uint64_t)(twice < again))));
}

/* a * b as 2^128 *hi + *lo. */
static inline void eml_fe_mul_wide_(eml_fe a, eml_fe b, eml_u128 *hi, eml_u128 *lo) {
    eml_u128 ll = (eml_u128)a.lo * b.lo, lh = (eml_u128)a.lo * b.hi;
    eml_u128 hl = (eml_u128)a.hi * b.lo, hh = (eml_u128)a.hi * b.hi;
    eml_u128 middle = lh + (uint64_t)(ll >> 64);                   /* <= (2^64-1)^2 + 2^64 - 1 < 2^128 */
    eml_u128 cross = hl + (uint64_t)middle;                        /* likewise */
    *hi = hh + (uint64_t)(middle >> 64) + (uint64_t)(cross >> 64); /* the product's high half: no carry out */
    *lo = (eml_u128)(uint64_t)cross << 64 | (uint64_t)ll;
}

static inline eml_fe eml_fe_mul(eml_fe a, eml_fe b) {
    eml_u128 hi, lo;
    eml_fe_mul_wide_(a, b, &hi, &lo);
    return eml_fe_reduce_wide_(hi, lo);
}

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
