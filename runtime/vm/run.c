/* One run: the stack machine and its tapes, recorded where a trace is asked for. */
#include "runtime/vm/run.h"

#include <string.h>

#include "runtime/air/columns.h"
#include "runtime/base/memory.h"
#include "runtime/isa/every_op.h"

/* ----- tapes ----- */

/* Where the next values are. A run that passed eml_program_check takes exactly what there is. */
typedef struct places {
    const eml_fe *public_next, *secret_next, *committed;
    uint64_t committed_len, committed_next; /* of one reading */
    eml_fe *output_next;
} places;

/* The elements that the instruction pushes, top first (the immediate, a value, a ciphertext), NULL when it pushes none.
 */
static const eml_fe *read_tape(places *tapes, uint8_t op, const eml_fe *immediate) {
    eml_op_info info = eml_op_info_of(op);
    const eml_fe *pushed = info.immediate ? immediate : NULL;
    if (info.tape == EML_OP_TAPE_PUBLIC) {
        pushed = tapes->public_next;
        tapes->public_next += info.pushes;
    } else if (info.tape == EML_OP_TAPE_SECRET) {
        pushed = tapes->secret_next;
        tapes->secret_next += info.pushes;
    } else if (info.tape == EML_OP_TAPE_COMMITTED) {
        pushed = tapes->committed + tapes->committed_next;
        tapes->committed_next = (tapes->committed_next + 1) % tapes->committed_len;
    }
    return pushed;
}

/* Appends what the instruction writes. */
static void write_tape(places *tapes, uint8_t op, const eml_fe *stack) {
    eml_op_info info = eml_op_info_of(op);
    if (info.tape != EML_OP_TAPE_OUTPUT) return;
    memcpy(tapes->output_next, stack, info.pops * sizeof *stack);
    tapes->output_next += info.pops;
}

/* ----- stack ----- */

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

/* W registers at one row -> at the next. pushed: from read_tape. The arrays do not overlap. */
static void step(const eml_shape *shape, uint8_t op, const eml_fe *pushed, const eml_fe *stack, eml_fe *next) {
    eml_fe results[EML_CT_ELEMENTS];
    eml_op_info info = eml_op_info_of(op);
    switch ((eml_op)op) {
    case EML_OP_NOOP:
    case EML_OP_WRITE:
    case EML_OP_WRITE2: break;
    case EML_OP_PUSH:
    case EML_OP_READ:
    case EML_OP_READ2:
    case EML_OP_READ3: memcpy(results, pushed, info.pushes * sizeof *results); break;
    case EML_OP_ADD: results[0] = eml_fe_add(stack[0], stack[1]); break;
    case EML_OP_MUL: results[0] = eml_fe_mul(stack[0], stack[1]); break;
    case EML_OP_SADD:
        memcpy(results, stack + 1, sizeof results);
        results[4] = eml_fe_add(results[4], eml_fe_mul(shape->delta, stack[0]));
        break;
    case EML_OP_ADD2:
        for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) results[i] = eml_fe_add(stack[i], stack[i + EML_CT_ELEMENTS]);
        break;
    case EML_OP_SMUL:
        for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) results[i] = eml_fe_mul(stack[0], stack[i + 1]);
        break;
    }
    replace_top(shape->W, info.pops, results, info.pushes, stack, next);
}

static uint32_t depth_after(uint32_t depth, uint8_t op) {
    eml_op_info info = eml_op_info_of(op);
    return depth - info.pops + info.pushes;
}

static void record(const eml_columns *columns, uint32_t W, const eml_fe *stack, uint32_t depth, eml_fe *row) {
    row[columns->depth] = eml_fe_from_u64(depth);
    memcpy(row + columns->stack, stack, W * sizeof *stack);
}

void eml_vm_run_recorded(const eml_program *program, const eml_tapes *tapes, eml_matrix *trace, eml_outcome *out) {
    const eml_shape *shape = &program->shape;
    eml_columns columns = eml_columns_of(shape);
    uint32_t T = eml_shape_code_rows(shape), group = eml_shape_group(shape);
    *out = (eml_outcome){0};
    if (shape->output_len > 0) out->output_tape = eml_alloc(shape->output_len, sizeof *out->output_tape);
    places at = {.public_next = tapes->public_tape,
                 .secret_next = tapes->secret_tape,
                 .committed = tapes->committed,
                 .committed_len = eml_shape_committed(shape),
                 .output_next = out->output_tape};
    eml_fe next[EML_STACK_MAX];
    for (uint32_t row = 0; row < T; row++) {
        if (trace) record(&columns, shape->W, out->stack, out->depth, eml_matrix_row(trace, row));
        uint8_t op = program->code[row];
        const eml_fe *pushed = read_tape(&at, op, &program->immediates[row / group]);
        write_tape(&at, op, out->stack);
        step(shape, op, pushed, out->stack, next);
        memcpy(out->stack, next, shape->W * sizeof *next);
        out->depth = depth_after(out->depth, op);
    }
    for (uint32_t row = T; trace && row + 1 < shape->n; row++)
        record(&columns, shape->W, out->stack, out->depth, eml_matrix_row(trace, row));
}

void eml_vm_run(const eml_program *program, const eml_tapes *tapes, eml_outcome *out) {
    eml_vm_run_recorded(program, tapes, NULL, out);
}

void eml_outcome_free(eml_outcome *outcome) {
    eml_free(outcome->output_tape);
    *outcome = (eml_outcome){0};
}
