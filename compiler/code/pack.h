/* Pass 10: program and ABI -> bundle. */
#ifndef EML_COMPILER_CODE_PACK_H
#define EML_COMPILER_CODE_PACK_H

#include "compiler/code/lower.h"
#include "runtime/bundle/bundle.h"

/* An ABI with the model's inputs and nothing else: what tables have. */
void eml_pack_inputs(const eml_quant *quant, eml_abi *out);
/* The model's ABI. Fails (EML_ERR_INPUT) when it cannot hold a number of the model; free it all the same. */
EML_NODISCARD eml_status eml_pack_abi(const eml_quant *quant, const eml_lowered *lowered, eml_abi *out, eml_error *err);

/* Takes program and ABI (left empty). */
void eml_pack(const eml_quant *quant, eml_program *program_take, eml_abi *abi_take, eml_bundle *out);

#endif
