#include "runtime/stark/prover/plan.h"

#include <assert.h>

#include "runtime/base/memory.h"
#include "runtime/field/lanes_units.h"

/* A node's value while compiling: a constant, or one or two planes. While compiling, temporaries are in single
 * assignment and numbered from TEMPORARY on. */
#define NO_PLANE  UINT32_MAX
#define TEMPORARY (UINT32_C(1) << 30)
#define CONSTANT  (UINT32_C(1) << 31)

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
    uint32_t *uses; /* of each node, by nodes and constraints */
    eml_plan *plan;
    uint32_t temporaries;
} compiler;

static uint32_t emit(compiler *c, eml_plan_op op, uint32_t a, uint32_t b) {
    eml_plan *t = c->plan;
    t->steps = eml_grow(t->steps, &t->step_capacity, t->step_count + 1, sizeof *t->steps);
    t->steps[t->step_count++] = (eml_plan_step){.op = op, .dst = TEMPORARY + c->temporaries, .a = a, .b = b};
    return TEMPORARY + c->temporaries++;
}

static uint32_t constant_plane(compiler *c, eml_fe value) {
    eml_plan *t = c->plan;
    for (size_t i = 0; i < t->constant_count; i++)
        if (eml_fe_eq(t->constants[i], value)) return (uint32_t)i | CONSTANT;
    t->constants = eml_grow(t->constants, &t->constant_capacity, t->constant_count + 1, sizeof *t->constants);
    t->constants[t->constant_count] = value;
    return (uint32_t)t->constant_count++ | CONSTANT;
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
    uint32_t low = emit(c, EML_PLAN_MUL, x.a, y.a);
    if (x.b == NO_PLANE || y.b == NO_PLANE) {
        r.a = low;
        if (x.b != NO_PLANE) r.b = emit(c, EML_PLAN_MUL, x.b, y.a);
        if (y.b != NO_PLANE) r.b = emit(c, EML_PLAN_MUL, x.a, y.b);
        return r;
    }
    uint32_t high = emit(c, EML_PLAN_MUL, x.b, y.b);
    uint32_t x_sum = emit(c, EML_PLAN_ADD, x.a, x.b), y_sum = emit(c, EML_PLAN_ADD, y.a, y.b);
    uint32_t cross = emit(c, EML_PLAN_MUL, x_sum, y_sum);
    r.a = emit(c, EML_PLAN_ADD, low, high);
    r.b = emit(c, EML_PLAN_SUB, cross, low);
    return r;
}

static lowered lower_sum(compiler *c, eml_plan_op op, lowered x, lowered y) {
    lowered r = {.done = true, .a = emit(c, op, x.a, y.a), .b = x.b};
    if (y.b == NO_PLANE) return r;
    if (x.b == NO_PLANE && op == EML_PLAN_ADD) {
        r.b = y.b;
        return r;
    }
    r.b = emit(c, op, x.b == NO_PLANE ? constant_plane(c, EML_FE_ZERO) : x.b, y.b);
    return r;
}

/* Loaded planes are numbered from zero here; constants come before them in the end. */
static uint32_t main_plane(const compiler *c, uint32_t column, uint32_t row) {
    return row * c->air->columns.width + column;
}

static lowered aux_planes(const compiler *c, uint32_t column, uint32_t row) {
    uint32_t plane = 2 * c->air->columns.width + (row * c->air->columns.aux_width + column) * 2;
    return (lowered){.done = true, .a = plane, .b = c->extension == 2 ? plane + 1 : NO_PLANE};
}

static uint32_t periodic_plane(const compiler *c, uint32_t column) {
    return 2 * c->air->columns.width + 4 * c->air->columns.aux_width + column;
}

static lowered lower(compiler *c, uint32_t index);

/* A sum of products is reduced once: the additions and multiplications below a sum that nobody else reads become one
 * dot product, if they are in the base field, and a rest. */
enum { PAIRS_MAX = 16, REST_MAX = 32 };
_Static_assert((int)PAIRS_MAX <= EML_LANES_SUM_MAX, "one sum of products");

typedef struct fusion {
    eml_plan_pair pairs[PAIRS_MAX];
    lowered rest[REST_MAX];
    size_t pair_count, rest_count;
} fusion;

