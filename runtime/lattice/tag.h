/* The sender's tag: what shows the owner of a key that ciphertexts are their own. Encryption is public-key, so anybody
 * can make ciphertexts for a key, and the predictions on crafted ones give it away; who has the secret key alone can
 * make the tag.
 *
 * It is BLAKE3 in keyed_hash mode over all that a file of inputs says (eml_ciphertext_absorb), under
 * derive_key("eml v2 ciphertext sender") of the key seed. */
#ifndef EML_LATTICE_TAG_H
#define EML_LATTICE_TAG_H

#include "runtime/ciphertext/ciphertext.h"
#include "runtime/lattice/key.h"

/* Constant time in the key. */
eml_digest eml_lattice_tag(const eml_secret_key *key, const eml_ciphertext *ciphertext);

/* Whether the tag is this key's. Constant time in the key and in the right tag, up to the answer. */
bool eml_lattice_tag_fits(const eml_secret_key *key, const eml_ciphertext *ciphertext);

/* EML_ERR_NO, EML_CODE_SENDER: there is no tag, or another one. */
EML_NODISCARD eml_status eml_lattice_check_tag(const eml_secret_key *key, const eml_ciphertext *ciphertext,
                                               eml_error *err);

#endif
