#include "runtime/air/last_row.h"
#include "runtime/base/memory.h"
#include "runtime/vm/machines.h"

void eml_vm_run(const eml_program *program, const eml_tapes *tapes, eml_outcome *out) {
    eml_vm_stack_run(program, tapes, NULL, out);
}

void eml_outcome_free(eml_outcome *outcome) {
    eml_free(outcome->output_tape);
    *outcome = (eml_outcome){0};
}

void eml_vm_trace(const eml_program *program, const eml_tapes *tapes, const uint8_t seed[32], eml_matrix *trace,
                  eml_outcome *out) {
    eml_matrix_init(trace, program->shape.n, eml_shape_width(&program->shape));
    eml_vm_system_trace(program, trace);
    eml_vm_decoder_trace(program, trace);
    eml_vm_sponge_trace(program, trace);
    eml_vm_stack_run(program, tapes, trace, out);
    eml_last_row_fill("eml 1 last row of the main trace", seed, eml_matrix_row(trace, trace->rows - 1), trace->width);
}
