/* What the outputs of a program give away of its committed inputs, worked out from the code and the public inputs:
 * whoever made the program may have written another number into its ABI. */
#ifndef EML_STATEMENT_REVEAL_H
#define EML_STATEMENT_REVEAL_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* For committed inputs in their ranges and these values on the public tape: docs/zero-knowledge.md, "What outputs
 * tell". NULL: the model has no public inputs, and its tape holds `one` alone. The program has a committed tape and
 * passes eml_program_check, abi is its own and not raw. input (NULL: not asked for): the one
 * that it is about, NULL when there are several. */
eml_committed_reveal eml_reveal_of(const eml_program *program, const eml_abi *abi, const eml_fe *public_tape,
                                   const eml_input_column **input);

/* What can be said without a row: of a model without public inputs the same, when the code is there (not NULL) and its
 * ABI does not admit to more; otherwise what the ABI declares. */
eml_committed_reveal eml_reveal_of_any_row(const eml_program *program, const eml_abi *abi);

#endif
