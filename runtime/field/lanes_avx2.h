/* lanes.h for AVX2 with FMA: four lanes of doubles. Included by lanes.h only.
 *
 * AVX2 multiplies 32-bit integers only, but its fused multiply-add on doubles is exact enough to give both halves of a
 * 44 x 44-bit product (N. Emmart, F. Zheng, C. Weems, "Faster modular exponentiation using double precision floating
 * point arithmetic on the GPU", ARITH 2018), and doubles carry and fold with the same instruction. A limb l is held as
 * the double 2^-44 l: a product of two limbs then has its high half, rounded to nearest, in units of 2^-44, as a limb
 * of the next weight, and its low half in units of 2^-88. Limbs are signed, so that nothing ever has to be kept
 * positive. All operations are exact as long as every intermediate value is below 2^9, which is 2^53 units of 2^-44:
 * the bounds below, in units of the integer l, say why. Threads that do not round to nearest do without these kernels
 * (base/cpu.h).
 *
 * A unit: |l0|, |l1| <= 2^44 and |l2| <= 2^40 (loaded), or all at most 2^43 + 2^20 (reduced); k units are a sum of k
 * such values with any signs. */
#ifndef EML_FIELD_LANES_AVX2_H
#define EML_FIELD_LANES_AVX2_H

#if defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define EML_LANES_NATIVE 1
#else
#include <math.h>
#define EML_LANES_NATIVE 0
#endif

enum { EML_LANES = 4, EML_LANES_TIMES_UNITS = 8 };

_Static_assert(EML_LANES_PRODUCT_UNITS <= 16, "what eml_lanes_mul below is proved for");
_Static_assert(EML_LANES_SUM_MAX * 3 * EML_LANES_PRODUCT_UNITS < 1 << 14, "sums of products stay below 2^58");
_Static_assert(EML_LANES_TIGHTEN_UNITS < 1 << 9, "limbs stay below 2^53");

typedef uint64_t eml_limb __attribute__((vector_size(32)));
typedef double eml_lane __attribute__((vector_size(32))); /* one limb of every lane */
typedef double eml_lane_scalar;                           /* of one lane */

typedef struct eml_lanes {
    eml_lane l0, l1, l2;
} eml_lanes;

EML_LANES_INLINE eml_limb eml_limb_set(uint64_t x) { return (eml_limb){x, x, x, x}; }

/* The first `words` of a vector at from (none when negative, at most all), 0 for the others, which are not touched; and
 * their storing. */
EML_LANES_INLINE eml_limb eml_limb_load_few(const void *from, int words) {
#if EML_LANES_NATIVE
    const __m256i mask = _mm256_cmpgt_epi64(_mm256_set1_epi64x(words), _mm256_set_epi64x(3, 2, 1, 0));
    return (eml_limb)_mm256_maskload_epi64(from, mask);
#else
    eml_limb x = {0};
    if (words > 0) __builtin_memcpy(&x, from, (size_t)(words < 4 ? words : 4) * 8);
    return x;
#endif
}
EML_LANES_INLINE void eml_limb_store_few(void *to, int words, eml_limb x) {
#if EML_LANES_NATIVE
    const __m256i mask = _mm256_cmpgt_epi64(_mm256_set1_epi64x(words), _mm256_set_epi64x(3, 2, 1, 0));
    _mm256_maskstore_epi64(to, mask, (__m256i)x);
#else
    if (words > 0) __builtin_memcpy(to, &x, (size_t)(words < 4 ? words : 4) * 8);
#endif
}

