/* The verifier's phases, numbered as the prover's. Each returns the reason for refusing, or EML_REJECT_NONE. */
#ifndef EML_STARK_VERIFIER_PHASES_H
#define EML_STARK_VERIFIER_PHASES_H

#include "runtime/stark/composition.h"
#include "runtime/stark/proof.h"
#include "runtime/stark/verifier/verifier.h"

typedef struct eml_verification {
    const eml_air *air;
    const eml_claim *claim;
    const eml_stark_params *params;
    eml_layout layout;
    eml_coin coin;
    eml_stark_proof proof;
    eml_fe2 *random;               /* auxiliary challenges */
    eml_coefficients coefficients; /* of the constraints */
    eml_fe2 z;
    eml_fe2 *deep_coefficients; /* main, auxiliary, composition columns */
    eml_fe2 fri_challenges[EML_FRI_LAYERS_MAX];
    size_t positions[EML_QUERIES_MAX], position_count;
    eml_fe2 evaluations[EML_QUERIES_MAX]; /* of the DEEP polynomial at positions, then of each folded layer */
} eml_verification;

/* 1, 2, 3: commitments to the trace, auxiliary challenges, constraint coefficients. */
void eml_verifier_read_trace_commitments(eml_verification *v);
/* 4, 5: composition commitment, z; the constraints at z, from the frame, against the composition columns there. */
eml_reject eml_verifier_check_out_of_domain(eml_verification *v);
/* 6, 7: DEEP coefficients, FRI commitments and challenges, the remainder. */
eml_reject eml_verifier_read_fri_commitments(eml_verification *v);
/* 8, 9: proof of work, positions, openings of the three matrices. */
eml_reject eml_verifier_check_openings(eml_verification *v);
/* 6: the DEEP polynomial at the opened rows. */
void eml_verifier_compose_deep(eml_verification *v);
/* 7: folding from the DEEP polynomial down to the remainder. */
eml_reject eml_verifier_check_fri(eml_verification *v);

/* openings.c: whether `count` opened rows of row_bytes bytes hash up to root. leaves: of the tree. */
bool eml_verifier_rows_committed(const eml_opened_rows *opening, size_t row_bytes, const size_t *positions,
                                 size_t count, size_t leaves, const eml_digest *root);

#endif
