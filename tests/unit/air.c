/* The constraint set: declared degrees are the real ones, sizes and orders are those of docs/vm-and-air.md,
 * claims and dumps. */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/air/graph.h"
#include "runtime/field/ntt.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

enum { ROWS = 32, BLOWUP = 8 };

static eml_shape shape_of(uint32_t S, uint32_t W, unsigned tapes) {
    return (eml_shape){.n = ROWS,
                       .W = W,
                       .S = S,
                       .public_len = tapes & 1,
                       .secret_len = tapes >> 1 & 1,
                       .output_len = tapes >> 2,
                       .delta = {5, 0}};
}

/* Values of random columns (main, auxiliary, then the periodic ones) on a coset of ROWS * BLOWUP points. */
static void extend_random_columns(const eml_air *air, eml_matrix *out) {
    eml_matrix m;
    size_t free_columns = air->columns.width + air->columns.aux_width;
    eml_matrix_init(&m, ROWS, free_columns + air->periodic_count);
    for (size_t row = 0; row < ROWS; row++) {
        eml_fe *cells = eml_matrix_row(&m, row);
        for (size_t i = 0; i < free_columns; i++) cells[i] = test_random_fe();
        for (size_t i = 0; i < air->periodic_count; i++)
            cells[free_columns + i] = air->periodic[i].values[row % air->periodic[i].cycle];
    }
    eml_ntt_interpolate(&m, EML_FE_ONE);
    eml_matrix_init(out, ROWS * BLOWUP, m.width);
    eml_ntt_evaluate(&m, eml_fe_from_u64(EML_FE_GENERATOR), BLOWUP, out);
    eml_matrix_free(&m);
}

/* Evaluates all constraints, main then auxiliary, at all points: a column each. */
static void evaluate_constraints(const eml_air *air, const eml_matrix *columns, eml_matrix *out) {
    size_t total = air->main_count + air->aux_count, width = columns->width;
    eml_matrix_init(out, columns->rows, total);
    eml_fe2 *cells = eml_alloc(2 * width, sizeof *cells), *values = eml_alloc(air->node_count, sizeof *values);
    const eml_fe2 alpha = eml_fe2_from_base(test_random_fe());
    for (size_t row = 0; row < columns->rows; row++) {
        for (size_t i = 0; i < width; i++) {
            cells[i] = eml_fe2_from_base(eml_matrix_row(columns, row)[i]);
            cells[width + i] = eml_fe2_from_base(eml_matrix_row(columns, (row + BLOWUP) % columns->rows)[i]);
        }
        const eml_fe2 *aux = cells + air->columns.width;
        eml_frame frame = {cells, cells + width, aux, aux + width, aux + air->columns.aux_width, &alpha};
        eml_air_evaluate(air, &frame, values);
        for (size_t i = 0; i < total; i++) {
            const eml_constraint *c =
                i < air->main_count ? &air->main_constraints[i] : &air->aux_constraints[i - air->main_count];
            eml_matrix_row(out, row)[i] = values[c->root].a;
        }
    }
    eml_free(cells);
    eml_free(values);
}

static size_t degree_of_column(const eml_matrix *coefficients, size_t column) {
    unsigned log2 = (unsigned)__builtin_ctzll(coefficients->rows);
    for (size_t degree = coefficients->rows; degree-- > 0;)
        if (!eml_fe_is_zero(eml_matrix_row(coefficients, eml_bit_reverse(degree, log2))[column])) return degree;
    return 0;
}

/* A degree as Winterfell evaluates it: n - 1 for each column, n - n / cycle for a periodic one. */
static size_t evaluation_degree(eml_degree degree) {
    return degree.base * (ROWS - 1) + (degree.cycle ? ROWS - ROWS / degree.cycle : 0);
}

static void check_degrees(const eml_shape *shape) {
    eml_air air;
    eml_matrix columns, values;
    eml_air_build(shape, &air);
    extend_random_columns(&air, &columns);
    evaluate_constraints(&air, &columns, &values);
    eml_ntt_interpolate(&values, eml_fe_from_u64(EML_FE_GENERATOR));
    for (size_t i = 0; i < values.width; i++) {
        const eml_constraint *c =
            i < air.main_count ? &air.main_constraints[i] : &air.aux_constraints[i - air.main_count];
        size_t real = degree_of_column(&values, i);
        if (real != evaluation_degree(c->degree))
            fail_msg("S=%u W=%u %s: degree %zu, declared %zu", shape->S, shape->W, c->label, real,
                     evaluation_degree(c->degree));
        assert_true(c->degree.base + (c->degree.cycle != 0) <= 4);
    }
    eml_matrix_free(&columns);
    eml_matrix_free(&values);
    eml_air_free(&air);
}

