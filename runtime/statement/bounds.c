#include "runtime/statement/bounds.h"

#include "runtime/ciphertext/params.h"
#include "runtime/field/integer.h"

static eml_u128 plus(eml_u128 a, eml_u128 b) { return a > EML_BOUND_MAX - b ? EML_BOUND_MAX : a + b; }

static eml_u128 times(eml_u128 a, eml_u128 b) { return b != 0 && a > EML_BOUND_MAX / b ? EML_BOUND_MAX : a * b; }

eml_bound eml_bound_plus(eml_bound a, eml_bound b) {
    return (eml_bound){plus(a.message, b.message), plus(a.noise, b.noise)};
}

eml_bound eml_bound_times(eml_bound a, eml_u128 factor) {
    return (eml_bound){times(a.message, factor), times(a.noise, factor)};
}

eml_bound eml_bound_of_element(eml_fe value) {
    eml_fe magnitude = eml_fe_is_negative(value) ? eml_fe_neg(value) : value;
    return (eml_bound){.message = eml_fe_u128_(eml_fe_canon(magnitude))};
}

eml_bound eml_bound_of_input(const eml_input_column *column) {
    return (eml_bound){eml_input_magnitude(column), column->visibility == EML_SECRET ? EML_LATTICE_NOISE_BOUND : 0};
}

static eml_status refuse(eml_error *err, const char *what, const char *name, const char *why) {
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_BOUNDS, "refused (bounds): the %s \"%s\" %s", what, name, why);
}

static eml_status check_room(const eml_abi *abi, const char *what, const char *name, eml_bound bound, eml_error *err) {
    const eml_u128 half = ((eml_u128)EML_FE_P_HI << 64 | EML_FE_P_LO) >> 1; /* (p - 1) / 2 */
    eml_u128 scaled = times(bound.message, (eml_u128)1 << abi->delta_bits);
    if (plus(scaled, bound.noise) <= half) return EML_OK;
    return refuse(err, what, name, "can be too large for the field at this scale: it would decrypt to another number");
}

eml_status eml_bounds_check(const eml_abi *abi, const eml_bound *outputs, eml_error *err) {
    for (size_t i = 0; i < abi->input_count; i++)
        if (abi->inputs[i].visibility == EML_SECRET && !abi->inputs[i].kept)
            EML_TRY(check_room(abi, "secret input", abi->inputs[i].name, eml_bound_of_input(&abi->inputs[i]), err));
    for (size_t i = 0; i < abi->output_count; i++) {
        const char *name = abi->outputs[i].name;
        if (outputs[i].noise > eml_lattice_noise_limit(abi->delta_bits))
            return refuse(err, "output", name, "can have more noise than decryption allows at this scale");
        EML_TRY(check_room(abi, "output", name, outputs[i], err));
    }
    return EML_OK;
}
