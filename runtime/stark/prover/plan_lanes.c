/* The constraint plan on lanes (field/lanes.h), compiled once for each instruction set. plan_run.c is the definition.
 *
 * Eight points at a time, so that all planes of a plan stay in the first- or second-level cache. Planes have as many
 * units as their step says, terms multiply them by tight coefficients (eml_plan_units_hold). */
#include <assert.h>

#include "runtime/field/lanes.h"
#include "runtime/stark/prover/plan.h"

enum { POINTS = 8, VECTORS = POINTS / EML_LANES };

typedef eml_lanes plane[VECTORS];

/* The limbs of a term's coefficient, both halves: broadcast when used, so that the planes have the cache for
 * themselves. */
typedef struct coefficient {
    eml_lane_scalar limbs[2][3];
} coefficient;

/* Planes, then the coefficients of all terms. */
static size_t scratch_bytes(const eml_plan *plan) {
    return plan->planes * sizeof(plane) + plan->term_count * sizeof(coefficient);
}

static coefficient *coefficients(const eml_plan *plan, plane *planes) { return (coefficient *)(planes + plan->planes); }

static void set_half(coefficient *c, int half, eml_fe value) {
    eml_lanes x = eml_lanes_set(value);
    c->limbs[half][0] = x.l0[0];
    c->limbs[half][1] = x.l1[0];
    c->limbs[half][2] = x.l2[0];
}

static void start(const eml_plan *plan, void *scratch) {
    plane *planes = scratch;
    coefficient *c = coefficients(plan, planes);
    for (size_t i = 0; i < plan->term_count; i++) {
        set_half(&c[i], 0, plan->terms[i].coefficient.a);
        set_half(&c[i], 1, plan->terms[i].coefficient.b);
    }
    for (size_t i = 0; i < plan->constant_count; i++)
        for (size_t v = 0; v < VECTORS; v++) planes[i][v] = eml_lanes_set(plan->constants[i]);
}

/* All columns of the rows first, first + stride, ... (modulo the matrix's rows). The last squares overlap where the
 * width is no multiple of theirs; narrow matrices are read column by column. */
static void load_columns(const eml_matrix *m, size_t first, size_t stride, plane *out) {
    enum { SQUARE = EML_LANES / 2 };
    for (size_t v = 0; v < VECTORS; v++) {
        const eml_fe *rows[EML_LANES];
        for (size_t i = 0; i < EML_LANES; i++)
            rows[i] = eml_matrix_row(m, (first + (v * EML_LANES + i) * stride) & (m->rows - 1));
        if (m->width < SQUARE) {
            for (size_t c = 0; c < m->width; c++) out[c][v] = eml_lanes_gather(rows, c);
            continue;
        }
        for (size_t c = 0; c < m->width; c += SQUARE) {
            size_t column = c + SQUARE <= m->width ? c : m->width - SQUARE;
            eml_lanes square[SQUARE];
            eml_lanes_load_square(rows, column, square);
            for (size_t i = 0; i < SQUARE; i++) out[column + i][v] = square[i];
        }
    }
}

static void load(const eml_plan *plan, const eml_plan_input *in, size_t first, plane *planes) {
    load_columns(in->main, first * in->stride, in->stride, planes + plan->main);
    load_columns(in->main, first * in->stride + in->next, in->stride, planes + plan->main + in->main->width);
    if (in->aux->width) {
        load_columns(in->aux, first * in->stride, in->stride, planes + plan->aux);
        load_columns(in->aux, first * in->stride + in->next, in->stride, planes + plan->aux + in->aux->width);
    }
    load_columns(in->periodic, first, 1, planes + plan->periodic);
}

EML_LANES_INLINE eml_lanes dot_pairs(const eml_plan_pair *pairs, size_t count, plane *planes, size_t v) {
    eml_lanes_sum s;
    eml_lanes_sum_init(&s);
    for (size_t i = 0; i < count; i++) eml_lanes_sum_add(&s, planes[pairs[i].a][v], planes[pairs[i].b][v]);
    return eml_lanes_sum_reduce(&s, count);
}

