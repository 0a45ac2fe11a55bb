#include "runtime/stark/verifier/phases.h"

/* The sum over columns of coefficient * value: of an opened row, or of a row of the out-of-domain frame. */
static eml_fe2 combine_opened(const eml_verification *v, size_t query) {
    const eml_layout *l = &v->layout;
    size_t element = eml_layout_element_bytes(l);
    const eml_fe2 *coefficient = v->deep_coefficients;
    const uint8_t *main = v->proof.main.values + query * l->main_width * EML_FE_BYTES;
    const uint8_t *aux = v->proof.aux.values + query * l->aux_width * element;
    const uint8_t *composition = v->proof.composition.values + query * l->composition_width * element;
    eml_fe2 sum = EML_FE2_ZERO;
    for (size_t c = 0; c < l->main_width; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul_base(*coefficient++, eml_fe_from_bytes_mod(main + c * EML_FE_BYTES)));
    for (size_t c = 0; c < l->aux_width; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(*coefficient++, eml_proof_element(l, aux + c * element)));
    for (size_t c = 0; c < l->composition_width; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(*coefficient++, eml_proof_element(l, composition + c * element)));
    return sum;
}

static eml_fe2 combine_frame(const eml_verification *v, size_t row) {
    size_t trace = (size_t)v->layout.main_width + v->layout.aux_width, composition = v->layout.composition_width;
    const eml_fe2 *coefficient = v->deep_coefficients;
    eml_fe2 sum = EML_FE2_ZERO;
    for (size_t c = 0; c < trace; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(*coefficient++, v->proof.ood_trace[row * trace + c]));
    for (size_t c = 0; c < composition; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(*coefficient++, v->proof.ood_composition[row * composition + c]));
    return sum;
}

/* With A = sum of coefficient times column: (A(x) - A(z)) / (x - z) + (A(x) - A(g z)) / (x - g z). */
void eml_verifier_compose_deep(eml_verification *v) {
    eml_fe2 at_z = combine_frame(v, 0), at_gz = combine_frame(v, 1);
    eml_fe2 gz = eml_fe2_mul_base(v->z, eml_domain_generator(v->layout.n));
    eml_fe generator = eml_domain_generator(v->layout.lde);
    for (size_t i = 0; i < v->position_count; i++) {
        eml_fe2 sum = combine_opened(v, i);
        eml_fe2 x = eml_fe2_from_base(eml_fe_mul(eml_domain_offset(), eml_fe_pow_u64_var(generator, v->positions[i])));
        eml_fe2 to_z = eml_fe2_sub(x, v->z), to_gz = eml_fe2_sub(x, gz);
        eml_fe2 numerator =
            eml_fe2_add(eml_fe2_mul(eml_fe2_sub(sum, at_z), to_gz), eml_fe2_mul(eml_fe2_sub(sum, at_gz), to_z));
        v->evaluations[i] = eml_fe2_mul(numerator, eml_fe2_inv(eml_fe2_mul(to_z, to_gz)));
    }
}
