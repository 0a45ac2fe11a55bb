/* Phase 3: the composition polynomial's values on the constraint evaluation domain, n * ce_blowup points of the
 * extended one. */
#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "runtime/field/vector.h"
#include "runtime/stark/prover/plan.h"

enum { BLOCKS_PER_JOB = 4, STEP_COST = 2 };

typedef struct evaluation {
    const eml_plan_kernel *kernel;
    eml_plan plan;
    eml_plan_input input;
    eml_matrix periodic;
    eml_fe *transition, *inverse;
    eml_matrix *out;
} evaluation;

/* Periodic column c of cycle k is a polynomial in x^(n/k): on the evaluation domain it repeats after k * ce_blowup
 * points, which are its own low-degree extension with the offset raised to n/k. */
static void extend_periodic(const eml_prover *p, eml_matrix *out) {
    eml_matrix_init(out, EML_CYCLE * p->layout.ce_blowup, p->air->periodic_count);
    for (size_t c = 0; c < p->air->periodic_count; c++) {
        const eml_periodic *column = &p->air->periodic[c];
        eml_matrix values, extended;
        eml_matrix_init(&values, column->cycle, 1);
        eml_matrix_init(&extended, column->cycle * p->layout.ce_blowup, 1);
        memcpy(values.cells, column->values, column->cycle * sizeof *values.cells);
        eml_ntt_interpolate(&values, EML_FE_ONE);
        eml_fe offset = eml_fe_pow_u64_var(eml_domain_offset(), p->layout.n / column->cycle);
        eml_ntt_evaluate(&values, offset, p->layout.ce_blowup, &extended);
        for (size_t i = 0; i < out->rows; i++) eml_matrix_row(out, i)[c] = extended.cells[i & (extended.rows - 1)];
        eml_matrix_free(&values);
        eml_matrix_free(&extended);
    }
}

/* prod over the exempt rows of (X - g^row), in bit-reversed order, as transforms have coefficients. More of them than
 * it needs, because a transform has something to do for each coset of as many points. */
static void expand_exempt(const eml_shape *shape, eml_matrix *out) {
    enum { LOG_ROWS_MIN = 8 };
    uint32_t exempt = eml_shape_exempt(shape);
    unsigned log_rows = 0;
    while ((size_t)1 << log_rows <= exempt || (log_rows < LOG_ROWS_MIN && (size_t)1 << log_rows < shape->n)) log_rows++;
    eml_fe *product = eml_alloc(exempt + 1, sizeof *product);
    eml_fe g = eml_domain_generator(shape->n), root = eml_fe_pow_u64_var(g, shape->n - exempt);
    product[0] = EML_FE_ONE;
    for (uint32_t degree = 0; degree < exempt; degree++, root = eml_fe_mul(root, g)) {
        for (uint32_t i = degree + 1; i > 0; i--) product[i] = eml_fe_sub(product[i - 1], eml_fe_mul(root, product[i]));
        product[0] = eml_fe_neg(eml_fe_mul(root, product[0]));
    }
    eml_matrix_init(out, (size_t)1 << log_rows, 1);
    for (uint32_t i = 0; i <= exempt; i++) out->cells[eml_bit_reverse(i, log_rows)] = product[i];
    eml_free(product);
}

/* Its values on the evaluation domain. */
static void evaluate_exempt(const eml_prover *p, eml_matrix *values) {
    eml_matrix product;
    expand_exempt(&p->air->shape, &product);
    eml_ntt_evaluate(&product, eml_domain_offset(), values->rows / product.rows, values);
    eml_matrix_free(&product);
}

/* Divisors at the points x_i. Transition constraints: prod (x - g^row) / (x^n - 1) over the exempt rows, where x^n
 * takes ce_blowup values only. Rows: 1 / (x - 1), which eml_plan_input turns to any row. */
typedef struct divisors {
    eml_fe *transition, *inverse; /* the product, and the points, at first */
    eml_fe *vanishing;
    size_t ce_blowup;
} divisors;

