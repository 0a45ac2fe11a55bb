#include "runtime/stark/verifier/phases.h"

bool eml_verifier_rows_committed(const eml_opened_rows *opening, size_t row_bytes, const size_t *positions,
                                 size_t count, size_t leaves, const eml_digest *root) {
    eml_digest hashes[EML_QUERIES_MAX], implied = {{0}};
    eml_hash_many(opening->values, row_bytes, row_bytes, count, hashes);
    return eml_merkle_root_of_batch(&opening->path, positions, hashes, count, (unsigned)__builtin_ctzll(leaves),
                                    &implied) &&
           eml_digest_eq(&implied, root);
}

static bool matrix_committed(const eml_verification *v, const eml_opened_rows *opening, size_t row_bytes,
                             size_t index) {
    return eml_verifier_rows_committed(opening, row_bytes, v->positions, v->position_count, v->layout.lde,
                                       &v->proof.commitments[index]);
}

eml_reject eml_verifier_check_openings(eml_verification *v) {
    const eml_layout *l = &v->layout;
    size_t element = eml_layout_element_bytes(l);
    if (eml_coin_work(&v->coin, v->proof.nonce) < v->params->grinding) return EML_REJECT_GRINDING;
    v->position_count = eml_coin_draw_positions(&v->coin, v->proof.nonce, l->lde, l->queries, v->positions);
    if (v->position_count != v->proof.unique_queries) return EML_REJECT_QUERY_POSITIONS;

    if (!matrix_committed(v, &v->proof.main, (size_t)l->main_width * EML_FE_BYTES, 0)) return EML_REJECT_MAIN_OPENING;
    if (l->aux_width && !matrix_committed(v, &v->proof.aux, l->aux_width * element, 1)) return EML_REJECT_AUX_OPENING;
    if (!matrix_committed(v, &v->proof.composition, l->composition_width * element, eml_commitment_composition(l)))
        return EML_REJECT_CONSTRAINT_OPENING;
    return EML_REJECT_NONE;
}
