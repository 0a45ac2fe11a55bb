/* A claim as Winterfell's side reads it: digests, commitment, stack, tapes, 16 bytes an element. */
#ifndef EML_TESTS_INTEROP_INPUTS_H
#define EML_TESTS_INTEROP_INPUTS_H

#include "runtime/air/air.h"

static inline void interop_put_elements(eml_buf *out, const eml_fe *elements, size_t count) {
    uint8_t bytes[EML_FE_BYTES];
    for (size_t i = 0; i < count; i++) {
        eml_fe_to_bytes(elements[i], bytes);
        eml_buf_put(out, bytes, sizeof bytes);
    }
}

static inline void interop_put_inputs(const eml_claim *claim, eml_buf *out) {
    const eml_shape *shape = &claim->shape;
    interop_put_elements(out, claim->digests[0], (size_t)EML_RESCUE_DIGEST * shape->S);
    interop_put_elements(out, claim->commitment, EML_RESCUE_DIGEST);
    interop_put_elements(out, claim->stack, shape->W);
    interop_put_elements(out, claim->public_tape, shape->public_len);
    interop_put_elements(out, claim->secret_tape, EML_CT_ELEMENTS * shape->secret_len);
    interop_put_elements(out, claim->output_tape, shape->output_len);
}

#endif
