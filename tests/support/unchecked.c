#include "tests/support/unchecked.h"

#include "runtime/stark/prover/phases.h"

void test_prove_unchecked(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                          const eml_stark_params *params, const uint8_t seed[32], eml_buf *proof) {
    eml_prover p;
    eml_prover_init(&p, air, claim, trace_take, params);
    eml_prover_extend_trace(&p);
    eml_prover_commit_trace(&p);
    eml_prover_commit_auxiliary(&p, seed);
    eml_prover_evaluate_constraints(&p);
    eml_prover_commit_composition(&p);
    eml_prover_send_out_of_domain(&p);
    eml_prover_compose_deep(&p);
    for (uint32_t layer = 0; layer < p.layout.fri_layers; layer++) {
        eml_prover_commit_fri_layer(&p, layer);
        eml_prover_fold_fri_layer(&p, layer);
    }
    eml_prover_send_remainder(&p);
    eml_prover_grind(&p);
    eml_prover_open(&p);
    eml_stark_proof_encode(&p.proof, &p.layout, params, proof);
    eml_prover_free(&p);
}
