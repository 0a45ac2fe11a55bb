#include "runtime/air/columns.h"
#include "runtime/vm/machines.h"

void eml_vm_sponge_trace(const eml_program *program, eml_matrix *trace) {
    eml_sponges_run(program, trace->cells + eml_columns_of(&program->shape).sponge, trace->width);
}