static lowered lower_product_of(compiler *c, lowered x, lowered y) {
    if (x.constant && y.constant) return lower_constants(EML_NODE_MUL, x.value, y.value);
    return lower_product(c, planes_of(c, x), planes_of(c, y));
}

static lowered lower_sum_of(compiler *c, lowered x, lowered y) {
    if (x.constant && y.constant) return lower_constants(EML_NODE_ADD, x.value, y.value);
    return lower_sum(c, EML_PLAN_ADD, planes_of(c, x), planes_of(c, y));
}

/* A full rest is summed up to its first value. */
static void add_rest(compiler *c, fusion *f, lowered value) {
    if (f->rest_count == REST_MAX) {
        for (size_t i = 1; i < REST_MAX; i++) f->rest[0] = lower_sum_of(c, f->rest[0], f->rest[i]);
        f->rest_count = 1;
    }
    f->rest[f->rest_count++] = value;
}

/* Recursion is as deep as the sum. */
static void gather(compiler *c, fusion *f, uint32_t index) {
    const eml_node *node = &c->air->nodes[index];
    bool private = c->uses[index] == 1 && !c->nodes[index].done;
    if (private && node->kind == EML_NODE_ADD) {
        gather(c, f, node->a);
        gather(c, f, node->b);
        return;
    }
    if (!private || node->kind != EML_NODE_MUL || f->pair_count == PAIRS_MAX) {
        add_rest(c, f, lower(c, index));
        return;
    }
    lowered x = lower(c, node->a), y = lower(c, node->b);
    bool base = (x.constant ? eml_fe_is_zero(x.value.b) : x.b == NO_PLANE) &&
                (y.constant ? eml_fe_is_zero(y.value.b) : y.b == NO_PLANE);
    if (base && !(x.constant && y.constant))
        f->pairs[f->pair_count++] = (eml_plan_pair){planes_of(c, x).a, planes_of(c, y).a};
    else
        add_rest(c, f, lower_product_of(c, x, y));
}

static lowered lower_dot(compiler *c, const fusion *f) {
    lowered r = {.done = true, .b = NO_PLANE};
    if (f->pair_count == 1) {
        r.a = emit(c, EML_PLAN_MUL, f->pairs[0].a, f->pairs[0].b);
        return r;
    }
    eml_plan *t = c->plan;
    size_t first = t->pair_count;
    t->pairs = eml_grow(t->pairs, &t->pair_capacity, first + f->pair_count, sizeof *t->pairs);
    for (size_t i = 0; i < f->pair_count; i++) t->pairs[t->pair_count++] = f->pairs[i];
    r.a = emit(c, EML_PLAN_DOT, (uint32_t)first, (uint32_t)f->pair_count);
    return r;
}

static lowered lower_addition(compiler *c, const eml_node *node) {
    fusion f = {.pair_count = 0};
    gather(c, &f, node->a);
    gather(c, &f, node->b);
    size_t next = 0;
    lowered sum = f.pair_count ? lower_dot(c, &f) : f.rest[next++];
    for (; next < f.rest_count; next++) sum = lower_sum_of(c, sum, f.rest[next]);
    return sum;
}

static lowered lower_difference(compiler *c, const eml_node *node) {
    lowered x = lower(c, node->a), y = lower(c, node->b);
    if (x.constant && y.constant) return lower_constants(EML_NODE_SUB, x.value, y.value);
    return lower_sum(c, EML_PLAN_SUB, planes_of(c, x), planes_of(c, y));
}

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
    case EML_NODE_MAIN: r.a = main_plane(c, node->a, node->b); break;
    case EML_NODE_AUX: r = aux_planes(c, node->a, node->b); break;
    case EML_NODE_PERIODIC: r.a = periodic_plane(c, node->a); break;
    case EML_NODE_ADD: r = lower_addition(c, node); break;
    case EML_NODE_SUB: r = lower_difference(c, node); break;
    case EML_NODE_MUL: {
        lowered x = lower(c, node->a);
        r = lower_product_of(c, x, lower(c, node->b));
        break;
    }
    }
    c->nodes[index] = r;
    return r;
}

