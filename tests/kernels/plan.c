/* The constraint plan's kernels against its C definition, and the definition against the constraint graph's own
 * evaluation, on random matrices. Built as `native` and `emulated` like field.c. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "tests/kernels/rivals.h"
#include "runtime/base/memory.h"
#include "runtime/stark/prover/plan.h"
#include "tests/support/random.h"

typedef struct rival {
    const char *name;
    unsigned needs;
    const eml_plan_kernel *kernel;
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, &eml_plan_kernel_avx2},
    {"avx512", EML_CPU_AVX512_IFMA, &eml_plan_kernel_avx512},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0] };

/* A plan with everything it reads: random values on a small evaluation domain. */
typedef struct subject {
    eml_air air;
    eml_claim claim;
    uint32_t extension;
    eml_fe2 alpha;
    eml_coefficients coefficients;
    eml_plan plan;
    eml_matrix main, aux, periodic;
    eml_fe *transition, *inverse, *tapes;
    eml_plan_input input;
} subject;

static eml_fe2 random_fe2(uint32_t extension) {
    eml_fe a = test_random_element();
    return (eml_fe2){a, extension == 2 ? test_random_element() : EML_FE_ZERO};
}

static eml_fe2 *random_coefficients(size_t count, uint32_t extension) {
    eml_fe2 *c = eml_alloc(count, sizeof *c);
    for (size_t i = 0; i < count; i++) c[i] = random_fe2(extension);
    return c;
}

static void make_canonical(eml_matrix *m) {
    for (size_t i = 0; i < m->rows * m->width; i++) m->cells[i] = eml_fe_canon(m->cells[i]);
}

/* air: built for shape; belongs to the subject from here on. */
static void subject_init_with(subject *s, const eml_air *air, const eml_shape *shape, uint32_t extension) {
    *s = (subject){.air = *air, .extension = extension};
    s->tapes = eml_alloc(shape->public_len + 5 * shape->secret_len + shape->output_len, sizeof *s->tapes);
    s->claim = (eml_claim){.shape = *shape,
                           .public_tape = s->tapes,
                           .secret_tape = s->tapes + shape->public_len,
                           .output_tape = s->tapes + shape->public_len + 5 * shape->secret_len};
    s->alpha = random_fe2(extension);
    s->coefficients.transition = random_coefficients(s->air.main_count + s->air.aux_count, extension);
    s->coefficients.boundary = random_coefficients(s->air.assertion_count, extension);
    eml_plan_compile(&s->air, &s->claim, extension, &s->alpha, &s->coefficients, &s->plan);
    assert_true(eml_plan_units_hold(&s->plan));

    size_t blowup = 8, ce_blowup = 4, points = shape->n * ce_blowup;
    eml_matrix_init(&s->main, shape->n * blowup, s->air.columns.width);
    eml_matrix_init(&s->aux, shape->n * blowup, 2 * s->air.columns.aux_width);
    eml_matrix_init(&s->periodic, EML_CYCLE * ce_blowup, s->air.periodic_count);
    s->transition = eml_alloc(points, sizeof *s->transition);
    s->inverse = eml_alloc(points, sizeof *s->inverse);
    test_random_elements(s->main.cells, s->main.rows * s->main.width);
    test_random_elements(s->aux.cells, s->aux.rows * s->aux.width);
    for (size_t i = 1; extension == 1 && i < s->aux.rows * s->aux.width; i += 2) s->aux.cells[i] = EML_FE_ZERO;
    test_random_elements(s->periodic.cells, s->periodic.rows * s->periodic.width);
    make_canonical(&s->main);
    make_canonical(&s->aux);
    make_canonical(&s->periodic);
    test_random_elements(s->transition, points);
    test_random_elements(s->inverse, points);
    s->input = (eml_plan_input){.main = &s->main,
                                .aux = &s->aux,
                                .stride = blowup / ce_blowup,
                                .next = blowup,
                                .periodic = &s->periodic,
                                .points = points,
                                .ce_blowup = ce_blowup,
                                .transition = s->transition,
                                .inverse = s->inverse};
}

static void subject_init(subject *s, const eml_shape *shape, uint32_t extension) {
    eml_air air;
    eml_air_build(shape, &air);
    subject_init_with(s, &air, shape, extension);
}

static void subject_free(subject *s) {
    eml_air_free(&s->air);
    eml_coefficients_free(&s->coefficients);
    eml_plan_free(&s->plan);
    eml_matrix_free(&s->main);
    eml_matrix_free(&s->aux);
    eml_matrix_free(&s->periodic);
    eml_free(s->transition);
    eml_free(s->inverse);
    eml_free(s->tapes);
}