/* acc + 45 x. */
EML_LANES_INLINE eml_limb eml_limb_add_45(eml_limb acc, eml_limb x) {
    eml_limb five = x + (x << 2);
    return acc + five + (five << 3);
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

EML_LANES_INLINE eml_lane eml_lane_set(double x) { return (eml_lane){x, x, x, x}; }

/* a b + c, rounded once. */
EML_LANES_INLINE eml_lane eml_lane_fma(eml_lane a, eml_lane b, eml_lane c) {
#if EML_LANES_NATIVE
    return (eml_lane)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    for (int i = 0; i < EML_LANES; i++) c[i] = fma(a[i], b[i], c[i]);
    return c;
#endif
}

/* x + factor y. */
EML_LANES_INLINE eml_lane eml_lane_add_times(eml_lane x, double factor, eml_lane y) {
    return eml_lane_fma(y, eml_lane_set(factor), x);
}

/* Numbers whose last bit is worth 1, 2^-44 and 2^-88: added, they round to that; what a sum with the latter two has in
 * its last bits is an integer in two's complement. */
#define EML_LANES_WHOLE 0x1.8p52
#define EML_LANES_HIGH  0x1.8p8
#define EML_LANES_LOW   0x1.8p-36
static const uint64_t eml_lanes_high_bits = UINT64_C(0x4078000000000000);
static const uint64_t eml_lanes_low_bits = UINT64_C(0x3db8000000000000);

/* The carry of a limb into the next, in limbs: the nearest integer, |x| < 2^51. */
EML_LANES_INLINE eml_lane eml_lane_carry(eml_lane x) { return (x + EML_LANES_WHOLE) - EML_LANES_WHOLE; }

/* An integer below 2^44 as a limb: put into the mantissa of 2^8. */
EML_LANES_INLINE eml_lane eml_lane_of_limb(eml_limb x) { return (eml_lane)(x | UINT64_C(0x4070000000000000)) - 0x1p8; }

EML_LANES_INLINE eml_lanes eml_lanes_from_words(eml_limb lo, eml_limb hi) {
    return (eml_lanes){eml_lane_of_limb(lo & EML_LANES_MASK44),
                       eml_lane_of_limb((lo >> 44 | hi << 20) & EML_LANES_MASK44), eml_lane_of_limb(hi >> 24)};
}

/* The same value in unsigned limbs below 2^54. */
EML_LANES_INLINE void eml_lanes_to_limbs(eml_lanes x, eml_limb *l0, eml_limb *l1, eml_limb *l2) {
    *l0 = (eml_limb)(x.l0 + EML_LANES_HIGH) + (EML_LANES_P0 - eml_lanes_high_bits);
    *l1 = (eml_limb)(x.l1 + EML_LANES_HIGH) + (EML_LANES_P1 - eml_lanes_high_bits);
    *l2 = (eml_limb)(x.l2 + EML_LANES_HIGH) + (EML_LANES_P2 - eml_lanes_high_bits);
}

EML_LANES_INLINE bool eml_lanes_within(eml_lanes x, unsigned units) {
    double most = units, most_high = units * (0x1p-1 + 0x1p-24);
    bool within = true;
    for (int i = 0; i < EML_LANES; i++)
        within = within && -most <= x.l0[i] && x.l0[i] <= most && -most <= x.l1[i] && x.l1[i] <= most &&
                 -most_high <= x.l2[i] && x.l2[i] <= most_high;
    return within;
}

EML_LANES_INLINE eml_lanes eml_lanes_add(eml_lanes a, eml_lanes b) {
    return (eml_lanes){a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2};
}

EML_LANES_INLINE eml_lanes eml_lanes_sub(eml_lanes a, eml_lanes b) {
    return (eml_lanes){a.l0 - b.l0, a.l1 - b.l1, a.l2 - b.l2};
}

/* All carries at once: each leaves at most half (2^43) and brings at most 2^9 in; c2 folds as 2^132 c2 = (45 * 2^44 -
 * 16) c2. Limbs below 2^53. */
EML_LANES_INLINE eml_lanes eml_lanes_tighten(eml_lanes x) {
    eml_lane c0 = eml_lane_carry(x.l0), c1 = eml_lane_carry(x.l1), c2 = eml_lane_carry(x.l2);
    return (eml_lanes){eml_lane_add_times(x.l0 - c0, -16 * 0x1p-44, c2),
                       eml_lane_add_times(eml_lane_add_times(x.l1 - c1, 0x1p-44, c0), 45 * 0x1p-44, c2),
                       eml_lane_add_times(x.l2 - c2, 0x1p-44, c1)};
}

/* 2^44 x for tight x: 2^132 l2 = (45 l2) 2^44 - 16 l2. */
EML_LANES_INLINE eml_lanes eml_lanes_shift(eml_lanes x) {
    return eml_lanes_tighten((eml_lanes){x.l2 * -16.0, eml_lane_add_times(x.l0, 45, x.l2), x.l1});
}

/* Reduces limbs of weight 2^(44 k), L[0] .. L[5]: L[5] and L[4] fold by 2^220 and 2^176 times 2^132 = 45 * 2^44 - 16,
 * and so does L[3] after its carry, which keeps 45 L[3] small. Needs |L3| + 45 |L5|, |L2| + 16 |L5| + 45 |L4 + 2^9| and
 * |L1| + 16 |L4 + 2^9| + 45 * 2^43 below 2^53. */
EML_LANES_INLINE eml_lanes eml_lanes_reduce_(eml_lane L[6]) {
    L[3] = eml_lane_add_times(L[3], 45, L[5]);
    L[2] = eml_lane_add_times(L[2], -16, L[5]);
    eml_lane c = eml_lane_carry(L[3]);
    L[3] -= c;
    L[4] = eml_lane_add_times(L[4], 0x1p-44, c);
    return eml_lanes_tighten((eml_lanes){eml_lane_add_times(L[0], -16, L[3]),
                                         eml_lane_add_times(eml_lane_add_times(L[1], 45, L[3]), -16, L[4]),
                                         eml_lane_add_times(L[2], 45, L[4])});
}

/* Both halves of a product, |a b| < 2^7: high in units of 2^-44, |low| <= 2^-45 in units of 2^-88. */
EML_LANES_INLINE void eml_lane_product_(eml_lane a, eml_lane b, eml_lane *high, eml_lane *low) {
    *high = eml_lane_fma(a, b, eml_lane_set(EML_LANES_HIGH)) - EML_LANES_HIGH;
    *low = eml_lane_fma(a, b, -*high);
}

/* Sums of low halves are limbs of 2^44 times their value. */
EML_LANES_INLINE eml_lane eml_lane_join_(eml_lane highs, eml_lane lows) {
    return eml_lane_add_times(highs, 0x1p44, lows);
}

/* Of u units: a limb of a k-unit value that is a part t loaded and a part 1 - t reduced has l1 <= (1 + t) k 2^43 and
 * l2 <= (1 - 7/8 t) k 2^43, so that with high halves of a_i b_j <= |a_i| |b_j| / 2^44,
 *   L5 <= (1 - 7/8 s)(1 - 7/8 t) u 2^42, L4 <= 2^43 + (2 + (s + t) / 8 - 7/4 s t) u 2^42, L3 <= 2^44 + 8 u 2^42,
 *   L2 <= 2^45 + 8 u 2^42, L1 <= 2^44 + 4 u 2^42.
 * What eml_lanes_reduce_ needs is linear in s and in t, so it is enough to look at 0 and 1: |L2| + 16 |L5| + 45 |L4| is
 * largest for s = t = 0, below 0.95 * 2^53 for u = 16; the others stay below 2^52. */
EML_LANES_INLINE eml_lanes eml_lanes_mul(eml_lanes a, eml_lanes b) {
    eml_lane h00, h01, h02, h10, h11, h12, h20, h21, h22, l00, l01, l02, l10, l11, l12, l20, l21, l22;
    eml_lane_product_(a.l0, b.l0, &h00, &l00);
    eml_lane_product_(a.l0, b.l1, &h01, &l01);
    eml_lane_product_(a.l1, b.l0, &h10, &l10);
    eml_lane_product_(a.l0, b.l2, &h02, &l02);
    eml_lane_product_(a.l1, b.l1, &h11, &l11);
    eml_lane_product_(a.l2, b.l0, &h20, &l20);
    eml_lane_product_(a.l1, b.l2, &h12, &l12);
    eml_lane_product_(a.l2, b.l1, &h21, &l21);
    eml_lane_product_(a.l2, b.l2, &h22, &l22);
    eml_lane L[6] = {l00 * 0x1p44,
                     eml_lane_join_(h00, l01 + l10),
                     eml_lane_join_(h01 + h10, l02 + l11 + l20),
                     eml_lane_join_(h02 + h20 + h11, l12 + l21),
                     eml_lane_join_(h12 + h21, l22),
                     h22};
    return eml_lanes_reduce_(L);
}

/* Cross products are taken once, with a doubled limb. */
EML_LANES_INLINE eml_lanes eml_lanes_square(eml_lanes a) {
    eml_lane d0 = a.l0 + a.l0, d1 = a.l1 + a.l1, h00, h01, h02, h11, h12, h22, l00, l01, l02, l11, l12, l22;
    eml_lane_product_(a.l0, a.l0, &h00, &l00);
    eml_lane_product_(d0, a.l1, &h01, &l01);
    eml_lane_product_(d0, a.l2, &h02, &l02);
    eml_lane_product_(a.l1, a.l1, &h11, &l11);
    eml_lane_product_(d1, a.l2, &h12, &l12);
    eml_lane_product_(a.l2, a.l2, &h22, &l22);
    eml_lane L[6] = {l00 * 0x1p44,
                     eml_lane_join_(h00, l01),
                     eml_lane_join_(h01, l02 + l11),
                     eml_lane_join_(h02 + h11, l12),
                     eml_lane_join_(h12, l22),
                     h22};
    return eml_lanes_reduce_(L);
}

/* The high halves of third limbs, H, are all that folds before the carries. Third limbs of w are at most 2^40, 2^43 and
 * 2^43 (+ 2^20), so that |H| <= 8 (2^40 + 2^43 + 2^42) for 8 units and 45 H < 0.6 * 2^53; the rest of L1 is below 2^48.
 */
EML_LANES_INLINE eml_lanes eml_lanes_times(eml_lanes a, const eml_lanes w[3]) {
    eml_lane h00, h01, h02, h10, h11, h12, h20, h21, h22, l00, l01, l02, l10, l11, l12, l20, l21, l22;
    eml_lane_product_(a.l0, w[0].l2, &h02, &l02);
    eml_lane_product_(a.l1, w[1].l2, &h12, &l12);
    eml_lane_product_(a.l2, w[2].l2, &h22, &l22);
    eml_lane H = h02 + h12 + h22;
    eml_lane_product_(a.l0, w[0].l1, &h01, &l01);
    eml_lane_product_(a.l1, w[1].l1, &h11, &l11);
    eml_lane_product_(a.l2, w[2].l1, &h21, &l21);
    eml_lane_product_(a.l0, w[0].l0, &h00, &l00);
    eml_lane_product_(a.l1, w[1].l0, &h10, &l10);
    eml_lane_product_(a.l2, w[2].l0, &h20, &l20);
    return eml_lanes_tighten((eml_lanes){eml_lane_join_(H * -16.0, l00 + l10 + l20),
                                         eml_lane_join_(eml_lane_add_times(h00 + h10 + h20, 45, H), l01 + l11 + l21),
                                         eml_lane_join_(h01 + h11 + h21, l02 + l12 + l22)});
}

/* A sum of products, not reduced: sums of the bit patterns of high and low halves, of which a term brings a fixed part
 * along. */
typedef struct eml_lanes_sum {
    eml_limb L[6];
} eml_lanes_sum;

EML_LANES_INLINE void eml_lanes_sum_init(eml_lanes_sum *s) { *s = (eml_lanes_sum){{{0}}}; }

/* L[0] += low half, L[1] += high half of a b, |a b| < 2^7. HIGH + LOW is a double, and so is what is left when a high
 * half is taken away. */
EML_LANES_INLINE void eml_lanes_sum_halves_(eml_lane a, eml_lane b, eml_limb L[2]) {
    eml_lane high = eml_lane_fma(a, b, eml_lane_set(EML_LANES_HIGH));
    L[1] += (eml_limb)high;
    L[0] += (eml_limb)eml_lane_fma(a, b, (EML_LANES_HIGH + EML_LANES_LOW) - high);
}

EML_LANES_INLINE void eml_lanes_sum_add(eml_lanes_sum *s, eml_lanes a, eml_lanes b) {
    eml_lanes_sum_halves_(a.l0, b.l0, s->L);
    eml_lanes_sum_halves_(a.l0, b.l1, s->L + 1);
    eml_lanes_sum_halves_(a.l1, b.l0, s->L + 1);
    eml_lanes_sum_halves_(a.l0, b.l2, s->L + 2);
    eml_lanes_sum_halves_(a.l1, b.l1, s->L + 2);
    eml_lanes_sum_halves_(a.l2, b.l0, s->L + 2);
    eml_lanes_sum_halves_(a.l1, b.l2, s->L + 3);
    eml_lanes_sum_halves_(a.l2, b.l1, s->L + 3);
    eml_lanes_sum_halves_(a.l2, b.l2, s->L + 4);
}

/* Up to 256 terms of 16 units come to less than 256 * 3 * 16 * 2^44 < 2^57.6 in a limb, of either sign: z, a multiple
 * of p with limbs in [2^58, 2^58 + 2^44), makes all positive. Carries give L0 .. L4 < 2^44 and L5 < 2^59, whose part c
 * above 2^44 folds by 2^264 = (45 * 2^44 - 16) 2^132. */
EML_LANES_INLINE eml_lanes eml_lanes_sum_reduce(const eml_lanes_sum *s, size_t count) {
    static const uint64_t z[6] = {UINT64_C(0x400030000780001), UINT64_C(0x4000fffff663ffd), UINT64_C(0x40000fffdfe3fff),
                                  UINT64_C(1) << 58,           UINT64_C(1) << 58,           UINT64_C(1) << 58};
    static const uint64_t lows[6] = {1, 2, 3, 2, 1, 0}, highs[6] = {0, 1, 2, 3, 2, 1}; /* halves a term adds to L_k */
    eml_limb limbs[6];
    for (int k = 0; k < 6; k++)
        limbs[k] = s->L[k] + (z[k] - count * (lows[k] * eml_lanes_low_bits + highs[k] * eml_lanes_high_bits));
    for (int k = 0; k < 5; k++) {
        limbs[k + 1] += limbs[k] >> 44;
        limbs[k] &= EML_LANES_MASK44;
    }
    eml_lane c = eml_lane_of_limb(limbs[5] >> 44);
    limbs[5] &= EML_LANES_MASK44;
    eml_lane L[6];
    for (int k = 0; k < 6; k++) L[k] = eml_lane_of_limb(limbs[k]);
    L[4] = eml_lane_add_times(L[4], 45, c);
    L[3] = eml_lane_add_times(L[3], -16, c);
    return eml_lanes_reduce_(L);
}

#endif