static void add_term(compiler *c, eml_plan_sum *sum, uint32_t plane, eml_fe2 coefficient) {
    eml_plan *t = c->plan;
    t->terms = eml_grow(t->terms, &t->term_capacity, t->term_count + 1, sizeof *t->terms);
    t->terms[t->term_count++] = (eml_plan_term){plane, coefficient};
    sum->count++;
    assert(sum->count <= EML_LANES_SUM_MAX);
}

static void add_value(compiler *c, eml_plan_sum *sum, lowered value, eml_fe2 coefficient) {
    value = planes_of(c, value);
    add_term(c, sum, value.a, coefficient);
    if (value.b != NO_PLANE)
        add_term(c, sum, value.b, (eml_fe2){coefficient.b, eml_fe_add(coefficient.a, coefficient.b)});
}

static eml_plan_sum *new_sum(compiler *c, uint32_t row) {
    assert(c->plan->sum_count < EML_PLAN_SUMS_MAX);
    eml_plan_sum *sum = &c->plan->sums[c->plan->sum_count++];
    *sum = (eml_plan_sum){.first = c->plan->term_count, .row = row};
    return sum;
}

static void compile_transitions(compiler *c, const eml_fe2 *coefficients) {
    const eml_air *air = c->air;
    eml_plan_sum *sum = new_sum(c, 0);
    for (size_t i = 0; i < air->main_count; i++)
        add_value(c, sum, lower(c, air->main_constraints[i].root), *coefficients++);
    for (size_t i = 0; i < air->aux_count; i++)
        add_value(c, sum, lower(c, air->aux_constraints[i].root), *coefficients++);
}

/* All assertions about one row: coefficient * (cell - value) / g^row; the values are known now and are one term
 * together. */
static void compile_row(compiler *c, const eml_claim *claim, const eml_fe2 *coefficients, uint32_t row) {
    eml_fe2 alpha = c->air->random_count ? c->random[0] : EML_FE2_ZERO, known = EML_FE2_ZERO;
    eml_fe scale = eml_fe_inv(eml_fe_pow_u64_var(eml_domain_generator(c->air->shape.n), row));
    eml_plan_sum *sum = new_sum(c, row);
    for (size_t i = 0; i < c->air->assertion_count; i++) {
        const eml_assertion *assertion = &c->air->assertions[i];
        if (assertion->row != row) continue;
        eml_fe2 coefficient = eml_fe2_mul_base(coefficients[i], scale);
        known = eml_fe2_sub(known, eml_fe2_mul(coefficient, eml_claim_value(claim, assertion, alpha)));
        lowered cell = {.done = true, .a = main_plane(c, assertion->column, 0), .b = NO_PLANE};
        add_value(c, sum, assertion->auxiliary ? aux_planes(c, assertion->column, 0) : cell, coefficient);
    }
    add_term(c, sum, constant_plane(c, EML_FE_ONE), known);
}

static void compile_assertions(compiler *c, const eml_claim *claim, const eml_fe2 *coefficients) {
    for (size_t i = 0; i < c->air->assertion_count; i++) {
        bool known = false;
        for (size_t s = 1; s < c->plan->sum_count; s++) known |= c->plan->sums[s].row == c->air->assertions[i].row;
        if (!known) compile_row(c, claim, coefficients, c->air->assertions[i].row);
    }
}

static bool is_temporary(uint32_t plane) { return !(plane & CONSTANT) && plane & TEMPORARY; }

/* Units that planes may have: two factors of a product as many each. */
enum { UNITS_MAX = 4 };
_Static_assert(UNITS_MAX *UNITS_MAX <= EML_LANES_PRODUCT_UNITS, "planes are multiplied with each other");
_Static_assert(2 * UNITS_MAX <= EML_LANES_TIGHTEN_UNITS &&
                   UNITS_MAX + EML_LANES_DIFFERENCE_UNITS <= EML_LANES_TIGHTEN_UNITS,
               "a sum or difference of two planes can be tightened");

/* Products and loads have 1, a sum as many as both operands, a difference some more than its first. */
static unsigned step_units(const eml_plan_step *step, unsigned a, unsigned b) {
    if (step->op == EML_PLAN_ADD) return a + b;
    if (step->op == EML_PLAN_SUB) return a + EML_LANES_DIFFERENCE_UNITS;
    return 1;
}

