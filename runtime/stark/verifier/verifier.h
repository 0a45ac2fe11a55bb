/* The verifier: reads Winterfell 0.13.1 proof bytes, in the same numbered phases as the prover. Links neither the
 * prover nor the transform nor the VM. Nothing in the bytes is trusted; memory is bounded by a small multiple of their
 * length. */
#ifndef EML_STARK_VERIFIER_H
#define EML_STARK_VERIFIER_H

#include "runtime/air/air.h"
#include "runtime/stark/params.h"
#include "runtime/stark/reject.h"

/* EML_REJECT_NONE when the proof shows that the claim holds. accepted: bit set of presets (1u << EML_PRESET_...). *seen
 * is set to the preset whose parameters the proof carries (untouched when it carries no preset's). */
eml_reject eml_stark_verify(const eml_air *air, const eml_claim *claim, const uint8_t *proof, size_t proof_len,
                            unsigned accepted, eml_preset *seen);

/* The parameters in the proof's own context, for `eml inspect`: false when the bytes are not a proof's beginning. */
bool eml_stark_peek_params(const uint8_t *proof, size_t proof_len, eml_stark_params *out);

#endif
