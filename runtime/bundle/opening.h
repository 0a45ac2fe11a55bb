/* The opening of a commitment: the values and the salts, which its issuer gives to whoever proves something about them.
 * Who has it knows the values. */
#ifndef EML_BUNDLE_OPENING_H
#define EML_BUNDLE_OPENING_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"
#include "runtime/hash/rescue_prime.h"

#define EML_OPENING_MAGIC                                                                                              \
    "eml opening" /* how the file begins; the writer of files knows it: EML_FILE_OPENING_MAGIC                         \
                   */
enum { EML_OPENING_BYTES_MAX = 1 << 29 };

typedef struct eml_opening {
    char **names; /* of the values' inputs, in order, for messages; owned; NULL when made for an assembly program */
    eml_fe schema[EML_RESCUE_DIGEST];
    eml_fe salts[2];
    eml_fe *values; /* owned */
    size_t count;   /* >= 1 */
} eml_opening;

/* C (runtime/isa/commitment.h). */
void eml_opening_commitment(const eml_opening *opening, eml_fe commitment[EML_RESCUE_DIGEST]);

/* Canonical CBOR, appended: docs/formats.md. */
void eml_opening_encode(const eml_opening *opening, eml_buf *out);
/* Accepts exactly what eml_opening_encode writes of a usable opening: salts neither 0 nor equal, values below p. Errors
 * name byte offset and field. */
EML_NODISCARD eml_status eml_opening_decode(const uint8_t *bytes, size_t count, eml_opening *out, eml_error *err);
void eml_opening_free(eml_opening *opening); /* overwrites values and salts first */

#endif