static void test_degrees(void **state) {
    (void)state;
    static const uint32_t widths[] = {2, 3, 5, 6, 10, 11, 16};
    for (uint32_t S = 1; S <= EML_SPONGES_MAX; S *= 2)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
            eml_shape shape = shape_of(S, widths[w], widths[w] >= EML_CT_ELEMENTS ? (unsigned)w % 8 : 5);
            check_degrees(&shape);
        }
}

static void test_sizes(void **state) {
    (void)state;
    eml_shape plain = shape_of(4, 3, 1), encrypted = shape_of(4, 11, 2);
    eml_air air;
    eml_air_build(&plain, &air);
    assert_int_equal(air.columns.width, 29);
    assert_int_equal(air.columns.aux_width, 1);
    assert_int_equal(air.periodic_count, 41);
    assert_int_equal(air.random_count, 1);
    eml_air_free(&air);
    eml_air_build(&encrypted, &air);
    assert_int_equal(air.columns.width, 37);
    assert_int_equal(air.columns.aux_width, 1);
    eml_air_free(&air);
    eml_shape bare = shape_of(1, 2, 0);
    eml_air_build(&bare, &air);
    assert_int_equal(air.aux_count, 0);
    assert_int_equal(air.random_count, 0);
    assert_int_equal(air.main_assertion_count, air.assertion_count);
    eml_air_free(&air);
}

/* What the prover relies on: operands first, main constraints reach base-field nodes before main_node_count only,
 * labels are unique. */
static void test_structure(void **state) {
    (void)state;
    eml_shape shape = shape_of(4, 11, 7);
    eml_air air;
    eml_air_build(&shape, &air);
    for (uint32_t i = 0; i < air.node_count; i++) {
        const eml_node *node = &air.nodes[i];
        if (node->kind >= EML_NODE_ADD) assert_true(node->a < i && node->b < i);
        if (i < air.main_node_count) assert_true(node->kind != EML_NODE_AUX && node->kind != EML_NODE_RANDOM);
    }
    for (size_t i = 0; i < air.main_count; i++) {
        assert_true(air.main_constraints[i].root < air.main_node_count);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(air.main_constraints[i].label, air.main_constraints[j].label);
    }
    eml_air_free(&air);
}

/* Assertions are in Winterfell's order, in which coefficients are drawn. */
static void check_assertion_order(const eml_shape *shape) {
    eml_air air;
    eml_air_build(shape, &air);
    for (size_t i = 1; i < air.assertion_count; i++) {
        const eml_assertion *x = &air.assertions[i - 1], *y = &air.assertions[i];
        assert_true(x->auxiliary < y->auxiliary ||
                    (x->auxiliary == y->auxiliary && (x->row < y->row || (x->row == y->row && x->column < y->column))));
    }
    for (size_t i = 0; i < air.assertion_count; i++)
        assert_int_equal(air.assertions[i].auxiliary, i >= air.main_assertion_count);
    eml_air_free(&air);
}

static void test_assertion_order(void **state) {
    (void)state;
    for (uint32_t S = 1; S <= EML_SPONGES_MAX; S *= 2)
        for (uint32_t W = EML_STACK_MIN; W <= EML_STACK_MAX; W++)
            for (unsigned tapes = 0; tapes < 8; tapes++) {
                bool secret = tapes & 2;
                eml_shape shape = shape_of(S, secret && W < EML_CT_ELEMENTS ? EML_CT_ELEMENTS : W, tapes);
                check_assertion_order(&shape);
            }
}

static void test_graph(void **state) {
    (void)state;
    eml_graph g = {0};
    eml_term x = eml_graph_leaf(&g, EML_NODE_MAIN, 0, 0), y = eml_graph_leaf(&g, EML_NODE_MAIN, 0, 1);
    eml_term zero = eml_graph_const(&g, EML_FE_ZERO), one = eml_graph_const(&g, EML_FE_ONE);
    assert_int_not_equal(x, y);
    assert_int_equal(eml_graph_add(&g, x, y), eml_graph_add(&g, y, x));
    assert_int_equal(eml_graph_mul(&g, x, y), eml_graph_mul(&g, y, x));
    assert_int_not_equal(eml_graph_sub(&g, x, y), eml_graph_sub(&g, y, x));
    assert_int_equal(eml_graph_add(&g, zero, x), x);
    assert_int_equal(eml_graph_sub(&g, x, zero), x);
    assert_int_equal(eml_graph_mul(&g, one, x), x);
    assert_int_equal(eml_graph_mul(&g, x, zero), zero);
    assert_int_equal(eml_graph_sub(&g, one, one), zero);
    assert_int_equal(eml_graph_const(&g, (eml_fe){EML_FE_P_LO, EML_FE_P_HI}), zero);
    eml_term sum = x;
    for (uint32_t i = 0; i < 3000; i++) sum = eml_graph_add(&g, sum, eml_graph_const(&g, eml_fe_from_u64(i + 2)));
    size_t count = g.count;
    sum = x;
    for (uint32_t i = 0; i < 3000; i++) sum = eml_graph_add(&g, sum, eml_graph_const(&g, eml_fe_from_u64(i + 2)));
    assert_int_equal(g.count, count);
    eml_graph_free(&g);
}

