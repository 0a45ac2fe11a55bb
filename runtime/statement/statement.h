/* The statement of a proof about N rows (design 3.2): program hash, every input value, every output value. Its BLAKE3 digest is in the
 * proof file, and tau is drawn from it; tapes and final stack at tau are what the STARK is about. Prover and verifier both
 * build the claim here, from the same data, so a prover cannot choose the tapes.
 *
 * Slot vectors are the coefficients of polynomials in tau, slot i at tau^i:
 *   a varying public column has one coefficient a row; its slots from `rows` on are 0;
 *   a uniform public column is the constant polynomial of its value;
 *   a ciphertext column is 5 vectors of `slots` coefficients (blocks of the lattice ring's degree, one after the other);
 *   `one` is all ones over all slots, also those past `rows`, so that on ciphertexts every slot runs the same program.
 * slots = rows when nothing is encrypted. */
#ifndef EML_STATEMENT_STATEMENT_H
#define EML_STATEMENT_STATEMENT_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* Column vectors; all borrowed. Pointers to empty vectors may be NULL. */
typedef struct eml_statement {
    const eml_abi *abi;
    const eml_shape *shape; /* passes eml_shape_check, and abi eml_abi_check_shape */
    eml_program_hash program;
    uint64_t rows;              /* 1 <= rows <= slots; 1 when raw */
    uint64_t slots;             /* coefficients a vector */
    eml_digest source;          /* eml_rows.source of the public inputs; zero when there are none */
    const eml_fe *public_cells; /* rows x public columns, row-major, as eml_rows.cells */
    const eml_fe *secret_cells; /* [secret column in ABI order][5][slots] */
    const eml_fe *outputs;      /* plain: rows x outputs row-major; encrypted: [output][5][slots] */
    /* raw bundles (abi->raw): public_len, 5 * secret_len, W and output_len elements */
    const eml_fe *raw_public, *raw_secret, *raw_stack, *raw_output;
} eml_statement;

/* BLAKE3 derive_key("eml v1 statement") over the canonical encoding; the encoding is in docs/formats.md. */
eml_digest eml_statement_digest(const eml_statement *statement);

/* tau: derive_key("eml v1 tau") of the digest, 32 bytes as a little-endian integer, reduced mod p. Not used when raw. */
eml_fe eml_statement_tau(const eml_digest *digest);

/* Tapes, output tape and final stack at tau: the STARK's claim but for the sponge digests, which the caller fills in. A single
 * output is on the final stack, a ciphertext with mask0 on top; several outputs are on the output tape; the other stack
 * registers are claimed to be 0. */
typedef struct eml_statement_values {
    eml_fe *public_tape, *secret_tape, *output_tape; /* owned */
    eml_fe stack[EML_STACK_MAX];
} eml_statement_values;
void eml_statement_evaluate(const eml_statement *statement, eml_fe tau, eml_statement_values *out);
void eml_statement_values_free(eml_statement_values *values);

#endif
