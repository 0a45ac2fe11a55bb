/* The statement of a proof about N rows: program hash, every input value but committed ones, which their commitment
 * stands for, every output value, in blocks of rows. From
 * its digest each row gets a random weight; the tapes and the final stack are the weighted sums of the rows, and the
 * STARK is about one run on those. Prover and verifier both build the claim here, from the same data, so a prover
 * cannot choose the tapes. Why that says something of each row: docs/soundness.md.
 *
 * A value of the statement has a slot for each row:
 *   a varying public column has 0 in the slots from `rows` on;
 *   a uniform public column is no sum over slots but its value;
 *   a ciphertext column is 5 vectors of `slots` coefficients (blocks of the lattice ring's degree, one after the
 * other); `one` is 1 in all slots, also those past `rows`, so that on ciphertexts every slot runs the same program.
 * slots = rows when nothing is encrypted. */
#ifndef EML_STATEMENT_STATEMENT_H
#define EML_STATEMENT_STATEMENT_H

#include "runtime/base/cells.h"
#include "runtime/bundle/abi.h"
#include "runtime/bundle/proof_file.h"
#include "runtime/isa/program.h"

/* Column vectors; all borrowed. Pointers to empty vectors may be NULL. */
typedef struct eml_statement {
    const eml_abi *abi;
    const eml_shape *shape; /* passes eml_shape_check, and abi eml_abi_check_shape */
    eml_program_hash program;
    uint64_t rows;                        /* 1 <= rows <= slots; 1 when raw */
    uint64_t slots;                       /* encrypted: rows rounded up to a multiple of the lattice ring's degree */
    eml_digest key;                       /* id of the key that the ciphertexts are under; zero when there are none */
    eml_fe commitment[EML_RESCUE_DIGEST]; /* to the committed inputs; zero without any */
    const eml_cells *publics;             /* rows x public columns, in ABI order */
    const eml_cells *outputs;             /* plain: rows x outputs */
    const eml_fe *secret_cells;           /* [secret column in ABI order][5][slots] */
    const eml_fe *encrypted;              /* encrypted outputs: [output][5][slots] */
    /* raw bundles (abi->raw): public_len, 5 * secret_len, W and output_len elements */
    const eml_fe *raw_public, *raw_secret, *raw_stack, *raw_output;
} eml_statement;

/* Both functions over rows fail (EML_ERR_IO) when a temporary file cannot be read, and in no other way. */

/* blocks[b], b < eml_block_count(rows): the digests of a block of EML_BLOCK_ROWS rows. The encoding is in
 * docs/formats.md. Blocks do not depend on each other and are hashed in parallel. */
EML_NODISCARD eml_status eml_statement_digest_blocks(const eml_statement *statement, eml_block_digests *blocks,
                                                     eml_error *err);

/* The digest of the whole, given its blocks' digests. */
eml_digest eml_statement_digest(const eml_statement *statement, const eml_block_digests *blocks);

/* Tapes, output tape and final stack: the STARK's claim but for the sponge digests, which the caller fills in. A single
 * output is on the final stack, a ciphertext with mask0 on top; several outputs are on the output tape; the other stack
 * registers are claimed to be 0. */
typedef struct eml_statement_values {
    eml_fe *public_tape, *secret_tape, *output_tape; /* owned */
    eml_fe stack[EML_STACK_MAX];
} eml_statement_values;
/* digest: of the statement, from which the rows' weights are drawn. */
EML_NODISCARD eml_status eml_statement_evaluate(const eml_statement *statement, const eml_digest *digest,
                                                eml_statement_values *out, eml_error *err);
void eml_statement_values_free(eml_statement_values *values);

/* No proof about so many rows has more bits of security than this, whatever the STARK's parameters: what the weights of
 * the rows leave (docs/soundness.md). typed: somebody has read the program's bundle. */
uint32_t eml_statement_bits(const eml_abi *abi, const eml_shape *shape, uint64_t rows, bool typed);

#endif
