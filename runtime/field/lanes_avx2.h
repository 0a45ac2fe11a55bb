/* lanes.h for AVX2 with FMA: four lanes. Included by lanes.h only.
 *
 * AVX2 multiplies 32-bit integers only, but its fused multiply-add on doubles is exact enough to give both halves of a
 * 44 x 44-bit product (N. Emmart, F. Zheng, C. Weems, "Faster modular exponentiation using double precision floating point
 * arithmetic on the GPU", ARITH 2018): with a, b integers below 2^50 and a b < 2^96,
 *   high = fma(a, b, 2^96) = 2^96 + h 2^44, h = a b / 2^44 rounded to nearest;
 *   low  = fma(a, b, (2^96 + 1.5 * 2^52) - high) = 1.5 * 2^52 + l, l = a b - h 2^44, |l| <= 2^43,
 * and the integers h and l are read off the bit patterns by subtracting those of 2^96 and 1.5 * 2^52. Round to nearest is
 * the default mode, which nothing here changes. */
#ifndef EML_FIELD_LANES_AVX2_H
#define EML_FIELD_LANES_AVX2_H

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define EML_LANES_NATIVE 1
#else
#include <math.h>
#define EML_LANES_NATIVE 0
#endif

enum { EML_LANES = 4 };

typedef uint64_t eml_limb __attribute__((vector_size(32)));
typedef double eml_double_limb __attribute__((vector_size(32)));

typedef struct eml_lanes {
    eml_limb l0, l1, l2;
} eml_lanes;

EML_LANES_INLINE eml_limb eml_limb_set(uint64_t x) { return (eml_limb){x, x, x, x}; }

EML_LANES_INLINE eml_double_limb eml_limb_fma(eml_double_limb a, eml_double_limb b, eml_double_limb c) {
#if EML_LANES_NATIVE
    return (eml_double_limb)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    for (int i = 0; i < EML_LANES; i++) c[i] = fma(a[i], b[i], c[i]);
    return c;
#endif
}

/* The exact double of an integer below 2^52: put it into the mantissa of 2^52 and subtract 2^52. */
EML_LANES_INLINE eml_double_limb eml_limb_to_double(eml_limb x) {
    return (eml_double_limb)(x | UINT64_C(0x4330000000000000)) - 0x1p52;
}

/* acc + 45 x. */
EML_LANES_INLINE eml_limb eml_limb_add_45(eml_limb acc, eml_limb x) {
    eml_limb five = x + (x << 2);
    return acc + five + (five << 3);
}

/* *acc + 45 x; it fits, so nothing goes to the next limb. */
EML_LANES_INLINE void eml_limb_add_45_wide(eml_limb *acc, eml_limb *next, eml_limb x) {
    (void)next;
    *acc = eml_limb_add_45(*acc, x);
}

/* All ones in the lanes where x >= bound, unsigned: AVX2 compares signed, so the sign bits are flipped. */
EML_LANES_INLINE eml_limb eml_limb_at_least(eml_limb x, uint64_t bound) {
    typedef int64_t signed_limb __attribute__((vector_size(32)));
    const uint64_t sign = UINT64_C(1) << 63;
    return (eml_limb)((signed_limb)(x ^ sign) > (signed_limb)(eml_limb_set((bound - 1) ^ sign)));
}

/* Even words of a, b to lo, odd ones to hi; and back. */
EML_LANES_INLINE void eml_limb_split(eml_limb a, eml_limb b, eml_limb *lo, eml_limb *hi) {
    *lo = __builtin_shufflevector(a, b, 0, 2, 4, 6);
    *hi = __builtin_shufflevector(a, b, 1, 3, 5, 7);
}
EML_LANES_INLINE void eml_limb_join(eml_limb lo, eml_limb hi, eml_limb *a, eml_limb *b) {
    *a = __builtin_shufflevector(lo, hi, 0, 4, 1, 5);
    *b = __builtin_shufflevector(lo, hi, 2, 6, 3, 7);
}

/* Z: a multiple of p with Z0..Z2 in [2^53 + 2^39, 2^53 + 2^44), Z3 = Z4 = 2^48, Z5 = 0, so that no L_k is negative although each of up to
 * three low halves may be -2^43. The start of L_k is Z_k less the bit patterns that its low and high halves bring along. */
#define EML_LANES_Z0 UINT64_C(0x20030000004d01)
#define EML_LANES_Z1 UINT64_C(0x200fffffff266d)
#define EML_LANES_Z2 UINT64_C(0x2000fffffffc2f)
#define EML_LANES_Z3 UINT64_C(0x1000000000000)
static const uint64_t eml_lanes_high_bits = UINT64_C(0x45f0000000000000); /* 2^96 */
static const uint64_t eml_lanes_low_bits = UINT64_C(0x4338000000000000);  /* 1.5 * 2^52 */

EML_LANES_INLINE eml_limb eml_lanes_start_(uint64_t z, unsigned lows, unsigned highs) {
    return eml_limb_set(z - lows * eml_lanes_low_bits - highs * eml_lanes_high_bits);
}

/* L[0] += low half, L[1] += high half of a b. */
EML_LANES_INLINE void eml_lanes_halves_(eml_double_limb a, eml_double_limb b, eml_limb L[2]) {
    const eml_double_limb high_one = {0x1p96, 0x1p96, 0x1p96, 0x1p96};
    eml_double_limb high = eml_limb_fma(a, b, high_one);
    L[1] += (eml_limb)high;
    L[0] += (eml_limb)eml_limb_fma(a, b, (high_one + 0x1.8p52) - high);
}