static void run_block(const subject *s, const eml_plan_kernel *kernel, size_t first, eml_fe *out) {
    void *scratch = eml_alloc(1, kernel->scratch_bytes(&s->plan));
    kernel->start(&s->plan, scratch);
    kernel->run(&s->plan, &s->input, first, scratch, out);
    eml_free(scratch);
}

/* The same sum, straight from the graph. */
static void load_row(const eml_matrix *m, size_t row, bool pairs, eml_fe2 *out) {
    const eml_fe *cells = eml_matrix_row(m, row & (m->rows - 1));
    for (size_t c = 0; c < m->width / (pairs ? 2 : 1); c++)
        out[c] = pairs ? (eml_fe2){cells[2 * c], cells[2 * c + 1]} : eml_fe2_from_base(cells[c]);
}

static eml_fe2 evaluate_point(const subject *s, size_t point) {
    enum { MAX = 64 };
    eml_fe2 main[2][MAX], aux[2][MAX], periodic[MAX], total = EML_FE2_ZERO;
    size_t row = point * s->input.stride;
    load_row(&s->main, row, false, main[0]);
    load_row(&s->main, row + s->input.next, false, main[1]);
    load_row(&s->aux, row, true, aux[0]);
    load_row(&s->aux, row + s->input.next, true, aux[1]);
    load_row(&s->periodic, point, false, periodic);
    eml_fe2 *values = eml_alloc(s->air.node_count, sizeof *values);
    eml_frame frame = {main[0], main[1], aux[0], aux[1], periodic, &s->alpha};
    eml_air_evaluate(&s->air, &frame, values);
    for (size_t i = 0; i < s->air.main_count + s->air.aux_count; i++) {
        const eml_constraint *constraint =
            i < s->air.main_count ? &s->air.main_constraints[i] : &s->air.aux_constraints[i - s->air.main_count];
        eml_fe2 term = eml_fe2_mul(s->coefficients.transition[i], values[constraint->root]);
        total = eml_fe2_add(total, eml_fe2_mul_base(term, s->transition[point]));
    }
    eml_fe g = eml_domain_generator(s->air.shape.n);
    for (size_t i = 0; i < s->air.assertion_count; i++) {
        const eml_assertion *a = &s->air.assertions[i];
        eml_fe2 cell = a->auxiliary ? aux[0][a->column] : main[0][a->column];
        eml_fe2 off = eml_fe2_sub(cell, eml_claim_value(&s->claim, a, s->alpha));
        /* 1 / (x - g^row) = g^-row inverse[point - row ce_blowup] */
        eml_fe factor = eml_fe_inv(eml_fe_pow_u64_var(g, a->row));
        size_t index = (point + s->input.points - a->row * s->input.ce_blowup) % s->input.points;
        factor = eml_fe_mul(factor, s->inverse[index]);
        total = eml_fe2_add(total, eml_fe2_mul_base(eml_fe2_mul(s->coefficients.boundary[i], off), factor));
    }
    eml_free(values);
    return total;
}

static const eml_shape shapes[] = {
    {.n = 32, .W = 2, .S = 1},
    {.n = 64, .W = 3, .S = 4, .public_len = 9},
    {.n = 64, .W = 16, .S = 2, .public_len = 2, .secret_len = 3, .output_len = 7, .delta = {12345, 6789}},
    {.n = 32, .W = 11, .S = 4, .public_len = 1, .secret_len = 1, .delta = {UINT64_MAX, 77}},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void test_definition_is_the_graph(void **state) {
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        subject s;
        subject_init(&s, &shapes[i], 1 + (uint32_t)i % 2);
        eml_fe out[2 * EML_PLAN_BLOCK];
        for (size_t first = 0; first < s.input.points; first += EML_PLAN_BLOCK) {
            run_block(&s, &eml_plan_kernel_c, first, out);
            for (size_t k = 0; k < EML_PLAN_BLOCK; k++) {
                eml_fe2 expected = evaluate_point(&s, first + k);
                assert_true(eml_fe2_eq(expected, (eml_fe2){out[2 * k], out[2 * k + 1]}));
            }
        }
        subject_free(&s);
    }
}

static void test_kernels(void **state) {
    (void)state;
    for (size_t i = 0; i < 2 * SHAPES; i++) {
        subject s;
        subject_init(&s, &shapes[i / 2], 1 + (uint32_t)i % 2);
        eml_fe expected[2 * EML_PLAN_BLOCK], got[2 * EML_PLAN_BLOCK];
        for (size_t first = 0; first < s.input.points; first += EML_PLAN_BLOCK) {
            run_block(&s, &eml_plan_kernel_c, first, expected);
            for (size_t r = 0; r < RIVALS; r++) {
                if (!rival_runs_here(rivals[r].needs)) continue;
                run_block(&s, rivals[r].kernel, first, got);
                for (size_t k = 0; k < 2 * EML_PLAN_BLOCK; k++)
                    if (!eml_fe_eq(got[k], expected[k]))
                        fail_msg("%s differs at point %zu", rivals[r].name, first + k / 2);
            }
        }
        subject_free(&s);
    }
}

