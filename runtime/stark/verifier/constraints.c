#include "runtime/stark/verifier/phases.h"

#include "runtime/base/memory.h"

void eml_verifier_read_trace_commitments(eml_verification *v) {
    eml_coin_reseed(&v->coin, &v->proof.commitments[0]);
    if (v->layout.aux_width) {
        v->random = eml_alloc_raw(v->layout.random_count, sizeof *v->random);
        eml_coin_draw_many(&v->coin, v->random, v->layout.random_count);
        eml_coin_reseed(&v->coin, &v->proof.commitments[1]);
    }
    eml_coefficients_draw(&v->coin, v->air, &v->coefficients);
}

static eml_fe2 minus_base(eml_fe2 x, eml_fe y) { return (eml_fe2){eml_fe_sub(x.a, y), x.b}; }

/* sum of coefficient * constraint, times (z - g^(n-2)) (z - g^(n-1)) / (z^n - 1). */
static eml_fe2 evaluate_transitions(const eml_verification *v) {
    const eml_air *air = v->air;
    const eml_layout *l = &v->layout;
    size_t width = (size_t)l->main_width + l->aux_width;
    eml_fe2 *periodic = eml_alloc_raw(air->periodic_count, sizeof *periodic);
    eml_fe2 *values = eml_alloc_raw(air->node_count, sizeof *values);
    const eml_fe2 *current = v->proof.ood_trace, *next = current + width;
    eml_periodic_evaluate(air, v->z, periodic);
    eml_frame frame = {.main_current = current,
                       .main_next = next,
                       .aux_current = current + l->main_width,
                       .aux_next = next + l->main_width,
                       .periodic = periodic,
                       .random = v->random};
    eml_air_evaluate(air, &frame, values);

    eml_fe2 sum = EML_FE2_ZERO;
    for (size_t i = 0; i < l->transition_count; i++) {
        const eml_constraint *constraint =
            i < air->main_count ? &air->main_constraints[i] : &air->aux_constraints[i - air->main_count];
        sum = eml_fe2_add(sum, eml_fe2_mul(v->coefficients.transition[i], values[constraint->root]));
    }
    eml_free(periodic);
    eml_free(values);

    eml_fe g = eml_domain_generator(l->n), exempt = eml_fe_pow_u64_var(g, l->n - EML_EXEMPTIONS);
    for (size_t i = 0; i < EML_EXEMPTIONS; i++, exempt = eml_fe_mul(exempt, g))
        sum = eml_fe2_mul(sum, minus_base(v->z, exempt));
    return eml_fe2_mul(sum, eml_fe2_inv(minus_base(eml_fe2_pow_u64_var(v->z, l->n), EML_FE_ONE)));
}

/* sum of coefficient * (cell - asserted value) / (z - g^row). */
static eml_fe2 evaluate_assertions(const eml_verification *v) {
    eml_fe g = eml_domain_generator(v->layout.n);
    eml_fe2 alpha = v->random ? v->random[0] : EML_FE2_ZERO, total = EML_FE2_ZERO;
    for (size_t i = 0; i < v->air->assertion_count; i++) {
        const eml_assertion *assertion = &v->air->assertions[i];
        size_t column = assertion->column + (assertion->auxiliary ? v->layout.main_width : 0);
        eml_fe2 difference = eml_fe2_sub(v->proof.ood_trace[column], eml_claim_value(v->claim, assertion, alpha));
        eml_fe2 distance = minus_base(v->z, eml_fe_pow_u64_var(g, assertion->row));
        eml_fe2 term = eml_fe2_mul(v->coefficients.boundary[i], difference);
        total = eml_fe2_add(total, eml_fe2_mul(term, eml_fe2_inv(distance)));
    }
    return total;
}

/* H(z) = sum_i z^(i n) H_i(z). */
static eml_fe2 join_composition(const eml_verification *v) {
    eml_fe2 step = eml_fe2_pow_u64_var(v->z, v->layout.n), sum = EML_FE2_ZERO;
    for (size_t i = v->layout.composition_width; i-- > 0;)
        sum = eml_fe2_add(eml_fe2_mul(sum, step), v->proof.ood_composition[i]);
    return sum;
}

eml_reject eml_verifier_check_out_of_domain(eml_verification *v) {
    const eml_layout *l = &v->layout;
    eml_coin_reseed(&v->coin, &v->proof.commitments[eml_commitment_composition(l)]);
    v->z = eml_coin_draw(&v->coin);
    eml_fe2 evaluated = eml_fe2_add(evaluate_transitions(v), evaluate_assertions(v));
    if (!eml_fe2_eq(evaluated, join_composition(v))) return EML_REJECT_OUT_OF_DOMAIN;

    size_t columns = (size_t)l->main_width + l->aux_width + l->composition_width;
    eml_fe2 *merged = eml_alloc_raw(2 * columns, sizeof *merged);
    eml_digest digest = eml_hash_elements2(merged, eml_proof_merge_frames(l, &v->proof, merged), l->extension);
    eml_coin_reseed(&v->coin, &digest);
    eml_free(merged);
    return EML_REJECT_NONE;
}
