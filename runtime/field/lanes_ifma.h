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

/* Z: a multiple of p with limbs in [2^51, 2^51 + 2^44). */
#define EML_LANES_Z0 UINT64_C(0x8030000000801)
#define EML_LANES_Z1 UINT64_C(0x80fffffffe8fd)
#define EML_LANES_Z2 UINT64_C(0x800ffffffff7f)

/* L = a b + Z in limbs of weight 2^(44 k), within the bounds of eml_lanes_reduce_ when A B < 1.4 * 2^90. High halves weigh
 * 2^52 = 2^8 * 2^44: summed first (at most three, < 3 * 1.4 * 2^38), shifted by 8, they start the low sums of the next limb. */
EML_LANES_INLINE void eml_lanes_product_(eml_lanes a, eml_lanes b, eml_limb L[6]) {
    const eml_limb zero = eml_limb_set(0);
    eml_limb H0 = eml_limb_madd_hi(zero, a.l0, b.l0);
    eml_limb H1 = eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l0, b.l1), a.l1, b.l0);
    eml_limb H2 = eml_limb_madd_hi(eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l0, b.l2), a.l1, b.l1), a.l2, b.l0);
    eml_limb H3 = eml_limb_madd_hi(eml_limb_madd_hi(zero, a.l1, b.l2), a.l2, b.l1);
    eml_limb H4 = eml_limb_madd_hi(zero, a.l2, b.l2);
    L[0] = eml_limb_madd_lo(eml_limb_set(EML_LANES_Z0), a.l0, b.l0);
    L[1] = eml_limb_madd_lo(eml_limb_madd_lo((H0 << 8) + EML_LANES_Z1, a.l0, b.l1), a.l1, b.l0);
    L[2] = eml_limb_madd_lo(eml_limb_madd_lo((H1 << 8) + EML_LANES_Z2, a.l0, b.l2), a.l1, b.l1);
    L[2] = eml_limb_madd_lo(L[2], a.l2, b.l0);
    L[3] = eml_limb_madd_lo(eml_limb_madd_lo(H2 << 8, a.l1, b.l2), a.l2, b.l1);
    L[4] = eml_limb_madd_lo(H3 << 8, a.l2, b.l2);
    L[5] = H4 << 8;
}

/* a^2 + Z: the cross products are taken once, against the doubled limb. Limbs < 2^45. */
EML_LANES_INLINE void eml_lanes_square_product_(eml_lanes a, eml_limb L[6]) {
    const eml_limb zero = eml_limb_set(0);
    eml_limb d0 = a.l0 + a.l0, d1 = a.l1 + a.l1;
    eml_limb H0 = eml_limb_madd_hi(zero, a.l0, a.l0);
    eml_limb H1 = eml_limb_madd_hi(zero, d0, a.l1);
    eml_limb H2 = eml_limb_madd_hi(eml_limb_madd_hi(zero, d0, a.l2), a.l1, a.l1);
    eml_limb H3 = eml_limb_madd_hi(zero, d1, a.l2);
    eml_limb H4 = eml_limb_madd_hi(zero, a.l2, a.l2);
    L[0] = eml_limb_madd_lo(eml_limb_set(EML_LANES_Z0), a.l0, a.l0);
    L[1] = eml_limb_madd_lo((H0 << 8) + EML_LANES_Z1, d0, a.l1);
    L[2] = eml_limb_madd_lo(eml_limb_madd_lo((H1 << 8) + EML_LANES_Z2, d0, a.l2), a.l1, a.l1);
    L[3] = eml_limb_madd_lo(H2 << 8, d1, a.l2);
    L[4] = eml_limb_madd_lo(H3 << 8, a.l2, a.l2);
    L[5] = H4 << 8;
}

#endif
