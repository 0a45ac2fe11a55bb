#include "runtime/vm/slots.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "runtime/base/parallel.h"
#include "runtime/isa/every_op.h"

/* 16 registers of 128 slots are 32 KB. An instruction on one slot takes some 10 nanoseconds. */
enum { BLOCK = 128, STEP_COST = 10, CT = EML_CT_ELEMENTS };

typedef struct slots_job {
    const eml_program *program;
    const eml_slot_tapes *tapes;
    size_t slots, result_count;
    eml_fe *out;
    atomic_bool nonlinear;
} slots_job;

/* One block of slots on its way through the program. stack[0] is the deepest register; a vector there is on a tape or
 * in the register's own buffer, and begins at the block's first slot. */
typedef struct machine {
    slots_job *job;
    size_t first, count; /* the block's slots */
    eml_slots stack[EML_STACK_MAX];
    uint32_t depth;
    const eml_slots *public_next, *secret_next;
    size_t written; /* results */
    eml_fe buffers[EML_STACK_MAX][BLOCK];
} machine;

/* ----- values ----- */

static void expand(const machine *m, const eml_slots *value, eml_fe *out) {
    if (value->kind == EML_SLOTS_VECTOR) {
        if (out != value->cells) memcpy(out, value->cells, m->count * sizeof *out);
        return;
    }
    bool all = value->kind == EML_SLOTS_ALL;
    for (size_t i = 0; i < m->count; i++) out[i] = all ? value->value : EML_FE_ZERO;
    if (m->first == 0) out[0] = value->value;
}

static void increase(const machine *m, eml_fe *sum, const eml_slots *value) {
    if (value->kind == EML_SLOTS_VECTOR)
        for (size_t i = 0; i < m->count; i++) sum[i] = eml_fe_add(sum[i], value->cells[i]);
    else if (value->kind == EML_SLOTS_ALL)
        for (size_t i = 0; i < m->count; i++) sum[i] = eml_fe_add(sum[i], value->value);
    else if (m->first == 0)
        sum[0] = eml_fe_add(sum[0], value->value);
}

/* Register `to` += register `from`. */
static void add(machine *m, uint32_t to, uint32_t from) {
    eml_slots *a = &m->stack[to];
    const eml_slots *b = &m->stack[from];
    if (a->kind != EML_SLOTS_VECTOR && a->kind == b->kind) {
        a->value = eml_fe_add(a->value, b->value);
        return;
    }
    expand(m, a, m->buffers[to]);
    *a = (eml_slots){.kind = EML_SLOTS_VECTOR, .cells = m->buffers[to]};
    increase(m, m->buffers[to], b);
}

/* Register `to` *= factor. */
static void scale(machine *m, uint32_t to, eml_fe factor) {
    eml_slots *a = &m->stack[to];
    if (a->kind != EML_SLOTS_VECTOR) {
        a->value = eml_fe_mul(a->value, factor);
        return;
    }
    for (size_t i = 0; i < m->count; i++) m->buffers[to][i] = eml_fe_mul(a->cells[i], factor);
    a->cells = m->buffers[to];
}

/* Register `to` *= register `from`. */
static void multiply(machine *m, uint32_t to, uint32_t from) {
    eml_slots *a = &m->stack[to];
    const eml_slots *b = &m->stack[from];
    if (b->kind == EML_SLOTS_CONSTANT) {
        scale(m, to, b->value);
        return;
    }
    if (a->kind != EML_SLOTS_CONSTANT) {
        atomic_store(&m->job->nonlinear, true);
        return;
    }
    eml_fe factor = a->value;
    *a = *b;
    scale(m, to, factor); /* moves the cells to a's own buffer */
}

/* ----- instructions ----- */

static void push(machine *m, eml_slots value) {
    if (value.kind == EML_SLOTS_VECTOR) value.cells += m->first;
    m->stack[m->depth++] = value;
}

/* Results of the elements from the top: pops them. */
static void write_results(machine *m, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        eml_fe *to = m->job->out + m->written++ * m->job->slots + m->first;
        if (m->depth > 0)
            expand(m, &m->stack[--m->depth], to);
        else
            memset(to, 0, m->count * sizeof *to); /* registers below the deepest element are 0 */
    }
}

static void step(machine *m, uint8_t op, eml_fe immediate) {
    uint32_t top = m->depth - 1; /* meaningful where something is popped */
    switch ((eml_op)op) {
    case EML_OP_NOOP: break;
    case EML_OP_PUSH: push(m, (eml_slots){.kind = EML_SLOTS_CONSTANT, .value = immediate}); break;
    case EML_OP_READ: push(m, *m->public_next++); break;
    case EML_OP_READ2:
        for (uint32_t i = CT; i-- > 0;) push(m, m->secret_next[i]);
        m->secret_next += CT;
        break;
    case EML_OP_READ3: assert(false); break; /* a program on ciphertexts has no committed tape */
    case EML_OP_ADD:
        add(m, top - 1, top);
        m->depth--;
        break;
    case EML_OP_MUL:
        multiply(m, top - 1, top);
        m->depth--;
        break;
    case EML_OP_SADD: /* the body is below the four masks */
        scale(m, top, m->job->program->shape.delta);
        add(m, top - CT, top);
        m->depth--;
        break;
    case EML_OP_ADD2:
        for (uint32_t i = 0; i < CT; i++) add(m, top - CT - i, top - i);
        m->depth -= CT;
        break;
    case EML_OP_SMUL:
        for (uint32_t i = 1; i <= CT; i++) multiply(m, top - i, top);
        m->depth--;
        break;
    case EML_OP_WRITE: write_results(m, 1); break;
    case EML_OP_WRITE2: write_results(m, CT); break;
    }
}

static void run_block(void *context, size_t block, void *memory) {
    slots_job *job = context;
    const eml_program *program = job->program;
    uint32_t T = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    machine *m = memory;
    size_t first = block * BLOCK, left = job->slots - first;
    m->job = job;
    m->first = first;
    m->count = left < BLOCK ? left : BLOCK;
    m->depth = 0;
    m->public_next = job->tapes->public_tape;
    m->secret_next = job->tapes->secret_tape;
    m->written = 0;
    for (uint32_t row = 0; row < T && !atomic_load_explicit(&job->nonlinear, memory_order_relaxed); row++)
        step(m, program->code[row], program->immediates[row / group]);
    if (program->shape.output_len == 0 && !atomic_load(&job->nonlinear)) write_results(m, (uint32_t)job->result_count);
}

eml_status eml_vm_run_slots(const eml_program *program, const eml_slot_tapes *tapes, size_t slots, size_t result_count,
                            eml_fe *out, eml_error *err) {
    assert(program->shape.output_len == 0 ? result_count <= EML_STACK_MAX : result_count == program->shape.output_len);
    slots_job job = {.program = program, .tapes = tapes, .slots = slots, .result_count = result_count, .out = out};
    size_t cost = (size_t)BLOCK * eml_shape_code_rows(&program->shape) * STEP_COST;
    eml_parallel_with((slots + BLOCK - 1) / BLOCK, cost, sizeof(machine), run_block, &job);
    if (!atomic_load(&job.nonlinear)) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "the program multiplies two values that both vary from row to row: it runs one row at a time");
}
