/* For every instruction, on every row of the cycle, the constraints leave one next row: shown by algebra on the
 * expressions themselves. The current row is a random one with the instruction's bits (its coefficients are polynomials
 * in those cells, so what holds on a random row holds on all but a share of degree / p), the next row's cells are
 * unknowns. A constraint is then linear in them, or, in the sponges, in the cubes of linear forms, and a cube has one
 * root; so the row is fixed when the equations have as many independent ones as there are unknowns. Not asked for: the
 * next instruction's bits with the column a that they fix, the next group's immediate (all three are hashed), and, one
 * for one, what a tape supplies. */
#include <stdio.h>
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/isa/discipline.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

enum {
    CELLS_MAX = EML_FIXED_COLUMNS + EML_RESCUE_WIDTH * EML_SPONGES_MAX + EML_STACK_MAX + EML_DATA_COLUMNS + 7,
    CUBES_MAX = EML_RESCUE_WIDTH * (EML_SPONGES_MAX + 1),
    UNKNOWNS = CELLS_MAX + CUBES_MAX
};

/* constant + a sum over unknowns: the next row's cells, main before auxiliary, then cubes. square: it is one of the
 * form of node - 1. */
typedef struct form {
    eml_fe constant, factors[UNKNOWNS];
    uint32_t square;
} form;

typedef struct system_of {
    const eml_air *air;
    uint32_t code, row, cells, cubes;
    eml_fe current[CELLS_MAX], alpha;
    uint32_t cubed[CUBES_MAX]; /* nodes */
    form *forms;
} system_of;

static bool is_constant(const form *f) {
    for (size_t i = 0; i < UNKNOWNS; i++)
        if (!eml_fe_is_zero(f->factors[i])) return false;
    return true;
}

static form constant(eml_fe value) { return (form){.constant = value}; }

static form unknown(uint32_t i) {
    form f = {.square = 0};
    f.factors[i] = EML_FE_ONE;
    return f;
}

/* x + k y */
static form combine(const form *x, eml_fe k, const form *y) {
    form sum = {.constant = eml_fe_add(x->constant, eml_fe_mul(k, y->constant))};
    for (size_t i = 0; i < UNKNOWNS; i++) sum.factors[i] = eml_fe_add(x->factors[i], eml_fe_mul(k, y->factors[i]));
    return sum;
}

static form cube_of(system_of *s, uint32_t node) {
    uint32_t i = 0;
    while (i < s->cubes && s->cubed[i] != node) i++;
    if (i == s->cubes) {
        assert_true(s->cubes < CUBES_MAX);
        s->cubed[s->cubes++] = node;
    }
    return unknown(CELLS_MAX + i);
}

/* A product of two forms that both have unknowns is a square, or a square times the same form again; nothing else
 * occurs. */
static form product(system_of *s, const eml_node *node) {
    const form *x = &s->forms[node->a], *y = &s->forms[node->b], zero = {.square = 0};
    bool plain = !x->square && !y->square;
    if (plain && is_constant(x)) return combine(&zero, x->constant, y);
    if (plain && is_constant(y)) return combine(&zero, y->constant, x);
    if (plain && node->a == node->b) return (form){.square = node->a + 1};
    if (x->square == node->b + 1) return cube_of(s, node->b);
    if (y->square == node->a + 1) return cube_of(s, node->a);
    fail_msg("a product of two unknowns that is neither a square nor a cube");
    return zero;
}

static form form_of(system_of *s, const eml_node *node) {
    eml_fe minus_one = eml_fe_neg(EML_FE_ONE);
    const eml_periodic *periodic = s->air->periodic;
    uint32_t width = s->air->columns.width;
    switch (node->kind) {
    case EML_NODE_CONST: return constant(node->value);
    case EML_NODE_MAIN: return node->b ? unknown(node->a) : constant(s->current[node->a]);
    case EML_NODE_AUX: return node->b ? unknown(width + node->a) : constant(s->current[width + node->a]);
    case EML_NODE_PERIODIC: return constant(periodic[node->a].values[s->row % periodic[node->a].cycle]);
    case EML_NODE_RANDOM: return constant(s->alpha);
    case EML_NODE_ADD: return combine(&s->forms[node->a], EML_FE_ONE, &s->forms[node->b]);
    case EML_NODE_SUB: return combine(&s->forms[node->a], minus_one, &s->forms[node->b]);
    case EML_NODE_MUL: return product(s, node);
    }
    return constant(EML_FE_ZERO);
}

