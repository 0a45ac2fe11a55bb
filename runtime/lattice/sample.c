#include "runtime/lattice/sample.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/hash/blake3.h"

enum { N = EML_LATTICE_DEGREE };

void eml_stream_read(const eml_stream *stream, uint8_t *out, size_t count) {
    uint8_t index[16];
    eml_le_put(index, stream->block, 8);
    eml_le_put(index + 8, stream->column, 4);
    eml_le_put(index + 12, stream->element, 4);
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, stream->context);
    eml_blake3_update(&hasher, stream->seed, EML_LATTICE_SEED_BYTES);
    eml_blake3_update(&hasher, index, sizeof index);
    eml_blake3_finish(&hasher, out, count);
    sodium_memzero(&hasher, sizeof hasher);
}

void eml_sample_uniform(const eml_stream *stream, eml_ring_values *out) {
    enum { WIDE = 2 * EML_FE_BYTES };
    uint8_t bytes[N * WIDE];
    eml_stream_read(stream, bytes, sizeof bytes);
    for (size_t i = 0; i < N; i++) {
        const uint8_t *wide = bytes + i * WIDE;
        eml_fe_wide value = {eml_le_get(wide, 8), eml_le_get(wide + 8, 8), eml_le_get(wide + 16, 8),
                             eml_le_get(wide + 24, 8)};
        out->at[i] = eml_fe_reduce_wide(value);
    }
    sodium_memzero(bytes, sizeof bytes);
}

void eml_sample_ternary(const eml_stream *stream, eml_ring *out) {
    enum { WIDE = 16 };
    uint8_t bytes[N * WIDE];
    eml_stream_read(stream, bytes, sizeof bytes);
    for (size_t i = 0; i < N; i++) {
        eml_u128 low = eml_le_get(bytes + i * WIDE, 8), high = eml_le_get(bytes + i * WIDE + 8, 8);
        uint64_t digit = (uint64_t)((3 * high + (3 * low >> 64)) >> 64); /* 0, 1, 2: 3 x < 3 * 2^128 */
        out->coefficient[i] = eml_fe_sub(eml_fe_from_u64(digit), EML_FE_ONE);
    }
    sodium_memzero(bytes, sizeof bytes);
}

void eml_sample_error(const eml_stream *stream, eml_ring *out) {
    enum { WORD = EML_LATTICE_ERROR_WORD_BITS / 8, HALF = EML_LATTICE_ERROR_PAIRS * WORD };
    uint8_t bytes[N * 2 * HALF];
    eml_stream_read(stream, bytes, sizeof bytes);
    for (size_t i = 0; i < N; i++) {
        const uint8_t *words = bytes + i * 2 * HALF;
        uint64_t plus = 0, minus = 0; /* < 6 * 2^32 */
        for (size_t w = 0; w < HALF; w += WORD) {
            plus += eml_le_get(words + w, WORD);
            minus += eml_le_get(words + HALF + w, WORD);
        }
        out->coefficient[i] = eml_fe_sub(eml_fe_from_u64(plus), eml_fe_from_u64(minus));
    }
    sodium_memzero(bytes, sizeof bytes);
}
