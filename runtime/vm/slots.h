/* One run for all rows: the program on values that have a slot for every row, as in runtime/statement/statement.h. What
 * comes out, summed with any weights of the slots, is what eml_vm_run gives on the tapes summed with them, as long as
 * no constant meets a value that has slots, or slot 0 has weight 1. That is what makes the outputs of a proof: where a
 * program adds constants, there is one row, and its weight is 1. */
#ifndef EML_VM_SLOTS_H
#define EML_VM_SLOTS_H

#include "runtime/base/status.h"
#include "runtime/isa/program.h"

typedef enum eml_slots_kind {
    EML_SLOTS_CONSTANT, /* no sum over slots but the value; as a vector: value in slot 0, 0 in the others */
    EML_SLOTS_ALL,      /* value in every slot */
    EML_SLOTS_VECTOR,   /* cells[i] in slot i */
} eml_slots_kind;

typedef struct eml_slots {
    eml_slots_kind kind;
    eml_fe value;
    const eml_fe *cells; /* borrowed */
} eml_slots;

typedef struct eml_slot_tapes {
    const eml_slots *public_tape; /* public_len */
    const eml_slots *secret_tape; /* 5 * secret_len, as eml_tapes */
} eml_slot_tapes;

/* Runs a program that passes eml_program_check on all slots. out[k * slots + i] is slot i of result k: the output tape,
 * when there is one, else the first result_count registers of the final stack. Two factors of which neither is constant
 * give EML_ERR_INPUT: their product is not slot by slot. Slots are done in blocks that stay in the first-level cache,
 * blocks in parallel. */
EML_NODISCARD eml_status eml_vm_run_slots(const eml_program *program, const eml_slot_tapes *tapes, size_t slots,
                                          size_t result_count, eml_fe *out, eml_error *err);

#endif