static void system_init(system_of *s, const eml_air *air, uint32_t code, uint32_t row) {
    const eml_columns *c = &air->columns;
    *s = (system_of){.air = air, .code = code, .row = row, .cells = c->width + c->aux_width, .alpha = test_random_fe()};
    for (uint32_t i = 0; i < s->cells; i++) s->current[i] = test_random_fe();
    for (uint32_t bit = 0; bit < 5; bit++) s->current[c->bit4 + bit] = eml_fe_from_u64(code >> (4 - bit) & 1);
    s->current[c->a] = eml_fe_from_u64((code >> 3 & 1) && !(code >> 1 & 1));
    s->forms = eml_alloc(air->node_count, sizeof *s->forms);
    for (size_t i = 0; i < air->node_count; i++) s->forms[i] = form_of(s, &air->nodes[i]);
}

/* ----- rank ----- */

typedef struct rows {
    eml_fe (*cells)[UNKNOWNS];
    size_t count;
} rows;

/* Reduced row echelon form of the columns that are wanted; the others count as 0. Returns the rank; pivot[r]: row r's
 * column. */
static size_t reduce(rows *m, const bool wanted[UNKNOWNS], uint32_t pivot[UNKNOWNS]) {
    size_t rank = 0;
    for (uint32_t column = 0; column < UNKNOWNS; column++) {
        if (!wanted[column]) continue;
        size_t from = rank;
        while (from < m->count && eml_fe_is_zero(m->cells[from][column])) from++;
        if (from == m->count) continue;
        eml_fe row[UNKNOWNS];
        memcpy(row, m->cells[from], sizeof row);
        memcpy(m->cells[from], m->cells[rank], sizeof row);
        eml_fe inverse = eml_fe_inv(row[column]);
        for (size_t i = 0; i < UNKNOWNS; i++) row[i] = eml_fe_mul(row[i], inverse);
        memcpy(m->cells[rank], row, sizeof row);
        for (size_t r = 0; r < m->count; r++) {
            eml_fe factor = m->cells[r][column];
            if (r == rank || eml_fe_is_zero(factor)) continue;
            for (size_t i = 0; i < UNKNOWNS; i++)
                m->cells[r][i] = eml_fe_sub(m->cells[r][i], eml_fe_mul(factor, row[i]));
        }
        pivot[rank++] = column;
    }
    return rank;
}

/* Whether row r says what its pivot is, of all unknowns that are wanted. */
static bool is_alone(const rows *m, size_t r, const bool wanted[UNKNOWNS]) {
    size_t count = 0;
    for (size_t i = 0; i < UNKNOWNS; i++) count += wanted[i] && !eml_fe_is_zero(m->cells[r][i]);
    return count == 1;
}

static const eml_constraint *constraint(const eml_air *air, size_t i) {
    return i < air->main_count ? &air->main_constraints[i] : &air->aux_constraints[i - air->main_count];
}

/* All constraints but one (SIZE_MAX: all), then the linear forms of those cubes that they fix. */
static rows equations(const system_of *s, size_t without, const bool wanted[UNKNOWNS]) {
    size_t total = s->air->main_count + s->air->aux_count;
    uint32_t pivot[UNKNOWNS];
    rows m = {eml_alloc(total + CUBES_MAX, sizeof *m.cells), 0};
    for (size_t i = 0; i < total; i++)
        if (i != without) memcpy(m.cells[m.count++], s->forms[constraint(s->air, i)->root].factors, sizeof *m.cells);
    size_t rank = reduce(&m, wanted, pivot);
    for (size_t r = 0; r < rank; r++)
        if (pivot[r] >= CELLS_MAX && is_alone(&m, r, wanted))
            memcpy(m.cells[m.count++], s->forms[s->cubed[pivot[r] - CELLS_MAX]].factors, sizeof *m.cells);
    return m;
}

