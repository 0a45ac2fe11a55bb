#include "runtime/statement/reveal.h"

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/isa/every_op.h"
#include "runtime/statement/told.h"

/* A register holds a known element, or a node: what depends on committed values. No register is copied, so nodes are
 * trees, and a node that is multiplied changes. */
typedef struct part {
    eml_fe known;
    uint32_t node; /* NO_NODE: known */
} part;
#define NO_NODE UINT32_MAX

typedef enum node_kind { NODE_VALUE, NODE_SUM, NODE_PRODUCT } node_kind;

/* factor times what it is; a constant that was added to it is left out. */
typedef struct node {
    node_kind kind;
    uint32_t left, right; /* left of a value: which one */
    eml_fe factor;
} node;

typedef struct form_machine {
    const eml_fe *public_tape; /* NULL: all ones */
    uint32_t values;           /* committed ones */
    part stack[EML_STACK_MAX]; /* top last */
    uint32_t depth, public_reads, committed_reads;
    node *nodes;
    uint32_t count;
    uint32_t *todo; /* nodes of a tree that are to be looked at */
    eml_told told;
    eml_told_term *terms; /* of the output that leaves */
    uint32_t *term_of;    /* by value: its term, counted from 1; 0: none */
} form_machine;

/* ----- Committed inputs */

/* The multiples of grid in the column's range, counted from the offset. */
static void range_on(const eml_input_column *column, mpq_srcptr grid, mpz_t lo, mpz_t hi) {
    mpq_t end;
    mpq_init(end);
    mpq_sub(end, column->lo, column->offset);
    mpq_div(end, end, grid);
    mpz_cdiv_q(lo, mpq_numref(end), mpq_denref(end));
    mpq_sub(end, column->hi, column->offset);
    mpq_div(end, end, grid);
    mpz_fdiv_q(hi, mpq_numref(end), mpq_denref(end));
    mpq_clear(end);
}

/* The nearest integer to (value - offset) / unit; of two the one that is farther out. */
static void round_end(const eml_input_column *column, mpq_srcptr value, bool low, mpz_t out) {
    mpq_t end, half;
    mpq_inits(end, half, NULL);
    mpq_set_ui(half, 1, 2);
    mpq_sub(end, value, column->offset);
    mpq_div(end, end, column->unit);
    (low ? mpq_sub : mpq_add)(end, end, half);
    (low ? mpz_cdiv_q : mpz_fdiv_q)(out, mpq_numref(end), mpq_denref(end));
    mpq_clears(end, half, NULL);
}

static eml_told_value value_of(const eml_input_column *column) {
    eml_told_value value;
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    round_end(column, column->lo, true, lo);
    round_end(column, column->hi, false, hi);
    mpz_sub(hi, hi, lo);
    value.width = eml_mpz_magnitude(hi);
    range_on(column, mpq_sgn(column->step) != 0 ? column->step : column->unit, lo, hi);
    mpz_sub(hi, hi, lo);
    value.bits = mpz_sgn(hi) > 0 ? eml_told_bits(eml_mpz_magnitude(hi) + 1) : 0;
    mpz_clears(lo, hi, NULL);
    return value;
}

static eml_told_value *values_of(const eml_abi *abi, size_t count) {
    eml_told_value *values = eml_alloc(count, sizeof *values);
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_COMMITTED);
    for (size_t i = 0; i < count; i++) values[i] = value_of(&abi->inputs[tape.inputs[i]]);
    eml_abi_tape_free(&tape);
    return values;
}

/* ----- The machine */

static void push_known(form_machine *m, eml_fe known) { m->stack[m->depth++] = (part){known, NO_NODE}; }

static uint32_t new_node(form_machine *m, node_kind kind, uint32_t left, uint32_t right) {
    m->nodes[m->count] = (node){kind, left, right, EML_FE_ONE};
    return m->count++;
}

static void push_committed(form_machine *m) {
    uint32_t value = m->committed_reads++ % m->values;
    m->stack[m->depth++] = (part){EML_FE_ZERO, new_node(m, NODE_VALUE, value, NO_NODE)};
}

static part combine(form_machine *m, node_kind kind, const part *a, const part *b) {
    if (a->node != NO_NODE && b->node != NO_NODE) return (part){EML_FE_ZERO, new_node(m, kind, a->node, b->node)};
    const part *known = a->node == NO_NODE ? a : b, *other = a->node == NO_NODE ? b : a;
    if (kind == NODE_SUM) return (part){eml_fe_add(known->known, other->known), other->node};
    if (other->node == NO_NODE || eml_fe_is_zero(known->known))
        return (part){eml_fe_mul(known->known, other->known), NO_NODE};
    node *scaled = &m->nodes[other->node];
    scaled->factor = eml_fe_mul(scaled->factor, known->known);
    return *other;
}

