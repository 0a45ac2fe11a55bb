/* What key files say of themselves, read without libsodium, the transform or a passphrase: for those who only look. */
#ifndef EML_CIPHERTEXT_KEY_INFO_H
#define EML_CIPHERTEXT_KEY_INFO_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/status.h"
#include "runtime/hash/blake3.h"
#include "runtime/ciphertext/params.h"

/* The byte of a secret key file after its header, and what stands behind the key id: a seed, or salt, nonce and box. */
enum { EML_SECRET_KEY_PLAIN = 0, EML_SECRET_KEY_LOCKED = 1 };
enum {
    EML_SECRET_KEY_SALT_BYTES = 16,
    EML_SECRET_KEY_NONCE_BYTES = 24,
    EML_SECRET_KEY_BOX_BYTES = 16 + EML_LATTICE_SEED_BYTES,
};

typedef struct eml_secret_key_info {
    eml_digest id;
    bool locked; /* with a passphrase */
} eml_secret_key_info;

/* EML_ERR_INPUT, naming the field: malformed. */
EML_NODISCARD eml_status eml_secret_key_inspect(const uint8_t *bytes, size_t count, eml_secret_key_info *out,
                                                eml_error *err);
/* The key id of a public key file. */
EML_NODISCARD eml_status eml_public_key_inspect(const uint8_t *bytes, size_t count, eml_digest *id, eml_error *err);

/* The id of the pair whose public key file has these bytes. */
eml_digest eml_public_key_id(const uint8_t *file, size_t count);

#endif
