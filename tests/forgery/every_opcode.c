/* Every opcode word, legal or not, on random rows of every shape: an illegal one violates a decoder constraint, one
 * whose tape is absent a tape constraint, and after a legal one no cell of the next row can change unseen. What
 * every_cell.c tries on whole runs, here for all codes, stack sizes and tapes, so also for those that no well-formed
 * program brings together. */
#include "tests/support/cmocka.h"

#include <string.h>

#include "runtime/air/air.h"
#include "tests/support/random.h"

enum { CODES = 32, BITS = 5 };

typedef struct rows {
    const eml_air *air;
    eml_fe2 *current, *next; /* main, then auxiliary cells */
    eml_fe2 *periodic, *values, *before;
    eml_fe2 alpha;
} rows;

static void rows_init(rows *r, const eml_air *air) {
    size_t cells = air->columns.width + air->columns.aux_width, count = air->main_count + air->aux_count;
    *r = (rows){.air = air, .alpha = {test_random_fe(), test_random_fe()}};
    r->current = eml_alloc(cells, sizeof *r->current);
    r->next = eml_alloc(cells, sizeof *r->next);
    r->periodic = eml_alloc(air->periodic_count, sizeof *r->periodic);
    r->values = eml_alloc(air->node_count, sizeof *r->values);
    r->before = eml_alloc(count, sizeof *r->before);
}

static void rows_free(rows *r) {
    eml_free(r->current);
    eml_free(r->next);
    eml_free(r->periodic);
    eml_free(r->values);
    eml_free(r->before);
}

static void fill(rows *r, uint32_t code, uint32_t row) {
    const eml_columns *c = &r->air->columns;
    for (size_t i = 0; i < c->width + c->aux_width; i++) {
        r->current[i] = eml_fe2_from_base(test_random_fe());
        r->next[i] = eml_fe2_from_base(test_random_fe());
    }
    for (uint32_t bit = 0; bit < BITS; bit++)
        r->current[c->bit4 + bit] = eml_fe2_from_base(eml_fe_from_u64(code >> (BITS - 1 - bit) & 1));
    r->current[c->a] = eml_fe2_from_base(eml_fe_from_u64((code >> 3 & 1) && !(code >> 1 & 1)));
    for (size_t i = 0; i < r->air->periodic_count; i++)
        r->periodic[i] = eml_fe2_from_base(r->air->periodic[i].values[row % r->air->periodic[i].cycle]);
}

static void evaluate(rows *r) {
    uint32_t width = r->air->columns.width;
    eml_frame frame = {r->current, r->next, r->current + width, r->next + width, r->periodic, &r->alpha};
    eml_air_evaluate(r->air, &frame, r->values);
}

static const eml_constraint *constraint(const eml_air *air, size_t i) {
    return i < air->main_count ? &air->main_constraints[i] : &air->aux_constraints[i - air->main_count];
}

/* Constraints of the opcode alone: whatever the rest of the row is, they are violated or not. */
static bool refuses_code(const rows *r) {
    for (size_t i = 0; i < r->air->main_count; i++) {
        const eml_constraint *one = &r->air->main_constraints[i];
        bool of_code = strncmp(one->label, "decoder.", 8) == 0 || strncmp(one->label, "tapes.no ", 9) == 0;
        if (of_code && !eml_fe2_eq(r->values[one->root], EML_FE2_ZERO)) return true;
    }
    return false;
}

static bool is_allowed(const eml_shape *shape, uint32_t code) {
    bool writes = code == EML_OP_WRITE || code == EML_OP_WRITE2;
    bool ciphertexts = code == EML_OP_READ2 || code == EML_OP_SADD || code == EML_OP_ADD2 || code == EML_OP_SMUL ||
                       code == EML_OP_WRITE2;
    return eml_op_name((uint8_t)code) != NULL && (code != EML_OP_READ || shape->public_len > 0) &&
           (!ciphertexts || shape->secret_len > 0) && (!writes || shape->output_len > 0) &&
           (code != EML_OP_READ3 || shape->committed_len > 0);
}

