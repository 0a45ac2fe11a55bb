#include "runtime/air/columns.h"
#include "runtime/vm/machines.h"

/* opw at a row is the word of the group's opcodes before that row: at most 75 bits. */
void eml_vm_decoder_trace(const eml_program *program, eml_matrix *trace) {
    const eml_shape *shape = &program->shape;
    eml_columns columns = eml_columns_of(shape);
    uint32_t T = eml_shape_code_rows(shape), group = eml_shape_group(shape);
    eml_u128 word = 0;
    for (uint32_t row = 0; row + 1 < shape->n; row++) {
        eml_fe *cells = eml_matrix_row(trace, row);
        uint8_t op = eml_vm_op(program, row);
        for (uint32_t bit = 0; bit < 5; bit++) cells[columns.bit4 + bit] = eml_fe_from_u64(op >> (4 - bit) & 1);
        cells[columns.imm] = row < T ? program->immediates[row / group] : EML_FE_ZERO;
        if (row % group == 0) word = 0;
        cells[columns.opw] = eml_fe_of_u128_(word);
        word = word << 5 | op;
    }
}
