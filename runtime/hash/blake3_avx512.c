#define LANES 16
#include "runtime/hash/blake3_lanes.h"

void eml_blake3_chunks_avx512(const uint8_t *bytes, size_t stride, size_t length, size_t count, eml_digest *out) {
    size_t done = hash_groups(bytes, stride, length, count, out);
    eml_blake3_chunks_avx2(bytes + done * stride, stride, length, count - done, out + done);
}
