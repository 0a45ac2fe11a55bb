/* model.emb: a compiled program with everything that gives it meaning. Deterministic CBOR (RFC 8949 section 4.2); layout in
 * docs/formats.md. Reading checks everything that can be checked: canonical encoding, caps, program invariants, that sponge
 * digests, AIR digest and program hash are those of the code. */
#ifndef EML_BUNDLE_BUNDLE_H
#define EML_BUNDLE_BUNDLE_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

typedef struct eml_bundle {
    eml_program program;
    eml_abi abi;
    char *report; /* quantization report, JSON text; "" when raw */
    eml_digest air_digest;
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_program_hash hash;
} eml_bundle;

enum { EML_BUNDLE_BYTES_MAX = 1 << 30 };

/* Takes program and abi (left empty); computes digests and hash. */
void eml_bundle_make(eml_program *program_take, eml_abi *abi_take, const char *report, eml_bundle *out);
void eml_bundle_encode(const eml_bundle *bundle, eml_buf *out);
EML_NODISCARD eml_status eml_bundle_decode(const uint8_t *bytes, size_t count, eml_bundle *out, eml_error *err);
void eml_bundle_free(eml_bundle *bundle);

#endif
