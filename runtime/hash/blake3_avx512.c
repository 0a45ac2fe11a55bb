#define LANES 16
#include "runtime/hash/blake3_lanes.h"

void eml_blake3_chunks_avx512(const eml_blake3_inputs *inputs, size_t first, size_t count, eml_digest *out) {
    size_t done = hash_groups(inputs, first, count, out);
    eml_blake3_chunks_avx2(inputs, first + done, count - done, out + done);
}
