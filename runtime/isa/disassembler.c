#include "runtime/isa/instructions.h"

/* Rows to print: all but the trailing NOOPs, save those without which the layout would choose a shorter trace. */
static uint32_t rows_to_print(const eml_program *program) {
    uint32_t rows = eml_shape_code_rows(&program->shape);
    uint32_t shorter = program->shape.n > EML_N_MIN ? program->shape.n / 2 - EML_CYCLE + 1 : 0;
    while (rows > shorter && program->code[rows - 1] == EML_OP_NOOP) rows--;
    return rows;
}

void eml_asm_print(const eml_program *program, eml_buf *out) {
    char number[EML_FE_DECIMAL_MAX];
    eml_buf_printf(out, ".sponges %u\n.stack %u\n", program->shape.S, program->shape.W);
    eml_fe_to_decimal(program->shape.delta, number);
    eml_buf_printf(out, ".delta %s\n", number);
    uint32_t group = eml_shape_group(&program->shape), rows = rows_to_print(program);
    for (uint32_t row = 0; row < rows; row++) {
        eml_buf_put_text(out, eml_op_name(program->code[row]));
        if (program->code[row] == EML_OP_PUSH) {
            eml_fe_to_decimal(program->immediates[row / group], number);
            eml_buf_printf(out, ".%s", number);
        }
        eml_buf_put_text(out, "\n");
    }
}
