#include "runtime/stark/prover/prover.h"

#include "runtime/base/memory.h"
#include "runtime/stark/prover/phases.h"
#include "runtime/stark/reject.h"

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
    free_committed(&p->composition);
    eml_free(p->random);
    eml_coefficients_free(&p->coefficients);
    eml_matrix_free(&p->combined);
    eml_free(p->weights);
    for (size_t i = 0; i <= EML_FRI_LAYERS_MAX; i++) eml_matrix_free(&p->fri[i]);
    for (size_t i = 0; i < EML_FRI_LAYERS_MAX; i++) eml_merkle_free(&p->fri_trees[i]);
    eml_stark_proof_free(&p->proof);
    for (size_t i = 0; i < EML_OPENINGS_MAX; i++) eml_buf_free(&p->opened[i]);
    *p = (eml_prover){0};
}

static void commit_phases(eml_prover *p, const uint8_t seed[32], eml_prove_watch *watch) {
    /* 1 ----- commit to the execution trace */
    eml_prover_extend_trace(p);
    eml_prove_enter(watch, EML_PROVE_COMMIT);
    eml_prover_commit_trace(p);

    /* 2 ----- commit to the auxiliary columns */
    eml_prove_enter(watch, EML_PROVE_AUXILIARY);
    eml_prover_commit_auxiliary(p, seed);

    /* 3 ----- evaluate the constraints */
    eml_prove_enter(watch, EML_PROVE_CONSTRAINTS);
    eml_prover_evaluate_constraints(p);

    /* 4 ----- commit to the composition polynomial */
    eml_prove_enter(watch, EML_PROVE_COMPOSITION);
    eml_prover_commit_composition(p);

    /* 5 ----- out-of-domain frame */
    eml_prove_enter(watch, EML_PROVE_DEEP);
    eml_prover_send_out_of_domain(p);
}

static void answer_phases(eml_prover *p, eml_buf *proof, eml_prove_watch *watch) {
    /* 6 ----- DEEP composition */
    eml_prover_compose_deep(p);

    /* 7 ----- FRI */
    eml_prove_enter(watch, EML_PROVE_FRI);
    for (uint32_t layer = 0; layer < p->layout.fri_layers; layer++) {
        eml_prover_commit_fri_layer(p, layer);
        eml_prover_fold_fri_layer(p, layer);
    }
    eml_prover_send_remainder(p);

    /* 8 ----- proof of work and query positions */
    eml_prove_enter(watch, EML_PROVE_GRINDING);
    eml_prover_grind(p);

    /* 9 ----- openings, and the bytes */
    eml_prove_enter(watch, EML_PROVE_QUERIES);
    eml_prover_open(p);
    eml_stark_proof_encode(&p->proof, &p->layout, p->params, proof);
}

eml_status eml_stark_prove(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                           const eml_stark_params *params, const uint8_t seed[32], eml_buf *proof,
                           eml_prove_watch *watch, eml_error *err) {
    eml_prover p;
    eml_prove_enter(watch, EML_PROVE_EXTEND);
    eml_prover_init(&p, air, claim, trace_take, params);
    commit_phases(&p, seed, watch);
    bool consistent = eml_prover_is_consistent(&p);
    if (consistent) answer_phases(&p, proof, watch);
    if (watch) watch->peak_bytes = p.peak_bytes;
    eml_prover_free(&p);
    eml_prove_enter(watch, EML_PROVE_PHASE_COUNT);
    if (consistent) return EML_OK;
    return eml_fail(err, EML_ERR_INTERNAL, "the proof would be refused: %s",
                    eml_reject_sentence(EML_REJECT_OUT_OF_DOMAIN));
}
