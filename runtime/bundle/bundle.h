/* model.emb: a compiled program with everything that gives it meaning. Deterministic CBOR (RFC 8949 section 4.2);
 * layout in docs/formats.md. Reading checks everything that can be checked: canonical encoding, caps, program
 * invariants, that sponge digests and program hash are those of the code, that the ABI fits the program. The AIR digest
 * is carried, not checked: this layer does not see the AIR. Who loads a bundle to use it rebuilds the AIR from the
 * shape and compares (runtime/session). */
#ifndef EML_BUNDLE_BUNDLE_H
#define EML_BUNDLE_BUNDLE_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* Who may have the file. The shape decides it: a bundle is open, or, of a program that hides its code, its owner's,
 * with the code, or public, without. */
typedef enum eml_bundle_kind {
    EML_BUNDLE_OPEN,
    EML_BUNDLE_OWNERS, /* weights and salts: whoever has it can prove, and knows what is hidden */
    EML_BUNDLE_PUBLIC, /* shape, ABI, report, sponge digests: what inputs and outputs mean, and the hash */
    EML_BUNDLE_KINDS,
} eml_bundle_kind;

typedef struct eml_bundle {
    eml_bundle_kind kind;
    eml_program program; /* of a public bundle the shape alone: code and immediates are NULL */
    eml_abi abi;
    char *report; /* quantization report, JSON text; "" when raw. Not covered by the program hash: for people only */
    eml_digest air_digest;
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_program_hash hash;
} eml_bundle;

extern const char *const eml_bundle_magic[EML_BUNDLE_KINDS]; /* how the file begins: docs/formats.md */
enum { EML_BUNDLE_BYTES_MAX = 1 << 30, EML_REPORT_BYTES_MAX = 1 << 24 };

/* Takes program and abi (left empty), which pass eml_program_check, eml_abi_check and eml_abi_check_shape; computes
 * sponge digests and program hash. */
void eml_bundle_make(eml_program *program_take, eml_abi *abi_take, const char *report, const eml_digest *air_digest,
                     eml_bundle *out);
/* Appends. */
void eml_bundle_encode(const eml_bundle *bundle, eml_buf *out);
/* Appends what everybody may have of an owner's bundle. */
void eml_bundle_encode_public(const eml_bundle *bundle, eml_buf *out);
/* EML_ERR_INPUT of a public bundle: "its owner's bundle is needed to prove". */
EML_NODISCARD eml_status eml_bundle_require_code(const eml_bundle *bundle, const char *to, eml_error *err);
/* Whether these are the first bytes of a bundle, whole or not, of any version. */
bool eml_bundle_begins(const uint8_t *bytes, size_t count, eml_bundle_kind *out);
/* Accepts exactly what eml_bundle_encode and eml_bundle_encode_public write; errors name byte offset and field. */
EML_NODISCARD eml_status eml_bundle_decode(const uint8_t *bytes, size_t count, eml_bundle *out, eml_error *err);
void eml_bundle_free(eml_bundle *bundle);

#endif
