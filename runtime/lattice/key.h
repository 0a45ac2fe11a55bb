/* Key pairs. A pair is determined by one 32-byte secret seed: the secret s (ternary), the error e and the public seed
 * are expanded from it, A (uniform, k x k) from the public seed, and t = A s + e.
 *
 * The key id names the pair everywhere: BLAKE3 derive_key("eml v1 lattice key id") of the public key file's bytes. */
#ifndef EML_LATTICE_KEY_H
#define EML_LATTICE_KEY_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"
#include "runtime/hash/blake3.h"
#include "runtime/ciphertext/key_info.h"
#include "runtime/lattice/ring.h"

typedef struct eml_public_key {
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    eml_digest id;
    eml_ring_values *t; /* owned; k elements */
    eml_ring_values *a; /* owned; A[i][j] = a[i * k + j] */
} eml_public_key;

typedef struct eml_secret_key {
    uint8_t seed[EML_LATTICE_SEED_BYTES]; /* secret */
    eml_digest id;                        /* public */
    eml_ring_values *s;                   /* owned, secret; k elements */
} eml_secret_key;

/* A fresh pair from the system's randomness. Fails only (EML_ERR_INTERNAL) when there is none. */
EML_NODISCARD eml_status eml_lattice_keygen(eml_secret_key *secret, eml_public_key *public, eml_error *err);

/* The pair of this seed; constant time. For reading key files, and for tests. */
void eml_lattice_keygen_seeded(const uint8_t seed[EML_LATTICE_SEED_BYTES], eml_secret_key *secret,
                               eml_public_key *public);

/* The public half; constant time. */
void eml_lattice_public_of(const eml_secret_key *secret, eml_public_key *public);

void eml_public_key_free(eml_public_key *key);
void eml_secret_key_free(eml_secret_key *key); /* wipes */

/* Public key files. Errors (EML_ERR_INPUT) name the field. */
void eml_public_key_encode(const eml_public_key *key, eml_buf *out);
EML_NODISCARD eml_status eml_public_key_decode(const uint8_t *bytes, size_t count, eml_public_key *out, eml_error *err);

/* Secret key files: the seed, plain or (passphrase not NULL) in a crypto_secretbox under an Argon2id key. The encoding
 * is appended to *out, which holds a secret: wipe it. Fails (EML_ERR_INTERNAL) when there
 * is not enough memory for Argon2id (256 MiB). */
EML_NODISCARD eml_status eml_secret_key_encode(const eml_secret_key *key, const char *passphrase, eml_buf *out,
                                               eml_error *err);

/* passphrase may be NULL; it is ignored when the file is not locked. EML_ERR_INPUT: malformed, or locked and no
 * passphrase given. EML_ERR_NO: wrong passphrase, or the seed is not the one of the key id (a damaged file). */
EML_NODISCARD eml_status eml_secret_key_decode(const uint8_t *bytes, size_t count, const char *passphrase,
                                               eml_secret_key *out, eml_error *err);

/* The same from a file, which errors name: no copy of the secret is left in memory. */
EML_NODISCARD eml_status eml_secret_key_read(const char *path, const char *passphrase, eml_secret_key *out,
                                             eml_error *err);
EML_NODISCARD eml_status eml_secret_key_read_info(const char *path, eml_secret_key_info *out, eml_error *err);

#endif
