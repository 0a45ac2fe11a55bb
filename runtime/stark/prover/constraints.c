/* Phase 3: the composition polynomial's values on the constraint evaluation domain, n * ce_blowup points of the extended one. */
#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "runtime/field/vector.h"
#include "runtime/stark/prover/tape.h"

enum { BLOCKS_PER_JOB = 8 };

/* Divisors at the point x = offset * generator^i. Transition: (x^n - 1) / ((x - g^(n-2)) (x - g^(n-1))); a row: x - g^row.
 * x^n takes ce_blowup values only. */
typedef struct divisors {
    eml_fe offset, generator;      /* of the evaluation domain */
    eml_fe exempt[EML_EXEMPTIONS]; /* g^(n-2), g^(n-1) */
    eml_fe *inverse_vanishing;     /* 1 / (x^n - 1), by i mod ce_blowup */
    eml_fe *points;                /* g^row of accumulator i > 0 */
} divisors;

typedef struct evaluation {
    eml_prover *p;
    eml_tape tape;
    eml_tape_input input;
    divisors divisors;
    eml_fe *periodic;
} evaluation;

/* Periodic column c of cycle k is a polynomial in x^(n/k): on the evaluation domain it repeats after k * ce_blowup points, which are
 * its own low-degree extension with the offset raised to n/k. */
static void extend_periodic(const eml_prover *p, eml_fe *out, size_t period) {
    for (size_t c = 0; c < p->air->periodic_count; c++) {
        const eml_periodic *column = &p->air->periodic[c];
        eml_matrix values, extended;
        eml_matrix_init(&values, column->cycle, 1);
        eml_matrix_init(&extended, column->cycle * p->layout.ce_blowup, 1);
        memcpy(values.cells, column->values, column->cycle * sizeof *values.cells);
        eml_ntt_interpolate(&values, EML_FE_ONE);
        eml_fe offset = eml_fe_pow_u64_var(eml_domain_offset(), p->layout.n / column->cycle);
        eml_ntt_evaluate(&values, offset, p->layout.ce_blowup, &extended);
        for (size_t i = 0; i < period; i++) out[c * period + i] = extended.cells[i & (extended.rows - 1)];
        eml_matrix_free(&values);
        eml_matrix_free(&extended);
    }
}

static void init_divisors(divisors *d, const eml_prover *p, const eml_tape *tape) {
    const eml_layout *l = &p->layout;
    eml_fe g = eml_domain_generator(l->n);
    d->offset = eml_domain_offset();
    d->generator = eml_domain_generator(l->n * l->ce_blowup);
    for (size_t i = 0; i < EML_EXEMPTIONS; i++) d->exempt[i] = eml_fe_pow_u64_var(g, l->n - EML_EXEMPTIONS + i);
    d->inverse_vanishing = eml_alloc_raw(l->ce_blowup, sizeof *d->inverse_vanishing);
    eml_fe_powers(d->inverse_vanishing, l->ce_blowup, eml_fe_pow_u64_var(d->offset, l->n),
                  eml_domain_generator(l->ce_blowup));
    for (size_t i = 0; i < l->ce_blowup; i++) d->inverse_vanishing[i] = eml_fe_sub(d->inverse_vanishing[i], EML_FE_ONE);
    eml_fe_batch_inv(d->inverse_vanishing, l->ce_blowup);
    d->points = eml_alloc(tape->accumulators, sizeof *d->points);
    for (size_t i = 1; i < tape->accumulators; i++) d->points[i] = eml_fe_pow_u64_var(g, tape->rows[i]);
}

