/* Pass 10: program and ABI -> bundle. */
#ifndef EML_COMPILER_CODE_PACK_H
#define EML_COMPILER_CODE_PACK_H

#include "compiler/code/lower.h"
#include "runtime/bundle/bundle.h"

/* Takes the program (left empty) when it succeeds. Fails (EML_ERR_INPUT) when the ABI cannot hold a number of the
 * model. */
EML_NODISCARD eml_status eml_pack(const eml_quant *quant, const eml_lowered *lowered, eml_program *program_take,
                                  eml_bundle *out, eml_error *err);

#endif
