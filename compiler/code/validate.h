/* Pass 9, translation validation: the finished program is executed symbolically back to one form per output, over F_p,
 * and compared with the fixed-point model coefficient by coefficient. It shares nothing with lowering but the meaning
 * of the opcodes: runtime/statement/symbolic.h. */
#ifndef EML_COMPILER_CODE_VALIDATE_H
#define EML_COMPILER_CODE_VALIDATE_H

#include "compiler/code/lower.h"

/* EML_ERR_INTERNAL, with the output and monomial that differ, when the program does not compute the model. program must
 * pass eml_program_check, tapes, of which the code is not looked at, be as long as its shape says. */
EML_NODISCARD eml_status eml_validate(const eml_quant *quant, const eml_program *program, const eml_lowered *tapes,
                                      eml_error *err);

#endif
