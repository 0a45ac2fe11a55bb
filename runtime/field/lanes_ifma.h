/* lanes.h for AVX-512 IFMA: eight lanes, 52-bit multiply-adds. Included by lanes.h only. */
#ifndef EML_FIELD_LANES_IFMA_H
#define EML_FIELD_LANES_IFMA_H

#if defined(__AVX512IFMA__) && defined(__AVX512F__)
#include <immintrin.h>
#define EML_LANES_NATIVE 1
#else
#define EML_LANES_NATIVE 0
#endif

enum { EML_LANES = 8 };

typedef uint64_t eml_limb __attribute__((vector_size(64)));

typedef struct eml_lanes {
    eml_limb l0, l1, l2;
} eml_lanes;

EML_LANES_INLINE eml_limb eml_limb_set(uint64_t x) { return (eml_limb){x, x, x, x, x, x, x, x}; }

/* acc + low (high) 52 bits of the 104-bit product of the low 52 bits of a and b. */
EML_LANES_INLINE eml_limb eml_limb_madd_lo(eml_limb acc, eml_limb a, eml_limb b) {
#if EML_LANES_NATIVE
    return (eml_limb)_mm512_madd52lo_epu64((__m512i)acc, (__m512i)a, (__m512i)b);
#else
    const uint64_t mask = (UINT64_C(1) << 52) - 1;
    for (int i = 0; i < EML_LANES; i++) acc[i] += (uint64_t)((eml_u128)(a[i] & mask) * (b[i] & mask)) & mask;
    return acc;
#endif
}
EML_LANES_INLINE eml_limb eml_limb_madd_hi(eml_limb acc, eml_limb a, eml_limb b) {
#if EML_LANES_NATIVE
    return (eml_limb)_mm512_madd52hi_epu64((__m512i)acc, (__m512i)a, (__m512i)b);
#else
    const uint64_t mask = (UINT64_C(1) << 52) - 1;
    for (int i = 0; i < EML_LANES; i++) acc[i] += (uint64_t)((eml_u128)(a[i] & mask) * (b[i] & mask) >> 52);
    return acc;
#endif
}

/* acc + 45 x, for 45 x < 2^52. */
EML_LANES_INLINE eml_limb eml_limb_add_45(eml_limb acc, eml_limb x) {
    return eml_limb_madd_lo(acc, x, eml_limb_set(45));
}

/* *acc + 45 x for x < 2^52: the part from 2^52 on goes to the next limb. */
EML_LANES_INLINE void eml_limb_add_45_wide(eml_limb *acc, eml_limb *next, eml_limb x) {
    *acc = eml_limb_madd_lo(*acc, x, eml_limb_set(45));
    *next += eml_limb_madd_hi(eml_limb_set(0), x, eml_limb_set(45)) << 8;
}

/* All ones in the lanes where x >= bound, unsigned. */
EML_LANES_INLINE eml_limb eml_limb_at_least(eml_limb x, uint64_t bound) { return (eml_limb)(x >= bound); }

/* Even words of a, b to lo, odd ones to hi; and back. */
EML_LANES_INLINE void eml_limb_split(eml_limb a, eml_limb b, eml_limb *lo, eml_limb *hi) {
    *lo = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    *hi = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}
EML_LANES_INLINE void eml_limb_join(eml_limb lo, eml_limb hi, eml_limb *a, eml_limb *b) {
    *a = __builtin_shufflevector(lo, hi, 0, 8, 1, 9, 2, 10, 3, 11);
    *b = __builtin_shufflevector(lo, hi, 4, 12, 5, 13, 6, 14, 7, 15);
}

/* L = a b + P in limbs of weight 2^(44 k), within the bounds of eml_lanes_reduce_ when A B < 2^93. High halves weigh
 * 2^52 = 2^8 * 2^44: summed first (at most three, each < 2^41), shifted by 8, they start the low sums of
 * the next limb. */
EML_LANES_INLINE void eml_lanes_product_(eml_lanes a, eml_lanes b, eml_limb L[6]) {
    const eml_limb zero = eml_limb_set(0);
    eml_limb H0 = eml_limb_madd_hi(zero, a.l0, b.l0);
    eml_limb H1 = eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l0, b.l1), a.l1, b.l0);
    eml_limb H2 = eml_limb_madd_hi(eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l0, b.l2), a.l1, b.l1), a.l2, b.l0);
    eml_limb H3 = eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l1, b.l2), a.l2, b.l1);
    eml_limb H4 = eml_limb_madd_hi(zero, a.l2, b.l2);
    L[0] = eml_limb_madd_lo(eml_limb_set(EML_LANES_P0), a.l0, b.l0);
    L[1] = eml_limb_madd_lo(eml_limb_madd_lo((H0 << 8) + EML_LANES_P1, a.l0, b.l1), a.l1, b.l0);
    L[2] = eml_limb_madd_lo(eml_limb_madd_lo((H1 << 8) + EML_LANES_P2, a.l0, b.l2), a.l1, b.l1);
    L[2] = eml_limb_madd_lo(L[2], a.l2, b.l0);
    L[3] = eml_limb_madd_lo(eml_limb_madd_lo(H2 << 8, a.l1, b.l2), a.l2, b.l1);
    L[4] = eml_limb_madd_lo(H3 << 8, a.l2, b.l2);
    L[5] = H4 << 8;
}

