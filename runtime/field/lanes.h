/* Several field elements at once, planar, in three limbs of 44 bits: what the vector kernels compute on.
 *
 * A lanes value x stands for x.l0 + 2^44 x.l1 + 2^88 x.l2 mod p, lane by lane, in limbs that may be loose: nothing is
 * reduced that need not be. Reduction uses 2^132 = 45 * 2^44 - 16 (mod p), so folding is by whole limbs.
 *
 * Looseness is counted in units. "Tight" is one unit: what loading, multiplying, reducing a sum and eml_lanes_tighten
 * give. A sum has the units of both operands together; a - b has those of a and at most EML_LANES_DIFFERENCE_UNITS
 * more. Each function says what it takes; lanes_units.h has the numbers. What a unit is in bits, and why the bounds
 * suffice, stands with the arithmetic, which is one file for each instruction set: lanes_ifma.h (AVX-512 IFMA, 8 lanes
 * of integers) and lanes_avx2.h (AVX2 with FMA, 4 lanes of doubles; chosen by defining EML_LANES_AVX2). Each defines
 *
 *   eml_lanes_add(a, b)      a + b
 *   eml_lanes_sub(a, b)      a - b for b of at most EML_LANES_SUBTRAHEND_UNITS
 *   eml_lanes_tighten(x)     x, tight; x of at most EML_LANES_TIGHTEN_UNITS
 *   eml_lanes_mul(a, b)      a b, tight; the product of the units at most EML_LANES_PRODUCT_UNITS
 *   eml_lanes_square(a)      a^2, tight; likewise
 *   eml_lanes_sum_init(&s), _sum_add(&s, a, b), _sum_reduce(&s, count)   a sum of count <= EML_LANES_SUM_MAX products,
 * tight; the product of the units at most EML_LANES_PRODUCT_UNITS in each eml_lanes_times(a, w)    a w for a factor
 * that many vectors share (eml_lanes_factor), tight; a of at most EML_LANES_TIMES_UNITS eml_lanes_within(x, k) whether
 * the limbs are within what k units allow: for assertions
 *
 * The rest is GNU vector arithmetic. Compiled without its instruction set the same code runs anywhere, slowly:
 * tests/kernels use that to check both on every machine. */
#ifndef EML_FIELD_LANES_H
#define EML_FIELD_LANES_H

#include "runtime/field/f128.h"
#include "runtime/field/lanes_units.h"

#define EML_LANES_INLINE static inline __attribute__((always_inline))
#define EML_LANES_MASK44 UINT64_C(0xfffffffffff)

/* A multiple of p with limbs in [2^53 + 2^39, 2^53 + 2^44): added, it keeps a difference of limbs from going below
 * zero. */
#define EML_LANES_P0 UINT64_C(0x20030000002001)
#define EML_LANES_P1 UINT64_C(0x200fffffffa3fd)
#define EML_LANES_P2 UINT64_C(0x2000fffffffdff)

/* A kernel's name with the suffix of the instruction set that its source is compiled for. */
#if defined(EML_LANES_AVX2)
#define EML_KERNEL(name) name##_avx2
#include "runtime/field/lanes_avx2.h"
#else
#define EML_KERNEL(name) name##_avx512
#include "runtime/field/lanes_ifma.h"
#endif

/* EML_LANES neighbouring elements (any representatives, any alignment). */
EML_LANES_INLINE eml_lanes eml_lanes_load(const eml_fe *from) {
    eml_limb a, b, lo, hi;
    __builtin_memcpy(&a, from, sizeof a);
    __builtin_memcpy(&b, from + EML_LANES / 2, sizeof b);
    eml_limb_split(a, b, &lo, &hi);
    return eml_lanes_from_words(lo, hi);
}

