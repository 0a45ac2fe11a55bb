#include "runtime/stark/verifier/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/fold.h"

/* Winterfell 0.13.1's verifier does not compare the remainder with its commitment. Without that a prover picks the
 * remainder after it has seen the queries and, whenever the remainder has at least as many coefficients as there are
 * queries, passes every check (docs/soundness.md). */
eml_reject eml_verifier_read_fri_commitments(eml_verification *v) {
    const eml_layout *l = &v->layout;
    const eml_digest *commitments = v->proof.commitments + eml_commitment_fri(l);
    size_t columns = (size_t)l->main_width + l->aux_width + l->composition_width;
    v->deep_coefficients = eml_alloc_raw(columns, sizeof *v->deep_coefficients);
    eml_coin_draw_many(&v->coin, v->deep_coefficients, columns);
    for (uint32_t layer = 0; layer < l->fri_layers; layer++) {
        eml_coin_reseed(&v->coin, &commitments[layer]);
        v->fri_challenges[layer] = eml_coin_draw(&v->coin);
    }
    eml_digest remainder = eml_hash_elements2(v->proof.remainder, l->remainder, l->extension);
    if (!eml_digest_eq(&remainder, &commitments[l->fri_layers])) return EML_REJECT_REMAINDER_COMMITMENT;
    eml_coin_reseed(&v->coin, &remainder);
    return EML_REJECT_NONE;
}

static eml_fe2 opened_value(const eml_verification *v, uint32_t layer, size_t row, size_t k) {
    size_t index = row * v->layout.folding + k;
    return eml_proof_element(&v->layout, v->proof.fri[layer].values + index * eml_layout_element_bytes(&v->layout));
}

static size_t index_of(const size_t *positions, size_t position) {
    size_t i = 0;
    while (positions[i] != position) i++;
    return i;
}

/* The opened rows hold, at each position of the layer, what the layer before says. */
static bool rows_hold_evaluations(const eml_verification *v, uint32_t layer, const size_t *positions, size_t count,
                                  const size_t *folded) {
    size_t rows = v->layout.domain[layer + 1];
    for (size_t i = 0; i < count; i++) {
        size_t row = index_of(folded, positions[i] % rows);
        if (!eml_fe2_eq(opened_value(v, layer, row, positions[i] / rows), v->evaluations[i])) return false;
    }
    return true;
}

static void fold_rows(eml_verification *v, uint32_t layer, const size_t *folded, size_t count) {
    eml_fold fold;
    eml_fe2 values[EML_FRI_FOLDING_MAX];
    eml_fe inverse_offset = eml_fe_inv(eml_domain_offset());
    eml_fe inverse_generator = eml_fe_inv(eml_domain_generator(v->layout.domain[layer]));
    eml_fold_init(&fold, v->layout.folding, v->fri_challenges[layer]);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < fold.folding; k++) values[k] = opened_value(v, layer, i, k);
        eml_fe inverse_x = eml_fe_mul(inverse_offset, eml_fe_pow_u64_var(inverse_generator, folded[i]));
        v->evaluations[i] = eml_fold_row(&fold, values, inverse_x);
    }
}

static eml_reject check_layer(eml_verification *v, uint32_t layer, const size_t *positions, size_t count,
                              const size_t *folded, size_t folded_count) {
    const eml_layout *l = &v->layout;
    const eml_opened_rows *opening = &v->proof.fri[layer];
    size_t row_bytes = l->folding * eml_layout_element_bytes(l);
    if (opening->values_len != folded_count * row_bytes) return EML_REJECT_FRI_VALUES;
    const eml_digest *root = &v->proof.commitments[eml_commitment_fri(l) + layer];
    if (!eml_verifier_rows_committed(opening, row_bytes, folded, folded_count, l->domain[layer + 1], root))
        return EML_REJECT_FRI_OPENING;
    if (!rows_hold_evaluations(v, layer, positions, count, folded))
        return layer == 0 ? EML_REJECT_DEEP : EML_REJECT_FRI_FOLDING;
    fold_rows(v, layer, folded, folded_count);
    return EML_REJECT_NONE;
}

static bool remainder_holds(const eml_verification *v, const size_t *positions, size_t count) {
    const eml_layout *l = &v->layout;
    eml_fe generator = eml_domain_generator(l->domain[l->fri_layers]);
    for (size_t i = 0; i < count; i++) {
        eml_fe x = eml_fe_mul(eml_domain_offset(), eml_fe_pow_u64_var(generator, positions[i]));
        eml_fe2 value = EML_FE2_ZERO;
        for (size_t k = 0; k < l->remainder; k++)
            value = eml_fe2_add(eml_fe2_mul_base(value, x), v->proof.remainder[k]);
        if (!eml_fe2_eq(value, v->evaluations[i])) return false;
    }
    return true;
}

eml_reject eml_verifier_check_fri(eml_verification *v) {
    size_t positions[EML_QUERIES_MAX], folded[EML_QUERIES_MAX], count = v->position_count;
    memcpy(positions, v->positions, count * sizeof *positions);
    for (uint32_t layer = 0; layer < v->layout.fri_layers; layer++) {
        memcpy(folded, positions, count * sizeof *folded);
        size_t folded_count = eml_fold_positions(folded, count, v->layout.domain[layer + 1]);
        eml_reject reject = check_layer(v, layer, positions, count, folded, folded_count);
        if (reject != EML_REJECT_NONE) return reject;
        count = folded_count;
        memcpy(positions, folded, count * sizeof *positions);
    }
    if (remainder_holds(v, positions, count)) return EML_REJECT_NONE;
    return v->layout.fri_layers == 0 ? EML_REJECT_DEEP : EML_REJECT_REMAINDER;
}