/* a^2 + P: the cross products are taken once, against the doubled limb. Limbs of at most 5
 * units. */
EML_LANES_INLINE void eml_lanes_square_product_(eml_lanes a, eml_limb L[6]) {
    const eml_limb zero = eml_limb_set(0);
    eml_limb d0 = a.l0 + a.l0, d1 = a.l1 + a.l1;
    eml_limb H0 = eml_limb_madd_hi(zero, a.l0, a.l0);
    eml_limb H1 = eml_limb_madd_hi(zero, d0, a.l1);
    eml_limb H2 = eml_limb_madd_hi(eml_limb_madd_hi(zero, d0, a.l2), a.l1, a.l1);
    eml_limb H3 = eml_limb_madd_hi(zero, d1, a.l2);
    eml_limb H4 = eml_limb_madd_hi(zero, a.l2, a.l2);
    L[0] = eml_limb_madd_lo(eml_limb_set(EML_LANES_P0), a.l0, a.l0);
    L[1] = eml_limb_madd_lo((H0 << 8) + EML_LANES_P1, d0, a.l1);
    L[2] = eml_limb_madd_lo(eml_limb_madd_lo((H1 << 8) + EML_LANES_P2, d0, a.l2), a.l1, a.l1);
    L[3] = eml_limb_madd_lo(H2 << 8, d1, a.l2);
    L[4] = eml_limb_madd_lo(H3 << 8, a.l2, a.l2);
    L[5] = H4 << 8;
}

/* A sum of products a_i b_i, not reduced: low and high halves apart. At most EML_LANES_SUM_MAX terms. */
typedef struct eml_lanes_sum {
    eml_limb low[5], high[5];
} eml_lanes_sum;

EML_LANES_INLINE void eml_lanes_sum_init(eml_lanes_sum *s) { *s = (eml_lanes_sum){{{0}}, {{0}}}; }

/* s += a b. Needs A B < 2^93. */
EML_LANES_INLINE void eml_lanes_sum_add(eml_lanes_sum *s, eml_lanes a, eml_lanes b) {
    s->low[0] = eml_limb_madd_lo(s->low[0], a.l0, b.l0);
    s->high[0] = eml_limb_madd_hi(s->high[0], a.l0, b.l0);
    s->low[1] = eml_limb_madd_lo(eml_limb_madd_lo(s->low[1], a.l0, b.l1), a.l1, b.l0);
    s->high[1] = eml_limb_madd_hi(eml_limb_madd_hi(s->high[1], a.l0, b.l1), a.l1, b.l0);
    s->low[2] = eml_limb_madd_lo(eml_limb_madd_lo(eml_limb_madd_lo(s->low[2], a.l0, b.l2), a.l1, b.l1), a.l2, b.l0);
    s->high[2] = eml_limb_madd_hi(eml_limb_madd_hi(eml_limb_madd_hi(s->high[2], a.l0, b.l2), a.l1, b.l1), a.l2, b.l0);
    s->low[3] = eml_limb_madd_lo(eml_limb_madd_lo(s->low[3], a.l1, b.l2), a.l2, b.l1);
    s->high[3] = eml_limb_madd_hi(eml_limb_madd_hi(s->high[3], a.l1, b.l2), a.l2, b.l1);
    s->low[4] = eml_limb_madd_lo(s->low[4], a.l2, b.l2);
    s->high[4] = eml_limb_madd_hi(s->high[4], a.l2, b.l2);
}

/* The sum of `count` terms in limbs of weight 2^(44 k): each of at most 256 terms adds up to 3 * 2^52 of low halves and
 * 3 * 2^49 of shifted high halves, so L_k < 2^62. */
EML_LANES_INLINE void eml_lanes_sum_limbs_(const eml_lanes_sum *s, size_t count, eml_limb L[6]) {
    (void)count;
    L[0] = s->low[0];
    for (int k = 1; k < 5; k++) L[k] = s->low[k] + (s->high[k - 1] << 8);
    L[5] = s->high[4] << 8;
}

#endif
