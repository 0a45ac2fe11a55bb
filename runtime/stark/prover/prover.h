/* The prover: Winterfell 0.13.1's protocol and proof format over f128 with BLAKE3-256 (design 3.1). */
#ifndef EML_STARK_PROVER_H
#define EML_STARK_PROVER_H

#include "runtime/air/air.h"
#include "runtime/stark/params.h"

/* Seconds by phase, and memory: what `eml prove` and the benchmark report. */
typedef struct eml_prove_stats {
    double trace, extend, commit, auxiliary, constraints, composition, deep, fri, grinding, queries, total;
    uint64_t peak_bytes; /* bytes of matrices and trees alive at once, at most */
} eml_prove_stats;

/* Proves that trace (taken: freed as soon as it is committed) satisfies air with the claim's assertions, and appends
 * Winterfell proof bytes to *proof. Nothing about the trace is checked: a trace that breaks a constraint gives a proof that the
 * verifier refuses (that is what the forgery tests rely on). seed feeds the random last row of the auxiliary
 * segment. stats may be NULL. */
void eml_stark_prove(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take, const eml_stark_params *params,
                     const uint8_t seed[32], eml_buf *proof, eml_prove_stats *stats);

#endif
