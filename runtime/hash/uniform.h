/* Uniform field elements: the extended output of BLAKE3's derive_key mode on a seed, 16 bytes (little-endian) an
 * element, of which those that are not below p are left out. */
#ifndef EML_HASH_UNIFORM_H
#define EML_HASH_UNIFORM_H

#include "runtime/field/f128.h"
#include "runtime/hash/blake3.h"

enum { EML_SEED_BYTES = 32, EML_UNIFORM_BUFFER = 8192 };

typedef struct eml_uniform {
    eml_blake3 hasher;
    uint64_t next; /* block of 64 bytes of the output */
    size_t used;   /* bytes of the buffer */
    uint8_t buffer[EML_UNIFORM_BUFFER];
} eml_uniform;

/* label separates the uses of one seed. Close it: it holds what comes next. */
void eml_uniform_open(eml_uniform *stream, const char *label, const uint8_t seed[EML_SEED_BYTES]);
void eml_uniform_draw(eml_uniform *stream, eml_fe *out, size_t count);
void eml_uniform_close(eml_uniform *stream);

#endif
