/* out.proof: CBOR around the Winterfell proof bytes: header, ABI and sponge digests (the pre-image of the program
 * hash), number of rows, digests of the blocks of rows and of the whole statement, proof bytes. */
#ifndef EML_BUNDLE_PROOF_FILE_H
#define EML_BUNDLE_PROOF_FILE_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

#define EML_PROOF_FILE_MAGIC "eml proof" /* how the file begins: docs/formats.md */
enum { EML_PROOF_BYTES_MAX = 1 << 28, EML_ROWS_MAX_LOG2 = 40, EML_BLOCK_ROWS = 65536 };

/* What a statement's rows are cut into (runtime/statement/statement.h), so that a difference is found. */
typedef struct eml_block_digests {
    eml_digest inputs, outputs;
} eml_block_digests;

/* rows <= 2^EML_ROWS_MAX_LOG2. With ciphertexts, too: blocks hold whole blocks of the lattice ring. */
static inline size_t eml_block_count(uint64_t rows) { return (size_t)((rows + EML_BLOCK_ROWS - 1) / EML_BLOCK_ROWS); }

typedef struct eml_proof_file {
    eml_shape shape;
    eml_abi abi;
    eml_digest statement;
    uint64_t rows;             /* 1..2^EML_ROWS_MAX_LOG2; 1 when raw */
    eml_block_digests *blocks; /* owned; eml_block_count(rows) */
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_buf stark; /* owned */
} eml_proof_file;

void eml_proof_file_encode(const eml_proof_file *file, eml_buf *out);
/* Accepts exactly what eml_proof_file_encode writes: canonical encoding, caps, shape check, ABI consistent with the
 * shape. What it says is not yet believed: the caller recomputes program hash and statement digest. */
EML_NODISCARD eml_status eml_proof_file_decode(const uint8_t *bytes, size_t count, eml_proof_file *out, eml_error *err);
void eml_proof_file_free(eml_proof_file *file);

#endif
