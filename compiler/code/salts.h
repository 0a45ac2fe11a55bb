/* The salts of a hidden program: without them its hash would test guesses of its weights. */
#ifndef EML_COMPILER_CODE_SALTS_H
#define EML_COMPILER_CODE_SALTS_H

#include "runtime/base/status.h"
#include "runtime/isa/program.h"

/* Uniform field elements from the system's generator, none 0 and no two equal; EML_ERR_INTERNAL when it gives none. */
EML_NODISCARD eml_status eml_salts_draw(eml_fe out[2 * EML_SPONGES_MAX], eml_error *err);

#endif
