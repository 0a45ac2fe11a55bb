/* Several field elements at once, planar, in three limbs of 44 bits: what the vector kernels compute on.
 *
 * A lanes value x stands for x.l0 + 2^44 x.l1 + 2^88 x.l2 mod p, lane by lane. Limbs are unsigned and may be loose; every function
 * states the bounds that it needs and gives. "Tight" means l0 < 2^44, l1 < 2^44 + 2^16, l2 < 2^44 + 2^16: what
 * loading, multiplying and eml_lanes_tighten give. Sums of k tight values have limbs < k (2^44 + 2^16).
 *
 * Reduction uses 2^132 = 45 * 2^44 - 16 (mod p), so folding is by whole limbs. Z constants are multiples of p whose limbs
 * are all large: adding one keeps subtractions from going below zero.
 *
 * What differs between instruction sets is in one file each: lanes_ifma.h (AVX-512 IFMA, 8 lanes) and lanes_avx2.h (AVX2 with FMA,
 * 4 lanes; chosen by defining EML_LANES_AVX2). The rest is GNU vector arithmetic. Compiled without its instruction set
 * the same code runs anywhere, slowly: tests/kernels use that to check both on every machine. */
#ifndef EML_FIELD_LANES_H
#define EML_FIELD_LANES_H

#include "runtime/field/f128.h"

#define EML_LANES_INLINE static inline __attribute__((always_inline))
#define EML_LANES_MASK44 UINT64_C(0xfffffffffff)

/* A multiple of p with limbs in [2^53 + 2^39, 2^53 + 2^44). */
#define EML_LANES_P0 UINT64_C(0x20030000002001)
#define EML_LANES_P1 UINT64_C(0x200fffffffa3fd)
#define EML_LANES_P2 UINT64_C(0x2000fffffffdff)

#if defined(EML_LANES_AVX2)
#include "runtime/field/lanes_avx2.h"
#else
#include "runtime/field/lanes_ifma.h"
#endif

EML_LANES_INLINE eml_lanes eml_lanes_from_words(eml_limb lo, eml_limb hi) {
    return (eml_lanes){lo & EML_LANES_MASK44, (lo >> 44 | hi << 20) & EML_LANES_MASK44, hi >> 24};
}

/* EML_LANES neighbouring elements (any representatives, any alignment). Gives tight limbs, l2 < 2^40. */
EML_LANES_INLINE eml_lanes eml_lanes_load(const eml_fe *from) {
    eml_limb a, b, lo, hi;
    __builtin_memcpy(&a, from, sizeof a);
    __builtin_memcpy(&b, from + EML_LANES / 2, sizeof b);
    eml_limb_split(a, b, &lo, &hi);
    return eml_lanes_from_words(lo, hi);
}

/* Lane i is rows[i][column]. */
EML_LANES_INLINE eml_lanes eml_lanes_gather(const eml_fe *const rows[EML_LANES], size_t column) {
    eml_limb lo, hi;
    for (size_t i = 0; i < EML_LANES; i++) {
        lo[i] = rows[i][column].lo;
        hi[i] = rows[i][column].hi;
    }
    return eml_lanes_from_words(lo, hi);
}

EML_LANES_INLINE eml_lanes eml_lanes_set(eml_fe x) {
    return eml_lanes_from_words(eml_limb_set(x.lo), eml_limb_set(x.hi));
}

/* The canonical values as words. Needs limbs < 2^62. First carry, then two folds of what stands above 2^128: the first
 * adds c (45 * 2^40 - 1) with c < 2^23, and only if that carries out of 2^128 again (then less than 2^64 is left) is
 * the second not zero. 45 c 2^40 - c: the part of 45 c below 2^4 goes to l0, the rest to l1; c = 0, or the difference is positive. */
EML_LANES_INLINE void eml_lanes_to_words(eml_lanes x, eml_limb *lo, eml_limb *hi) {
    x.l1 += x.l0 >> 44;
    x.l0 &= EML_LANES_MASK44;
    x.l2 += x.l1 >> 44;
    x.l1 &= EML_LANES_MASK44;
    for (int fold = 0; fold < 2; fold++) {
        eml_limb c = x.l2 >> 40;
        x.l2 &= EML_LANES_MASK44 >> 4;
        eml_limb c45 = eml_limb_add_45(eml_limb_set(0), c);
        x.l0 += ((c45 & 15) << 40) + (eml_limb_set(1) << 44) - c;
        x.l1 += (c45 >> 4) + (x.l0 >> 44) - 1;
        x.l0 &= EML_LANES_MASK44;
        x.l2 += x.l1 >> 44;
        x.l1 &= EML_LANES_MASK44;
    }
    *lo = x.l0 | x.l1 << 44;
    *hi = x.l1 >> 20 | x.l2 << 24;
    eml_limb above = (eml_limb)(*hi == EML_FE_P_HI) & eml_limb_at_least(*lo, EML_FE_P_LO);
    *lo -= above & EML_FE_P_LO;
    *hi &= ~above;
}