/* L = a b + Z in limbs of weight 2^(44 k), within the bounds of eml_lanes_reduce_ when A B < 2^93: high halves < 2^49, at
 * most three a limb. */
EML_LANES_INLINE void eml_lanes_product_(eml_lanes a, eml_lanes b, eml_limb L[6]) {
    eml_double_limb a0 = eml_limb_to_double(a.l0), a1 = eml_limb_to_double(a.l1), a2 = eml_limb_to_double(a.l2);
    eml_double_limb b0 = eml_limb_to_double(b.l0), b1 = eml_limb_to_double(b.l1), b2 = eml_limb_to_double(b.l2);
    L[0] = eml_lanes_start_(EML_LANES_Z0, 1, 0);
    L[1] = eml_lanes_start_(EML_LANES_Z1, 2, 1);
    L[2] = eml_lanes_start_(EML_LANES_Z2, 3, 2);
    L[3] = eml_lanes_start_(EML_LANES_Z3, 2, 3);
    L[4] = eml_lanes_start_(EML_LANES_Z3, 1, 2);
    L[5] = eml_lanes_start_(0, 0, 1);
    eml_lanes_halves_(a0, b0, L);
    eml_lanes_halves_(a0, b1, L + 1);
    eml_lanes_halves_(a1, b0, L + 1);
    eml_lanes_halves_(a0, b2, L + 2);
    eml_lanes_halves_(a1, b1, L + 2);
    eml_lanes_halves_(a2, b0, L + 2);
    eml_lanes_halves_(a1, b2, L + 3);
    eml_lanes_halves_(a2, b1, L + 3);
    eml_lanes_halves_(a2, b2, L + 4);
}

/* a^2 + Z: a doubled limb is an exact double too, the cross products are taken once. Limbs of at most 5
 * units. */
EML_LANES_INLINE void eml_lanes_square_product_(eml_lanes a, eml_limb L[6]) {
    eml_double_limb a0 = eml_limb_to_double(a.l0), a1 = eml_limb_to_double(a.l1), a2 = eml_limb_to_double(a.l2);
    eml_double_limb d0 = a0 + a0, d1 = a1 + a1;
    L[0] = eml_lanes_start_(EML_LANES_Z0, 1, 0);
    L[1] = eml_lanes_start_(EML_LANES_Z1, 1, 1);
    L[2] = eml_lanes_start_(EML_LANES_Z2, 2, 1);
    L[3] = eml_lanes_start_(EML_LANES_Z3, 1, 2);
    L[4] = eml_lanes_start_(EML_LANES_Z3, 1, 1);
    L[5] = eml_lanes_start_(0, 0, 1);
    eml_lanes_halves_(a0, a0, L);
    eml_lanes_halves_(d0, a1, L + 1);
    eml_lanes_halves_(d0, a2, L + 2);
    eml_lanes_halves_(a1, a1, L + 2);
    eml_lanes_halves_(d1, a2, L + 3);
    eml_lanes_halves_(a2, a2, L + 4);
}

/* A sum of products a_i b_i, not reduced: the bit patterns that the halves bring along are taken away at the end. At most
 * EML_LANES_SUM_MAX terms. */
typedef struct eml_lanes_sum {
    eml_limb L[6];
} eml_lanes_sum;

EML_LANES_INLINE void eml_lanes_sum_init(eml_lanes_sum *s) { *s = (eml_lanes_sum){{{0}}}; }

/* s += a b. Needs A B < 2^93. */
EML_LANES_INLINE void eml_lanes_sum_add(eml_lanes_sum *s, eml_lanes a, eml_lanes b) {
    eml_double_limb a0 = eml_limb_to_double(a.l0), a1 = eml_limb_to_double(a.l1), a2 = eml_limb_to_double(a.l2);
    eml_double_limb b0 = eml_limb_to_double(b.l0), b1 = eml_limb_to_double(b.l1), b2 = eml_limb_to_double(b.l2);
    eml_lanes_halves_(a0, b0, s->L);
    eml_lanes_halves_(a0, b1, s->L + 1);
    eml_lanes_halves_(a1, b0, s->L + 1);
    eml_lanes_halves_(a0, b2, s->L + 2);
    eml_lanes_halves_(a1, b1, s->L + 2);
    eml_lanes_halves_(a2, b0, s->L + 2);
    eml_lanes_halves_(a1, b2, s->L + 3);
    eml_lanes_halves_(a2, b1, s->L + 3);
    eml_lanes_halves_(a2, b2, s->L + 4);
}

/* The sum of `count` terms in limbs of weight 2^(44 k), plus a multiple of p with L0..L4 >= 2^53: up to 256 terms take at most
 * 256 * 3 * 2^43 < 2^53 away, so no limb is negative; they add less than 256 * 3 * 2^49 < 2^59. */
EML_LANES_INLINE void eml_lanes_sum_limbs_(const eml_lanes_sum *s, size_t count, eml_limb L[6]) {
    static const uint64_t z[6] = {UINT64_C(0x2003000005c001), UINT64_C(0x200fffffeff1fd), UINT64_C(0x2000ffffffc3ff),
                                  UINT64_C(1) << 53,          UINT64_C(1) << 53,          0};
    static const uint64_t lows[6] = {1, 2, 3, 2, 1, 0}, highs[6] = {0, 1, 2, 3, 2, 1}; /* halves a term adds to L_k */
    for (int k = 0; k < 6; k++)
        L[k] = s->L[k] + eml_lanes_start_(z[k], (unsigned)(count * lows[k]), (unsigned)(count * highs[k]));
}

#endif