/* The next opcode, with the column a that its bits fix, is hashed with the next row, and so is the next group's
 * immediate, and the next pair of what is committed. The masks and the balance are fixed by this row or by nothing. */
static bool may_change(const eml_air *air, uint32_t column, uint32_t row) {
    const eml_columns *c = &air->columns;
    if (column >= c->pair && column < c->width) return (row + 1) % EML_CYCLE == 0;
    if (column == c->width + c->balance || (column >= c->width && column - c->width >= c->mask_quotient)) return true;
    if (column >= c->bit4 && column < c->bit4 + BITS) return true;
    if (column == c->a) return true;
    return column == c->imm && (row + 1) % eml_shape_group(&air->shape) == 0;
}

static bool is_seen(rows *r, uint32_t column) {
    size_t count = r->air->main_count + r->air->aux_count;
    eml_fe2 kept = r->next[column];
    bool seen = false;
    r->next[column] = eml_fe2_add(kept, eml_fe2_from_base(test_random_fe()));
    evaluate(r);
    r->next[column] = kept;
    for (size_t i = 0; i < count && !seen; i++)
        seen = !eml_fe2_eq(r->values[constraint(r->air, i)->root], r->before[i]);
    return seen;
}

static void try_code(rows *r, uint32_t code, uint32_t row) {
    const eml_air *air = r->air;
    const eml_shape *s = &air->shape;
    fill(r, code, row);
    evaluate(r);
    if (refuses_code(r) == is_allowed(s, code)) fail_msg("code %u, S %u, W %u, row %u", code, s->S, s->W, row);
    if (!is_allowed(s, code)) return;
    for (size_t i = 0; i < air->main_count + air->aux_count; i++) r->before[i] = r->values[constraint(air, i)->root];
    for (uint32_t column = 0; column < air->columns.width + air->columns.aux_width; column++) {
        if (may_change(air, column, row) || is_seen(r, column)) continue;
        fail_msg("after code %u, cell %u of the next row is free: S %u, W %u, row %u", code, column, s->S, s->W, row);
    }
}

static void try_shape(const eml_shape *shape) {
    eml_error err;
    if (eml_shape_check(shape, &err) != EML_OK) return;
    eml_air air;
    rows r;
    eml_air_build(shape, &air);
    rows_init(&r, &air);
    uint32_t group = eml_shape_group(shape), at[] = {0, group - 1, EML_CYCLE - 1};
    for (uint32_t code = 0; code < CODES; code++)
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) try_code(&r, code, at[i]);
    rows_free(&r);
    eml_air_free(&air);
}

static void test_sponges(void **state) {
    static const uint32_t stacks[] = {2, 4, 5, 6, 9, 10, 16};
    uint32_t S = *(const uint32_t *)*state;
    for (size_t w = 0; w < sizeof stacks / sizeof *stacks; w++)
        for (uint32_t tapes = 0; tapes < 8; tapes++)
            try_shape(&(eml_shape){.n = EML_N_MIN,
                                   .W = stacks[w],
                                   .S = S,
                                   .delta = eml_fe_from_u64(9),
                                   .public_len = tapes & 1,
                                   .secret_len = tapes >> 1 & 1,
                                   .output_len = tapes >> 2 & 1});
    for (size_t w = 0; w < sizeof stacks / sizeof *stacks; w++)
        for (uint32_t tapes = 0; tapes < 4; tapes++)
            try_shape(&(eml_shape){.n = EML_HIDDEN_N_MIN,
                                   .W = stacks[w],
                                   .S = S,
                                   .form = EML_FORM_HIDDEN,
                                   .public_len = tapes & 1,
                                   .output_len = tapes >> 1 & 1,
                                   .committed_len = 3});
}

int main(void) {
    static uint32_t sponges[] = {1, 2, 4};
    const struct CMUnitTest tests[] = {
        {"one sponge", test_sponges, NULL, NULL, &sponges[0]},
        {"two sponges", test_sponges, NULL, NULL, &sponges[1]},
        {"four sponges", test_sponges, NULL, NULL, &sponges[2]},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
