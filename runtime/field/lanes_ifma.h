/* lanes.h for AVX-512 IFMA: eight lanes of integers, 52-bit multiply-adds. Included by lanes.h only.
 *
 * Limbs are unsigned. A unit: l0 < 2^44, l1 and l2 < 2^44 + 2^18; the limbs of k units are below k (2^44 + 2^18). Here
 * products may have 25 units, that is A B < 2^93 for the largest limbs A and B. */
#ifndef EML_FIELD_LANES_IFMA_H
#define EML_FIELD_LANES_IFMA_H

#if defined(__AVX512IFMA__) && defined(__AVX512F__)
#include <immintrin.h>
#define EML_LANES_NATIVE 1
#else
#define EML_LANES_NATIVE 0
#endif

enum { EML_LANES = 8, EML_LANES_TIMES_UNITS = 25 };

_Static_assert(EML_LANES_PRODUCT_UNITS <= 25, "A B < 2^93");
_Static_assert(EML_LANES_SUM_MAX <= 256, "what eml_lanes_sum_reduce below is proved for");
_Static_assert(EML_LANES_SUBTRAHEND_UNITS <= 2 && EML_LANES_DIFFERENCE_UNITS >= 3, "z in eml_lanes_sub below");
_Static_assert(EML_LANES_TIGHTEN_UNITS < 1 << 13, "limbs stay below 2^58");

typedef uint64_t eml_limb __attribute__((vector_size(64)));

typedef eml_limb eml_lane;        /* one limb of every lane */
typedef uint64_t eml_lane_scalar; /* of one lane */

typedef struct eml_lanes {
    eml_lane l0, l1, l2;
} eml_lanes;

EML_LANES_INLINE eml_limb eml_limb_set(uint64_t x) { return (eml_limb){x, x, x, x, x, x, x, x}; }
EML_LANES_INLINE eml_lane eml_lane_set(uint64_t x) { return eml_limb_set(x); }

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

/* The first `words` of a vector at from (none when negative, at most all), 0 for the others, which are not touched; and
 * their storing. */