/* Canonical values to neighbouring elements. Needs limbs < 2^62. */
EML_LANES_INLINE void eml_lanes_store(eml_fe *to, eml_lanes x) {
    eml_limb lo, hi, a, b;
    eml_lanes_to_words(x, &lo, &hi);
    eml_limb_join(lo, hi, &a, &b);
    __builtin_memcpy(to, &a, sizeof a);
    __builtin_memcpy(to + EML_LANES / 2, &b, sizeof b);
}

EML_LANES_INLINE void eml_lanes_store_strided(eml_fe *to, size_t stride, eml_lanes x) {
    eml_limb lo, hi;
    eml_lanes_to_words(x, &lo, &hi);
    for (size_t i = 0; i < EML_LANES; i++) to[i * stride] = (eml_fe){lo[i], hi[i]};
}

/* Limbs add. */
EML_LANES_INLINE eml_lanes eml_lanes_add(eml_lanes a, eml_lanes b) {
    return (eml_lanes){a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2};
}

/* a - b for limbs of b < 2^45 + 2^20 (the sum of two tight values); limbs of the result < those of a + 2^45 + 2^44. */
EML_LANES_INLINE eml_lanes eml_lanes_sub(eml_lanes a, eml_lanes b) {
    const uint64_t z0 = UINT64_C(0x230000000021), z1 = UINT64_C(0x2fffffffffa1), z2 = UINT64_C(0x20fffffffffd);
    return (eml_lanes){a.l0 + z0 - b.l0, a.l1 + z1 - b.l1, a.l2 + z2 - b.l2};
}

/* The same value in tight limbs. Needs limbs < 2^58. One unit of 2^44 is lent from l1 to l0 so that l0 - 16 c stays
 * positive; when c = 0 it comes straight back as carry. c < 2^15, so 45 c < 2^21 and the last carry is < 2^15. */
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

/* Reduces limbs L0..L5 of weight 2^(44 k), in whose L0..L2 a multiple of p with limbs in [2^53 + 2^39, 2^53 + 2^44) is included.
 * Needs L0 < 2^54, L1, L2 < 2^55, L3 < 2^54, L4 < 2^53, L5 < 2^49. Gives tight limbs.
 *   step 1: carry L3 -> L4 -> L5 < 2^49 + 2^10; fold it (2^220 = 45 * 2^132 - 16 * 2^88); 45 L5 < 2^55 carries from L3 into
 *           L4 < 2^44 + 2^13.
 *   step 2: fold L3, L4: what is taken away (16 L3 < 2^48, 16 L4 < 2^48.1, 16 L5 < 2^53 + 2^14) is less than the multiple's limbs.
 *   step 3: carry L1 -> L2, fold c = L2 >> 44 < 2^12 (45 c < 2^18), then carry L0 -> L1 (< 2^10) -> L2. */
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

/* a b, tight. Needs A B < 2^93 for A, B the largest limbs of a and b, each < 2^50: in units of a tight limb, products up to 25, for
 * instance 25 by 1 or 5 by 5. */
EML_LANES_INLINE eml_lanes eml_lanes_mul(eml_lanes a, eml_lanes b) {
    eml_limb L[6];
    eml_lanes_product_(a, b, L);
    return eml_lanes_reduce_(L);
}

/* a^2, tight. Needs limbs of at most 5 units. */
EML_LANES_INLINE eml_lanes eml_lanes_square(eml_lanes a) {
    eml_limb L[6];
    eml_lanes_square_product_(a, L);
    return eml_lanes_reduce_(L);
}

enum { EML_LANES_SUM_MAX = 256 };

/* A sum of products (eml_lanes_sum_init, eml_lanes_sum_add) of `count` <= EML_LANES_SUM_MAX terms, tight. Carries give L0..L4 < 2^44 and
 * L5 < 2^58, whose part c above 2^44 (c < 2^14) folds: 2^264 = (45 * 2^44 - 16) 2^132, with one unit lent from L4 to L3 as in
 * eml_lanes_tighten. */
EML_LANES_INLINE eml_lanes eml_lanes_sum_reduce(const eml_lanes_sum *s, size_t count) {
    eml_limb L[6];
    eml_lanes_sum_limbs_(s, count, L);
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

/* EML_LANES rows of EML_LANES / 2 neighbouring columns: out[c] has the element rows[i][column + c] in lane i. A transpose, in rounds
 * of interleaving rows i and i + EML_LANES / 2. */
EML_LANES_INLINE void eml_lanes_load_square(const eml_fe *const rows[EML_LANES], size_t column,
                                            eml_lanes out[EML_LANES / 2]) {
    eml_limb words[EML_LANES], next[EML_LANES];
    for (size_t i = 0; i < EML_LANES; i++) __builtin_memcpy(&words[i], rows[i] + column, sizeof words[i]);
    for (int round = 1; round < EML_LANES; round *= 2) {
        for (int i = 0; i < EML_LANES / 2; i++)
            eml_limb_join(words[i], words[i + EML_LANES / 2], &next[2 * i], &next[2 * i + 1]);
        for (int i = 0; i < EML_LANES; i++) words[i] = next[i];
    }
    for (int c = 0; c < EML_LANES / 2; c++) out[c] = eml_lanes_from_words(words[2 * c], words[2 * c + 1]);
}

#endif
