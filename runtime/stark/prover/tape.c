#include "runtime/stark/prover/tape.h"

#include <string.h>

#include "runtime/base/memory.h"

/* ---- compiling ----------------------------------------------------------------------------------------------------- */

/* A node's value while compiling: a constant, or one or two planes. While compiling, planes are in single assignment: constants are numbered apart. */
#define NO_PLANE     UINT32_MAX
#define CONSTANT_BIT (UINT32_C(1) << 31)

typedef struct lowered {
    bool done, constant;
    eml_fe2 value; /* constant */
    uint32_t a, b; /* planes; b may be NO_PLANE: zero */
} lowered;

typedef struct compiler {
    const eml_air *air;
    const eml_fe2 *random;
    uint32_t extension;
    lowered *nodes;
    eml_tape *tape;
    uint32_t next_plane;
} compiler;

static uint32_t emit(compiler *c, eml_tape_op op, uint32_t a, uint32_t b) {
    eml_tape *t = c->tape;
    t->steps = eml_grow(t->steps, &t->step_capacity, t->step_count + 1, sizeof *t->steps);
    t->steps[t->step_count++] = (eml_tape_step){.op = op, .dst = c->next_plane, .a = a, .b = b};
    return c->next_plane++;
}

static uint32_t constant_plane(compiler *c, eml_fe value) {
    eml_tape *t = c->tape;
    for (size_t i = 0; i < t->constant_count; i++)
        if (eml_fe_eq(t->constants[i], value)) return (uint32_t)i | CONSTANT_BIT;
    t->constants = eml_grow(t->constants, &t->constant_capacity, t->constant_count + 1, sizeof *t->constants);
    t->constants[t->constant_count] = value;
    return (uint32_t)t->constant_count++ | CONSTANT_BIT;
}

/* Planes of a value, constants included. */
static lowered planes_of(compiler *c, lowered v) {
    if (!v.constant) return v;
    lowered p = {.done = true, .a = constant_plane(c, v.value.a), .b = NO_PLANE};
    if (!eml_fe_is_zero(v.value.b)) p.b = constant_plane(c, v.value.b);
    return p;
}

static lowered lower_constants(eml_node_kind kind, eml_fe2 x, eml_fe2 y) {
    eml_fe2 value = kind == EML_NODE_ADD   ? eml_fe2_add(x, y)
                    : kind == EML_NODE_SUB ? eml_fe2_sub(x, y)
                                           : eml_fe2_mul(x, y);
    return (lowered){.done = true, .constant = true, .value = value};
}

/* (x0 + x1 X)(y0 + y1 X) with X^2 = X + 1, three multiplications; fewer planes cost fewer. */
static lowered lower_product(compiler *c, lowered x, lowered y) {
    lowered r = {.done = true, .b = NO_PLANE};
    uint32_t low = emit(c, EML_TAPE_MUL, x.a, y.a);
    if (x.b == NO_PLANE || y.b == NO_PLANE) {
        r.a = low;
        if (x.b != NO_PLANE) r.b = emit(c, EML_TAPE_MUL, x.b, y.a);
        if (y.b != NO_PLANE) r.b = emit(c, EML_TAPE_MUL, x.a, y.b);
        return r;
    }
    uint32_t high = emit(c, EML_TAPE_MUL, x.b, y.b);
    uint32_t x_sum = emit(c, EML_TAPE_ADD, x.a, x.b), y_sum = emit(c, EML_TAPE_ADD, y.a, y.b);
    uint32_t cross = emit(c, EML_TAPE_MUL, x_sum, y_sum);
    r.a = emit(c, EML_TAPE_ADD, low, high);
    r.b = emit(c, EML_TAPE_SUB, cross, low);
    return r;
}

static lowered lower_sum(compiler *c, eml_tape_op op, lowered x, lowered y) {
    lowered r = {.done = true, .a = emit(c, op, x.a, y.a), .b = x.b};
    if (y.b == NO_PLANE) return r;
    if (x.b == NO_PLANE && op == EML_TAPE_ADD) {
        r.b = y.b;
        return r;
    }
    r.b = emit(c, op, x.b == NO_PLANE ? constant_plane(c, EML_FE_ZERO) : x.b, y.b);
    return r;
}

static lowered lower_aux(compiler *c, uint32_t column, uint32_t row) {
    lowered r = {.done = true, .a = emit(c, EML_TAPE_AUX, 2 * column, row), .b = NO_PLANE};
    if (c->extension == 2) r.b = emit(c, EML_TAPE_AUX, 2 * column + 1, row);
    return r;
}