EML_LANES_INLINE eml_limb eml_limb_load_few(const void *from, int words) {
#if EML_LANES_NATIVE
    return (eml_limb)_mm512_maskz_loadu_epi64((__mmask8)(words < 8 ? (1 << (words > 0 ? words : 0)) - 1 : 255), from);
#else
    eml_limb x = {0};
    if (words > 0) __builtin_memcpy(&x, from, (size_t)(words < 8 ? words : 8) * 8);
    return x;
#endif
}
EML_LANES_INLINE void eml_limb_store_few(void *to, int words, eml_limb x) {
#if EML_LANES_NATIVE
    _mm512_mask_storeu_epi64(to, (__mmask8)(words < 8 ? (1 << (words > 0 ? words : 0)) - 1 : 255), (__m512i)x);
#else
    if (words > 0) __builtin_memcpy(to, &x, (size_t)(words < 8 ? words : 8) * 8);
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

/* Even words of a, b to lo, odd ones to hi; and back. */
EML_LANES_INLINE void eml_limb_split(eml_limb a, eml_limb b, eml_limb *lo, eml_limb *hi) {
    *lo = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    *hi = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}
EML_LANES_INLINE void eml_limb_join(eml_limb lo, eml_limb hi, eml_limb *a, eml_limb *b) {
    *a = __builtin_shufflevector(lo, hi, 0, 8, 1, 9, 2, 10, 3, 11);
    *b = __builtin_shufflevector(lo, hi, 4, 12, 5, 13, 6, 14, 7, 15);
}

EML_LANES_INLINE eml_lanes eml_lanes_from_words(eml_limb lo, eml_limb hi) {
    return (eml_lanes){lo & EML_LANES_MASK44, (lo >> 44 | hi << 20) & EML_LANES_MASK44, hi >> 24};
}

EML_LANES_INLINE void eml_lanes_to_limbs(eml_lanes x, eml_limb *l0, eml_limb *l1, eml_limb *l2) {
    *l0 = x.l0;
    *l1 = x.l1;
    *l2 = x.l2;
}

EML_LANES_INLINE bool eml_lanes_within(eml_lanes x, unsigned units) {
    uint64_t above = units * ((UINT64_C(1) << 44) + (1 << 18));
    bool within = true;
    for (int i = 0; i < EML_LANES; i++) within = within && x.l0[i] < above && x.l1[i] < above && x.l2[i] < above;
    return within;
}

EML_LANES_INLINE eml_lanes eml_lanes_add(eml_lanes a, eml_lanes b) {
    return (eml_lanes){a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2};
}

/* z is a multiple of p; limbs of b < 2^45 + 2^20; those of the result < those of a + 2^45 + 2^44. */
EML_LANES_INLINE eml_lanes eml_lanes_sub(eml_lanes a, eml_lanes b) {
    const uint64_t z0 = UINT64_C(0x230000000021), z1 = UINT64_C(0x2fffffffffa1), z2 = UINT64_C(0x20fffffffffd);
    return (eml_lanes){a.l0 + z0 - b.l0, a.l1 + z1 - b.l1, a.l2 + z2 - b.l2};
}

/* Limbs < 2^58. One unit of 2^44 is lent from l1 to l0 so that l0 - 16 c stays positive; when c = 0 it comes straight
 * back as carry. c < 2^15, so 45 c < 2^21 and the last carry is < 2^15. */
EML_LANES_INLINE eml_lanes eml_lanes_tighten(eml_lanes x) {
    eml_limb l1 = x.l1 + (x.l0 >> 44), l0 = x.l0 & EML_LANES_MASK44;
    eml_limb l2 = x.l2 + (l1 >> 44);
    l1 &= EML_LANES_MASK44;
    eml_limb c = l2 >> 44;
    l2 &= EML_LANES_MASK44;
    l0 += (eml_limb_set(1) << 44) - (c << 4);
    l1 = eml_limb_add_45(l1, c) + (l0 >> 44) - 1;
    l0 &= EML_LANES_MASK44;
    l2 += l1 >> 44;
    l1 &= EML_LANES_MASK44;
    return (eml_lanes){l0, l1, l2};
}

/* 2^44 x, tight, for x with l1 < 2^44: 2^132 l2 = (45 l2) 2^44 - 16 l2. 2^5 times 2^44 is lent from l1 to l0 so that l0
 * stays positive; it comes back as carry, all but ceil(l2 / 2^40), which 45 l2 makes up for. l1 < 2^50 carries < 2^6.
 */
EML_LANES_INLINE eml_lanes eml_lanes_shift(eml_lanes x) {
    eml_limb l0 = (eml_limb_set(1) << 49) - (x.l2 << 4);
    eml_limb l1 = eml_limb_add_45(x.l0, x.l2) - 32 + (l0 >> 44);
    return (eml_lanes){l0 & EML_LANES_MASK44, l1 & EML_LANES_MASK44, x.l1 + (l1 >> 44)};
}

/* Reduces limbs L0..L5 of weight 2^(44 k), in whose L0..L2 a multiple of p with limbs in [2^53 + 2^39, 2^53 + 2^44) is
 * included. Needs L0 < 2^54, L1, L2 < 2^55, L3 < 2^54, L4 < 2^53, L5 < 2^49. Gives tight limbs. step 1: carry L3 -> L4
 * -> L5 < 2^49 + 2^10; fold it (2^220 = 45 * 2^132 - 16 * 2^88); 45 L5 < 2^55 carries from L3 into L4 < 2^44 + 2^13.
 *   step 2: fold L3, L4: what is taken away (16 L3 < 2^48, 16 L4 < 2^48.1, 16 L5 < 2^53 + 2^14) is less than the
 * multiple's limbs. step 3: carry L1 -> L2, fold c = L2 >> 44 < 2^12 (45 c < 2^18), then carry L0 -> L1 (< 2^10) -> L2.
 */
EML_LANES_INLINE eml_lanes eml_lanes_reduce_(eml_limb L[6]) {
    L[4] += L[3] >> 44;
    L[3] &= EML_LANES_MASK44;
    L[5] += L[4] >> 44;
    L[4] &= EML_LANES_MASK44;
    eml_limb_add_45_wide(&L[3], &L[4], L[5]);
    L[4] += L[3] >> 44;
    L[3] &= EML_LANES_MASK44;

    L[2] = eml_limb_add_45(L[2], L[4]) - (L[5] << 4);
    L[1] = eml_limb_add_45(L[1], L[3]) - (L[4] << 4);
    L[0] -= L[3] << 4;

    L[2] += L[1] >> 44;
    L[1] &= EML_LANES_MASK44;
    eml_limb c = L[2] >> 44;
    L[2] &= EML_LANES_MASK44;
    L[0] -= c << 4;
    L[1] = eml_limb_add_45(L[1], c) + (L[0] >> 44);
    L[0] &= EML_LANES_MASK44;
    L[2] += L[1] >> 44;
    L[1] &= EML_LANES_MASK44;
    return (eml_lanes){L[0], L[1], L[2]};
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

EML_LANES_INLINE eml_lanes eml_lanes_mul(eml_lanes a, eml_lanes b) {
    eml_limb L[6];
    eml_lanes_product_(a, b, L);
    return eml_lanes_reduce_(L);
}

/* At most 5 units. */
EML_LANES_INLINE eml_lanes eml_lanes_square(eml_lanes a) {
    eml_limb L[6];
    eml_lanes_square_product_(a, L);
    return eml_lanes_reduce_(L);
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

/* Each of at most 256 terms adds up to 3 * 2^52 of low halves and 3 * 2^49 of shifted high halves to a limb, so L_k <
 * 2^62. Carries give L0..L4 < 2^44 and L5 < 2^58, whose part c above 2^44 (c < 2^14) folds: 2^264 = (45 * 2^44 - 16)
 * 2^132, with one unit lent from L4 to L3 as in eml_lanes_tighten. */
EML_LANES_INLINE eml_lanes eml_lanes_sum_reduce(const eml_lanes_sum *s, size_t count) {
    (void)count;
    eml_limb L[6] = {s->low[0]};
    for (int k = 1; k < 5; k++) L[k] = s->low[k] + (s->high[k - 1] << 8);
    L[5] = s->high[4] << 8;
    for (int k = 0; k < 5; k++) {
        L[k + 1] += L[k] >> 44;
        L[k] &= EML_LANES_MASK44;
    }
    eml_limb c = L[5] >> 44;
    L[5] &= EML_LANES_MASK44;
    L[3] += (eml_limb_set(1) << 44) - (c << 4);
    L[4] = eml_limb_add_45(L[4], c) + (L[3] >> 44) - 1;
    L[3] &= EML_LANES_MASK44;
    L[0] += EML_LANES_P0;
    L[1] += EML_LANES_P1;
    L[2] += EML_LANES_P2;
    return eml_lanes_reduce_(L);
}

/* High halves of the third limb weigh 2^140 = 2^8 (45 * 2^44 - 16) mod p: the only fold before the carries. With Q, a
 * multiple of p with limbs in [2^55, 2^55 + 2^44), for A B < 2^93 (25 units): H_k < 3 * 2^41, so 2^12 H2 < 2^54.6
 * leaves L0 positive, L0, L2 < 2^56, L1 < 2^57; carries give c = L2 >> 44 < 2^12. One unit is lent from L1 to L0 as in
 * eml_lanes_tighten; 45 c < 2^17.5. */
EML_LANES_INLINE eml_lanes eml_lanes_times(eml_lanes a, const eml_lanes w[3]) {
    eml_limb H0 = eml_limb_madd_hi(eml_limb_set(0), a.l0, w[0].l0);
    eml_limb H1 = eml_limb_madd_hi(eml_limb_set(0), a.l0, w[0].l1);
    eml_limb H2 = eml_limb_madd_hi(eml_limb_set(0), a.l0, w[0].l2);
    H0 = eml_limb_madd_hi(eml_limb_madd_hi(H0, a.l1, w[1].l0), a.l2, w[2].l0);
    H1 = eml_limb_madd_hi(eml_limb_madd_hi(H1, a.l1, w[1].l1), a.l2, w[2].l1);
    H2 = eml_limb_madd_hi(eml_limb_madd_hi(H2, a.l1, w[1].l2), a.l2, w[2].l2);
    eml_limb L0 = eml_limb_set(UINT64_C(0x80030000008001)) - (H2 << 12);
    eml_limb L1 = eml_limb_set(UINT64_C(0x800ffffffe8ffd)) + (eml_limb_add_45(H0, H2) << 8);
    eml_limb L2 = eml_limb_set(UINT64_C(0x8000fffffff7ff)) + (H1 << 8);
    L0 = eml_limb_madd_lo(eml_limb_madd_lo(eml_limb_madd_lo(L0, a.l0, w[0].l0), a.l1, w[1].l0), a.l2, w[2].l0);
    L1 = eml_limb_madd_lo(eml_limb_madd_lo(eml_limb_madd_lo(L1, a.l0, w[0].l1), a.l1, w[1].l1), a.l2, w[2].l1);
    L2 = eml_limb_madd_lo(eml_limb_madd_lo(eml_limb_madd_lo(L2, a.l0, w[0].l2), a.l1, w[1].l2), a.l2, w[2].l2);

    L1 += L0 >> 44;
    L0 &= EML_LANES_MASK44;
    L2 += L1 >> 44;
    L1 &= EML_LANES_MASK44;
    eml_limb c = L2 >> 44;
    L0 += (UINT64_C(1) << 44) - (c << 4);
    L1 = eml_limb_add_45(L1, c) + (L0 >> 44) - 1;
    return (eml_lanes){L0 & EML_LANES_MASK44, L1, L2 & EML_LANES_MASK44};
}

#endif
