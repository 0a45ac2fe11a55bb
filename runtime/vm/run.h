/* A run as the trace records it. */
#ifndef EML_VM_RUN_H
#define EML_VM_RUN_H

#include "runtime/vm/vm.h"

/* Runs all code rows. With a trace, writes the stack and depth columns of rows 0..n-2 into it. */
void eml_vm_run_recorded(const eml_program *program, const eml_tapes *tapes, eml_matrix *trace, eml_outcome *out);

#endif
