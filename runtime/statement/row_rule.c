#include "runtime/statement/row_rule.h"

#include <assert.h>

#include "runtime/base/memory.h"
#include "runtime/isa/every_op.h"

/* What a register holds in the rows' sum: 0; a constant, the same value in every row; one summand a row; or an element
 * of a ciphertext, which is made and used five at a time.
 *
 * Of a single row every public value is a constant, and what the row gives is its own summand whatever is added and
 * multiplied. But ciphertexts, and `one` beside them, have summands past the row: products of those stay refused, or
 * squaring again and again would make polynomials of so high a degree that equal sums say nothing. */
typedef enum slot_kind { SLOT_ZERO, SLOT_UNIFORM, SLOT_VARYING, SLOT_PART } slot_kind;

typedef struct slot {
    slot_kind kind;
    uint32_t part; /* of a ciphertext: 0 is mask0, on top, 4 the body */
    eml_bound bound;
} slot;

typedef struct slot_machine {
    const eml_abi *abi;
    bool one_row;              /* eml_abi_one_row, which looks at every input */
    const eml_bound *inputs;   /* of each of the ABI's; NULL unless outputs are encrypted */
    eml_bound *outputs;        /* likewise */
    slot stack[EML_STACK_MAX]; /* top last */
    uint32_t depth;
    uint64_t public_reads, secret_reads;
    size_t written; /* encrypted outputs */
    size_t index;   /* of the instruction; after the last one at the end */
    eml_op op;
    eml_error *err;
} slot_machine;

static eml_status refuse(const slot_machine *m, const char *what) {
    return eml_fail_as(m->err, EML_ERR_INPUT, EML_CODE_TYPES,
                       "refused (types): instruction %zu %s: its outputs are not those of the rows one by one",
                       m->index, what);
}

static eml_status mistyped(const slot_machine *m, const char *what) {
    return eml_fail_as(m->err, EML_ERR_INPUT, EML_CODE_TYPES, "refused (types): instruction %zu (%s) %s", m->index,
                       eml_op_name((uint8_t)m->op), what);
}

static slot *top(slot_machine *m, uint32_t below) { return &m->stack[m->depth - 1 - below]; }

static void push(slot_machine *m, slot_kind kind, eml_bound bound) {
    m->stack[m->depth++] = (slot){.kind = kind, .bound = bound};
}

static void push_block(slot_machine *m, eml_bound bound) {
    for (uint32_t part = EML_CT_ELEMENTS; part-- > 0;)
        m->stack[m->depth++] = (slot){.kind = SLOT_PART, .part = part, .bound = bound};
}

/* ----- what instructions take ----- */

static eml_status want_scalars(slot_machine *m, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (top(m, i)->kind == SLOT_PART) return mistyped(m, "takes a ciphertext apart");
    return EML_OK;
}

/* Elements are only pushed five at a time, and leave so: in order they are of one ciphertext. */
static eml_status want_block(slot_machine *m, uint32_t below) {
    for (uint32_t part = 0; part < EML_CT_ELEMENTS; part++) {
        const slot *at = top(m, below + part);
        if (at->kind != SLOT_PART || at->part != part) return mistyped(m, "takes five elements that are no ciphertext");
    }
    return EML_OK;
}

static void bound_block(slot_machine *m, eml_bound bound) {
    for (uint32_t part = 0; part < EML_CT_ELEMENTS; part++) top(m, part)->bound = bound;
}

/* ----- what they give ----- */

static eml_status check_sum(const slot_machine *m, slot_kind a, slot_kind b) {
    if (a == SLOT_ZERO || b == SLOT_ZERO || a == b || m->one_row) return EML_OK;
    return refuse(m, "adds a value that is the same in all rows to one that is not");
}

static eml_status check_product(const slot_machine *m, slot_kind a, slot_kind b) {
    if (a != SLOT_VARYING || b != SLOT_VARYING) return EML_OK;
    return refuse(m, "multiplies two values that vary from row to row");
}

static eml_status add(slot_machine *m) {
    EML_TRY(want_scalars(m, 2));
    slot a = *top(m, 0), *b = top(m, 1);
    EML_TRY(check_sum(m, a.kind, b->kind));
    m->depth--;
    *b = (slot){.kind = a.kind > b->kind ? a.kind : b->kind, .bound = eml_bound_plus(a.bound, b->bound)};
    return EML_OK;
}

static eml_status multiply(slot_machine *m) {
    EML_TRY(want_scalars(m, 2));
    slot a = *top(m, 0), *b = top(m, 1);
    EML_TRY(check_product(m, a.kind, b->kind));
    bool zero = a.kind == SLOT_ZERO || b->kind == SLOT_ZERO;
    m->depth--;
    *b = (slot){.kind = zero               ? SLOT_ZERO
                        : a.kind > b->kind ? a.kind
                                           : b->kind,
                .bound = eml_bound_times(b->bound, a.bound.message)};
    return EML_OK;
}

static eml_status add_to_block(slot_machine *m) {
    EML_TRY(want_scalars(m, 1));
    EML_TRY(want_block(m, 1));
    slot a = *top(m, 0);
    EML_TRY(check_sum(m, a.kind, SLOT_VARYING));
    m->depth--;
    bound_block(m, eml_bound_plus(top(m, 0)->bound, a.bound));
    return EML_OK;
}

static eml_status scale_block(slot_machine *m) {
    EML_TRY(want_scalars(m, 1));
    EML_TRY(want_block(m, 1));
    slot a = *top(m, 0);
    EML_TRY(check_product(m, a.kind, SLOT_VARYING));
    m->depth--;
    bound_block(m, eml_bound_times(top(m, 0)->bound, a.bound.message));
    return EML_OK;
}

