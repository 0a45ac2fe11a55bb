/* The opening of a commitment: the values and the salts, which its issuer gives to whoever proves something about them.
 * Who has it knows the values. */
#ifndef EML_BUNDLE_OPENING_H
#define EML_BUNDLE_OPENING_H

#include "runtime/bundle/abi.h"
#include "runtime/hash/rescue_prime.h"

/* How the file begins; the writer of files knows it: EML_FILE_OPENING_MAGIC. */
#define EML_OPENING_MAGIC "eml opening"
enum {
    EML_OPENING_BYTES_MAX = 1 << 28,
    EML_OPENING_VALUES_MAX = 1 << 19, /* more than the longest program can have */
};

typedef struct eml_opening {
    eml_abi columns;                      /* of the values, in order (schema.h); raw: of a program from assembly */
    eml_fe schema[EML_RESCUE_DIGEST];     /* the columns' digest, unless they are raw */
    eml_fe commitment[EML_RESCUE_DIGEST]; /* C, so that a damaged file is told from another commitment's */
    eml_fe salts[2];
    eml_fe *values; /* owned */
    size_t count;   /* 1 <= count <= EML_OPENING_VALUES_MAX */
} eml_opening;

/* C as salts and values give it (runtime/isa/commitment.h). */
void eml_opening_commitment(const eml_opening *opening, eml_fe commitment[EML_RESCUE_DIGEST]);
/* EML_ERR_INPUT unless what they give is what the file says. */
EML_NODISCARD eml_status eml_opening_check(const eml_opening *opening, const eml_fe found[EML_RESCUE_DIGEST],
                                           eml_error *err);

/* Canonical CBOR, appended: docs/formats.md. */
void eml_opening_encode(const eml_opening *opening, eml_buf *out);
/* Accepts exactly what eml_opening_encode writes of a usable opening: columns that pass eml_abi_check_inputs and have
 * the schema's digest, as many as there are values, salts neither 0 nor equal, values below p. Whether they give its
 * commitment is left to eml_opening_check. Errors name byte offset and field. */
EML_NODISCARD eml_status eml_opening_decode(const uint8_t *bytes, size_t count, eml_opening *out, eml_error *err);
void eml_opening_free(eml_opening *opening); /* overwrites values and salts first */

#endif