/* A step that would give more than all its readers take is tightened. */
static void decide_tightening(const compiler *c) {
    eml_plan *t = c->plan;
    uint8_t *units = eml_alloc((size_t)c->temporaries + 1, 1);
    bool *subtracted = eml_alloc((size_t)c->temporaries + 1, sizeof *subtracted);
    for (size_t i = 0; i < t->step_count; i++)
        if (t->steps[i].op == EML_PLAN_SUB && is_temporary(t->steps[i].b)) subtracted[t->steps[i].b - TEMPORARY] = true;
    for (size_t i = 0; i < t->step_count; i++) {
        eml_plan_step *step = &t->steps[i];
        unsigned a = 1, b = 1;
        if (step->op != EML_PLAN_DOT && is_temporary(step->a)) a = units[step->a - TEMPORARY];
        if (step->op != EML_PLAN_DOT && is_temporary(step->b)) b = units[step->b - TEMPORARY];
        unsigned loose = step_units(step, a, b);
        uint32_t dst = step->dst - TEMPORARY;
        step->tighten = loose > (subtracted[dst] ? EML_LANES_SUBTRAHEND_UNITS : UNITS_MAX);
        step->units = units[dst] = (uint8_t)(step->tighten ? 1 : loose);
    }
    eml_free(units);
    eml_free(subtracted);
}

static bool step_units_hold(const eml_plan *t, const eml_plan_step *step, const uint8_t *units) {
    if (step->op == EML_PLAN_DOT) {
        bool hold = step->units == 1 && step->b <= EML_LANES_SUM_MAX;
        for (const eml_plan_pair *pair = t->pairs + step->a; pair < t->pairs + step->a + step->b; pair++)
            hold = hold && units[pair->a] * units[pair->b] <= EML_LANES_PRODUCT_UNITS;
        return hold;
    }
    unsigned a = units[step->a], b = units[step->b], loose = step_units(step, a, b);
    if (step->op == EML_PLAN_MUL && a * b > EML_LANES_PRODUCT_UNITS) return false;
    if (step->op == EML_PLAN_SUB && b > EML_LANES_SUBTRAHEND_UNITS) return false;
    return step->tighten ? loose <= EML_LANES_TIGHTEN_UNITS && step->units == 1 : step->units == loose;
}

bool eml_plan_units_hold(const eml_plan *plan) {
    uint8_t *units = eml_alloc(plan->planes, 1);
    for (size_t i = 0; i < plan->planes; i++) units[i] = 1; /* constants and what is loaded */
    bool hold = plan->sum_count <= EML_LANES_SUM_MAX;
    for (size_t i = 0; i < plan->step_count; i++) {
        hold = hold && step_units_hold(plan, &plan->steps[i], units);
        units[plan->steps[i].dst] = plan->steps[i].units;
    }
    for (size_t i = 0; i < plan->term_count; i++) hold = hold && units[plan->terms[i].plane] <= EML_LANES_PRODUCT_UNITS;
    for (size_t i = 0; i < plan->sum_count; i++) hold = hold && plan->sums[i].count <= EML_LANES_SUM_MAX;
    eml_free(units);
    return hold;
}

/* ---- placing: constants, then loaded planes, then temporaries that share room
 * ---------------------------------------- */

typedef struct placement {
    const compiler *c;
    size_t *last_use; /* of each temporary, by step; terms use theirs to the end */
    uint32_t *home;   /* plane of each temporary */
    uint32_t *vacant; /* planes whose temporary is dead */
    size_t vacant_count;
} placement;

static void note_use(placement *p, uint32_t plane, size_t step) {
    if (is_temporary(plane)) p->last_use[plane - TEMPORARY] = step;
}

static uint32_t place(const placement *p, uint32_t plane) {
    if (plane & CONSTANT) return plane & ~CONSTANT;
    if (plane & TEMPORARY) return p->home[plane - TEMPORARY];
    return (uint32_t)p->c->plan->constant_count + plane;
}

/* The plane of an operand, whose room is free after its last use. */
static uint32_t place_operand(placement *p, uint32_t plane, size_t index) {
    uint32_t home = place(p, plane);
    if (is_temporary(plane) && p->last_use[plane - TEMPORARY] == index) {
        p->vacant[p->vacant_count++] = home;
        p->last_use[plane - TEMPORARY] = SIZE_MAX; /* once */
    }
    return home;
}

