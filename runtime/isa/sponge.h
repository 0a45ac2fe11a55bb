/* The program sponges' schedule (docs/vm-and-air.md): what sponge k does in the transition out of a row. The one place
 * that knows it: program hash, trace and constraints all ask here. */
#ifndef EML_ISA_SPONGE_H
#define EML_ISA_SPONGE_H

#include "runtime/isa/program.h"

/* 0: absorb the group that this row ends; 1..14: Rescue-Prime round phase - 1; 15: hold. Sponge k absorbs at rows
 * G - 1 + kG mod 16. */
enum { EML_SPONGE_ABSORB = 0, EML_SPONGE_HOLD = EML_CYCLE - 1 };

static inline uint32_t eml_sponge_phase(const eml_shape *shape, uint32_t k, uint32_t row) {
    uint32_t group = eml_shape_group(shape);
    return (row + EML_CYCLE - (group - 1 + k * group)) % EML_CYCLE;
}

/* The opcodes of a group in base 32, first opcode most significant: at most 80 bits. */
eml_fe eml_program_opword(const eml_program *program, uint32_t group);

/* eml_program_sponge_digests with a choice: keeps the states of every `every`-th row, `every` a multiple of the cycle,
 * or 1. */
void eml_sponges_first_run(eml_program *program, uint32_t every, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]);

/* The states of all sponges in rows 0..n-2: sponge k's state at row r is written to cells + r * stride + 4k. Kept
 * states are copied; what is between them is made again, in threads; when none is kept, all of it, in one. */
void eml_sponges_run(const eml_program *program, eml_fe *cells, size_t stride);

#endif
