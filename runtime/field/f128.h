/* F_p, p = 2^128 - 45 * 2^40 + 1 (Winterfell's f128): two-adicity 40, multiplicative generator 3.
 *
 * Invariant: an eml_fe in memory is any 128-bit representative of its residue (p <= 2^128, so at most two
 * representatives exist for values below 2^128 - p = 45 * 2^40 - 1). Functions take any representative and give any,
 * unless they say that it is canonical, below p: products are, at no cost, and sums with a canonical operand are
 * cheaper. eml_fe_canon, the byte encodings and the comparisons are the only other places that care. This is what lets
 * vector kernels skip the last subtraction. None of the functions branches on or indexes by values, except those named
 * _var.
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

/* y + m - f mod p, canonical, for numbers of two words with m >= f = 2^128 mod p and y + m < 2^128 + p. If y + m
 * carries, what is left is y + m - f - p, below p. Else y + m - f < 2^128 - f = p. */
static inline eml_fe eml_fe_settle_(uint64_t y0, uint64_t y1, uint64_t m0, uint64_t m1) {
    uint64_t excess = eml_word_add2_choose(&y0, &y1, m0, m1, 0, EML_FE_FOLD);
    eml_word_sub2(&y0, &y1, excess, 0);
    return (eml_fe){y0, y1};
}

static inline bool eml_fe_is_canonical(eml_fe a) { return a.hi != EML_FE_P_HI || a.lo < EML_FE_P_LO; }

/* The representative below p. */
static inline eml_fe eml_fe_canon(eml_fe a) { return eml_fe_settle_(a.lo, a.hi, EML_FE_FOLD, 0); }

/* a + b. A carry is worth f = 2^128 mod p < 2^46. Adding f carries again only if the sum was 2^128 - f or more, so that
 * less than f is left: the second f stays in the low word. */
static inline eml_fe eml_fe_add(eml_fe a, eml_fe b) {
    uint64_t fold = eml_word_add2_choose(&a.lo, &a.hi, b.lo, b.hi, EML_FE_FOLD, 0);
    fold = eml_word_add2_choose(&a.lo, &a.hi, fold, 0, EML_FE_FOLD, 0);
    return (eml_fe){a.lo + fold, a.hi};
}

/* a - b. A borrow takes f away. That borrows again only if less than f was there, so that 2^128 - f or more is left:
 * the second f comes out of the low word. */
static inline eml_fe eml_fe_sub(eml_fe a, eml_fe b) {
    uint64_t fold = eml_word_sub2_choose(&a.lo, &a.hi, b.lo, b.hi, EML_FE_FOLD, 0);
    fold = eml_word_sub2_choose(&a.lo, &a.hi, fold, 0, EML_FE_FOLD, 0);
    return (eml_fe){a.lo - fold, a.hi};
}

/* a + b for a canonical b. A carry leaves at most b - 1 < 2^128 - f, so that adding f does not carry. */
static inline eml_fe eml_fe_add_canon(eml_fe a, eml_fe b) {
    uint64_t fold = eml_word_add2_choose(&a.lo, &a.hi, b.lo, b.hi, EML_FE_FOLD, 0);
    eml_word_add2(&a.lo, &a.hi, fold, 0);
    return a;
}

/* a - b for a canonical b; canonical if a is. A borrow leaves at least 2^128 - b > f, so that taking f away, which adds
 * p, does not borrow. */
static inline eml_fe eml_fe_sub_canon(eml_fe a, eml_fe b) {
    uint64_t fold = eml_word_sub2_choose(&a.lo, &a.hi, b.lo, b.hi, EML_FE_FOLD, 0);
    eml_word_sub2(&a.lo, &a.hi, fold, 0);
    return a;
}

/* a + b, canonical, for canonical a and b: a + f < 2^128. */
static inline eml_fe eml_fe_sum_canon(eml_fe a, eml_fe b) {
    eml_word_add2(&a.lo, &a.hi, EML_FE_FOLD, 0);
    return eml_fe_settle_(b.lo, b.hi, a.lo, a.hi);
}

static inline eml_fe eml_fe_neg(eml_fe a) { return eml_fe_sub((eml_fe){0, 0}, a); }

