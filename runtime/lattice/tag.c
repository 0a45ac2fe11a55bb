#include "runtime/lattice/tag.h"

#include <sodium.h>

eml_digest eml_lattice_tag(const eml_secret_key *key, const eml_ciphertext *ciphertext) {
    eml_blake3 hasher;
    uint8_t tag_key[EML_DIGEST_BYTES];
    eml_digest tag;
    eml_blake3_init_derive_key(&hasher, "eml v2 ciphertext sender");
    eml_blake3_update(&hasher, key->seed, sizeof key->seed);
    eml_blake3_finish(&hasher, tag_key, sizeof tag_key);
    eml_blake3_init_keyed(&hasher, tag_key);
    eml_ciphertext_absorb(ciphertext, &hasher);
    eml_blake3_finish(&hasher, tag.bytes, sizeof tag.bytes);
    sodium_memzero(tag_key, sizeof tag_key);
    sodium_memzero(&hasher, sizeof hasher);
    return tag;
}

bool eml_lattice_tag_fits(const eml_secret_key *key, const eml_ciphertext *ciphertext) {
    eml_digest tag = eml_lattice_tag(key, ciphertext);
    return sodium_memcmp(tag.bytes, ciphertext->tag.bytes, sizeof tag.bytes) == 0;
}

eml_status eml_lattice_check_tag(const eml_secret_key *key, const eml_ciphertext *ciphertext, eml_error *err) {
    if (!eml_ciphertext_tagged(ciphertext))
        return eml_fail_as(
            err, EML_ERR_NO, EML_CODE_SENDER,
            "these ciphertexts carry no sender's tag: they were made with the public key alone, and whoever "
            "made them can take the secret key from the predictions");
    if (eml_lattice_tag_fits(key, ciphertext)) return EML_OK;
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_SENDER,
                       "the sender's tag is not this key's: somebody else made or changed these ciphertexts");
}