/* Depth-first, so that columns are loaded just before their first use. */
static lowered lower(compiler *c, uint32_t index) {
    if (c->nodes[index].done) return c->nodes[index];
    const eml_node *node = &c->air->nodes[index];
    lowered r = {.done = true, .b = NO_PLANE};
    switch (node->kind) {
    case EML_NODE_CONST:
        r.constant = true;
        r.value = eml_fe2_from_base(node->value);
        break;
    case EML_NODE_RANDOM:
        r.constant = true;
        r.value = c->random[node->a];
        break;
    case EML_NODE_MAIN: r.a = emit(c, EML_TAPE_MAIN, node->a, node->b); break;
    case EML_NODE_AUX: r = lower_aux(c, node->a, node->b); break;
    case EML_NODE_PERIODIC: r.a = emit(c, EML_TAPE_PERIODIC, node->a, 0); break;
    case EML_NODE_ADD:
    case EML_NODE_SUB:
    case EML_NODE_MUL: {
        lowered x = lower(c, node->a), y = lower(c, node->b);
        if (x.constant && y.constant) {
            r = lower_constants(node->kind, x.value, y.value);
            break;
        }
        x = planes_of(c, x);
        y = planes_of(c, y);
        r = node->kind == EML_NODE_MUL ? lower_product(c, x, y)
                                       : lower_sum(c, node->kind == EML_NODE_ADD ? EML_TAPE_ADD : EML_TAPE_SUB, x, y);
        break;
    }
    }
    c->nodes[index] = r;
    return r;
}

static void accumulate_plane(compiler *c, size_t accumulator, uint32_t plane, eml_fe2 coefficient) {
    emit(c, EML_TAPE_ACCUMULATE, plane, 0);
    c->next_plane--; /* an accumulation makes no plane */
    eml_tape_step *step = &c->tape->steps[c->tape->step_count - 1];
    step->dst = (uint32_t)accumulator;
    step->coefficient = coefficient;
}

static void accumulate(compiler *c, size_t accumulator, lowered value, eml_fe2 coefficient) {
    value = planes_of(c, value);
    accumulate_plane(c, accumulator, value.a, coefficient);
    if (value.b == NO_PLANE) return;
    eml_fe2 times_x = {coefficient.b, eml_fe_add(coefficient.a, coefficient.b)};
    accumulate_plane(c, accumulator, value.b, times_x);
}

static size_t accumulator_of_row(eml_tape *tape, uint32_t row) {
    for (size_t i = 1; i < tape->accumulators; i++)
        if (tape->rows[i] == row) return i;
    tape->rows[tape->accumulators] = row;
    return tape->accumulators++;
}

/* coefficient * (cell - value): the value's part is known now. */
static void compile_assertions(compiler *c, const eml_claim *claim, const eml_fe2 *coefficients) {
    eml_fe2 alpha = c->air->random_count ? c->random[0] : EML_FE2_ZERO;
    for (size_t i = 0; i < c->air->assertion_count; i++) {
        const eml_assertion *assertion = &c->air->assertions[i];
        size_t accumulator = accumulator_of_row(c->tape, assertion->row);
        eml_fe2 asserted = eml_fe2_mul(coefficients[i], eml_claim_value(claim, assertion, alpha));
        c->tape->initial[accumulator] = eml_fe2_sub(c->tape->initial[accumulator], asserted);
        lowered cell = {.done = true, .b = NO_PLANE};
        if (assertion->auxiliary)
            cell = lower_aux(c, assertion->column, 0);
        else
            cell.a = emit(c, EML_TAPE_MAIN, assertion->column, 0);
        accumulate(c, accumulator, cell, coefficients[i]);
    }
}

static bool reads_a(const eml_tape_step *step) { return step->op >= EML_TAPE_ADD; }
static bool reads_b(const eml_tape_step *step) { return step->op >= EML_TAPE_ADD && step->op <= EML_TAPE_MUL; }

static void note_use(size_t *last_use, uint32_t plane, size_t step) {
    if (!(plane & CONSTANT_BIT)) last_use[plane] = step;
}

static uint32_t place(uint32_t *home, uint32_t plane) {
    return plane & CONSTANT_BIT ? plane & ~CONSTANT_BIT : home[plane];
}

/* Planes are reused as soon as their last reader has run; a step may write over an operand, which it reads first element by element. */
static void assign_planes(compiler *c) {
    eml_tape *t = c->tape;
    size_t *last_use = eml_alloc(c->next_plane + 1, sizeof *last_use);
    uint32_t *home = eml_alloc(c->next_plane + 1, sizeof *home),
             *free_planes = eml_alloc(c->next_plane + 1, sizeof *free_planes);
    size_t free_count = 0;
    for (size_t i = 0; i < t->step_count; i++) {
        if (reads_a(&t->steps[i])) note_use(last_use, t->steps[i].a, i);
        if (reads_b(&t->steps[i])) note_use(last_use, t->steps[i].b, i);
    }
    t->planes = t->constant_count;
    for (size_t i = 0; i < t->step_count; i++) {
        eml_tape_step *step = &t->steps[i];
        uint32_t a = step->a, b = step->b;
        if (reads_a(step)) {
            step->a = place(home, a);
            if (!(a & CONSTANT_BIT) && last_use[a] == i) free_planes[free_count++] = step->a;
        }
        if (reads_b(step)) {
            step->b = place(home, b);
            if (!(b & CONSTANT_BIT) && b != a && last_use[b] == i) free_planes[free_count++] = step->b;
        }
        if (step->op == EML_TAPE_ACCUMULATE) continue;
        home[step->dst] = free_count ? free_planes[--free_count] : (uint32_t)t->planes++;
        step->dst = home[step->dst];
    }
    eml_free(last_use);
    eml_free(home);
    eml_free(free_planes);
}

