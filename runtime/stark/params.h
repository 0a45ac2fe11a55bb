/* Proof presets (docs/soundness.md): named, never free parameters. */
#ifndef EML_STARK_PARAMS_H
#define EML_STARK_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum eml_preset { EML_PRESET_STANDARD, EML_PRESET_HIGH, EML_PRESET_TEST, EML_PRESET_COUNT } eml_preset;

typedef struct eml_stark_params {
    const char *name; /* "standard", "high", "test" */
    uint32_t blowup, queries, grinding, folding, remainder_degree;
    uint32_t extension; /* degree: 1 or 2 */
} eml_stark_params;

const eml_stark_params *eml_preset_params(eml_preset preset);
bool eml_preset_by_name(const char *name, eml_preset *out);
/* The preset with exactly these numbers (the name is not looked at). */
bool eml_preset_by_params(const eml_stark_params *params, eml_preset *out);

/* Whether there are proofs with these numbers: Winterfell's ProofOptions::new takes them (air/src/options.rs). */
bool eml_stark_params_valid(const eml_stark_params *params);

/* Bits of security of a proof over n trace rows; formulas and source in docs/soundness.md. proven:
 * list-decoding regime; conjectured: Winterfell's formula. most: neither is more than what the claim itself is worth
 * (runtime/statement: eml_statement_bits). proof_of_work: how many of the proven bits grinding adds. params must be
 * valid. trace_columns: main and auxiliary; linear batching makes both figures independent of it today. */
typedef struct eml_security {
    uint32_t proven, conjectured, proof_of_work;
} eml_security;
eml_security eml_security_bits(const eml_stark_params *params, uint32_t n, uint32_t trace_columns, uint32_t most);

#endif
