#include "runtime/hash/blake3_core.h"

#include <string.h>

const uint32_t eml_blake3_iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/* Forced, so that message words are chosen at compile time: gcc 12 and clang 14 keep one round that reads the schedule,
 * which takes 1.4 times as long. */
#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t rotate_right(uint32_t x, unsigned by) { return x >> by | x << (32 - by); }

/* The quarter round G. */
INLINE void mix(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint32_t x, uint32_t y) {
    *a += *b + x;
    *d = rotate_right(*d ^ *a, 16);
    *c += *d;
    *b = rotate_right(*b ^ *c, 12);
    *a += *b + y;
    *d = rotate_right(*d ^ *a, 8);
    *c += *d;
    *b = rotate_right(*b ^ *c, 7);
}

INLINE void mix_round(uint32_t v[16], const uint32_t m[16], const uint8_t s[16]) {
    mix(&v[0], &v[4], &v[8], &v[12], m[s[0]], m[s[1]]);
    mix(&v[1], &v[5], &v[9], &v[13], m[s[2]], m[s[3]]);
    mix(&v[2], &v[6], &v[10], &v[14], m[s[4]], m[s[5]]);
    mix(&v[3], &v[7], &v[11], &v[15], m[s[6]], m[s[7]]);
    mix(&v[0], &v[5], &v[10], &v[15], m[s[8]], m[s[9]]);
    mix(&v[1], &v[6], &v[11], &v[12], m[s[10]], m[s[11]]);
    mix(&v[2], &v[7], &v[8], &v[13], m[s[12]], m[s[13]]);
    mix(&v[3], &v[4], &v[9], &v[14], m[s[14]], m[s[15]]);
}

void eml_blake3_compress(const uint32_t cv[8], const uint8_t block[EML_BLAKE3_BLOCK], uint32_t block_len,
                         uint64_t counter, uint32_t flags, uint32_t out[16]) {
    uint32_t m[16], v[16];
    for (size_t i = 0; i < 16; i++) m[i] = eml_blake3_load_u32(block + 4 * i);
    for (size_t i = 0; i < 8; i++) v[i] = cv[i];
    for (size_t i = 0; i < 4; i++) v[8 + i] = eml_blake3_iv[i];
    v[12] = (uint32_t)counter;
    v[13] = (uint32_t)(counter >> 32);
    v[14] = block_len;
    v[15] = flags;
    mix_round(v, m, eml_blake3_schedule[0]);
    mix_round(v, m, eml_blake3_schedule[1]);
    mix_round(v, m, eml_blake3_schedule[2]);
    mix_round(v, m, eml_blake3_schedule[3]);
    mix_round(v, m, eml_blake3_schedule[4]);
    mix_round(v, m, eml_blake3_schedule[5]);
    mix_round(v, m, eml_blake3_schedule[6]);
    uint32_t feed_forward[8];
    memcpy(feed_forward, cv, sizeof feed_forward); /* out may be cv */
    for (size_t i = 0; i < 8; i++) {
        out[i] = v[i] ^ v[i + 8];
        out[i + 8] = v[i + 8] ^ feed_forward[i];
    }
}

static eml_digest hash_input(const eml_blake3_inputs *inputs, size_t index) {
    const uint8_t *bytes = inputs->bytes + index * inputs->stride;
    uint64_t counter = inputs->counter + index * inputs->step;
    uint32_t cv[16], flags = inputs->flags | inputs->on_first;
    memcpy(cv, inputs->key, 8 * sizeof *cv);
    size_t length = inputs->length;
    for (; length > EML_BLAKE3_BLOCK; length -= EML_BLAKE3_BLOCK, bytes += EML_BLAKE3_BLOCK, flags = inputs->flags)
        eml_blake3_compress(cv, bytes, EML_BLAKE3_BLOCK, counter, flags, cv);
    uint8_t last[EML_BLAKE3_BLOCK] = {0};
    memcpy(last, bytes, length);
    eml_blake3_compress(cv, last, (uint32_t)length, counter, flags | inputs->on_last, cv);
    eml_digest digest;
    for (size_t i = 0; i < 8; i++) eml_blake3_store_u32(cv[i], digest.bytes + 4 * i);
    return digest;
}

void eml_blake3_chunks_c(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out) {
    for (size_t i = 0; i < count; i++) out[i] = hash_input(inputs, first + i);
}

void eml_blake3_outputs_c(const eml_blake3_node *root, uint64_t first, size_t count, uint8_t *out) {
    for (size_t i = 0; i < count; i++, out += EML_BLAKE3_BLOCK) {
        uint32_t words[16];
        eml_blake3_compress(root->cv, root->block, root->block_len, first + i, root->flags, words);
        for (size_t w = 0; w < 16; w++) eml_blake3_store_u32(words[w], out + 4 * w);
    }
}

size_t eml_blake3_nonces_c(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask) {
    uint8_t block[EML_BLAKE3_BLOCK] = {0};
    memcpy(block, seed->bytes, sizeof seed->bytes);
    for (size_t i = 0; i < count; i++) {
        uint32_t out[16];
        eml_blake3_store_u32((uint32_t)(first + i), block + EML_DIGEST_BYTES);
        eml_blake3_store_u32((uint32_t)((first + i) >> 32), block + EML_DIGEST_BYTES + 4);
        eml_blake3_compress(eml_blake3_iv, block, EML_BLAKE3_NONCE_MESSAGE, 0, EML_BLAKE3_ONLY_BLOCK, out);
        if ((out[0] & mask) == 0) return i;
    }
    return count;
}
