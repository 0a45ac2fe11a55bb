/* The VM: executes a program on tapes of field elements, and writes the execution trace (docs/vm-and-air.md).
 *
 * The trace is a matrix of n rows; eml_columns (runtime/air/columns.h) says which column is what. Rows 0..T are
 * determined by program and tapes, those after it by the constraints (NOOP code, sponges running on), the last
 * eml_shape_free_rows are random. */
#ifndef EML_VM_VM_H
#define EML_VM_VM_H

#include "runtime/field/matrix.h"
#include "runtime/isa/program.h"

/* Borrowed. secret: 5 elements a ciphertext, in the order in which READ2 leaves them on the stack, top first:
 * mask0, mask1, mask2, mask3, body. */
typedef struct eml_tapes {
    const eml_fe *public_tape; /* public_len values */
    const eml_fe *secret_tape; /* 5 * secret_len values */
    /* The committed values, which are read anew for each output, and the two salts of their commitment. */
    const eml_fe *committed, *commitment_salts;
    /* The data sponge's states of these (runtime/isa/commitment.h) in rows 0 to n - 1 - free rows, so that a trace need
     * not take the same cube roots again. NULL: they are made. */
    const eml_fe (*commitment_states)[EML_RESCUE_WIDTH];
} eml_tapes;

/* What a run leaves. stack[0] is the top. */
typedef struct eml_outcome {
    eml_fe stack[EML_STACK_MAX]; /* W used, the rest 0 */
    uint32_t depth;
    eml_fe *output_tape; /* output_len elements, owned (NULL when none) */
} eml_outcome;

/* Runs a program that passes eml_program_check (which has decided under- and overflow and tape use: a
 * run cannot fail). */
void eml_vm_run(const eml_program *program, const eml_tapes *tapes, eml_outcome *out);
void eml_outcome_free(eml_outcome *outcome);

/* Runs and records. seed: 32 bytes from which the random rows are expanded (fresh randomness in production, fixed in
 * tests). trace is initialised here. */
void eml_vm_trace(const eml_program *program, const eml_tapes *tapes, const uint8_t seed[32], eml_matrix *trace,
                  eml_outcome *out);

#endif
