/* BLAKE3 of many inputs of one length at once, one input a 32-bit lane: the body of the AVX2 (8 lanes) and AVX-512
 * (16 lanes) kernels. A file defines LANES and includes this once; everything here is static. Inputs of at most one
 * chunk (1024 bytes): what Merkle trees hash, chunks of a long message, nodes of its tree; specification section 2.
 *
 * Written in GNU vector arithmetic, so it also compiles (and is tested) without the instruction set it is meant for. */
#include <string.h>

#include "runtime/hash/blake3_core.h"

typedef uint32_t lane __attribute__((vector_size(4 * LANES)));
typedef uint8_t lane_bytes __attribute__((vector_size(4 * LANES)));

#define INLINE static inline __attribute__((always_inline))

INLINE lane rotate(lane x, int right) { return x >> right | x << (32 - right); }

/* AVX2 has no rotation, but a byte shuffle does those by whole bytes in one instruction. */
#if LANES == 8
#define EACH_WORD(a, b, c, d)                                                                                          \
    a, b, c, d, 4 + a, 4 + b, 4 + c, 4 + d, 8 + a, 8 + b, 8 + c, 8 + d, 12 + a, 12 + b, 12 + c, 12 + d, 16 + a,        \
        16 + b, 16 + c, 16 + d, 20 + a, 20 + b, 20 + c, 20 + d, 24 + a, 24 + b, 24 + c, 24 + d, 28 + a, 28 + b,        \
        28 + c, 28 + d
INLINE lane rotate16(lane x) {
    return (lane)__builtin_shufflevector((lane_bytes)x, (lane_bytes)x, EACH_WORD(2, 3, 0, 1));
}
INLINE lane rotate8(lane x) {
    return (lane)__builtin_shufflevector((lane_bytes)x, (lane_bytes)x, EACH_WORD(1, 2, 3, 0));
}
#undef EACH_WORD
#else
INLINE lane rotate16(lane x) { return rotate(x, 16); }
INLINE lane rotate8(lane x) { return rotate(x, 8); }
#endif

INLINE void quarter(lane *a, lane *b, lane *c, lane *d, lane x, lane y) {
    *a += *b + x;
    *d = rotate16(*d ^ *a);
    *c += *d;
    *b = rotate(*b ^ *c, 12);
    *a += *b + y;
    *d = rotate8(*d ^ *a);
    *c += *d;
    *b = rotate(*b ^ *c, 7);
}

INLINE void round_of(lane v[16], const lane m[16], const uint8_t s[16]) {
    quarter(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
    quarter(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
    quarter(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
    quarter(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
    quarter(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
    quarter(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
    quarter(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
    quarter(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

/* The compression function on every lane. counter: low words, high words. */
INLINE void compress(lane cv[8], const lane m[16], const lane counter[2], uint32_t block_len, uint32_t flags) {
    const lane zero = {0};
    lane v[16];
    for (int i = 0; i < 8; i++) v[i] = cv[i];
    for (int i = 0; i < 4; i++) v[8 + i] = zero + eml_blake3_iv[i];
    v[12] = counter[0];
    v[13] = counter[1];
    v[14] = zero + block_len;
    v[15] = zero + flags;
#pragma GCC unroll 7
    for (int r = 0; r < EML_BLAKE3_ROUNDS; r++) round_of(v, m, eml_blake3_schedule[r]);
    for (int i = 0; i < 8; i++) cv[i] = v[i] ^ v[8 + i];
}

/* rows[i] word j <-> rows[j] word i, for a LANES x LANES square: log2(LANES) rounds of pairwise interleaving.
 * Interleaving row i with row i + LANES/2 (low halves to 2i, high halves to 2i + 1) log2(LANES) times
 * is the transpose. */
INLINE void transpose(lane rows[LANES]) {
    for (int round = 1; round < LANES; round *= 2) {
        lane next[LANES];
        for (int i = 0; i < LANES / 2; i++) {
            lane a = rows[i], b = rows[i + LANES / 2];
#if LANES == 8
            next[2 * i] = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
            next[2 * i + 1] = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
            next[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            next[2 * i + 1] =
                __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#endif
        }
        for (int i = 0; i < LANES; i++) rows[i] = next[i];
    }
}

/* m[w] = word w of the 64-byte block at bytes + i * stride, in lane i. */
INLINE void load_block(const uint8_t *bytes, size_t stride, lane m[16]) {
    for (int half = 0; half < 16; half += LANES) {
        for (size_t i = 0; i < LANES; i++)
            memcpy(&m[half + (int)i], bytes + i * stride + 4 * (size_t)half, sizeof(lane));
        transpose(m + half);
    }
}

/* The counters of LANES inputs. */
INLINE void count_inputs(const eml_blake3_inputs *inputs, size_t first, lane counter[2]) {
#if LANES == 8
    const lane index = {0, 1, 2, 3, 4, 5, 6, 7};
#else
    const lane index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#endif
    const lane zero = {0};
    uint64_t start = inputs->counter + first * inputs->step;
    counter[0] = zero + (uint32_t)start + index * inputs->step;
    counter[1] = zero + (uint32_t)(start >> 32) - (lane)(counter[0] < (uint32_t)start); /* true is -1: the carry */
}

/* LANES inputs. */
INLINE void hash_lanes(const eml_blake3_inputs *inputs, size_t first, eml_digest out[LANES]) {
    const lane zero = {0};
    const uint8_t *bytes = inputs->bytes + first * inputs->stride;
    size_t stride = inputs->stride, left = inputs->length;
    uint32_t flags = inputs->flags | inputs->on_first;
    lane cv[8], m[16], counter[2];
    for (int i = 0; i < 8; i++) cv[i] = zero + inputs->key[i];
    count_inputs(inputs, first, counter);
    for (; left > EML_BLAKE3_BLOCK; left -= EML_BLAKE3_BLOCK, bytes += EML_BLAKE3_BLOCK, flags = inputs->flags) {
        load_block(bytes, stride, m);
        compress(cv, m, counter, EML_BLAKE3_BLOCK, flags);
    }
    uint8_t last[LANES][EML_BLAKE3_BLOCK];
    if (left < EML_BLAKE3_BLOCK) {
        memset(last, 0, sizeof last);
        for (size_t i = 0; i < LANES; i++) memcpy(last[i], bytes + i * stride, left);
        bytes = last[0];
        stride = EML_BLAKE3_BLOCK;
    }
    load_block(bytes, stride, m);
    compress(cv, m, counter, (uint32_t)left, flags | inputs->on_last);
    for (int i = 0; i < 8; i++)
        for (size_t j = 0; j < LANES; j++) memcpy(out[j].bytes + 4 * i, &((const uint32_t *)&cv[i])[j], 4);
}

/* Whole groups of LANES inputs; how many are done. */
static size_t hash_groups(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out) {
    size_t i = 0;
    for (; count - i >= LANES; i += LANES) hash_lanes(inputs, first + i, out + i);
    return i;
}
