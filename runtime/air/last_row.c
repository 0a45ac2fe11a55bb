#include "runtime/air/last_row.h"

#include "runtime/base/memory.h"
#include "runtime/hash/blake3.h"

void eml_last_row_fill(const char *label, const uint8_t seed[32], eml_fe *cells, size_t count) {
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, label);
    eml_blake3_update(&hasher, seed, 32);
    uint8_t *bytes = eml_alloc_raw(count, EML_FE_BYTES);
    eml_blake3_finish(&hasher, bytes, count * EML_FE_BYTES);
    for (size_t i = 0; i < count; i++) cells[i] = eml_fe_from_bytes_mod(bytes + i * EML_FE_BYTES);
    eml_free(bytes);
}
