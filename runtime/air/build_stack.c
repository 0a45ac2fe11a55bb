/* The stack: every register's next value in every case. Only what a tape supplies (READ: s0; READ2: s0..s4) is left
 * open here; the tape accumulators bind it. */
#include "runtime/air/build.h"
#include "runtime/isa/every_op.h"

/* What an instruction makes of register i. */
typedef enum effect {
    KEPT,      /* s(i) */
    OPEN,      /* what a tape supplies */
    IMMEDIATE, /* the group's */
    DOWN,      /* s(i-1) */
    UP,        /* s(i+1) */
    ABSORBED,  /* s(i+1), and in the body Delta s0 more */
    SCALED,    /* s0 s(i+1) */
    SUM,       /* s0 + s1 */
    ADDED,     /* s(i) + s(i+5) */
    UP_FIVE,   /* s(i+5) */
} effect;

static effect effect_on_top(eml_op op) {
    switch (op) {
    case EML_OP_NOOP: return KEPT;
    case EML_OP_PUSH: return IMMEDIATE;
    case EML_OP_READ:
    case EML_OP_READ2:
    case EML_OP_READ3: return OPEN;
    case EML_OP_ADD: return SUM;
    case EML_OP_MUL:
    case EML_OP_SMUL: return SCALED;
    case EML_OP_SADD:
    case EML_OP_WRITE: return UP;
    case EML_OP_ADD2: return ADDED;
    case EML_OP_WRITE2: return UP_FIVE;
    }
    return KEPT;
}

static effect effect_on_upper(eml_op op) {
    switch (op) {
    case EML_OP_NOOP: return KEPT;
    case EML_OP_PUSH:
    case EML_OP_READ:
    case EML_OP_READ3: return DOWN;
    case EML_OP_READ2: return OPEN;
    case EML_OP_ADD:
    case EML_OP_MUL:
    case EML_OP_WRITE: return UP;
    case EML_OP_SADD: return ABSORBED;
    case EML_OP_SMUL: return SCALED;
    case EML_OP_ADD2: return ADDED;
    case EML_OP_WRITE2: return UP_FIVE;
    }
    return KEPT;
}

typedef effect effect_fn(eml_op op);

static bool has_effect(const eml_builder *b, uint8_t code, effect_fn *on, effect wanted) {
    return eml_builder_knows(b, code) && on((eml_op)code) == wanted;
}

/* 1 on rows whose instruction has the effect. */
static eml_term when(eml_builder *b, effect_fn *on, effect wanted) {
    eml_term sum = eml_builder_u64(b, 0);
    for (uint8_t code = 0; code < EML_OP_CODES; code++)
        if (has_effect(b, code, on, wanted)) sum = eml_plus(b, sum, b->flags.of[code]);
    return sum;
}

/* 1 on rows whose next value is not left open. */
static eml_term unless_open(eml_builder *b, effect_fn *on) {
    eml_term rest = eml_builder_u64(b, 1);
    for (uint8_t code = 0; code < EML_OP_CODES; code++)
        if (has_effect(b, code, on, OPEN)) rest = eml_minus(b, rest, b->flags.of[code]);
    return rest;
}

static eml_term reg(eml_builder *b, uint32_t i) { return eml_builder_reg(b, i, false); }

/* sum + flag * value */
static void add_case(eml_builder *b, eml_term *sum, eml_term flag, eml_term value) {
    *sum = eml_plus(b, *sum, eml_times(b, flag, value));
}

/* 1 on rows whose instruction has one of two effects. */
static eml_term when_either(eml_builder *b, effect_fn *on, effect one, effect other) {
    return eml_plus(b, when(b, on, one), when(b, on, other));
}

/* Register i's constraint: a sum over the registers from which it may come. rises: the factor of s(i+1) but for the
 * scalar; extra: what else there is. */
static void require_register(eml_builder *b, effect_fn *on, uint32_t i, eml_term stays, eml_term rises,
                             eml_term extra) {
    eml_term scaled = eml_times(b, when(b, on, SCALED), reg(b, 0));
    eml_term sum = eml_times(b, stays, reg(b, i));
    add_case(b, &sum, eml_plus(b, rises, scaled), reg(b, i + 1));
    add_case(b, &sum, when_either(b, on, ADDED, UP_FIVE), reg(b, i + 5));
    sum = eml_plus(b, sum, extra);
    eml_term root = eml_minus(b, eml_times(b, unless_open(b, on), eml_builder_reg(b, i, true)), sum);
    eml_builder_require(b, root, (eml_degree){4, 0}, "stack.s%u", i);
}

static void build_top(eml_builder *b) {
    effect_fn *on = effect_on_top;
    eml_term stays = eml_plus(b, when_either(b, on, KEPT, ADDED), when(b, on, SUM));
    eml_term pushed = eml_times(b, when(b, on, IMMEDIATE), eml_builder_cell(b, b->columns->imm));
    require_register(b, on, 0, stays, when_either(b, on, UP, SUM), pushed);
}

/* i = 1..4: the rest of a ciphertext on top. */
static void build_upper(eml_builder *b, uint32_t i) {
    effect_fn *on = effect_on_upper;
    eml_term extra = eml_times(b, when(b, on, DOWN), reg(b, i - 1)),
             delta = eml_graph_const(&b->graph, b->shape->delta);
    if (i == 4) add_case(b, &extra, when(b, on, ABSORBED), eml_times(b, delta, reg(b, 0)));
    require_register(b, on, i, when_either(b, on, KEPT, ADDED), when_either(b, on, UP, ABSORBED), extra);
}

/* 1 on rows that push so many elements more than they pop. */
static eml_term when_grown(eml_builder *b, int by) {
    eml_term sum = eml_builder_u64(b, 0);
    for (uint8_t code = 0; code < EML_OP_CODES; code++) {
        eml_op_info op = eml_op_info_of(code);
        if (eml_builder_knows(b, code) && op.pushes - op.pops == by) sum = eml_plus(b, sum, b->flags.of[code]);
    }
    return sum;
}

/* i >= 5: only shifts, as op.def and the code's bits say (build_decoder.c). The last register has nothing below it that
 * a left shift could bring up. */
static void build_lower(eml_builder *b, uint32_t i) {
    eml_term sum = eml_times(b, when_grown(b, 0), reg(b, i)), left5 = b->flags.left5;
    add_case(b, &sum, when_grown(b, 1), reg(b, i - 1));
    add_case(b, &sum, when_grown(b, 5), reg(b, i - 5));
    add_case(b, &sum, eml_minus(b, eml_builder_bit(b, 3), left5), reg(b, i + 1));
    add_case(b, &sum, left5, reg(b, i + 5));
    eml_term root = eml_minus(b, eml_builder_reg(b, i, true), sum);
    /* With a committed tape b4 is all that pushes one and nothing pushes five. */
    bool simple = eml_shape_is_committed(b->shape) && i + 1 == b->shape->W;
    eml_builder_require(b, root, (eml_degree){simple ? 2 : 3, 0}, "stack.s%u", i);
}

void eml_build_stack(eml_builder *b) {
    eml_builder_name(b, "pushes_one", when_grown(b, 1));
    eml_builder_name(b, "pops_one", eml_minus(b, eml_builder_bit(b, 3), b->flags.left5));
    if (!eml_shape_is_committed(b->shape)) eml_builder_name(b, "not_read2", unless_open(b, effect_on_upper));
    build_top(b);
    for (uint32_t i = 1; i < b->shape->W; i++) i < EML_CT_ELEMENTS ? build_upper(b, i) : build_lower(b, i);
}
