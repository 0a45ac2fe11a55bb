#include "runtime/air/air.h"

#include <string.h>

static eml_fe *put(eml_fe *at, const eml_fe *values, size_t count) {
    if (count > 0) memcpy(at, values, count * sizeof *values);
    return at + count;
}

void eml_claim_elements(const eml_claim *claim, eml_fe **out, size_t *count) {
    const eml_shape *shape = &claim->shape;
    const eml_fe header[] = {
        eml_fe_from_u64(shape->n),
        eml_fe_from_u64(shape->S),
        eml_fe_from_u64(shape->W),
        eml_fe_from_u64(shape->public_len),
        eml_fe_from_u64(shape->secret_len),
        eml_fe_from_u64(shape->output_len),
        eml_fe_from_u64(shape->committed_len),
        eml_fe_from_u64(shape->form),
        shape->delta,
    };
    const eml_fe context[EML_RESCUE_DIGEST] = {{0}}; /* reserved */
    const size_t header_count = sizeof header / sizeof *header;
    *count = header_count + (size_t)EML_RESCUE_DIGEST * (shape->S + 3) + shape->W + shape->public_len +
             EML_CT_ELEMENTS * shape->secret_len + shape->output_len;
    *out = eml_alloc_raw(*count, sizeof **out);
    eml_fe *at = put(*out, header, header_count);
    at = put(at, claim->digests[0], (size_t)EML_RESCUE_DIGEST * shape->S);
    at = put(at, shape->schema, EML_RESCUE_DIGEST);
    at = put(at, claim->commitment, EML_RESCUE_DIGEST);
    at = put(at, context, EML_RESCUE_DIGEST);
    at = put(at, claim->stack, shape->W);
    at = put(at, claim->public_tape, shape->public_len);
    at = put(at, claim->secret_tape, EML_CT_ELEMENTS * shape->secret_len);
    put(at, claim->output_tape, shape->output_len);
}

/* (..((1 * alpha + v0) * alpha + v1)..) */
static eml_fe2 tape_value(const eml_fe *values, size_t count, eml_fe2 alpha) {
    eml_fe2 acc = EML_FE2_ONE;
    for (size_t i = 0; i < count; i++) acc = eml_fe2_add(eml_fe2_mul(acc, alpha), eml_fe2_from_base(values[i]));
    return acc;
}

eml_fe2 eml_claim_value(const eml_claim *claim, const eml_assertion *assertion, eml_fe2 alpha) {
    const eml_shape *shape = &claim->shape;
    uint32_t i = assertion->index;
    switch (assertion->claim) {
    case EML_CLAIM_ZERO: return EML_FE2_ZERO;
    case EML_CLAIM_ONE: return EML_FE2_ONE;
    case EML_CLAIM_STACK: return eml_fe2_from_base(claim->stack[i]);
    case EML_CLAIM_DIGEST: return eml_fe2_from_base(claim->digests[i / EML_RESCUE_DIGEST][i % EML_RESCUE_DIGEST]);
    case EML_CLAIM_ACC_IN: return tape_value(claim->public_tape, shape->public_len, alpha);
    case EML_CLAIM_ACC_CT: return tape_value(claim->secret_tape, EML_CT_ELEMENTS * shape->secret_len, alpha);
    case EML_CLAIM_ACC_OUT: return tape_value(claim->output_tape, shape->output_len, alpha);
    case EML_CLAIM_COMMITTED: return eml_fe2_from_base(eml_fe_from_u64(eml_shape_committed(shape)));
    case EML_CLAIM_SCHEMA: return eml_fe2_from_base(shape->schema[i]);
    case EML_CLAIM_COMMITMENT: return eml_fe2_from_base(claim->commitment[i]);
    }
    return EML_FE2_ZERO;
}
