/* Whether one proof can speak for many rows (docs/soundness.md), and ciphertexts go through a program whole. The tapes
 * of a proof are sums over the rows, so its run stands for the runs row by row only if the program is linear in what
 * varies: a square would give a product of sums, a constant without `one` would be added to the sum once. What a
 * program does to the parts of a ciphertext one by one (swap masks, add a chosen value to one) is no sum of
 * ciphertexts, and what it decrypts to tells of the key. The compiler makes no such program, but a bundle may come from
 * anybody.
 *
 * Together with the program hash this is what gives "each output row is the program on that input row" its meaning, so
 * every bundle that names its inputs must pass before its hash is believed: whoever reads one, reads it with
 * eml_bundle_load, which asks here. */
#ifndef EML_STATEMENT_ROW_RULE_H
#define EML_STATEMENT_ROW_RULE_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"
#include "runtime/statement/bounds.h"

/* program passes eml_program_check, abi eml_abi_check and eml_abi_check_shape. Raw programs pass. Fails
 * (EML_CODE_TYPES), naming the instruction, on a product of two varying values (of a single row: of two that come from
 * ciphertexts); unless single row, on a sum of a varying and a uniform value, and on a uniform output; on anything done
 * to a ciphertext but read2, add2, smul, sadd and write2 on all five of its elements in their order; on a value where
 * an encrypted output is to be, and on a tape of ciphertexts among which is no secret input; when anything but a single
 * output stays on the stack, whose other registers every statement claims to be 0; and, when outputs are encrypted,
 * where eml_bounds_check does. */
EML_NODISCARD eml_status eml_row_rule_check(const eml_program *program, const eml_abi *abi, eml_error *err);

/* Of an encrypted program that passes: how large each output can be, and its noise. */
void eml_row_rule_bounds(const eml_program *program, const eml_abi *abi, eml_bound *outputs);

#endif
