#include "runtime/stark/verifier/phases.h"

#include "runtime/base/memory.h"
#include "runtime/stark/out_of_domain.h"

void eml_verifier_read_trace_commitments(eml_verification *v) {
    eml_coin_reseed(&v->coin, &v->proof.commitments[0]);
    if (v->layout.aux_width) {
        v->random = eml_alloc_raw(v->layout.random_count, sizeof *v->random);
        eml_coin_draw_many(&v->coin, v->random, v->layout.random_count);
        eml_coin_reseed(&v->coin, &v->proof.commitments[1]);
    }
    eml_coefficients_draw(&v->coin, v->air, &v->coefficients);
}

eml_reject eml_verifier_check_out_of_domain(eml_verification *v) {
    const eml_layout *l = &v->layout;
    eml_coin_reseed(&v->coin, &v->proof.commitments[eml_commitment_composition(l)]);
    v->z = eml_coin_draw(&v->coin);
    const eml_out_of_domain sent = {
        v->air, v->claim, l, &v->coefficients, v->random, v->z, v->proof.ood_trace, v->proof.ood_composition};
    if (!eml_out_of_domain_holds(&sent)) return EML_REJECT_OUT_OF_DOMAIN;

    size_t columns = (size_t)l->main_width + l->aux_width + l->composition_width;
    eml_fe2 *merged = eml_alloc_raw(2 * columns, sizeof *merged);
    eml_digest digest = eml_hash_elements2(merged, eml_proof_merge_frames(l, &v->proof, merged), l->extension);
    eml_coin_reseed(&v->coin, &digest);
    eml_free(merged);
    return EML_REJECT_NONE;
}