/* The value w0 + 2^64 w1 + 2^128 w2 + 2^192 w3. */
typedef struct eml_fe_wide {
    uint64_t w0, w1, w2, w3;
} eml_fe_wide;

/* a * b < 2^256. No carry is lost: what is summed so far never exceeds the product. Word products are added as they
 * come out of the multiplier, which spares moving them. */
static inline eml_fe_wide eml_fe_mul_wide(eml_fe a, eml_fe b) {
    eml_fe_wide x;
    uint64_t lo, hi;
    eml_word_mul(&x.w0, &x.w1, a.lo, b.lo);
    eml_word_mul(&x.w2, &x.w3, a.hi, b.hi);
    eml_word_mul(&lo, &hi, a.lo, b.hi);
    eml_word_add3(&x.w1, &x.w2, &x.w3, lo, hi, 0);
    eml_word_mul(&lo, &hi, a.hi, b.lo);
    eml_word_add3(&x.w1, &x.w2, &x.w3, lo, hi, 0);
    return x;
}

/* a^2: the mixed product counts twice. */
static inline eml_fe_wide eml_fe_square_wide(eml_fe a) {
    eml_fe_wide x;
    uint64_t lo, hi;
    eml_word_mul(&x.w0, &x.w1, a.lo, a.lo);
    eml_word_mul(&x.w2, &x.w3, a.hi, a.hi);
    eml_word_mul(&lo, &hi, a.lo, a.hi);
    eml_word_add3(&x.w1, &x.w2, &x.w3, lo, hi, 0);
    eml_word_add3(&x.w1, &x.w2, &x.w3, lo, hi, 0);
    return x;
}

/* x + 2^256 w4 mod p, canonical, for any x and w4 < 2^17. With f = 2^128 mod p < 2^46:
 *   fold: (w2 + 2^64 w3) f < 2^174, so its words from 2^128 up make top < 2^46, and <= 2^46 with the carry of adding
 *   the low words to w0, w1; 2^256 w4 = 2^128 f w4 adds less than 2^63;
 *   fold again, one f more, which eml_fe_settle_ takes away: (top + 1) f < 2^110. */
static inline eml_fe eml_fe_reduce_wide_(eml_fe_wide x, uint64_t w4) {
    uint64_t lo, hi, top = 1 + EML_FE_FOLD * w4;
    eml_word_mul(&lo, &hi, x.w2, EML_FE_FOLD);
    eml_word_add3(&x.w0, &x.w1, &top, lo, hi, 0);
    eml_word_mul(&lo, &hi, x.w3, EML_FE_FOLD);
    eml_word_add2(&x.w1, &top, lo, hi);
    eml_word_mul(&lo, &hi, top, EML_FE_FOLD);
    return eml_fe_settle_(x.w0, x.w1, lo, hi);
}

static inline eml_fe eml_fe_reduce_wide(eml_fe_wide x) { return eml_fe_reduce_wide_(x, 0); }

/* a b, canonical. */
static inline eml_fe eml_fe_mul(eml_fe a, eml_fe b) { return eml_fe_reduce_wide(eml_fe_mul_wide(a, b)); }

/* An element that multiplies many others: w and 2^64 w, any representatives. */
typedef struct eml_fe_factor {
    eml_fe w, shifted;
} eml_fe_factor;

/* 2^64 w = 2^64 lo + hi f, where hi f < 2^110. A carry leaves less than 2^110, to which f adds none. */
static inline eml_fe_factor eml_fe_factor_of(eml_fe w) {
    eml_fe shifted;
    eml_word_mul(&shifted.lo, &shifted.hi, w.hi, EML_FE_FOLD);
    uint64_t fold = eml_word_add2_choose(&shifted.lo, &shifted.hi, 0, w.lo, EML_FE_FOLD, 0);
    eml_word_add2(&shifted.lo, &shifted.hi, fold, 0);
    return (eml_fe_factor){w, shifted};
}

/* a w, canonical, as a.lo w + a.hi (2^64 w): five word products instead of seven. Each of the two is at most
 * (2^64 - 1) (2^128 - 1), whose top word is 2^64 - 2, so that the 2^128 added to the second does not carry: it makes
 * the f more that eml_fe_settle_ takes away. The sum is y + 2^128 top, 1 <= top < 2^65, and top f < 2^111; a carry into
 * top's second word is f in the second word of that. */
