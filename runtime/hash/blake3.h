/* BLAKE3 (the specification of 2020-01-09, section 2): hash mode, plus keyed_hash, derive_key and extended output. */
#ifndef EML_HASH_BLAKE3_H
#define EML_HASH_BLAKE3_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/hash/digest.h"

/* Incremental hashing: init, update any number of times, then finish (may be called repeatedly, with any length). The
 * whole chunks (1024 bytes) within one update are hashed 8 or 16 at once, and in threads when they are more than 1 MiB,
 * so few long updates take a fifth of the time of many short ones. */
typedef struct eml_blake3 {
    uint32_t key[8];
    uint32_t chunk_cv[8];
    uint8_t block[64];
    uint64_t chunk_counter;
    uint8_t block_len, blocks_compressed, stack_len;
    uint32_t flags;
    eml_digest stack[54]; /* chaining values of complete subtrees: log2(2^64 bytes / 1024) */
} eml_blake3;

void eml_blake3_init(eml_blake3 *hasher);
void eml_blake3_init_keyed(eml_blake3 *hasher, const uint8_t key[32]); /* constant time in the key */
void eml_blake3_init_derive_key(eml_blake3 *hasher, const char *context);
void eml_blake3_update(eml_blake3 *hasher, const void *bytes, size_t count);
void eml_blake3_update_u64(eml_blake3 *hasher, uint64_t value);               /* as 8 bytes, little-endian */
void eml_blake3_finish(const eml_blake3 *hasher, uint8_t *out, size_t count); /* extended output of count bytes */
/* The same from byte 64 * first on: parts of a long output can be made apart. 8 or 16 blocks of 64 bytes at once. */
void eml_blake3_finish_from(const eml_blake3 *hasher, uint64_t first, uint8_t *out, size_t count);

/* One message. */
eml_digest eml_blake3_hash(const void *bytes, size_t count);

/* count messages of length bytes each, message i at bytes + i * stride: out[i] = its hash. What Merkle leaves (rows)
 * and nodes (64-byte pairs) use; of messages up to a chunk the kernels hash 8 or 16 at once. */
void eml_blake3_hash_many(const uint8_t *bytes, size_t stride, size_t length, size_t count, eml_digest *out);

/* Proof of work: the smallest i < count for which the first four bytes of H(seed || first + i) (the number as 8 bytes;
 * all little-endian) have no bit of mask, or count when there is none. first + count must not exceed 2^64. */
size_t eml_blake3_find_nonce(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask);

#endif