/* Long sums and products in place of the first constraint: what no state machine has yet. */
typedef enum tree_form { LEFT_DEEP, RIGHT_DEEP, BALANCED, MIXED, TREE_FORMS } tree_form;
enum { TERMS_MAX = 200 };

typedef struct long_air {
    eml_air air;
    tree_form tree;
    eml_node_kind op; /* ADD or MUL; MIXED trees have all three */
} long_air;

static uint32_t append_node(eml_air *air, eml_node_kind kind, uint32_t a, uint32_t b) {
    air->nodes[air->node_count] = (eml_node){.kind = kind, .a = a, .b = b, .value = test_random_element()};
    return (uint32_t)air->node_count++;
}

static uint32_t append_leaf(eml_air *air) {
    const eml_columns *c = &air->columns;
    uint32_t row = test_random() % 2;
    switch (test_random() % 8) {
    case 0: return append_node(air, EML_NODE_AUX, (uint32_t)(test_random() % c->aux_width), row);
    case 1: return append_node(air, EML_NODE_RANDOM, 0, 0);
    case 2: return append_node(air, EML_NODE_CONST, 0, 0);
    default: return append_node(air, EML_NODE_MAIN, (uint32_t)(test_random() % c->width), row);
    }
}

static uint32_t append_term(eml_air *air) {
    uint32_t a = append_leaf(air);
    return test_random() % 2 ? a : append_node(air, EML_NODE_MUL, a, append_leaf(air));
}

static uint32_t append_tree(long_air *l, size_t terms) {
    if (terms == 1) return append_term(&l->air);
    size_t left = l->tree == LEFT_DEEP    ? terms - 1
                  : l->tree == RIGHT_DEEP ? 1
                  : l->tree == BALANCED   ? terms / 2
                                          : 1 + test_random() % (terms - 1);
    eml_node_kind op = l->op;
    if (l->tree == MIXED && test_random() % 4 == 0) op = (eml_node_kind)(EML_NODE_ADD + test_random() % 3);
    uint32_t a = append_tree(l, left), b = append_tree(l, terms - left);
    return append_node(&l->air, op, a, b);
}

static void long_air_init(long_air *l, const eml_shape *shape, size_t terms) {
    eml_air_build(shape, &l->air);
    eml_node *nodes = eml_arena_alloc(&l->air.arena, l->air.node_count + 4 * TERMS_MAX, sizeof *nodes);
    memcpy(nodes, l->air.nodes, l->air.node_count * sizeof *nodes);
    l->air.nodes = nodes;
    l->air.main_constraints[0].root = append_tree(l, terms);
}

static void check_long(tree_form tree, eml_node_kind op, size_t terms, uint32_t extension) {
    static const eml_shape shape = {.n = 32, .W = 6, .S = 1, .public_len = 3, .secret_len = 1};
    long_air l = {.tree = tree, .op = op};
    long_air_init(&l, &shape, terms);
    subject s;
    subject_init_with(&s, &l.air, &shape, extension);
    eml_fe2 expected[EML_PLAN_BLOCK];
    for (size_t k = 0; k < EML_PLAN_BLOCK; k++) expected[k] = evaluate_point(&s, k);
    for (size_t r = 0; r <= RIVALS; r++) {
        if (r < RIVALS && !rival_runs_here(rivals[r].needs)) continue;
        eml_fe out[2 * EML_PLAN_BLOCK];
        run_block(&s, r < RIVALS ? rivals[r].kernel : &eml_plan_kernel_c, 0, out);
        for (size_t k = 0; k < EML_PLAN_BLOCK; k++)
            if (!eml_fe2_eq(expected[k], (eml_fe2){out[2 * k], out[2 * k + 1]}))
                fail_msg("kernel %zu, tree %d, operation %d, %zu terms: point %zu differs", r, (int)tree, (int)op,
                         terms, k);
    }
    subject_free(&s);
}

static void test_long_expressions(void **state) {
    (void)state;
    for (size_t terms = 1; terms <= TERMS_MAX; terms += terms < 70 ? 1 : 13)
        for (int t = LEFT_DEEP; t < TREE_FORMS; t++) {
            check_long((tree_form)t, EML_NODE_ADD, terms, 1 + (uint32_t)terms % 2);
            if (terms % 4 == 0) check_long((tree_form)t, EML_NODE_MUL, terms, 1 + (uint32_t)terms / 4 % 2);
        }
}

int main(void) {
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_definition_is_the_graph), cmocka_unit_test(test_kernels),
                                       cmocka_unit_test(test_long_expressions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
