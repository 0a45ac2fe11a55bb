/* The VM's state machines, one file each. Each fills its own columns; trace.c calls them. */
#ifndef EML_VM_MACHINES_H
#define EML_VM_MACHINES_H

#include "runtime/isa/sponge.h"
#include "runtime/vm/vm.h"

/* The opcode at a row: NOOP in the tail. */
static inline uint8_t eml_vm_op(const eml_program *program, uint32_t row) {
    return row < eml_shape_code_rows(&program->shape) ? program->code[row] : (uint8_t)EML_OP_NOOP;
}

/* Tapes: where the next values are. A run that passed eml_program_check takes exactly what there is. */
typedef struct eml_vm_tapes {
    const eml_fe *public_next, *secret_next;
    eml_fe *output_next;
} eml_vm_tapes;

/* The elements that the instruction pushes, top first (the immediate, a value, a ciphertext), NULL when
 * it pushes none. */
const eml_fe *eml_vm_tapes_read(eml_vm_tapes *tapes, uint8_t op, const eml_fe *immediate);
/* Appends what the instruction writes. */
void eml_vm_tapes_write(eml_vm_tapes *tapes, uint8_t op, const eml_fe *stack);

/* Stack: W registers at one row -> at the next. pushed: from eml_vm_tapes_read. The arrays do not overlap. */
void eml_vm_stack_step(const eml_shape *shape, uint8_t op, const eml_fe *pushed, const eml_fe *stack, eml_fe *next);

/* Runs all code rows. With a trace, writes the stack and depth columns of rows 0..n-2 into it. */
void eml_vm_stack_run(const eml_program *program, const eml_tapes *tapes, eml_matrix *trace, eml_outcome *out);

/* Columns of rows 0..n-2. */
void eml_vm_system_trace(const eml_program *program, eml_matrix *trace);
void eml_vm_decoder_trace(const eml_program *program, eml_matrix *trace);
void eml_vm_sponge_trace(const eml_program *program, eml_matrix *trace);

#endif
