#include "runtime/stark/prover/prover.h"

#include <time.h>

#include "runtime/base/memory.h"
#include "runtime/stark/prover/phases.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Adds the time since *clock to *phase and restarts the clock. */
static void lap(double *clock, double *phase) {
    double t = now();
    *phase += t - *clock;
    *clock = t;
}

void eml_prover_init(eml_prover *p, const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                     const eml_stark_params *params) {
    *p = (eml_prover){.air = air, .claim = claim, .params = params, .layout = eml_layout_of(air, params)};
    p->trace = *trace_take;
    *trace_take = (eml_matrix){0};
    eml_prover_hold(p, p->trace.rows * p->trace.width * sizeof *p->trace.cells);
    eml_coin_seed(&p->coin, &p->layout, params, claim);
}

static void free_committed(eml_committed *committed) {
    eml_matrix_free(&committed->lde);
    eml_merkle_free(&committed->tree);
}

void eml_prover_free(eml_prover *p) {
    eml_matrix_free(&p->trace);
    free_committed(&p->main);
    free_committed(&p->aux);
    free_committed(&p->quotient);
    eml_free(p->random);
    eml_matrix_free(&p->composition);
    eml_free(p->weights);
    for (size_t i = 0; i <= EML_FRI_LAYERS_MAX; i++) eml_matrix_free(&p->fri[i]);
    for (size_t i = 0; i < EML_FRI_LAYERS_MAX; i++) eml_merkle_free(&p->fri_trees[i]);
    eml_stark_proof_free(&p->proof);
    for (size_t i = 0; i < EML_OPENINGS_MAX; i++) eml_buf_free(&p->opened[i]);
    *p = (eml_prover){0};
}

void eml_stark_prove(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take, const eml_stark_params *params,
                     const uint8_t seed[32], eml_buf *proof, eml_prove_stats *stats) {
    eml_prove_stats s = {0};
    double start = now(), clock = start;
    eml_prover p;
    eml_prover_init(&p, air, claim, trace_take, params);

    /* 1 ----- commit to the execution trace */
    eml_prover_extend_trace(&p);
    lap(&clock, &s.extend);
    eml_prover_commit_trace(&p);
    lap(&clock, &s.commit);

    /* 2 ----- commit to the auxiliary columns */
    eml_prover_commit_auxiliary(&p, seed);
    lap(&clock, &s.auxiliary);

    /* 3 ----- evaluate the constraints */
    eml_prover_evaluate_constraints(&p);
    lap(&clock, &s.constraints);

    /* 4 ----- commit to the composition polynomial */
    eml_prover_commit_composition(&p);
    lap(&clock, &s.composition);

    /* 5, 6 -- out-of-domain frame and DEEP composition */
    eml_prover_send_out_of_domain(&p);
    eml_prover_compose_deep(&p);
    lap(&clock, &s.deep);

    /* 7 ----- FRI */
    for (uint32_t layer = 0; layer < p.layout.fri_layers; layer++) {
        eml_prover_commit_fri_layer(&p, layer);
        eml_prover_fold_fri_layer(&p, layer);
    }
    eml_prover_send_remainder(&p);
    lap(&clock, &s.fri);

    /* 8 ----- proof of work and query positions */
    eml_prover_grind(&p);
    lap(&clock, &s.grinding);

    /* 9 ----- openings, and the bytes */
    eml_prover_open(&p);
    eml_stark_proof_encode(&p.proof, &p.layout, params, proof);
    lap(&clock, &s.queries);

    s.total = clock - start;
    s.peak_bytes = p.peak_bytes;
    if (stats) *stats = s;
    eml_prover_free(&p);
}