static void place_step(placement *p, size_t index) {
    eml_plan *t = p->c->plan;
    eml_plan_step *step = &t->steps[index];
    if (step->op == EML_PLAN_DOT) {
        for (eml_plan_pair *pair = t->pairs + step->a; pair < t->pairs + step->a + step->b; pair++) {
            pair->a = place_operand(p, pair->a, index);
            pair->b = place_operand(p, pair->b, index);
        }
    } else {
        step->a = place_operand(p, step->a, index);
        step->b = place_operand(p, step->b, index);
    }
    uint32_t *home = &p->home[step->dst - TEMPORARY];
    *home = p->vacant_count ? p->vacant[--p->vacant_count] : (uint32_t)t->planes++;
    step->dst = *home;
}

static void note_uses(placement *p, size_t index) {
    const eml_plan *t = p->c->plan;
    const eml_plan_step *step = &t->steps[index];
    if (step->op == EML_PLAN_DOT) {
        for (const eml_plan_pair *pair = t->pairs + step->a; pair < t->pairs + step->a + step->b; pair++) {
            note_use(p, pair->a, index);
            note_use(p, pair->b, index);
        }
        return;
    }
    note_use(p, step->a, index);
    note_use(p, step->b, index);
}

static void place_planes(const compiler *c) {
    eml_plan *t = c->plan;
    placement p = {.c = c};
    p.last_use = eml_alloc((size_t)c->temporaries + 1, sizeof *p.last_use);
    p.home = eml_alloc((size_t)c->temporaries + 1, sizeof *p.home);
    p.vacant = eml_alloc((size_t)c->temporaries + 1, sizeof *p.vacant);
    for (size_t i = 0; i < t->step_count; i++) note_uses(&p, i);
    for (size_t i = 0; i < t->term_count; i++) note_use(&p, t->terms[i].plane, SIZE_MAX);
    t->main = (uint32_t)t->constant_count;
    t->aux = t->main + 2 * c->air->columns.width;
    t->periodic = t->aux + 4 * c->air->columns.aux_width;
    t->planes = t->periodic + c->air->periodic_count;
    for (size_t i = 0; i < t->step_count; i++) place_step(&p, i);
    for (size_t i = 0; i < t->term_count; i++) t->terms[i].plane = place(&p, t->terms[i].plane);
    eml_free(p.last_use);
    eml_free(p.home);
    eml_free(p.vacant);
}

static void count_uses(const compiler *c) {
    const eml_air *air = c->air;
    for (size_t i = 0; i < air->node_count; i++) {
        const eml_node *node = &air->nodes[i];
        if (node->kind != EML_NODE_ADD && node->kind != EML_NODE_SUB && node->kind != EML_NODE_MUL) continue;
        c->uses[node->a]++;
        c->uses[node->b]++;
    }
    for (size_t i = 0; i < air->main_count; i++) c->uses[air->main_constraints[i].root]++;
    for (size_t i = 0; i < air->aux_count; i++) c->uses[air->aux_constraints[i].root]++;
}

void eml_plan_compile(const eml_air *air, const eml_claim *claim, uint32_t extension, const eml_fe2 *random,
                      const eml_coefficients *coefficients, eml_plan *out) {
    *out = (eml_plan){.sums = eml_alloc(EML_PLAN_SUMS_MAX, sizeof *out->sums)};
    compiler c = {.air = air, .random = random, .extension = extension, .plan = out};
    c.nodes = eml_alloc(air->node_count, sizeof *c.nodes);
    c.uses = eml_alloc(air->node_count, sizeof *c.uses);
    count_uses(&c);
    compile_transitions(&c, coefficients->transition);
    compile_assertions(&c, claim, coefficients->boundary);
    eml_free(c.nodes);
    eml_free(c.uses);
    decide_tightening(&c);
    place_planes(&c);
    assert(!EML_VERIFY_BUILD || eml_plan_units_hold(out));
}

void eml_plan_free(eml_plan *plan) {
    eml_free(plan->constants);
    eml_free(plan->steps);
    eml_free(plan->pairs);
    eml_free(plan->terms);
    eml_free(plan->sums);
    *plan = (eml_plan){0};
}
