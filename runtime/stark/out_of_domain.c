#include "runtime/stark/out_of_domain.h"

#include "runtime/base/memory.h"

static eml_fe2 minus_base(eml_fe2 x, eml_fe y) { return (eml_fe2){eml_fe_sub(x.a, y), x.b}; }

/* sum of coefficient * constraint, times (z - g^(n-k)) .. (z - g^(n-1)) / (z^n - 1), k the exempt rows. */
static eml_fe2 evaluate_transitions(const eml_out_of_domain *o) {
    const eml_air *air = o->air;
    const eml_layout *l = o->layout;
    size_t width = (size_t)l->main_width + l->aux_width;
    eml_fe2 *periodic = eml_alloc_raw(air->periodic_count, sizeof *periodic);
    eml_fe2 *values = eml_alloc_raw(air->node_count, sizeof *values);
    const eml_fe2 *current = o->trace, *next = current + width;
    eml_periodic_evaluate(air, o->z, periodic);
    eml_frame frame = {.main_current = current,
                       .main_next = next,
                       .aux_current = current + l->main_width,
                       .aux_next = next + l->main_width,
                       .periodic = periodic,
                       .random = o->random};
    eml_air_evaluate(air, &frame, values);

    eml_fe2 sum = EML_FE2_ZERO;
    for (size_t i = 0; i < l->transition_count; i++) {
        const eml_constraint *constraint =
            i < air->main_count ? &air->main_constraints[i] : &air->aux_constraints[i - air->main_count];
        sum = eml_fe2_add(sum, eml_fe2_mul(o->coefficients->transition[i], values[constraint->root]));
    }
    eml_free(periodic);
    eml_free(values);

    uint32_t exempt = eml_shape_exempt(&air->shape);
    eml_fe g = eml_domain_generator(l->n), root = eml_fe_pow_u64_var(g, l->n - exempt);
    for (uint32_t i = 0; i < exempt; i++, root = eml_fe_mul(root, g)) sum = eml_fe2_mul(sum, minus_base(o->z, root));
    return eml_fe2_mul(sum, eml_fe2_inv(minus_base(eml_fe2_pow_u64_var(o->z, l->n), EML_FE_ONE)));
}

/* sum of coefficient * (cell - asserted value) / (z - g^row). Assertions are in the order of their rows. */
static eml_fe2 evaluate_assertions(const eml_out_of_domain *o) {
    eml_fe g = eml_domain_generator(o->layout->n);
    eml_fe2 alpha = o->random ? o->random[0] : EML_FE2_ZERO, total = EML_FE2_ZERO, inverse = EML_FE2_ZERO;
    uint32_t inverse_of = UINT32_MAX; /* the row */
    for (size_t i = 0; i < o->air->assertion_count; i++) {
        const eml_assertion *assertion = &o->air->assertions[i];
        size_t column = assertion->column + (assertion->auxiliary ? o->layout->main_width : 0);
        eml_fe2 difference = eml_fe2_sub(o->trace[column], eml_claim_value(o->claim, assertion, alpha));
        if (assertion->row != inverse_of) {
            inverse_of = assertion->row;
            inverse = eml_fe2_inv(minus_base(o->z, eml_fe_pow_u64_var(g, inverse_of)));
        }
        eml_fe2 term = eml_fe2_mul(o->coefficients->boundary[i], difference);
        total = eml_fe2_add(total, eml_fe2_mul(term, inverse));
    }
    return total;
}

/* H(z) = sum_i z^(i n) H_i(z). */
static eml_fe2 join_composition(const eml_out_of_domain *o) {
    eml_fe2 step = eml_fe2_pow_u64_var(o->z, o->layout->n), sum = EML_FE2_ZERO;
    for (size_t i = o->layout->composition_width; i-- > 0;)
        sum = eml_fe2_add(eml_fe2_mul(sum, step), o->composition[i]);
    return sum;
}

eml_fe2 eml_out_of_domain_value(const eml_out_of_domain *o) {
    return eml_fe2_add(evaluate_transitions(o), evaluate_assertions(o));
}

bool eml_out_of_domain_holds(const eml_out_of_domain *o) {
    return eml_fe2_eq(eml_out_of_domain_value(o), join_composition(o));
}
