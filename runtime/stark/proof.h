/* A STARK proof as a value, and its bytes: Winterfell 0.13.1's Proof (air/src/proof, fri/src/proof.rs,
 * crypto/src/merkle/proofs.rs). The layout is described in docs/formats.md. Values of opened rows stay encoded: what is
 * hashed for the Merkle tree is exactly these bytes. */
#ifndef EML_STARK_PROOF_H
#define EML_STARK_PROOF_H

#include "runtime/hash/merkle.h"
#include "runtime/stark/layout.h"
#include "runtime/stark/reject.h"

/* Rows opened at the queried positions, in the order of the positions. */
typedef struct eml_opened_rows {
    const uint8_t *values; /* borrowed: canonical little-endian elements, row after row */
    size_t values_len;
    eml_merkle_batch path; /* owned */
} eml_opened_rows;

enum { EML_COMMITMENTS_MAX = 3 + EML_FRI_LAYERS_MAX + 1 };

typedef struct eml_stark_proof {
    uint32_t unique_queries;
    eml_digest commitments[EML_COMMITMENTS_MAX]; /* main, auxiliary if any, composition, FRI layers, remainder */
    eml_opened_rows main, aux, composition;      /* aux: unused without auxiliary columns */
    eml_fe2 *ood_trace;                          /* owned: main and auxiliary columns at z, then at g z */
    eml_fe2 *ood_composition;                    /* owned: composition columns at z, then at g z */
    eml_opened_rows fri[EML_FRI_LAYERS_MAX];
    eml_fe2 *remainder; /* owned: layout->remainder coefficients, highest first */
    uint64_t nonce;
} eml_stark_proof;

void eml_stark_proof_free(eml_stark_proof *proof);

/* Indices into commitments. */
static inline size_t eml_commitment_composition(const eml_layout *layout) { return layout->aux_width ? 2 : 1; }
static inline size_t eml_commitment_fri(const eml_layout *layout) { return eml_commitment_composition(layout) + 1; }
static inline size_t eml_commitment_count(const eml_layout *layout) {
    return eml_commitment_fri(layout) + layout->fri_layers + 1;
}

/* One element of the extension from its bytes, which are known to be canonical. */
eml_fe2 eml_proof_element(const eml_layout *layout, const uint8_t *bytes);

/* The out-of-domain values in the order in which they are hashed: trace and composition columns at z, then both at g z.
 * merged has room for 2 * (trace columns + composition columns). Returns that number. */
size_t eml_proof_merge_frames(const eml_layout *layout, const eml_stark_proof *proof, eml_fe2 *merged);

/* Appends the proof's bytes. */
void eml_stark_proof_encode(const eml_stark_proof *proof, const eml_layout *layout, const eml_stark_params *params,
                            eml_buf *out);

/* What a proof says about itself before anything else: decoded without any expectation. */
typedef struct eml_proof_context {
    uint32_t main_width, aux_width, random_count, log_n, meta_len;
    bool known_options;      /* linear batching, no partitions, extension degree 1 or 2: what a preset can be */
    eml_stark_params params; /* name: NULL */
    uint64_t constraint_count;
} eml_proof_context;
eml_reject eml_proof_context_decode(eml_reader *reader, eml_proof_context *out);

/* The rest of a proof whose context agrees with layout. Every length is compared with the layout's before it is used,
 * so memory is bounded by the layout and the bytes that are there. *out needs eml_stark_proof_free whatever is
 * returned; it borrows from reader. */
eml_reject eml_stark_proof_decode(eml_reader *reader, const eml_layout *layout, eml_stark_proof *out);

#endif
