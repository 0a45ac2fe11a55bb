/* The compression function of BLAKE3 and the kernels built on it (specification sections 2.1 to 2.4). */
#ifndef EML_HASH_BLAKE3_CORE_H
#define EML_HASH_BLAKE3_CORE_H

#include "runtime/hash/blake3.h"

enum {
    EML_BLAKE3_BLOCK = 64,
    EML_BLAKE3_CHUNK = 1024,
    EML_BLAKE3_ROUNDS = 7,
    EML_BLAKE3_NONCE_MESSAGE = EML_DIGEST_BYTES + 8,
};

/* Domain separation flags, specification table 3. */
enum {
    EML_BLAKE3_CHUNK_START = 1,
    EML_BLAKE3_CHUNK_END = 2,
    EML_BLAKE3_PARENT = 4,
    EML_BLAKE3_ROOT = 8,
    EML_BLAKE3_KEYED_HASH = 16,
    EML_BLAKE3_DERIVE_KEY_CONTEXT = 32,
    EML_BLAKE3_DERIVE_KEY_MATERIAL = 64,
    EML_BLAKE3_ONLY_BLOCK = EML_BLAKE3_CHUNK_START | EML_BLAKE3_CHUNK_END | EML_BLAKE3_ROOT, /* of a short message */
};

/* The initial chaining value, table 1. */
extern const uint32_t eml_blake3_iv[8];

/* Round r uses message word schedule[r][i] where round 0 uses word i: the permutation of table 2 applied r times.
 * Defined here because kernels need its entries as compile-time constants, to keep message words in registers. */
static const uint8_t eml_blake3_schedule[EML_BLAKE3_ROUNDS][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1}, {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4}, {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13}};

/* The 16 output words; the first 8 are the next chaining value. */
void eml_blake3_compress(const uint32_t cv[8], const uint8_t block[EML_BLAKE3_BLOCK], uint32_t block_len,
                         uint64_t counter, uint32_t flags, uint32_t out[16]);

/* Inputs of one length <= EML_BLAKE3_CHUNK that are hashed side by side: messages, chunks of one message, or pairs of
 * nodes. Input i is at bytes + i * stride, and all its blocks have the counter `counter + i * step`. */
typedef struct eml_blake3_inputs {
    const uint8_t *bytes;
    size_t stride, length;
    const uint32_t *key; /* 8 words: the chaining value before the first block */
    uint64_t counter;
    uint32_t step;              /* 0 or 1 */
    uint32_t flags;             /* of every block */
    uint32_t on_first, on_last; /* more flags, of the first and of the last block, which may be the same one */
} eml_blake3_inputs;

/* A node of the tree whose compression is still to be done, because only the last one gets the ROOT flag. */
typedef struct eml_blake3_node {
    uint32_t cv[8];
    uint8_t block[EML_BLAKE3_BLOCK];
    uint64_t counter;
    uint32_t block_len, flags;
} eml_blake3_node;

/* Extended output (section 2.6): blocks first to first + count - 1, each the root compressed with its number for a
 * counter. */
typedef void eml_blake3_outputs_fn(const eml_blake3_node *root, uint64_t first, size_t count, uint8_t *out);
void eml_blake3_outputs_c(const eml_blake3_node *root, uint64_t first, size_t count, uint8_t *out);

/* out[i] = the chaining value after input first + i, for i < count. In this order: out[i] may lie on inputs up to
 * first + i, so that a level of a tree can be replaced by its parents. */
typedef void eml_blake3_chunks_fn(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out);
void eml_blake3_chunks_c(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out);

/* eml_blake3_find_nonce. The message is 40 bytes: words 0 to 7 of its only block are the seed's, 8 and 9 the number's.
 */
typedef size_t eml_blake3_nonces_fn(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask);
size_t eml_blake3_nonces_c(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask);

/* Needs AVX2; AVX-512 F, DQ, VL and BW. */
eml_blake3_chunks_fn eml_blake3_chunks_avx2, eml_blake3_chunks_avx512;
eml_blake3_nonces_fn eml_blake3_nonces_avx2, eml_blake3_nonces_avx512;
eml_blake3_outputs_fn eml_blake3_outputs_avx2, eml_blake3_outputs_avx512;

/* The best of the kernels that this CPU has and the mask (runtime/base/cpu.h) allows. */
eml_blake3_chunks_fn *eml_blake3_chunks(void);
eml_blake3_nonces_fn *eml_blake3_nonces(void);
eml_blake3_outputs_fn *eml_blake3_outputs(void);

static inline uint32_t eml_blake3_load_u32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void eml_blake3_store_u32(uint32_t x, uint8_t *p) {
    for (unsigned i = 0; i < 4; i++) p[i] = (uint8_t)(x >> 8 * i);
}

#endif