static inline eml_fe eml_fe_mul_factor(eml_fe a, const eml_fe_factor *f) {
    uint64_t x0, x1, x2, y0, y1, y2, middle, again0, again1;
    eml_word_mul(&x0, &x1, a.lo, f->w.lo);
    eml_word_mul(&middle, &x2, a.lo, f->w.hi);
    eml_word_add2(&x1, &x2, middle, 0);
    eml_word_mul(&y0, &y1, a.hi, f->shifted.lo);
    eml_word_mul(&middle, &y2, a.hi, f->shifted.hi);
    eml_word_add2(&y1, &y2, middle, 1);
    uint64_t carried = eml_word_add3_choose(&x0, &x1, &x2, y0, y1, y2, EML_FE_FOLD, 0);
    eml_word_mul(&again0, &again1, x2, EML_FE_FOLD);
    return eml_fe_settle_(x0, x1, again0, again1 + carried);
}

/* A sum of at most 2^17 products, not yet reduced: low + 2^64 middle + 2^128 high. Each part sums word products, one or
 * two a term, so that it stays below 2^146. */
typedef struct eml_fe_products {
    uint64_t low[3], middle[3], high[3];
} eml_fe_products;

enum { EML_FE_PRODUCTS_MAX = 1 << 17 };

static inline void eml_fe_products_add_word_(uint64_t part[3], uint64_t a, uint64_t b) {
    uint64_t lo, hi;
    eml_word_mul(&lo, &hi, a, b);
    eml_word_add3(&part[0], &part[1], &part[2], lo, hi, 0);
}

/* x += a b. */
static inline void eml_fe_products_add(eml_fe_products *x, eml_fe a, eml_fe b) {
    eml_fe_products_add_word_(x->low, a.lo, b.lo);
    eml_fe_products_add_word_(x->middle, a.lo, b.hi);
    eml_fe_products_add_word_(x->middle, a.hi, b.lo);
    eml_fe_products_add_word_(x->high, a.hi, b.hi);
}

/* The sum mod p, canonical. Each product is below 2^256, so that the word of 2^256 is below 2^17. */
static inline eml_fe eml_fe_products_reduce(const eml_fe_products *x) {
    eml_fe_wide sum = {x->low[0], x->low[1], x->low[2], 0};
    uint64_t top = 0;
    eml_word_add3(&sum.w1, &sum.w2, &sum.w3, x->middle[0], x->middle[1], x->middle[2]);
    eml_word_add3(&sum.w2, &sum.w3, &top, x->high[0], x->high[1], x->high[2]);
    return eml_fe_reduce_wide_(sum, top);
}

static inline eml_fe eml_fe_square(eml_fe a) { return eml_fe_reduce_wide(eml_fe_square_wide(a)); }
static inline eml_fe eml_fe_cube(eml_fe a) { return eml_fe_mul(eml_fe_square(a), a); }

/* The empty statement stands between the sums and whoever branches on them: to thread such a jump gcc 12 follows what
 * it depends on in a time exponential in the length of the chain, if steps have several results (carry.h). */
static inline bool eml_fe_is_zero(eml_fe a) {
    eml_fe c = eml_fe_canon(a);
    uint64_t bits = c.lo | c.hi;
    __asm__ volatile("" : "+r"(bits));
    return bits == 0;
}

static inline bool eml_fe_eq(eml_fe a, eml_fe b) { return eml_fe_is_zero(eml_fe_sub(a, b)); }

#define EML_FE_ZERO ((eml_fe){0, 0})
#define EML_FE_ONE  ((eml_fe){1, 0})

/* a^e for a public exponent; variable time in e. */
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

/* Elements stand for signed integers in (-p/2, p/2): canonical value > (p-1)/2. */
bool eml_fe_is_negative(eml_fe a);

/* Canonical decimal digits with terminating NUL; out has room for EML_FE_DECIMAL_MAX characters. */
enum { EML_FE_DECIMAL_MAX = 40 };
void eml_fe_to_decimal(eml_fe a, char out[EML_FE_DECIMAL_MAX]);
/* Exactly decimal digits, no sign, value below p; else false. */
bool eml_fe_from_decimal(const char *text, size_t length, eml_fe *out);

#endif
