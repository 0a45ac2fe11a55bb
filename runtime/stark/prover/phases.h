/* The prover's phases, in the order of prover.c. Each reads and extends one eml_prover; none checks the trace, but
 * eml_prover_is_consistent says what came of it. Apart from prover.c only the tests that play a dishonest prover call
 * them. */
#ifndef EML_STARK_PROVER_PHASES_H
#define EML_STARK_PROVER_PHASES_H

#include "runtime/hash/merkle.h"
#include "runtime/stark/composition.h"
#include "runtime/stark/proof.h"
#include "runtime/stark/prover/prover.h"

/* A committed matrix: row i of lde is leaf i. Of the base columns every step-th is encoded: 2 for columns of the
 * extension when the extension is the base field itself, whose second halves are zero and do not exist in a proof. */
typedef struct eml_committed {
    eml_matrix lde;
    eml_merkle tree;
    size_t step;
} eml_committed;

enum { EML_OPENINGS_MAX = 3 + EML_FRI_LAYERS_MAX };

typedef struct eml_prover {
    const eml_air *air;
    const eml_claim *claim;
    const eml_stark_params *params;
    eml_layout layout;
    eml_coin coin;
    eml_stark_proof proof; /* filled as the phases go */

    eml_matrix trace; /* n rows; until the auxiliary columns are built */
    eml_committed main, aux, composition;
    eml_fe2 *random;               /* auxiliary challenges */
    eml_coefficients coefficients; /* of the constraints */
    eml_matrix combined; /* the composition polynomial: n * ce_blowup rows, one extension column; until it is split into
                            columns */
    eml_fe2 z;
    /* u_i = x_i / (z - x_i) for the n points x_i of the offset trace domain, at [1 + i]; at [0] u_(-1) = u_(n-1) */
    eml_fe2 *weights;
    eml_matrix
        fri[EML_FRI_LAYERS_MAX + 1]; /* one extension column each: layers' evaluations, [fri_layers]: the remainder's */
    eml_merkle fri_trees[EML_FRI_LAYERS_MAX];
    size_t positions[EML_QUERIES_MAX], position_count;
    eml_buf opened[EML_OPENINGS_MAX]; /* encoded rows that proof's openings borrow */
    size_t bytes, peak_bytes;         /* of matrices and trees */
} eml_prover;

void eml_prover_init(eml_prover *p, const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                     const eml_stark_params *params);
void eml_prover_free(eml_prover *p);

/* 1 */ void eml_prover_extend_trace(eml_prover *p);
/* 1 */ void eml_prover_commit_trace(eml_prover *p);
/* 2 */ void eml_prover_commit_auxiliary(eml_prover *p, const uint8_t seed[32]); /* nothing without auxiliary columns */
/* 3 */ void eml_prover_evaluate_constraints(eml_prover *p);
/* 4 */ void eml_prover_commit_composition(eml_prover *p);
/* 5 */ void eml_prover_send_out_of_domain(eml_prover *p);
/* 5 */ bool eml_prover_is_consistent(const eml_prover *p); /* whether the verifier's check of what 5 sent will pass */
/* 6 */ void eml_prover_compose_deep(eml_prover *p);        /* fri[0] */
/* 7 */ void eml_prover_commit_fri_layer(eml_prover *p, uint32_t layer); /* fri[layer] -> tree, commitment */
/* 7 */ void eml_prover_fold_fri_layer(eml_prover *p, uint32_t layer);   /* fri[layer] -> fri[layer + 1] */
/* 7 */ void eml_prover_send_remainder(eml_prover *p);
/* 8 */ void eml_prover_grind(eml_prover *p);
/* 9 */ void eml_prover_open(eml_prover *p);

/* commit.c, for the phases that commit to a matrix. */
void eml_prover_hold(eml_prover *p, size_t bytes); /* memory accounting */
void eml_prover_release(eml_prover *p, size_t bytes);
/* Not zeroed. */
void eml_prover_init_matrix(eml_prover *p, eml_matrix *m, size_t rows, size_t width);
void eml_prover_free_matrix(eml_prover *p, eml_matrix *m);
/* coefficients (taken) of n rows -> values on the whole extended domain. */
void eml_prover_extend(eml_prover *p, eml_matrix *coefficients_take, eml_matrix *lde);
/* Hashes the rows of committed->lde, builds the tree, sends its root as commitments[index]. */
void eml_prover_commit(eml_prover *p, eml_committed *committed, size_t index);
/* One row's canonical bytes, as hashed and as opened. */
void eml_prover_row_encode(const eml_committed *committed, size_t row, uint8_t *out);
void eml_prover_fri_row_encode(const eml_prover *p, uint32_t layer, size_t row, uint8_t *out); /* fri.c */
/* base columns that an extension column is encoded in: eml_committed.step */
static inline size_t eml_prover_step2(const eml_prover *p) { return p->layout.extension == 2 ? 1 : 2; }

#endif
