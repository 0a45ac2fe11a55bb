/* For files that know what every instruction does: a switch over eml_op that leaves one out does not compile where this
 * is included, whether or not it has a default. And sets of codes (bit c stands for code c), for static assertions. */
#ifndef EML_ISA_EVERY_OP_H
#define EML_ISA_EVERY_OP_H

#include "runtime/isa/discipline.h"

#pragma GCC diagnostic error "-Wswitch"
#pragma GCC diagnostic error "-Wswitch-enum"

/* clang-format off */
enum {
    EML_OPS_LEGAL = 0
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning) | 1 << (code)
#include "runtime/isa/op.def"
#undef OP
    ,
    EML_OPS_CIPHERTEXT = 0 /* those that move a whole ciphertext */
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning)                                                   \
    | ((pops) >= EML_CT_ELEMENTS || (pushes) >= EML_CT_ELEMENTS) << (code)
#include "runtime/isa/op.def"
#undef OP
    ,
    EML_OPS_OUTPUT = 0 /* those that write to the output tape */
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning)                                                   \
    | (EML_OP_TAPE_##tape == EML_OP_TAPE_OUTPUT) << (code)
#include "runtime/isa/op.def"
#undef OP
};
/* clang-format on */

#endif
