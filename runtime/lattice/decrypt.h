/* Decryption: d = body - s . mask = Delta m + noise, centred; m = d / Delta rounded to nearest. A ciphertext that
 * decrypts is one whose noise keeps a margin to Delta/2 in every slot, used by a row or not: any other is refused and
 * no number is given. The noise of decryptions helps whoever sees it to find the key: report its size to the key's
 * owner only. */
#ifndef EML_LATTICE_DECRYPT_H
#define EML_LATTICE_DECRYPT_H

#include "runtime/ciphertext/ciphertext.h"
#include "runtime/lattice/key.h"

typedef struct eml_decryption {
    uint64_t rows;
    size_t columns;
    eml_fe *cells;   /* owned, secret; cells[r * columns + c], signed residues */
    eml_u128 *noise; /* owned; per column, the largest |noise| of any slot */
} eml_decryption;

/* bounds: per column, what the noise may be, NULL: any that keeps the margin. A fresh ciphertext's is
 * EML_LATTICE_NOISE_BOUND, that of sum_j w_j ct_j ||w||_1 times as much. EML_ERR_NO: another key's ciphertext (told by
 * the key id), or noise beyond its bound or near Delta/2 (column named). */
EML_NODISCARD eml_status eml_lattice_decrypt(const eml_secret_key *key, const eml_ciphertext *ciphertext,
                                             const eml_u128 *bounds, eml_decryption *out, eml_error *err);
void eml_decryption_free(eml_decryption *decryption); /* wipes */

/* One block: mask0..mask3, body -> N values. Constant time. Returns the largest |noise|, at most Delta/2. */
eml_u128 eml_lattice_decrypt_block(const eml_secret_key *key, uint32_t delta_bits, const eml_ring in[EML_LATTICE_PARTS],
                                   eml_ring *message);

#endif
