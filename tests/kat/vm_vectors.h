/* Reads tests/kat/vm.json: programs, tapes and what their runs must leave. Any fault in the file ends the test. */
#ifndef EML_TESTS_KAT_VM_VECTORS_H
#define EML_TESTS_KAT_VM_VECTORS_H

#include "runtime/air/air.h"
#include "runtime/vm/vm.h"

typedef struct vm_vector {
    char *name;
    eml_program program;
    eml_tapes tapes; /* owned by the vector */
    eml_fe *public_tape, *secret_tape, *output_tape;
    eml_fe stack[EML_STACK_MAX];
    uint32_t depth;
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_fe state_at_5[EML_SPONGES_MAX][EML_RESCUE_WIDTH];
} vm_vector;

typedef struct vm_vectors {
    vm_vector *items;
    size_t count;
} vm_vectors;

void vm_vectors_load(vm_vectors *out);
void vm_vectors_free(vm_vectors *vectors);

/* The true statement about the vector's run; borrows from it. */
eml_claim vm_vector_claim(const vm_vector *vector);

#endif