/* The first count elements, 0 in the other lanes: what they stand for in memory is not touched. */
EML_LANES_INLINE eml_lanes eml_lanes_load_few(const eml_fe *from, size_t count) {
    eml_limb lo, hi;
    int words = 2 * (int)count;
    eml_limb_split(eml_limb_load_few(from, words), eml_limb_load_few(from + EML_LANES / 2, words - EML_LANES), &lo,
                   &hi);
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

/* Limbs of one lane in every lane. */
EML_LANES_INLINE eml_lanes eml_lanes_broadcast(const eml_lane_scalar limbs[3]) {
    return (eml_lanes){eml_lane_set(limbs[0]), eml_lane_set(limbs[1]), eml_lane_set(limbs[2])};
}

/* The canonical values as words; at most EML_LANES_TIGHTEN_UNITS. With f = 2^128 mod p = 45 * 2^40 - 1, what stands
 * above 2^128, c < 2^22, folds to c f: the part of 45 c below 2^4 goes to l0, the rest to l1; c = 0, or the difference
 * is positive. That leaves t < 2^128 + 2^68 < 2 p, and t >= p exactly when t + f reaches 2^128; then t + f - 2^128 is
 * the value. f = 2 * 2^44 + f0. */
EML_LANES_INLINE void eml_lanes_to_words(eml_lanes x, eml_limb *lo, eml_limb *hi) {
    const uint64_t f0 = EML_FE_FOLD & EML_LANES_MASK44;
    eml_limb l0, l1, l2; /* < 2^62 */
    eml_lanes_to_limbs(x, &l0, &l1, &l2);
    l1 += l0 >> 44;
    l0 &= EML_LANES_MASK44;
    l2 += l1 >> 44;
    l1 &= EML_LANES_MASK44;
    eml_limb c = l2 >> 40, c45 = eml_limb_add_45(eml_limb_set(0), c);
    l2 &= EML_LANES_MASK44 >> 4;
    l0 += ((c45 & 15) << 40) + (eml_limb_set(1) << 44) - c;
    l1 += (c45 >> 4) - 1;
    eml_limb above = (l2 + ((l1 + 2 + ((l0 + f0) >> 44)) >> 44)) >> 40;
    l0 += -above & f0;
    l1 += (above << 1) + (l0 >> 44);
    *lo = (l0 & EML_LANES_MASK44) | l1 << 44;
    *hi = (l1 >> 20) + (l2 << 24); /* the carry out of l1 is bit 24 of its part, that out of 2^128 falls off */
}

/* Canonical values to neighbouring elements. At most EML_LANES_TIGHTEN_UNITS. */
EML_LANES_INLINE void eml_lanes_store(eml_fe *to, eml_lanes x) {
    eml_limb lo, hi, a, b;
    eml_lanes_to_words(x, &lo, &hi);
    eml_limb_join(lo, hi, &a, &b);
    __builtin_memcpy(to, &a, sizeof a);
    __builtin_memcpy(to + EML_LANES / 2, &b, sizeof b);
}

/* The first count of them. */
EML_LANES_INLINE void eml_lanes_store_few(eml_fe *to, size_t count, eml_lanes x) {
    eml_limb lo, hi, a, b;
    int words = 2 * (int)count;
    eml_lanes_to_words(x, &lo, &hi);
    eml_limb_join(lo, hi, &a, &b);
    eml_limb_store_few(to, words, a);
    eml_limb_store_few(to + EML_LANES / 2, words - EML_LANES, b);
}

EML_LANES_INLINE void eml_lanes_store_strided(eml_fe *to, size_t stride, eml_lanes x) {
    eml_limb lo, hi;
    eml_lanes_to_words(x, &lo, &hi);
    for (size_t i = 0; i < EML_LANES; i++) to[i * stride] = (eml_fe){lo[i], hi[i]};
}

/* The even lanes of x, then those of y; and the odd ones. */
EML_LANES_INLINE void eml_lanes_split(eml_lanes x, eml_lanes y, eml_lanes *even, eml_lanes *odd) {
    eml_limb e[3], o[3];
    eml_limb_split((eml_limb)x.l0, (eml_limb)y.l0, &e[0], &o[0]);
    eml_limb_split((eml_limb)x.l1, (eml_limb)y.l1, &e[1], &o[1]);
    eml_limb_split((eml_limb)x.l2, (eml_limb)y.l2, &e[2], &o[2]);
    *even = (eml_lanes){(eml_lane)e[0], (eml_lane)e[1], (eml_lane)e[2]};
    *odd = (eml_lanes){(eml_lane)o[0], (eml_lane)o[1], (eml_lane)o[2]};
}

/* w, 2^44 w and 2^88 w, tight: what eml_lanes_times wants of a factor that many vectors share. The limb of weight 2^(44
 * k) times the k-th gives three limbs but for carries, so that little is left to reduce. w as loaded. */
EML_LANES_INLINE void eml_lanes_factor(eml_lanes w, eml_lanes out[3]) {
    out[0] = w;
    out[1] = eml_lanes_shift(w);
    out[2] = eml_lanes_shift(out[1]);
}

/* Columns column .. column + EML_LANES / 2 - 1 of EML_LANES rows: out[c] has the element rows[i][column + c] in lane i.
 * A transpose, in rounds of interleaving rows i and i + EML_LANES / 2. */
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
