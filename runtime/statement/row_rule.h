/* Whether one proof can speak for many rows (design 3.2). The tapes of a proof are polynomials in tau, one coefficient a row, so the run
 * at tau stands for the runs row by row only if the program is linear in what varies: a square would give a convolution of rows,
 * a constant without `one` would be added to row 0 alone. The compiler makes no such program, but a bundle may come from anybody.
 *
 * Together with the program hash this is what gives "each output row is the program on that input row" its meaning, so every bundle
 * that names its inputs and is not declared single row must pass before its hash is believed. */
#ifndef EML_STATEMENT_ROW_RULE_H
#define EML_STATEMENT_ROW_RULE_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* program passes eml_program_check, abi eml_abi_check and eml_abi_check_shape. Raw programs pass. Fails, naming the instruction,
 *   on a product of two varying values (of a single row: of two that come from ciphertexts);
 *   unless single row, on a sum of a varying and a uniform value, and on a uniform output;
 *   when anything but a single output stays on the stack, whose other registers every statement claims to be 0. */
EML_NODISCARD eml_status eml_row_rule_check(const eml_program *program, const eml_abi *abi, eml_error *err);

#endif
