#include "runtime/stark/verifier/verifier.h"

#include "runtime/base/memory.h"
#include "runtime/stark/verifier/phases.h"

bool eml_stark_peek_params(const uint8_t *proof, size_t proof_len, eml_stark_params *out) {
    eml_reader reader = {proof, proof_len};
    eml_proof_context context;
    if (eml_proof_context_decode(&reader, &context) != EML_REJECT_NONE || !context.known_options) return false;
    eml_preset preset;
    *out = context.params;
    out->name = eml_preset_by_params(&context.params, &preset) ? eml_preset_params(preset)->name : "unnamed";
    return true;
}

/* What the proof's context says, against the preset and the constraint set. */
static eml_reject check_context(eml_verification *v, const eml_proof_context *context, unsigned accepted,
                                eml_preset *seen) {
    eml_preset preset;
    if (!context->known_options || !eml_preset_by_params(&context->params, &preset)) return EML_REJECT_PRESET;
    *seen = preset;
    if (!(accepted >> preset & 1)) return EML_REJECT_PRESET;
    v->params = eml_preset_params(preset);
    v->layout = eml_layout_of(v->air, v->params);
    if (context->main_width != v->layout.main_width) return EML_REJECT_MAIN_WIDTH;
    if (context->aux_width != v->layout.aux_width) return EML_REJECT_AUX_WIDTH;
    if (context->random_count != v->layout.random_count) return EML_REJECT_AUX_CHALLENGES;
    if (context->log_n != v->layout.log_n) return EML_REJECT_TRACE_LENGTH;
    if (context->meta_len != 0) return EML_REJECT_TRACE_META;
    if (context->constraint_count != v->layout.constraint_count) return EML_REJECT_CONSTRAINT_COUNT;
    return EML_REJECT_NONE;
}

static eml_reject verify_phases(eml_verification *v, eml_reader *reader, unsigned accepted, eml_preset *seen) {
    /* 0 ----- shape before algebra */
    eml_proof_context context;
    if (!eml_shape_eq(&v->air->shape, &v->claim->shape)) return EML_REJECT_CLAIM_SHAPE;
    EML_TRY_REJECT(eml_proof_context_decode(reader, &context));
    EML_TRY_REJECT(check_context(v, &context, accepted, seen));
    EML_TRY_REJECT(eml_stark_proof_decode(reader, &v->layout, &v->proof));
    eml_coin_seed(&v->coin, &v->layout, v->params, v->claim);

    /* 1, 2, 3 commitments to the trace and the auxiliary columns, constraint coefficients */
    eml_verifier_read_trace_commitments(v);

    /* 4, 5 -- composition commitment, out-of-domain consistency */
    EML_TRY_REJECT(eml_verifier_check_out_of_domain(v));

    /* 6, 7 -- DEEP coefficients, FRI commitments */
    EML_TRY_REJECT(eml_verifier_read_fri_commitments(v));

    /* 8, 9 -- proof of work, query positions, openings */
    EML_TRY_REJECT(eml_verifier_check_openings(v));

    /* 6, 7 -- DEEP composition and FRI at the opened rows */
    eml_verifier_compose_deep(v);
    return eml_verifier_check_fri(v);
}

eml_reject eml_stark_verify(const eml_air *air, const eml_claim *claim, const uint8_t *proof, size_t proof_len,
                            unsigned accepted, eml_preset *seen) {
    eml_verification v = {.air = air, .claim = claim};
    eml_reader reader = {proof, proof_len};
    eml_reject reject = verify_phases(&v, &reader, accepted, seen);
    eml_stark_proof_free(&v.proof);
    eml_coefficients_free(&v.coefficients);
    eml_free(v.random);
    eml_free(v.deep_coefficients);
    return reject;
}
