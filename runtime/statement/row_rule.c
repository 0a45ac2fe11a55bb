#include "runtime/statement/row_rule.h"

#include <string.h>

#include "runtime/isa/every_op.h"

/* What a register holds as a polynomial in tau: 0; a constant, the same value in every row; one coefficient a row.
 *
 * Of a single row every public value is a constant, and what the row gives is the coefficient of tau^0 whatever is
 * added and multiplied. But ciphertexts, and `one` beside them, have coefficients past the row: products of those stay
 * refused, or squaring again and again would make polynomials of so high a degree that equal values at
 * tau say nothing. */
typedef enum slot_kind { SLOT_ZERO, SLOT_UNIFORM, SLOT_VARYING } slot_kind;

typedef struct slot_machine {
    slot_kind stack[EML_STACK_MAX]; /* top first */
    uint32_t depth;
    uint64_t reads;
    bool single_row;
    size_t index; /* of the instruction; after the last one at the end */
    eml_error *err;
} slot_machine;

static eml_status refuse(const slot_machine *m, const char *what) {
    return eml_fail(m->err, EML_ERR_INPUT, "instruction %zu %s: its outputs are not those of the rows one by one",
                    m->index, what);
}

static eml_status plus(const slot_machine *m, slot_kind a, slot_kind b, slot_kind *out) {
    if (a != SLOT_ZERO && b != SLOT_ZERO && a != b && !m->single_row)
        return refuse(m, "adds a value that is the same in all rows to one that is not");
    *out = a > b ? a : b;
    return EML_OK;
}

static eml_status times(const slot_machine *m, slot_kind a, slot_kind b, slot_kind *out) {
    if (a == SLOT_VARYING && b == SLOT_VARYING) return refuse(m, "multiplies two values that vary from row to row");
    *out = a == SLOT_ZERO || b == SLOT_ZERO ? SLOT_ZERO : a > b ? a : b;
    return EML_OK;
}

static void push(slot_machine *m, slot_kind kind, uint32_t count) {
    memmove(m->stack + count, m->stack, m->depth * sizeof *m->stack);
    for (uint32_t i = 0; i < count; i++) m->stack[i] = kind;
    m->depth += count;
}

static void drop(slot_machine *m, uint32_t count) {
    m->depth -= count;
    memmove(m->stack, m->stack + count, m->depth * sizeof *m->stack);
}

/* The first count registers leave as outputs. */
static eml_status give(slot_machine *m, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (m->stack[i] == SLOT_UNIFORM && !m->single_row)
            return refuse(m, "gives a value that is the same in all rows");
    drop(m, count);
    return EML_OK;
}

static slot_kind kind_read(const slot_machine *m, const eml_abi *abi) {
    uint32_t entry = abi->public_tape[m->reads];
    if (entry == EML_TAPE_ONE) return m->single_row && !abi->encrypted_outputs ? SLOT_UNIFORM : SLOT_VARYING;
    return m->single_row || abi->inputs[entry].uniform ? SLOT_UNIFORM : SLOT_VARYING;
}

typedef eml_status operation(const slot_machine *m, slot_kind a, slot_kind b, slot_kind *out);

/* Two values on top. */
static eml_status combine(slot_machine *m, operation *apply) {
    slot_kind result = SLOT_ZERO;
    EML_TRY(apply(m, m->stack[0], m->stack[1], &result));
    drop(m, 1);
    m->stack[0] = result;
    return EML_OK;
}

/* A value on top of a ciphertext, with its elements from first on. */
static eml_status scale(slot_machine *m, operation *apply, uint32_t first) {
    slot_kind a = m->stack[0], *ct = m->stack + 1;
    for (uint32_t i = first; i < EML_CT_ELEMENTS; i++) EML_TRY(apply(m, a, ct[i], &ct[i]));
    drop(m, 1);
    return EML_OK;
}

static eml_status add_ciphertexts(slot_machine *m) {
    slot_kind *a = m->stack, *b = m->stack + EML_CT_ELEMENTS;
    for (uint32_t i = 0; i < EML_CT_ELEMENTS; i++) EML_TRY(plus(m, a[i], b[i], &b[i]));
    drop(m, EML_CT_ELEMENTS);
    return EML_OK;
}

static eml_status step(slot_machine *m, eml_op op, eml_fe immediate, const eml_abi *abi) {
    switch (op) {
    case EML_OP_NOOP: return EML_OK;
    case EML_OP_PUSH: push(m, eml_fe_is_zero(immediate) ? SLOT_ZERO : SLOT_UNIFORM, 1); return EML_OK;
    case EML_OP_READ:
        push(m, kind_read(m, abi), 1);
        m->reads++;
        return EML_OK;
    case EML_OP_READ2: push(m, SLOT_VARYING, EML_CT_ELEMENTS); return EML_OK;
    case EML_OP_ADD: return combine(m, plus);
    case EML_OP_MUL: return combine(m, times);
    case EML_OP_SADD: return scale(m, plus, EML_CT_ELEMENTS - 1);
    case EML_OP_SMUL: return scale(m, times, 0);
    case EML_OP_ADD2: return add_ciphertexts(m);
    case EML_OP_WRITE: return give(m, 1);
    case EML_OP_WRITE2: return give(m, EML_CT_ELEMENTS);
    }
    return EML_OK;
}

static eml_status check_end(slot_machine *m, const eml_abi *abi) {
    uint32_t width = abi->output_count > 1 ? 0 : abi->encrypted_outputs ? EML_CT_ELEMENTS : 1;
    if (m->depth != width)
        return eml_fail(m->err, EML_ERR_INPUT, "the program leaves %u elements on the stack, its outputs are %u",
                        m->depth, width);
    return give(m, width);
}

eml_status eml_row_rule_check(const eml_program *program, const eml_abi *abi, eml_error *err) {
    if (abi->raw) return EML_OK;
    slot_machine m = {.single_row = abi->single_row, .err = err};
    uint32_t rows = eml_shape_code_rows(&program->shape), group = eml_shape_group(&program->shape);
    for (; m.index < rows; m.index++)
        EML_TRY(step(&m, (eml_op)program->code[m.index], program->immediates[m.index / group], abi));
    return check_end(&m, abi);
}
