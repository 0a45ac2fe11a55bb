/* BLAKE3 of many inputs of one length at once, one input a 32-bit lane: the body of the AVX2 (8 lanes) and AVX-512
 * (16 lanes) kernels. A file defines LANES and includes this once; everything here is static. Inputs of at most one
 * chunk (1024 bytes): what Merkle trees hash, chunks of a long message, nodes of its tree, proofs of work;
 * specification section 2.
 *
 * Written in GNU vector arithmetic, so it also compiles (and is tested) without the instruction set it is meant for. */
#include <stdbool.h>
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

INLINE void mix_columns(lane v[16], const lane m[16], const uint8_t s[16]) {
    quarter(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
    quarter(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
    quarter(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
    quarter(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
}

INLINE void mix_diagonals(lane v[16], const lane m[16], const uint8_t s[16]) {
    quarter(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
    quarter(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
    quarter(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
    quarter(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

/* The state before the first round. counter: low words, high words. */
INLINE void start(lane v[16], const lane cv[8], const lane counter[2], uint32_t block_len, uint32_t flags) {
    const lane zero = {0};
    for (int i = 0; i < 8; i++) v[i] = cv[i];
    for (int i = 0; i < 4; i++) v[8 + i] = zero + eml_blake3_iv[i];
    v[12] = counter[0];
    v[13] = counter[1];
    v[14] = zero + block_len;
    v[15] = zero + flags;
}

INLINE void mix_all(lane v[16], const lane m[16]) {
#pragma GCC unroll 7
    for (int r = 0; r < EML_BLAKE3_ROUNDS; r++) {
        mix_columns(v, m, eml_blake3_schedule[r]);
        mix_diagonals(v, m, eml_blake3_schedule[r]);
    }
}

/* The compression function on every lane. */
INLINE void compress(lane cv[8], const lane m[16], const lane counter[2], uint32_t block_len, uint32_t flags) {
    lane v[16];
    start(v, cv, counter, block_len, flags);
    mix_all(v, m);
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

/* first + step * i in lane i: low words, high words. step: 0 or 1. */
INLINE void count_lanes(uint64_t first, uint32_t step, lane words[2]) {
#if LANES == 8
    const lane index = {0, 1, 2, 3, 4, 5, 6, 7};
#else
    const lane index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#endif
    const lane zero = {0};
    words[0] = zero + (uint32_t)first + index * step;
    words[1] = zero + (uint32_t)(first >> 32) - (lane)(words[0] < (uint32_t)first); /* true is -1: the carry */
}

/* LANES inputs. */
INLINE void hash_lanes(const eml_blake3_inputs *inputs, size_t first, eml_digest out[LANES]) {
    const lane zero = {0};
    const uint8_t *bytes = inputs->bytes + first * inputs->stride;
    size_t stride = inputs->stride, left = inputs->length;
    uint32_t flags = inputs->flags | inputs->on_first;
    lane cv[8], m[16], counter[2];
    for (int i = 0; i < 8; i++) cv[i] = zero + inputs->key[i];
    count_lanes(inputs->counter + first * inputs->step, inputs->step, counter);
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

/* LANES blocks of extended output. */
INLINE void output_lanes(const eml_blake3_node *root, uint64_t first, uint8_t *out) {
    const lane zero = {0};
    lane cv[8], m[16], v[16], counter[2];
    for (int i = 0; i < 8; i++) cv[i] = zero + root->cv[i];
    for (int i = 0; i < 16; i++) m[i] = zero + eml_blake3_load_u32(root->block + 4 * i);
    count_lanes(first, 1, counter);
    start(v, cv, counter, root->block_len, root->flags);
    mix_all(v, m);
    for (int i = 0; i < 8; i++) {
        v[i] ^= v[8 + i];
        v[8 + i] ^= cv[i];
    }
    for (int half = 0; half < 16; half += LANES) {
        transpose(v + half);
        for (size_t i = 0; i < LANES; i++)
            memcpy(out + i * EML_BLAKE3_BLOCK + 4 * (size_t)half, &v[half + (int)i], sizeof(lane));
    }
}

/* Whole groups of LANES blocks; how many are done. */
static size_t output_groups(const eml_blake3_node *root, uint64_t first, size_t count, uint8_t *out) {
    size_t i = 0;
    for (; count - i >= LANES; i += LANES) output_lanes(root, first + i, out + i * EML_BLAKE3_BLOCK);
    return i;
}

INLINE bool has_zero(lane word) {
    typedef uint64_t wide __attribute__((vector_size(4 * LANES)));
    wide is_zero = (wide)(word == 0);
    uint64_t any = 0;
    for (int i = 0; i < LANES / 2; i++) any |= is_zero[i];
    return any != 0;
}

/* The first lane in which the word is 0; one is. */
INLINE size_t find_zero(lane word) {
    size_t i = 0;
    while (word[i] != 0) i++;
    return i;
}

/* eml_blake3_find_nonce, count a multiple of LANES. The first round mixes the columns with the seed alone, so that is
 * done once; six words of the message are zeros, which the compiler knows. */
static size_t find_in_groups(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask) {
    const lane zero = {0}, no_counter[2] = {{0}};
    lane m[16] = {{0}}, cv[8], mixed[16];
    for (int i = 0; i < 8; i++) {
        m[i] = zero + eml_blake3_load_u32(seed->bytes + 4 * i);
        cv[i] = zero + eml_blake3_iv[i];
    }
    start(mixed, cv, no_counter, EML_BLAKE3_NONCE_MESSAGE, EML_BLAKE3_ONLY_BLOCK);
    mix_columns(mixed, m, eml_blake3_schedule[0]);
    for (size_t done = 0; done < count; done += LANES) {
        lane v[16];
        for (int i = 0; i < 16; i++) v[i] = mixed[i];
        count_lanes(first + done, 1, m + 8);
        mix_diagonals(v, m, eml_blake3_schedule[0]);
#pragma GCC unroll 6
        for (int r = 1; r < EML_BLAKE3_ROUNDS; r++) {
            mix_columns(v, m, eml_blake3_schedule[r]);
            mix_diagonals(v, m, eml_blake3_schedule[r]);
        }
        lane masked = (v[0] ^ v[8]) & mask;
        if (has_zero(masked)) return done + find_zero(masked);
    }
    return count;
}
