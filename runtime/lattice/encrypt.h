/* Encryption under a public key (docs/encryption.md): for every column and block of N slots, with fresh r (ternary) and
 * errors e2, e3, body = t . r + e2 + Delta m,   mask_j = sum_i A[i][j] r_i + e3_j.  */
#ifndef EML_LATTICE_ENCRYPT_H
#define EML_LATTICE_ENCRYPT_H

#include "runtime/ciphertext/ciphertext.h"
#include "runtime/lattice/key.h"

/* Integers to encrypt; all borrowed. cells[r * column_count + c]: row r, column c, as signed residues. */
typedef struct eml_plaintext {
    uint64_t rows;
    size_t column_count;
    const eml_ciphertext_column *columns;
    const eml_fe *cells;
    uint32_t delta_bits;
} eml_plaintext;

/* EML_ERR_INPUT: no rows, no columns, or too many of either, a scale out of bounds, or a value m with
 * |m| Delta + Delta/2 >= p/2, which would wrap around (row and column named). */
EML_NODISCARD eml_status eml_lattice_encrypt(const eml_public_key *key, const eml_plaintext *plaintext,
                                             eml_ciphertext *out, eml_error *err);

/* The same with the encryption randomness expanded from this seed. A seed encrypts once: two plaintexts under one seed
 * and key give away their difference. For tests. */
EML_NODISCARD eml_status eml_lattice_encrypt_seeded(const eml_public_key *key, const eml_plaintext *plaintext,
                                                    const uint8_t seed[EML_LATTICE_SEED_BYTES], eml_ciphertext *out,
                                                    eml_error *err);

/* One block: N values of one column -> mask0..mask3, body. Constant time in seed and message. column and block number
 * the randomness. Returns 1 when a value is too large (the output is then of no use), else 0. */
uint64_t eml_lattice_encrypt_block(const eml_public_key *key, const uint8_t seed[EML_LATTICE_SEED_BYTES],
                                   uint32_t column, uint64_t block, uint32_t delta_bits, const eml_ring *message,
                                   eml_ring out[EML_LATTICE_PARTS]);

#endif
