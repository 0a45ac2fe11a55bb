#include "runtime/stark/prover/plan.h"

#include <assert.h>

#include "runtime/base/cpu.h"

/* Points at a time: some 200 planes are 50 KiB, where the whole block would fill the second-level cache. */
enum { POINTS = 16 };

typedef eml_fe plane[POINTS];

static size_t scratch_bytes(const eml_plan *plan) { return plan->planes * sizeof(plane); }

/* Constants and loaded elements are canonical, and so is what steps make of them. */
static void start(const eml_plan *plan, void *scratch) {
    plane *planes = scratch;
    for (size_t i = 0; i < plan->constant_count; i++)
        for (size_t k = 0; k < POINTS; k++) planes[i][k] = eml_fe_canon(plan->constants[i]);
}

static void load_columns(const eml_matrix *m, size_t first, size_t stride, plane *out) {
    for (size_t k = 0; k < POINTS; k++) {
        const eml_fe *row = eml_matrix_row(m, (first + k * stride) & (m->rows - 1));
        for (size_t c = 0; c < m->width; c++) {
            assert(eml_fe_is_canonical(row[c]));
            out[c][k] = row[c];
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

/* The commonest counts are unrolled: with loops of so few turns all constraints took a tenth longer. */
static inline void dot_points(const eml_plan_pair *pairs, size_t count, plane *planes, eml_fe *dst) {
    for (size_t k = 0; k < POINTS; k++) {
        eml_fe_products sum = {{0}, {0}, {0}};
        for (size_t i = 0; i < count; i++) eml_fe_products_add(&sum, planes[pairs[i].a][k], planes[pairs[i].b][k]);
        dst[k] = eml_fe_products_reduce(&sum);
    }
}

static void run_dot(const eml_plan_pair *pairs, size_t count, plane *planes, eml_fe *dst) {
    switch (count) {
    case 2: dot_points(pairs, 2, planes, dst); break;
    case 3: dot_points(pairs, 3, planes, dst); break;
    case 4: dot_points(pairs, 4, planes, dst); break;
    default: dot_points(pairs, count, planes, dst); break;
    }
}

static void run_step(const eml_plan *plan, const eml_plan_step *step, plane *planes) {
    eml_fe *dst = planes[step->dst];
    if (step->op == EML_PLAN_DOT) {
        run_dot(plan->pairs + step->a, step->b, planes, dst);
        return;
    }
    const eml_fe *a = planes[step->a], *b = planes[step->b];
    if (step->op == EML_PLAN_MUL)
        for (size_t k = 0; k < POINTS; k++) dst[k] = eml_fe_mul(a[k], b[k]);
    else if (step->op == EML_PLAN_ADD)
        for (size_t k = 0; k < POINTS; k++) dst[k] = eml_fe_sum_canon(a[k], b[k]);
    else
        for (size_t k = 0; k < POINTS; k++) dst[k] = eml_fe_sub_canon(a[k], b[k]);
}

static eml_fe factor(const eml_plan *plan, const eml_plan_input *in, size_t sum, size_t point) {
    if (sum == 0) return in->transition[point];
    return in->inverse[eml_plan_inverse_index(in, point, plan->sums[sum].row)];
}

/* The sum of coefficient times plane at point k, each half reduced once. */
static eml_fe2 sum_terms(const eml_plan_term *terms, size_t count, plane *planes, size_t k) {
    eml_fe_products a = {{0}, {0}, {0}}, b = a;
    for (size_t i = 0; i < count; i++) eml_fe_products_add(&a, planes[terms[i].plane][k], terms[i].coefficient.a);
    for (size_t i = 0; i < count; i++) eml_fe_products_add(&b, planes[terms[i].plane][k], terms[i].coefficient.b);
    return (eml_fe2){eml_fe_products_reduce(&a), eml_fe_products_reduce(&b)};
}

static void run_points(const eml_plan *plan, const eml_plan_input *in, size_t first, plane *planes, eml_fe *out) {
    load(plan, in, first, planes);
    for (size_t i = 0; i < plan->step_count; i++) run_step(plan, &plan->steps[i], planes);
    for (size_t k = 0; k < POINTS; k++) {
        eml_fe_products a = {{0}, {0}, {0}}, b = a;
        for (size_t s = 0; s < plan->sum_count; s++) {
            eml_fe2 sum = sum_terms(plan->terms + plan->sums[s].first, plan->sums[s].count, planes, k);
            eml_fe by = factor(plan, in, s, first + k);
            eml_fe_products_add(&a, sum.a, by);
            eml_fe_products_add(&b, sum.b, by);
        }
        out[2 * k] = eml_fe_products_reduce(&a);
        out[2 * k + 1] = eml_fe_products_reduce(&b);
    }
}

static void run(const eml_plan *plan, const eml_plan_input *in, size_t first, void *scratch, eml_fe *out) {
    for (size_t k = 0; k < EML_PLAN_BLOCK; k += POINTS) run_points(plan, in, first + k, scratch, out + 2 * k);
}

const eml_plan_kernel eml_plan_kernel_c = {.run = run, .start = start, .scratch_bytes = scratch_bytes};

const eml_plan_kernel *eml_plan_kernel_best(void) {
#if EML_STARK_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) return &eml_plan_kernel_avx512;
    if (flags & EML_CPU_AVX2) return &eml_plan_kernel_avx2;
#endif
    return &eml_plan_kernel_c;
}
