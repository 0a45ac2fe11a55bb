#include <string.h>

#include "runtime/air/columns.h"
#include "runtime/vm/machines.h"

void eml_vm_sponge_trace(const eml_program *program, eml_matrix *trace) {
    uint32_t column = eml_columns_of(&program->shape).sponge;
    for (uint32_t k = 0; k < program->shape.S; k++, column += EML_RESCUE_WIDTH) {
        eml_fe state[EML_RESCUE_WIDTH] = {{0}};
        for (uint32_t row = 0; row + 1 < program->shape.n; row++) {
            memcpy(eml_matrix_row(trace, row) + column, state, sizeof state);
            eml_sponge_step(program, k, row, state);
        }
    }
}
