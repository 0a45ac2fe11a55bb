#include "runtime/air/columns.h"
#include "runtime/vm/machines.h"

void eml_vm_system_trace(const eml_program *program, eml_matrix *trace) {
    eml_columns columns = eml_columns_of(&program->shape);
    for (uint32_t row = 0; row + 1 < program->shape.n; row++)
        eml_matrix_row(trace, row)[columns.clk] = eml_fe_from_u64(row);
}