/* The balance is fixed by its own row; the masks are random. */
static bool is_of_this_row(const eml_columns *c, uint32_t cell) {
    return cell >= c->width && (cell - c->width == c->balance || cell - c->width >= c->mask_quotient);
}

/* The next row's cells that the constraints must fix. */
static void want(const system_of *s, bool wanted[UNKNOWNS]) {
    const eml_columns *c = &s->air->columns;
    eml_op_info op = eml_op_info_of((uint8_t)s->code);
    bool reads = op.tape == EML_OP_TAPE_PUBLIC || op.tape == EML_OP_TAPE_SECRET || op.tape == EML_OP_TAPE_COMMITTED;
    bool new_pair = s->row % EML_CYCLE == EML_CYCLE - 1;
    bool new_group = (s->row + 1) % eml_shape_group(&s->air->shape) == 0;
    for (uint32_t i = 0; i < UNKNOWNS; i++)
        wanted[i] = i < s->cells && (i < c->bit4 || i >= c->bit4 + 5) && i != c->a && !(i == c->imm && new_group) &&
                    !(reads && i >= c->stack && i < c->stack + op.pushes) &&
                    !(new_pair && i >= c->pair && i < c->width) && !is_of_this_row(c, i);
    for (uint32_t i = 0; i < s->cubes; i++) wanted[CELLS_MAX + i] = true;
}

static size_t count_wanted(const bool wanted[UNKNOWNS]) {
    size_t count = 0;
    for (size_t i = 0; i < CELLS_MAX; i++) count += wanted[i];
    return count;
}

/* Cells of the next row that stay free when one constraint is left out. */
static size_t free_cells(const system_of *s, size_t without) {
    bool wanted[UNKNOWNS], cells[UNKNOWNS] = {false};
    uint32_t pivot[UNKNOWNS];
    want(s, wanted);
    memcpy(cells, wanted, CELLS_MAX * sizeof *cells);
    rows m = equations(s, without, wanted);
    /* Rows that still hold a cube say nothing about cells. */
    size_t kept = 0;
    for (size_t r = 0; r < m.count; r++) {
        bool cube = false;
        for (size_t i = CELLS_MAX; i < UNKNOWNS; i++) cube |= !eml_fe_is_zero(m.cells[r][i]);
        if (!cube) memmove(m.cells[kept++], m.cells[r], sizeof *m.cells);
    }
    m.count = kept;
    size_t rank = reduce(&m, cells, pivot);
    eml_free(m.cells);
    return count_wanted(cells) - rank;
}

/* ----- what a tape supplies ----- */

/* The accumulator's next value fixes the Horner sum of what READ or READ2 leaves on the stack, with powers of alpha as
 * factors. */
static void check_supply(const system_of *s) {
    const eml_columns *c = &s->air->columns;
    eml_op_info op = eml_op_info_of((uint8_t)s->code);
    const char *label = op.tape == EML_OP_TAPE_PUBLIC      ? "tapes.acc_in"
                        : op.tape == EML_OP_TAPE_SECRET    ? "tapes.acc_ct"
                        : op.tape == EML_OP_TAPE_COMMITTED ? "tapes.acc_com"
                                                           : NULL;
    if (label == NULL) return;
    for (size_t i = 0; i < s->air->aux_count; i++) {
        if (strcmp(s->air->aux_constraints[i].label, label) != 0) continue;
        const eml_fe *factors = s->forms[s->air->aux_constraints[i].root].factors;
        eml_fe power = eml_fe_neg(EML_FE_ONE);
        for (uint32_t k = op.pushes; k-- > 0; power = eml_fe_mul(power, s->alpha))
            assert_true(eml_fe_eq(factors[c->stack + k], power));
        return;
    }
    fail_msg("no %s", label);
}

static bool is_allowed(const eml_shape *shape, uint8_t code) {
    eml_op_info op = eml_op_info_of(code);
    bool ciphertext = op.pops >= EML_CT_ELEMENTS || op.pushes >= EML_CT_ELEMENTS;
    return op.name && (op.tape != EML_OP_TAPE_PUBLIC || shape->public_len > 0) &&
           (op.tape != EML_OP_TAPE_COMMITTED || shape->committed_len > 0) && (!ciphertext || shape->secret_len > 0) &&
           (op.tape != EML_OP_TAPE_OUTPUT || shape->output_len > 0) && op.pushes <= shape->W;
}