static void compile_transitions(compiler *c, const eml_constraint *constraints, size_t count,
                                const eml_fe2 *coefficients) {
    for (size_t i = 0; i < count; i++) accumulate(c, 0, lower(c, constraints[i].root), coefficients[i]);
}

void eml_tape_compile(const eml_air *air, const eml_claim *claim, uint32_t extension, const eml_fe2 *random,
                      const eml_coefficients *coefficients, eml_tape *out) {
    *out = (eml_tape){.accumulators = 1};
    out->initial = eml_alloc(air->assertion_count + 1, sizeof *out->initial);
    out->rows = eml_alloc(air->assertion_count + 1, sizeof *out->rows);
    compiler c = {.air = air, .random = random, .extension = extension, .tape = out};
    c.nodes = eml_alloc(air->node_count, sizeof *c.nodes);
    compile_transitions(&c, air->main_constraints, air->main_count, coefficients->transition);
    compile_transitions(&c, air->aux_constraints, air->aux_count, coefficients->transition + air->main_count);
    compile_assertions(&c, claim, coefficients->boundary);
    eml_free(c.nodes);
    assign_planes(&c);
}

void eml_tape_free(eml_tape *tape) {
    eml_free(tape->steps);
    eml_free(tape->constants);
    eml_free(tape->initial);
    eml_free(tape->rows);
    *tape = (eml_tape){0};
}

/* ---- running ------------------------------------------------------------------------------------------------------- */

void eml_tape_start(const eml_tape *tape, eml_fe *planes) {
    for (size_t i = 0; i < tape->constant_count; i++)
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++) planes[i * EML_TAPE_BLOCK + k] = tape->constants[i];
}

static eml_fe *plane_at(eml_fe *planes, uint32_t plane) { return planes + (size_t)plane * EML_TAPE_BLOCK; }

static void run_load(const eml_tape_step *step, const eml_tape_input *in, size_t first, size_t count, eml_fe *out) {
    if (step->op == EML_TAPE_PERIODIC) {
        const eml_fe *column = in->periodic + step->a * in->period;
        for (size_t k = 0; k < count; k++) out[k] = column[(first + k) & (in->period - 1)];
        return;
    }
    const eml_matrix *m = step->op == EML_TAPE_MAIN ? in->main : in->aux;
    size_t mask = m->rows - 1, shift = step->b ? in->next : 0;
    for (size_t k = 0; k < count; k++) out[k] = eml_matrix_row(m, ((first + k) * in->stride + shift) & mask)[step->a];
}

static void run_arithmetic(const eml_tape_step *step, eml_fe *planes, size_t count) {
    eml_fe *dst = plane_at(planes, step->dst);
    const eml_fe *a = plane_at(planes, step->a), *b = plane_at(planes, step->b);
    if (step->op == EML_TAPE_ADD)
        for (size_t k = 0; k < count; k++) dst[k] = eml_fe_add(a[k], b[k]);
    else if (step->op == EML_TAPE_SUB)
        for (size_t k = 0; k < count; k++) dst[k] = eml_fe_sub(a[k], b[k]);
    else
        for (size_t k = 0; k < count; k++) dst[k] = eml_fe_mul(a[k], b[k]);
}

static void run_accumulate(const eml_tape_step *step, const eml_fe *plane, size_t count, eml_fe2 *sums) {
    for (size_t k = 0; k < count; k++) sums[k] = eml_fe2_add(sums[k], eml_fe2_mul_base(step->coefficient, plane[k]));
}

void eml_tape_run(const eml_tape *tape, const eml_tape_input *input, size_t first, size_t count, eml_fe *planes,
                  eml_fe2 *sums) {
    for (size_t i = 0; i < tape->accumulators; i++)
        for (size_t k = 0; k < count; k++) sums[i * EML_TAPE_BLOCK + k] = tape->initial[i];
    for (size_t s = 0; s < tape->step_count; s++) {
        const eml_tape_step *step = &tape->steps[s];
        if (step->op < EML_TAPE_ADD)
            run_load(step, input, first, count, plane_at(planes, step->dst));
        else if (step->op == EML_TAPE_ACCUMULATE)
            run_accumulate(step, plane_at(planes, step->a), count, sums + (size_t)step->dst * EML_TAPE_BLOCK);
        else
            run_arithmetic(step, planes, count);
    }
}
