/* Random ring elements, expanded from 32-byte seeds by BLAKE3's extended output. All of it is constant time. */
#ifndef EML_LATTICE_SAMPLE_H
#define EML_LATTICE_SAMPLE_H

#include "runtime/lattice/ring.h"

/* A stream of pseudorandom bytes: BLAKE3 derive_key(context) over seed || block u64 || column u32 || element u32. Two
 * streams that differ in any of them are independent. */
typedef struct eml_stream {
    const char *context; /* what the bytes are for; ASCII */
    const uint8_t *seed; /* EML_LATTICE_SEED_BYTES */
    uint64_t block;
    uint32_t column, element;
} eml_stream;

void eml_stream_read(const eml_stream *stream, uint8_t *out, size_t count); /* the first count bytes */

/* Uniform mod p: each value is 32 bytes (little-endian) reduced mod p, at statistical distance below 2^-128. */
void eml_sample_uniform(const eml_stream *stream, eml_ring_values *out);

/* Coefficients -1, 0, 1: floor(3 x / 2^128) - 1 of 16 bytes x each, so each of the three has probability 1/3 within
 * 2^-128. */
void eml_sample_ternary(const eml_stream *stream, eml_ring *out);

/* The error distribution of params.h: 48 bytes a coefficient, words a_1..a_6, b_1..b_6; sum a - sum b. */
void eml_sample_error(const eml_stream *stream, eml_ring *out);

#endif
