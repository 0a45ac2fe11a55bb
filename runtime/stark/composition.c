#include "runtime/stark/composition.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/vector.h"

enum { CONTEXT_ELEMENTS = 8 };

void eml_coin_seed(eml_coin *coin, const eml_layout *layout, const eml_stark_params *params, const eml_claim *claim) {
    uint64_t columns = (uint64_t)layout->main_width << 8;
    if (layout->aux_width) columns = ((columns | 1) << 8 | layout->aux_width) << 8 | layout->random_count;
    uint64_t options =
        (((uint64_t)params->extension << 8 | params->folding) << 8 | params->remainder_degree) << 8 | params->blowup;
    const eml_fe context[CONTEXT_ELEMENTS] = {
        eml_fe_from_u64(columns),
        eml_fe_from_u64(layout->n),
        eml_fe_from_u64(EML_FE_P_LO),
        eml_fe_from_u64(EML_FE_P_HI),
        eml_fe_from_u64(layout->constraint_count),
        eml_fe_from_u64(options),
        eml_fe_from_u64(params->grinding),
        eml_fe_from_u64(params->queries),
    };
    eml_fe *claimed;
    size_t count;
    eml_claim_elements(claim, &claimed, &count);
    eml_fe *all = eml_alloc_raw(CONTEXT_ELEMENTS + count, sizeof *all);
    memcpy(all, context, sizeof context);
    if (count) memcpy(all + CONTEXT_ELEMENTS, claimed, count * sizeof *all);
    eml_coin_init(coin, all, CONTEXT_ELEMENTS + count, params->extension);
    eml_free(all);
    eml_free(claimed);
}

void eml_coefficients_draw(eml_coin *coin, const eml_air *air, eml_coefficients *out) {
    size_t transitions = air->main_count + air->aux_count;
    out->transition = eml_alloc_raw(transitions, sizeof *out->transition);
    out->boundary = eml_alloc_raw(air->assertion_count, sizeof *out->boundary);
    eml_coin_draw_many(coin, out->transition, transitions);
    eml_coin_draw_many(coin, out->boundary, air->assertion_count);
}

void eml_coefficients_free(eml_coefficients *coefficients) {
    eml_free(coefficients->transition);
    eml_free(coefficients->boundary);
    *coefficients = (eml_coefficients){0};
}

/* L_i(y) = w^i (y^c - 1) / (c (y - w^i)) for w of order c; y is no power of w, except with negligible probability. */
void eml_periodic_weights(eml_fe2 y, uint32_t cycle, eml_fe2 *weights) {
    eml_fe w = eml_domain_generator(cycle), point = EML_FE_ONE;
    eml_fe2 vanishing = eml_fe2_sub(eml_fe2_pow_u64_var(y, cycle), EML_FE2_ONE);
    eml_fe2 scale = eml_fe2_mul_base(vanishing, eml_fe_inv(eml_fe_from_u64(cycle)));
    for (uint32_t i = 0; i < cycle; i++, point = eml_fe_mul(point, w))
        weights[i] = eml_fe2_sub(y, eml_fe2_from_base(point));
    eml_fe2_batch_inv(weights, cycle);
    for (uint32_t i = 0; i < cycle; i++, point = eml_fe_mul(point, w))
        weights[i] = eml_fe2_mul_base(eml_fe2_mul(scale, weights[i]), point);
}

void eml_periodic_evaluate(const eml_air *air, eml_fe2 x, eml_fe2 *out) {
    eml_fe2 weights[EML_CYCLE];
    uint32_t weights_of = 0; /* the cycle that weights belong to: neighbouring columns mostly share it */
    for (size_t i = 0; i < air->periodic_count; i++) {
        const eml_periodic *column = &air->periodic[i];
        if (column->cycle != weights_of) {
            eml_periodic_weights(eml_fe2_pow_u64_var(x, air->shape.n / column->cycle), column->cycle, weights);
            weights_of = column->cycle;
        }
        out[i] = EML_FE2_ZERO;
        for (uint32_t k = 0; k < column->cycle; k++)
            out[i] = eml_fe2_add(out[i], eml_fe2_mul_base(weights[k], column->values[k]));
    }
}
