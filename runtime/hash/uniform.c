#include "runtime/hash/uniform.h"

#include <string.h>

void eml_uniform_open(eml_uniform *stream, const char *label, const uint8_t seed[EML_SEED_BYTES]) {
    eml_blake3_init_derive_key(&stream->hasher, label);
    eml_blake3_update(&stream->hasher, seed, EML_SEED_BYTES);
    stream->next = 0;
    stream->used = sizeof stream->buffer;
}

static void refill(eml_uniform *stream) {
    eml_blake3_finish_from(&stream->hasher, stream->next, stream->buffer, sizeof stream->buffer);
    stream->next += sizeof stream->buffer / 64;
    stream->used = 0;
}

void eml_uniform_draw(eml_uniform *stream, eml_fe *out, size_t count) {
    for (size_t i = 0; i < count;) {
        if (stream->used == sizeof stream->buffer) refill(stream);
        if (eml_fe_from_bytes(stream->buffer + stream->used, &out[i])) i++;
        stream->used += EML_FE_BYTES;
    }
}

void eml_uniform_close(eml_uniform *stream) { explicit_bzero(stream, sizeof *stream); }