static void test_claim(void **state) {
    (void)state;
    const eml_fe public_tape[] = {{40, 0}}, secret_tape[] = {{50, 0}, {51, 0}, {52, 0}, {53, 0}, {54, 0}};
    const eml_fe output_tape[] = {{60, 0}};
    eml_claim claim = {.shape = shape_of(2, 5, 7),
                       .digests = {{{20, 0}, {21, 0}}, {{22, 0}, {23, 0}}},
                       .stack = {{30, 0}, {31, 0}, {32, 0}, {33, 0}, {34, 0}},
                       .public_tape = public_tape,
                       .secret_tape = secret_tape,
                       .output_tape = output_tape};
    claim.shape.committed_len = 6;
    claim.shape.form = 7;
    claim.shape.schema[0] = (eml_fe){8, 0};
    claim.shape.schema[1] = (eml_fe){9, 0};
    static const uint64_t want[] = {32, 2, 5, 1,  1,  1,  6,  7,  5,  20, 21, 22, 23, 8,  9, 0,
                                    0,  0, 0, 30, 31, 32, 33, 34, 40, 50, 51, 52, 53, 54, 60};
    eml_fe *elements;
    size_t count;
    eml_claim_elements(&claim, &elements, &count);
    assert_int_equal(count, sizeof want / sizeof *want);
    for (size_t i = 0; i < count; i++) assert_true(eml_fe_eq(elements[i], eml_fe_from_u64(want[i])));
    eml_free(elements);
    eml_assertion assertion = {.auxiliary = true, .claim = EML_CLAIM_ACC_CT};
    eml_fe2 value = eml_claim_value(&claim, &assertion, eml_fe2_from_base(eml_fe_from_u64(100)));
    assert_true(eml_fe2_eq(value, eml_fe2_from_base(eml_fe_from_u64(15051525354))));
}

/* Shapes that differ have different digests; the same shape has the same one. */
static void test_digest(void **state) {
    (void)state;
    const eml_shape shapes[] = {shape_of(1, 5, 0),
                                shape_of(2, 5, 0),
                                shape_of(1, 6, 0),
                                shape_of(1, 5, 1),
                                shape_of(1, 5, 2),
                                shape_of(1, 5, 4),
                                {.n = 64, .W = 5, .S = 1, .delta = {5, 0}},
                                {.n = 32, .W = 5, .S = 1, .delta = {6, 0}}};
    enum { COUNT = sizeof shapes / sizeof *shapes };
    eml_digest digests[COUNT + 1];
    for (size_t i = 0; i <= COUNT; i++) {
        eml_air air;
        eml_air_build(&shapes[i % COUNT], &air);
        digests[i] = eml_air_digest(&air);
        eml_air_free(&air);
    }
    assert_memory_equal(&digests[0], &digests[COUNT], sizeof *digests);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < i; j++) assert_memory_not_equal(&digests[i], &digests[j], sizeof *digests);
}

/* A challenge in the base field (no extension) gives auxiliary columns in the base field, last row too. */
static void test_aux_base_field(void **state) {
    (void)state;
    static const uint8_t seed[32] = {1};
    eml_shape shape = shape_of(1, 5, 7);
    eml_air air;
    eml_matrix trace, aux;
    eml_air_build(&shape, &air);
    eml_matrix_init(&trace, ROWS, air.columns.width);
    eml_air_build_aux(&air, &trace, eml_fe2_from_base(eml_fe_from_u64(7)), seed, &aux);
    for (size_t i = 0; i < aux.rows * aux.width; i++) assert_true(i % 2 == 0 || eml_fe_is_zero(aux.cells[i]));
    assert_false(eml_fe_is_zero(eml_matrix_row(&aux, ROWS - 1)[0]));
    eml_matrix_free(&aux);
    eml_air_build_aux(&air, &trace, (eml_fe2){{7, 0}, {1, 0}}, seed, &aux);
    assert_false(eml_fe_is_zero(eml_matrix_row(&aux, ROWS - 1)[1]));
    eml_matrix_free(&aux);
    eml_matrix_free(&trace);
    eml_air_free(&air);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_degrees),         cmocka_unit_test(test_sizes),          cmocka_unit_test(test_structure),
        cmocka_unit_test(test_assertion_order), cmocka_unit_test(test_graph),          cmocka_unit_test(test_claim),
        cmocka_unit_test(test_digest),          cmocka_unit_test(test_aux_base_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
