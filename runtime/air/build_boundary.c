/* Boundary assertions: everything starts at zero (accumulators at 1) and ends in what is claimed. */
#include "runtime/air/build.h"

static void start_at_zero(eml_builder *b, uint32_t column) {
    eml_builder_assert(b, false, column, 0, EML_CLAIM_ZERO, 0);
}

static void assert_accumulator(eml_builder *b, uint32_t column, eml_claim_kind claim) {
    if (column == EML_NO_COLUMN) return;
    eml_builder_assert(b, true, column, 0, EML_CLAIM_ONE, 0);
    eml_builder_assert(b, true, column, eml_shape_code_rows(b->shape), claim, 0);
}

/* The data sponge starts with the number of values, absorbs two salts and the schema, then values, and then shows the
 * commitment. The accumulators start where reading and absorbing of values starts. Each of these is needed: without it
 * a permutation can be run backwards, or a start be solved for (forgery committed). */
static void assert_commitment(eml_builder *b) {
    const eml_columns *c = b->columns;
    for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++)
        eml_builder_assert(b, false, c->data + i, 0, i == 2 ? EML_CLAIM_COMMITTED : EML_CLAIM_ZERO, 0);
    for (uint32_t i = 0; i < EML_RESCUE_DIGEST; i++) {
        eml_builder_assert(b, false, c->pair + i, EML_CYCLE, EML_CLAIM_SCHEMA, i);
        eml_builder_assert(b, false, c->data + i, eml_shape_commitment_row(b->shape), EML_CLAIM_COMMITMENT, i);
    }
    eml_builder_assert(b, true, c->acc_com, 0, EML_CLAIM_ONE, 0);
    eml_builder_assert(b, true, c->acc_dat, 2 * EML_CYCLE, EML_CLAIM_ONE, 0);
    eml_builder_assert(b, true, c->balance, eml_shape_code_rows(b->shape), EML_CLAIM_ZERO, 0);
}

void eml_build_boundary(eml_builder *b) {
    const eml_columns *c = b->columns;
    start_at_zero(b, c->clk);
    start_at_zero(b, c->depth);
    start_at_zero(b, c->opw);
    for (uint32_t i = c->sponge; i < c->a; i++) start_at_zero(b, i); /* sponges and stack */
    if (eml_shape_is_committed(b->shape)) assert_commitment(b);
    for (uint32_t i = 0; i < b->shape->W; i++)
        eml_builder_assert(b, false, c->stack + i, eml_shape_code_rows(b->shape), EML_CLAIM_STACK, i);
    for (uint32_t k = 0; k < b->shape->S; k++)
        for (uint32_t i = 0; i < EML_RESCUE_DIGEST; i++)
            eml_builder_assert(b, false, c->sponge + EML_RESCUE_WIDTH * k + i, eml_shape_digest_row(b->shape, k),
                               EML_CLAIM_DIGEST, EML_RESCUE_DIGEST * k + i);
    assert_accumulator(b, c->acc_in, EML_CLAIM_ACC_IN);
    assert_accumulator(b, c->acc_ct, EML_CLAIM_ACC_CT);
    assert_accumulator(b, c->acc_out, EML_CLAIM_ACC_OUT);
}
