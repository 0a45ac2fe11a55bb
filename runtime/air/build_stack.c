/* The stack: every register's next value in every case. Only what a tape supplies (READ: s0; READ2: s0..s4) is left
 * open here; the tape accumulators bind it. */
#include "runtime/air/build.h"

static eml_term reg(eml_builder *b, uint32_t i) { return eml_builder_reg(b, i, false); }

/* sum + flag * value */
static void add_case(eml_builder *b, eml_term *sum, eml_term flag, eml_term value) {
    *sum = eml_plus(b, *sum, eml_times(b, flag, value));
}

static void build_top(eml_builder *b) {
    const eml_flags *f = &b->flags;
    eml_term s0 = reg(b, 0), s1 = reg(b, 1), s5 = reg(b, 5);
    eml_term sum = eml_times(b, f->none, s0);
    add_case(b, &sum, f->push, eml_builder_cell(b, b->columns->imm));
    add_case(b, &sum, f->add, eml_plus(b, s0, s1));
    add_case(b, &sum, eml_plus(b, f->mul, f->smul), eml_times(b, s0, s1));
    add_case(b, &sum, eml_plus(b, f->sadd, f->write), s1);
    add_case(b, &sum, f->add2, eml_plus(b, s0, s5));
    add_case(b, &sum, f->write2, s5);
    eml_term fixed = eml_minus(b, eml_not(b, f->read), f->read2);
    eml_term root = eml_minus(b, eml_times(b, fixed, eml_builder_reg(b, 0, true)), sum);
    eml_builder_require(b, root, (eml_degree){5, 0}, "stack.s0");
}

/* i = 1..4: the rest of a ciphertext on top. */
static void build_upper(eml_builder *b, uint32_t i) {
    const eml_flags *f = &b->flags;
    eml_term below = reg(b, i + 1), five_below = reg(b, i + 5);
    eml_term sum = eml_times(b, f->none, reg(b, i));
    add_case(b, &sum, eml_plus(b, f->push, f->read), reg(b, i - 1));
    add_case(b, &sum, eml_plus(b, eml_plus(b, f->add, f->mul), eml_plus(b, f->write, f->sadd)), below);
    if (i == 4) add_case(b, &sum, f->sadd, eml_times(b, eml_graph_const(&b->graph, b->shape->delta), reg(b, 0)));
    add_case(b, &sum, f->smul, eml_times(b, reg(b, 0), below));
    add_case(b, &sum, f->add2, eml_plus(b, reg(b, i), five_below));
    add_case(b, &sum, f->write2, five_below);
    eml_term root = eml_minus(b, eml_times(b, eml_not(b, f->read2), eml_builder_reg(b, i, true)), sum);
    eml_builder_require(b, root, (eml_degree){5, 0}, "stack.s%u", i);
}

/* i >= 5: only shifts. The last register has nothing below it that a left shift could bring up. */
static void build_lower(eml_builder *b, uint32_t i) {
    const eml_flags *f = &b->flags;
    eml_term sum = eml_times(b, f->none, reg(b, i));
    add_case(b, &sum, eml_plus(b, f->push, f->read), reg(b, i - 1));
    add_case(b, &sum, f->read2, reg(b, i - 5));
    add_case(b, &sum, eml_minus(b, eml_builder_bit(b, 3), f->left5), reg(b, i + 1));
    add_case(b, &sum, f->left5, reg(b, i + 5));
    eml_term root = eml_minus(b, eml_builder_reg(b, i, true), sum);
    eml_builder_require(b, root, (eml_degree){i + 1 < b->shape->W ? 4 : 3, 0}, "stack.s%u", i);
}

void eml_build_stack(eml_builder *b) {
    const eml_flags *f = &b->flags;
    eml_builder_name(b, "pushes_one", eml_plus(b, f->push, f->read));
    eml_builder_name(b, "pops_one", eml_minus(b, eml_builder_bit(b, 3), f->left5));
    eml_builder_name(b, "not_read2", eml_not(b, f->read2));
    build_top(b);
    for (uint32_t i = 1; i < b->shape->W; i++) i < EML_CT_ELEMENTS ? build_upper(b, i) : build_lower(b, i);
}