static void divisors_range(void *context, size_t first, size_t count) {
    const divisors *d = context;
    for (size_t i = first; i < first + count; i++) {
        d->inverse[i] = eml_fe_sub(d->inverse[i], EML_FE_ONE);
        d->transition[i] = eml_fe_mul(d->transition[i], d->vanishing[i & (d->ce_blowup - 1)]);
    }
    eml_fe_batch_inv(d->inverse + first, count);
}

static void make_divisors(evaluation *e, const eml_prover *p) {
    enum { GRAIN = 2048, POINT_COST = 30 };
    const eml_layout *l = &p->layout;
    size_t points = l->n * l->ce_blowup;
    e->transition = eml_alloc_raw(points, sizeof *e->transition);
    e->inverse = eml_alloc_raw(points, sizeof *e->inverse);
    divisors d = {.transition = e->transition, .inverse = e->inverse, .ce_blowup = l->ce_blowup};
    d.vanishing = eml_alloc_raw(l->ce_blowup, sizeof *d.vanishing);
    eml_fe_powers(d.vanishing, l->ce_blowup, eml_fe_pow_u64_var(eml_domain_offset(), l->n),
                  eml_domain_generator(l->ce_blowup));
    for (size_t i = 0; i < l->ce_blowup; i++) d.vanishing[i] = eml_fe_sub(d.vanishing[i], EML_FE_ONE);
    eml_fe_batch_inv(d.vanishing, l->ce_blowup);
    evaluate_exempt(p, &(eml_matrix){d.transition, points, 1});
    eml_fe_powers(d.inverse, points, eml_domain_offset(), eml_domain_generator(points));
    eml_parallel_ranges(points, GRAIN, GRAIN * POINT_COST, divisors_range, &d);
    eml_free(d.vanishing);
}

static void evaluate_job(void *context, size_t job, void *scratch) {
    const evaluation *e = context;
    size_t first = job * BLOCKS_PER_JOB * EML_PLAN_BLOCK, end = first + BLOCKS_PER_JOB * EML_PLAN_BLOCK;
    e->kernel->start(&e->plan, scratch);
    for (; first < end && first < e->out->rows; first += EML_PLAN_BLOCK)
        e->kernel->run(&e->plan, &e->input, first, scratch, eml_matrix_row(e->out, first));
}

void eml_prover_evaluate_constraints(eml_prover *p) {
    const eml_layout *l = &p->layout;
    eml_coefficients_draw(&p->coin, p->air, &p->coefficients);
    evaluation e = {.kernel = eml_plan_kernel_best(), .out = &p->combined};
    eml_plan_compile(p->air, p->claim, l->extension, p->random, &p->coefficients, &e.plan);

    extend_periodic(p, &e.periodic);
    make_divisors(&e, p);
    e.input = (eml_plan_input){.main = &p->main.lde,
                               .aux = &p->aux.lde,
                               .stride = l->blowup / l->ce_blowup,
                               .next = l->blowup,
                               .periodic = &e.periodic,
                               .points = l->n * l->ce_blowup,
                               .ce_blowup = l->ce_blowup,
                               .transition = e.transition,
                               .inverse = e.inverse};
    eml_prover_init_matrix(p, &p->combined, e.input.points, 2);
    size_t per_job = BLOCKS_PER_JOB * EML_PLAN_BLOCK, tables = 2 * e.input.points * sizeof(eml_fe);
    eml_prover_hold(p, tables);
    size_t cost = per_job * (e.plan.step_count + e.plan.term_count) * STEP_COST;
    eml_parallel_with((e.input.points + per_job - 1) / per_job, cost, e.kernel->scratch_bytes(&e.plan), evaluate_job,
                      &e);

    eml_prover_release(p, tables);
    eml_free(e.transition);
    eml_free(e.inverse);
    eml_matrix_free(&e.periodic);
    eml_plan_free(&e.plan);
}
