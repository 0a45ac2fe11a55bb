#include "runtime/hash/digest.h"

#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/base/memory.h"
#include "runtime/hash/elements.h"

bool eml_digest_eq(const eml_digest *a, const eml_digest *b) {
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

eml_digest eml_hash_bytes(const void *bytes, size_t count) { return eml_blake3_hash(bytes, count); }

void eml_hash_many(const uint8_t *bytes, size_t stride, size_t length, size_t count, eml_digest *out) {
    eml_blake3_hash_many(bytes, stride, length, count, out);
}

size_t eml_hash_find_nonce(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask) {
    return eml_blake3_find_nonce(seed, first, count, mask);
}

eml_digest eml_hash_elements(const eml_fe *elements, size_t count) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init(&hasher);
    eml_blake3_update_elements_var(&hasher, elements, count);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

eml_digest eml_hash_pair(const eml_digest *left, const eml_digest *right) {
    eml_digest pair[2] = {*left, *right};
    return eml_hash_bytes(pair, sizeof pair);
}

eml_digest eml_hash_seeded(const eml_digest *seed, uint64_t value) {
    uint8_t message[EML_DIGEST_BYTES + 8];
    memcpy(message, seed->bytes, EML_DIGEST_BYTES);
    eml_le_put(message + EML_DIGEST_BYTES, value, 8);
    return eml_hash_bytes(message, sizeof message);
}

eml_digest eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension) {
    eml_fe *parts = eml_alloc_raw(count, extension * sizeof *parts), *next = parts;
    for (size_t i = 0; i < count; i++) {
        *next++ = elements[i].a;
        if (extension == 2) *next++ = elements[i].b;
    }
    eml_digest digest = eml_hash_elements(parts, (size_t)(next - parts));
    eml_free(parts);
    return digest;
}