static void run_steps(const eml_plan *plan, plane *planes) {
    for (size_t i = 0; i < plan->step_count; i++) {
        const eml_plan_step *step = &plan->steps[i];
        eml_lanes *dst = planes[step->dst];
        if (step->op == EML_PLAN_DOT) {
            for (size_t v = 0; v < VECTORS; v++) dst[v] = dot_pairs(plan->pairs + step->a, step->b, planes, v);
            continue;
        }
        const eml_lanes *a = planes[step->a], *b = planes[step->b];
        for (size_t v = 0; v < VECTORS; v++) {
            eml_lanes r = step->op == EML_PLAN_MUL   ? eml_lanes_mul(a[v], b[v])
                          : step->op == EML_PLAN_SUB ? eml_lanes_sub(a[v], b[v])
                                                     : eml_lanes_add(a[v], b[v]);
            dst[v] = step->tighten ? eml_lanes_tighten(r) : r;
            assert(!EML_VERIFY_BUILD || eml_lanes_within(dst[v], step->units));
        }
    }
}

/* The first or second halves of a sum's coefficients times its planes. */
static eml_lanes dot(const eml_plan *plan, const eml_plan_sum *sum, plane *planes, size_t v, size_t half) {
    const eml_plan_term *terms = plan->terms + sum->first;
    const coefficient *c = coefficients(plan, planes) + sum->first;
    eml_lanes_sum s;
    eml_lanes_sum_init(&s);
    for (size_t i = 0; i < sum->count; i++)
        eml_lanes_sum_add(&s, planes[terms[i].plane][v], eml_lanes_broadcast(c[i].limbs[half]));
    return eml_lanes_sum_reduce(&s, sum->count);
}

static eml_lanes load_factor(const eml_plan *plan, const eml_plan_input *in, size_t sum, size_t first) {
    if (sum == 0) return eml_lanes_load(in->transition + first);
    size_t index = eml_plan_inverse_index(in, first, plan->sums[sum].row);
    if (index + EML_LANES <= in->points) return eml_lanes_load(in->inverse + index);
    eml_fe wrapped[EML_LANES];
    for (size_t i = 0; i < EML_LANES; i++) wrapped[i] = in->inverse[(index + i) & (in->points - 1)];
    return eml_lanes_load(wrapped);
}

static void combine(const eml_plan *plan, const eml_plan_input *in, size_t first, plane *planes, eml_fe *out) {
    for (size_t v = 0; v < VECTORS; v++) {
        eml_lanes_sum a, b;
        eml_lanes_sum_init(&a);
        eml_lanes_sum_init(&b);
        for (size_t s = 0; s < plan->sum_count; s++) {
            eml_lanes factor = load_factor(plan, in, s, first + v * EML_LANES);
            eml_lanes_sum_add(&a, dot(plan, &plan->sums[s], planes, v, 0), factor);
            eml_lanes_sum_add(&b, dot(plan, &plan->sums[s], planes, v, 1), factor);
        }
        eml_lanes_store_strided(out + 2 * v * EML_LANES, 2, eml_lanes_sum_reduce(&a, plan->sum_count));
        eml_lanes_store_strided(out + 2 * v * EML_LANES + 1, 2, eml_lanes_sum_reduce(&b, plan->sum_count));
    }
}

static void run(const eml_plan *plan, const eml_plan_input *in, size_t first, void *scratch, eml_fe *out) {
    plane *planes = scratch;
    for (size_t k = 0; k < EML_PLAN_BLOCK; k += POINTS) {
        load(plan, in, first + k, planes);
        run_steps(plan, planes);
        combine(plan, in, first + k, planes, out + 2 * k);
    }
}

const eml_plan_kernel EML_KERNEL(eml_plan_kernel) = {.run = run, .start = start, .scratch_bytes = scratch_bytes};
