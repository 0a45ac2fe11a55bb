#include "runtime/statement/weights.h"

#include <assert.h>

enum { A_BLOCK = 4 };

void eml_row_weights_init(eml_row_weights *weights, const eml_digest *statement, uint64_t rows) {
    eml_blake3_init_derive_key(&weights->stream, "eml v2 row weights");
    eml_blake3_update(&weights->stream, statement->bytes, sizeof statement->bytes);
    weights->one_row = rows == 1;
}

void eml_row_weights_read(const eml_row_weights *weights, uint64_t first, size_t count, eml_fe *out) {
    assert(first % A_BLOCK == 0);
    uint8_t *bytes = (uint8_t *)out; /* each weight is made where its bytes lie */
    eml_blake3_finish_from(&weights->stream, first / A_BLOCK, bytes, count * EML_FE_BYTES);
    for (size_t i = 0; i < count; i++) out[i] = eml_fe_from_bytes_mod(bytes + i * EML_FE_BYTES);
    if (first == 0 && count > 0 && weights->one_row) out[0] = EML_FE_ONE;
}