static void check(const eml_air *air, uint8_t code, uint32_t row) {
    system_of s;
    system_init(&s, air, code, row);
    size_t left = free_cells(&s, SIZE_MAX);
    if (left) fail_msg("%s on row %u leaves %zu cells free", eml_op_name(code), row, left);
    check_supply(&s);
    eml_free(s.forms);
}

static eml_shape committed_shape_of(uint32_t S, uint32_t W) {
    return (eml_shape){.n = EML_HIDDEN_N_MIN,
                       .W = W,
                       .S = S,
                       .form = EML_FORM_HIDDEN,
                       .public_len = 1,
                       .committed_len = 2,
                       .output_len = 2};
}

static eml_shape shape_of(uint32_t S, uint32_t W, bool ciphertexts) {
    return (eml_shape){.n = EML_N_MIN,
                       .W = W,
                       .S = S,
                       .public_len = 1,
                       .secret_len = ciphertexts,
                       .output_len = 1,
                       .delta = eml_fe_from_u64(9)};
}

static void test_determined(void **state) {
    (void)state;
    static const uint32_t stacks[] = {2, 5, 6, 11, 16};
    for (uint32_t S = 1; S <= EML_SPONGES_MAX; S *= 2)
        for (size_t w = 0; w < 3 * sizeof stacks / sizeof *stacks; w++) {
            uint32_t W = stacks[w / 3];
            eml_shape shape = w % 3 == 2 ? committed_shape_of(S, W) : shape_of(S, W, w % 3 && W >= EML_CT_ELEMENTS);
            eml_air air;
            eml_air_build(&shape, &air);
            for (uint8_t code = 0; code < EML_OP_CODES; code++)
                for (uint32_t row = 0; row < EML_CYCLE; row += shape.W == 11 || code == 0 ? 1 : EML_CYCLE - 1)
                    if (is_allowed(&shape, code)) check(&air, code, row);
            eml_air_free(&air);
        }
}

/* Left out in turn, every constraint that reads the next row frees a cell of it on some row: the algebra above sees
 * each. */
static void check_each_is_needed(const eml_shape *of, size_t expected) {
    eml_shape shape = *of;
    eml_air air;
    eml_air_build(&shape, &air);
    size_t total = air.main_count + air.aux_count, needed = 0;
    system_of absorb, inside;
    system_init(&absorb, &air, EML_OP_NOOP, EML_CYCLE / 2 - 1);
    system_init(&inside, &air, EML_OP_NOOP, 0);
    for (size_t i = 0; i < total; i++) {
        bool reads_next = !is_constant(&inside.forms[constraint(&air, i)->root]) ||
                          !is_constant(&absorb.forms[constraint(&air, i)->root]);
        bool frees = free_cells(&inside, i) > 0 || free_cells(&absorb, i) > 0;
        /* In the hidden form both of these fix the clock. */
        const char *label = constraint(&air, i)->label;
        if (eml_shape_is_hidden(of) && (!strcmp(label, "system.clk") || !strcmp(label, "mask.quotient"))) continue;
        if (reads_next != frees) fail_msg("%s: reads %d, frees %d", constraint(&air, i)->label, reads_next, frees);
        needed += frees;
    }
    assert_int_equal(needed, expected);
    eml_free(absorb.forms);
    eml_free(inside.forms);
    eml_air_free(&air);
}

static void test_each_is_needed(void **state) {
    (void)state;
    const eml_shape plain = shape_of(2, 11, true), committed = committed_shape_of(2, 11);
    /* clk, depth, opw, imm, the stack, two sponges, three accumulators */
    check_each_is_needed(&plain, 4 + plain.W + 2 * EML_RESCUE_WIDTH + 3);
    /* all of them but the clock, and the data sponge, its pair and one accumulator more */
    check_each_is_needed(&committed, 3 + committed.W + 3 * EML_RESCUE_WIDTH + 2 + 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_determined), cmocka_unit_test(test_each_is_needed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