/* factors[a * EML_TAPE_BLOCK + k]: what accumulator a is multiplied with at the block's point k. */
static void divide_block(const evaluation *e, size_t first, size_t count, eml_fe *factors) {
    const divisors *d = &e->divisors;
    eml_fe x[EML_TAPE_BLOCK];
    eml_fe_powers(x, count, eml_fe_mul(d->offset, eml_fe_pow_u64_var(d->generator, first)), d->generator);
    for (size_t k = 0; k < count; k++) {
        eml_fe exempted = eml_fe_mul(eml_fe_sub(x[k], d->exempt[0]), eml_fe_sub(x[k], d->exempt[1]));
        factors[k] = eml_fe_mul(exempted, d->inverse_vanishing[(first + k) & (e->p->layout.ce_blowup - 1)]);
    }
    for (size_t a = 1; a < e->tape.accumulators; a++)
        for (size_t k = 0; k < count; k++) factors[a * EML_TAPE_BLOCK + k] = eml_fe_sub(x[k], d->points[a]);
    for (size_t a = 1; a < e->tape.accumulators; a++) eml_fe_batch_inv(factors + a * EML_TAPE_BLOCK, count);
}

static void evaluate_job(void *context, size_t job) {
    const evaluation *e = context;
    size_t points = e->p->composition.rows, begin = job * BLOCKS_PER_JOB * EML_TAPE_BLOCK;
    size_t end = begin + BLOCKS_PER_JOB * EML_TAPE_BLOCK < points ? begin + BLOCKS_PER_JOB * EML_TAPE_BLOCK : points;
    eml_fe *planes = eml_alloc_raw(e->tape.planes * EML_TAPE_BLOCK, sizeof *planes);
    eml_fe *factors = eml_alloc_raw(e->tape.accumulators * EML_TAPE_BLOCK, sizeof *factors);
    eml_fe2 *sums = eml_alloc_raw(e->tape.accumulators * EML_TAPE_BLOCK, sizeof *sums);
    eml_tape_start(&e->tape, planes);
    for (size_t first = begin; first < end; first += EML_TAPE_BLOCK) {
        size_t count = end - first < EML_TAPE_BLOCK ? end - first : EML_TAPE_BLOCK;
        eml_tape_run(&e->tape, &e->input, first, count, planes, sums);
        divide_block(e, first, count, factors);
        for (size_t k = 0; k < count; k++) {
            eml_fe2 total = EML_FE2_ZERO;
            for (size_t a = 0; a < e->tape.accumulators; a++) {
                size_t i = a * EML_TAPE_BLOCK + k;
                total = eml_fe2_add(total, eml_fe2_mul_base(sums[i], factors[i]));
            }
            eml_fe *cells = eml_matrix_row(&e->p->composition, first + k);
            cells[0] = total.a;
            cells[1] = total.b;
        }
    }
    eml_free(planes);
    eml_free(factors);
    eml_free(sums);
}

void eml_prover_evaluate_constraints(eml_prover *p) {
    const eml_layout *l = &p->layout;
    eml_coefficients coefficients;
    eml_coefficients_draw(&p->coin, p->air, &coefficients);
    evaluation e = {.p = p};
    eml_tape_compile(p->air, p->claim, l->extension, p->random, &coefficients, &e.tape);
    eml_coefficients_free(&coefficients);

    size_t period = EML_CYCLE * l->ce_blowup;
    e.periodic = eml_alloc(p->air->periodic_count * period, sizeof *e.periodic);
    extend_periodic(p, e.periodic, period);
    init_divisors(&e.divisors, p, &e.tape);
    e.input = (eml_tape_input){.main = &p->main.lde,
                               .aux = &p->aux.lde,
                               .stride = l->blowup / l->ce_blowup,
                               .next = l->blowup,
                               .periodic = e.periodic,
                               .period = period};
    eml_prover_init_matrix(p, &p->composition, l->n * l->ce_blowup, 2);
    size_t per_job = BLOCKS_PER_JOB * EML_TAPE_BLOCK;
    eml_parallel_for((p->composition.rows + per_job - 1) / per_job, evaluate_job, &e);

    eml_free(e.periodic);
    eml_free(e.divisors.inverse_vanishing);
    eml_free(e.divisors.points);
    eml_tape_free(&e.tape);
}