static void operate(form_machine *m, node_kind kind) {
    m->depth--;
    m->stack[m->depth - 1] = combine(m, kind, &m->stack[m->depth - 1], &m->stack[m->depth]);
}

static void add_term(form_machine *m, uint32_t value, eml_fe weight, size_t *count) {
    if (m->term_of[value] == 0) {
        m->terms[*count] = (eml_told_term){value, EML_FE_ZERO};
        m->term_of[value] = (uint32_t)++ * count;
    }
    eml_fe *sum = &m->terms[m->term_of[value] - 1].weight;
    *sum = eml_fe_add(*sum, weight);
}

/* The tree's values with their weights; false when there is a product among them. */
static bool collect(form_machine *m, uint32_t root, size_t *count) {
    bool linear = true;
    size_t left = 0;
    m->todo[left++] = root;
    while (left > 0) {
        const node *at = &m->nodes[m->todo[--left]];
        if (at->kind == NODE_VALUE) {
            add_term(m, at->left, at->factor, count);
            continue;
        }
        linear = linear && at->kind == NODE_SUM;
        const uint32_t below[] = {at->left, at->right};
        for (size_t i = 0; i < 2; i++) {
            m->nodes[below[i]].factor = eml_fe_mul(m->nodes[below[i]].factor, at->factor);
            m->todo[left++] = below[i];
        }
    }
    return linear;
}

/* What is on top leaves. */
static void give(form_machine *m) {
    const part *at = &m->stack[--m->depth];
    if (at->node == NO_NODE) return;
    size_t count = 0;
    bool linear = collect(m, at->node, &count);
    for (size_t i = 0; i < count; i++) m->term_of[m->terms[i].value] = 0;
    if (linear)
        eml_told_add(&m->told, m->terms, count);
    else
        eml_told_add_all(&m->told, m->terms, count);
}

static void step(form_machine *m, eml_op op, eml_fe immediate) {
    switch (op) {
    case EML_OP_PUSH: push_known(m, immediate); break;
    case EML_OP_READ: push_known(m, m->public_tape == NULL ? EML_FE_ONE : m->public_tape[m->public_reads++]); break;
    case EML_OP_READ3: push_committed(m); break;
    case EML_OP_ADD: operate(m, NODE_SUM); break;
    case EML_OP_MUL: operate(m, NODE_PRODUCT); break;
    case EML_OP_WRITE: give(m); break;
    /* Not in programs with a committed tape: eml_program_check. */
    case EML_OP_READ2:
    case EML_OP_SADD:
    case EML_OP_SMUL:
    case EML_OP_ADD2:
    case EML_OP_WRITE2:
    case EML_OP_NOOP: break;
    }
}

static const eml_input_column *column_of(const eml_abi *abi, uint32_t value) {
    if (value == EML_TOLD_SEVERAL) return NULL;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_COMMITTED);
    const eml_input_column *column = &abi->inputs[tape.inputs[value]];
    eml_abi_tape_free(&tape);
    return column;
}

eml_committed_reveal eml_reveal_of(const eml_program *program, const eml_abi *abi, const eml_fe *public_tape,
                                   const eml_input_column **input) {
    const eml_shape *shape = &program->shape;
    uint32_t rows = eml_shape_code_rows(shape), group = eml_shape_group(shape);
    form_machine m = {.public_tape = public_tape, .values = (uint32_t)eml_shape_committed(shape)};
    m.nodes = eml_alloc(rows, sizeof *m.nodes);
    m.todo = eml_alloc(rows, sizeof *m.todo);
    m.terms = eml_alloc(m.values, sizeof *m.terms);
    m.term_of = eml_alloc(m.values, sizeof *m.term_of);
    eml_told_value *values = values_of(abi, m.values);
    eml_told_open(&m.told, values, m.values, shape->output_len + EML_STACK_MAX);
    for (uint32_t row = 0; row < rows; row++) step(&m, (eml_op)program->code[row], program->immediates[row / group]);
    while (m.depth > 0) give(&m); /* a single output, and whatever else is claimed to be 0 */
    uint32_t value;
    eml_committed_reveal worst = eml_told_close(&m.told, &value);
    if (input != NULL) *input = worst.row_bits > 0 ? column_of(abi, value) : NULL;
    eml_free(m.nodes);
    eml_free(m.todo);
    eml_free(m.terms);
    eml_free(m.term_of);
    eml_free(values);
    return worst;
}

eml_committed_reveal eml_reveal_of_any_row(const eml_program *program, const eml_abi *abi) {
    bool known = !abi->raw && eml_shape_is_committed(&program->shape) && program->code != NULL;
    if (!known || eml_abi_columns(abi, EML_PUBLIC) > 0) return abi->reveal;
    eml_committed_reveal found = eml_reveal_of(program, abi, NULL, NULL);
    return eml_reveal_proofs(&found) < eml_reveal_proofs(&abi->reveal) ? found : abi->reveal;
}