static eml_status add_blocks(slot_machine *m) {
    EML_TRY(want_block(m, 0));
    EML_TRY(want_block(m, EML_CT_ELEMENTS));
    eml_bound a = top(m, 0)->bound;
    m->depth -= EML_CT_ELEMENTS;
    bound_block(m, eml_bound_plus(top(m, 0)->bound, a));
    return EML_OK;
}

static eml_status give(slot_machine *m) {
    if (m->abi->encrypted_outputs) return mistyped(m, "gives a value in the clear, but outputs are encrypted");
    EML_TRY(want_scalars(m, 1));
    if (top(m, 0)->kind == SLOT_UNIFORM && !m->one_row) return refuse(m, "gives a value that is the same in all rows");
    m->depth--;
    return EML_OK;
}

static eml_status give_block(slot_machine *m) {
    EML_TRY(want_block(m, 0));
    m->outputs[m->written++] = top(m, 0)->bound;
    m->depth -= EML_CT_ELEMENTS;
    return EML_OK;
}

/* ----- the program ----- */

static void read_public(slot_machine *m) {
    const eml_abi *abi = m->abi;
    uint32_t entry = abi->public_tape[m->public_reads++];
    bool uniform =
        entry == EML_TAPE_ONE ? m->one_row && !abi->encrypted_outputs : m->one_row || abi->inputs[entry].uniform;
    eml_bound bound = entry == EML_TAPE_ONE || m->inputs == NULL ? (eml_bound){.message = 1} : m->inputs[entry];
    push(m, uniform ? SLOT_UNIFORM : SLOT_VARYING, bound);
}

static void read_secret(slot_machine *m) {
    uint32_t entry = m->abi->secret_tape[m->secret_reads++];
    push_block(m, entry == EML_TAPE_ONE ? (eml_bound){.message = 1} : m->inputs[entry]);
}

static eml_status step(slot_machine *m, eml_fe immediate) {
    switch (m->op) {
    case EML_OP_NOOP: return EML_OK;
    case EML_OP_PUSH:
        push(m, eml_fe_is_zero(immediate) ? SLOT_ZERO : SLOT_UNIFORM, eml_bound_of_element(immediate));
        return EML_OK;
    case EML_OP_READ: read_public(m); return EML_OK;
    case EML_OP_READ2: read_secret(m); return EML_OK;
    case EML_OP_READ3: push(m, SLOT_UNIFORM, (eml_bound){.message = 1}); return EML_OK; /* of the only row */
    case EML_OP_ADD: return add(m);
    case EML_OP_MUL: return multiply(m);
    case EML_OP_SADD: return add_to_block(m);
    case EML_OP_SMUL: return scale_block(m);
    case EML_OP_ADD2: return add_blocks(m);
    case EML_OP_WRITE: return give(m);
    case EML_OP_WRITE2: return give_block(m);
    }
    return EML_OK;
}

static eml_status check_end(slot_machine *m) {
    const eml_abi *abi = m->abi;
    uint32_t width = abi->output_count > 1 ? 0 : abi->encrypted_outputs ? EML_CT_ELEMENTS : 1;
    if (m->depth != width)
        return eml_fail_as(m->err, EML_ERR_INPUT, EML_CODE_TYPES,
                           "refused (types): the program leaves %u elements on the stack, its outputs are %u", m->depth,
                           width);
    if (width == 0) return EML_OK;
    m->op = width == 1 ? EML_OP_WRITE : EML_OP_WRITE2; /* leaves as if it were written */
    return width == 1 ? give(m) : give_block(m);
}

static eml_status run(slot_machine *m, const eml_program *program) {
    uint32_t rows = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    m->one_row = eml_abi_one_row(m->abi);
    for (; m->index < rows; m->index++) {
        m->op = (eml_op)program->code[m->index];
        EML_TRY(step(m, program->immediates[m->index / group]));
    }
    return check_end(m);
}

static eml_status check_secret_tape(const eml_abi *abi, eml_error *err) {
    for (size_t i = 0; i < abi->secret_len; i++)
        if (abi->secret_tape[i] != EML_TAPE_ONE) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_TYPES,
                       "refused (types): the program reads ciphertexts, and none of them is a secret input");
}

/* outputs: room for the ABI's. */
static eml_status run_encrypted(const eml_program *program, const eml_abi *abi, eml_bound *outputs, eml_error *err) {
    EML_TRY(check_secret_tape(abi, err));
    eml_bound *inputs = eml_alloc(abi->input_count, sizeof *inputs);
    for (size_t i = 0; i < abi->input_count; i++) inputs[i] = eml_bound_of_input(&abi->inputs[i]);
    slot_machine m = {.abi = abi, .inputs = inputs, .outputs = outputs, .err = err};
    eml_status status = run(&m, program);
    eml_free(inputs);
    return status;
}

static eml_status check_encrypted(const eml_program *program, const eml_abi *abi, eml_error *err) {
    eml_bound *outputs = eml_alloc(abi->output_count, sizeof *outputs);
    eml_status status = run_encrypted(program, abi, outputs, err);
    if (status == EML_OK) status = eml_bounds_check(abi, outputs, err);
    eml_free(outputs);
    return status;
}

eml_status eml_row_rule_check(const eml_program *program, const eml_abi *abi, eml_error *err) {
    if (abi->raw) return EML_OK;
    if (abi->encrypted_outputs) return check_encrypted(program, abi, err);
    return run(&(slot_machine){.abi = abi, .err = err}, program);
}

void eml_row_rule_bounds(const eml_program *program, const eml_abi *abi, eml_bound *outputs) {
    eml_status status = run_encrypted(program, abi, outputs, NULL);
    assert(status == EML_OK);
    (void)status;
}
