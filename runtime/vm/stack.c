#include <string.h>

#include "runtime/air/columns.h"
#include "runtime/base/memory.h"
#include "runtime/isa/discipline.h"
#include "runtime/vm/machines.h"

/* next = results, then what is left of the stack below the popped elements, then zeros. */
static void replace_top(uint32_t W, uint32_t pops, const eml_fe *results, uint32_t pushes, const eml_fe *stack,
                        eml_fe *next) {
    for (uint32_t i = 0; i < W; i++) {
        if (i < pushes) {
            next[i] = results[i];
        } else {
            uint32_t from = i - pushes + pops;
            next[i] = from < W ? stack[from] : EML_FE_ZERO;
        }
    }
}

void eml_vm_stack_step(const eml_shape *shape, uint8_t op, const eml_fe *pushed, const eml_fe *stack, eml_fe *next) {
    eml_fe results[EML_CT_ELEMENTS];
    uint32_t pops = 0, pushes = 0;
    switch ((eml_op)op) {
    case EML_OP_NOOP: break;
    case EML_OP_PUSH:
    case EML_OP_READ:
        pushes = 1;
        results[0] = *pushed;
        break;
    case EML_OP_READ2:
        pushes = EML_CT_ELEMENTS;
        memcpy(results, pushed, sizeof results);
        break;
    case EML_OP_ADD:
        pops = 2, pushes = 1;
        results[0] = eml_fe_add(stack[0], stack[1]);
        break;
    case EML_OP_MUL:
        pops = 2, pushes = 1;
        results[0] = eml_fe_mul(stack[0], stack[1]);
        break;
    case EML_OP_SADD:
        pops = 1 + EML_CT_ELEMENTS, pushes = EML_CT_ELEMENTS;
        memcpy(results, stack + 1, sizeof results);
        results[4] = eml_fe_add(results[4], eml_fe_mul(shape->delta, stack[0]));
        break;
    case EML_OP_ADD2:
        pops = 2 * EML_CT_ELEMENTS, pushes = EML_CT_ELEMENTS;
        for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) results[i] = eml_fe_add(stack[i], stack[i + EML_CT_ELEMENTS]);
        break;
    case EML_OP_SMUL:
        pops = 1 + EML_CT_ELEMENTS, pushes = EML_CT_ELEMENTS;
        for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) results[i] = eml_fe_mul(stack[0], stack[i + 1]);
        break;
    case EML_OP_WRITE: pops = 1; break;
    case EML_OP_WRITE2: pops = EML_CT_ELEMENTS; break;
    }
    replace_top(shape->W, pops, results, pushes, stack, next);
}

static uint32_t depth_after(uint32_t depth, uint8_t op) {
    eml_op_info info = eml_op_info_of(op);
    return depth - info.pops + info.pushes;
}

static void record(const eml_columns *columns, uint32_t W, const eml_fe *stack, uint32_t depth, eml_fe *row) {
    row[columns->depth] = eml_fe_from_u64(depth);
    memcpy(row + columns->stack, stack, W * sizeof *stack);
}

void eml_vm_stack_run(const eml_program *program, const eml_tapes *tapes, eml_matrix *trace, eml_outcome *out) {
    const eml_shape *shape = &program->shape;
    eml_columns columns = eml_columns_of(shape);
    uint32_t T = eml_shape_code_rows(shape), group = eml_shape_group(shape);
    *out = (eml_outcome){0};
    if (shape->output_len > 0) out->output_tape = eml_alloc(shape->output_len, sizeof *out->output_tape);
    eml_vm_tapes at = {tapes->public_tape, tapes->secret_tape, out->output_tape};
    eml_fe next[EML_STACK_MAX];
    for (uint32_t row = 0; row < T; row++) {
        if (trace) record(&columns, shape->W, out->stack, out->depth, eml_matrix_row(trace, row));
        uint8_t op = program->code[row];
        const eml_fe *pushed = eml_vm_tapes_read(&at, op, &program->immediates[row / group]);
        eml_vm_tapes_write(&at, op, out->stack);
        eml_vm_stack_step(shape, op, pushed, out->stack, next);
        memcpy(out->stack, next, shape->W * sizeof *next);
        out->depth = depth_after(out->depth, op);
    }
    for (uint32_t row = T; trace && row + 1 < shape->n; row++)
        record(&columns, shape->W, out->stack, out->depth, eml_matrix_row(trace, row));
}
