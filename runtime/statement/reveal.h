/* What the outputs of a program give away of its committed inputs, worked out from the code: whoever made the program
 * may have written another number into its ABI. */
#ifndef EML_STATEMENT_REVEAL_H
#define EML_STATEMENT_REVEAL_H

#include "runtime/bundle/abi.h"
#include "runtime/isa/program.h"

/* For inputs in their ranges, of intervals that are propagated through the code: no output has more values than this
 * says, and it depends on no committed input that is not counted unless what this is multiplied with is always 0. The
 * program has a committed tape and passes eml_program_check, abi is its own and not raw. */
eml_committed_reveal eml_reveal_of(const eml_program *program, const eml_abi *abi);

#endif
