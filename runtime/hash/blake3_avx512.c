#define LANES 16
#include "runtime/hash/blake3_lanes.h"

void eml_blake3_chunks_avx512(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out) {
    size_t done = hash_groups(inputs, first, count, out);
    eml_blake3_chunks_avx2(inputs, first + done, count - done, out + done);
}

size_t eml_blake3_nonces_avx512(const eml_digest *seed, uint64_t first, size_t count, uint32_t mask) {
    size_t done = count / LANES * LANES, found = find_in_groups(seed, first, done, mask);
    return found < done ? found : done + eml_blake3_nonces_avx2(seed, first + done, count - done, mask);
}

void eml_blake3_outputs_avx512(const eml_blake3_node *root, uint64_t first, size_t count, uint8_t *out) {
    size_t done = output_groups(root, first, count, out);
    eml_blake3_outputs_avx2(root, first + done, count - done, out + done * EML_BLAKE3_BLOCK);
}
