/* Digests, and the commitment hash: the one that the coin, Merkle trees and their leaves are made with. They call it
 * by the names below, so digest.c is the one file that knows which it is: BLAKE3. What identifies a thing (a constraint
 * set, an ABI, a statement, a key) is a BLAKE3 digest whatever the commitment hash. */
#ifndef EML_HASH_DIGEST_H
#define EML_HASH_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/field/fe2.h"

enum { EML_DIGEST_BYTES = 32 };

typedef struct eml_digest {
    uint8_t bytes[EML_DIGEST_BYTES];
} eml_digest;

/* Of public digests: the time shows where they differ. */
bool eml_digest_eq(const eml_digest *a, const eml_digest *b);

/* One message. */
eml_digest eml_hash_bytes(const void *bytes, size_t count);
/* count messages of length bytes each, message i at bytes + i * stride: out[i] = its hash. */
void eml_hash_many(const uint8_t *bytes, size_t stride, size_t length, size_t count, eml_digest *out);
/* A node of a tree, a reseeded coin: H(left || right). */
eml_digest eml_hash_pair(const eml_digest *left, const eml_digest *right);
/* H(seed || value), the number as 8 bytes, little-endian. */
eml_digest eml_hash_seeded(const eml_digest *seed, uint64_t value);
/* The elements' canonical bytes. */
eml_digest eml_hash_elements(const eml_fe *elements, size_t count);
/* The same for elements of the extension: with extension 1 only their first halves, which is all that they have. */
eml_digest eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension);
/* Proof of work: the smallest i < count for which the first four bytes of eml_hash_seeded(seed, first + i)
 * (little-endian) have no bit of mask, or count when there is none. first + count must not exceed 2^64. */
size_t eml_hash_find_nonce(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask);

#endif
