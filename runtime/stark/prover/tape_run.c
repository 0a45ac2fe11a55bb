#include "runtime/stark/prover/tape.h"

#include "runtime/base/cpu.h"
#include "runtime/field/vector.h"

typedef eml_fe plane[EML_TAPE_BLOCK];

static size_t scratch_bytes(const eml_tape *tape) { return tape->planes * sizeof(plane); }

static void start(const eml_tape *tape, void *scratch) {
    plane *planes = scratch;
    for (size_t i = 0; i < tape->constant_count; i++)
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++) planes[i][k] = tape->constants[i];
}

static void load_columns(const eml_matrix *m, size_t first, size_t stride, plane *out) {
    for (size_t k = 0; k < EML_TAPE_BLOCK; k++) {
        const eml_fe *row = eml_matrix_row(m, (first + k * stride) & (m->rows - 1));
        for (size_t c = 0; c < m->width; c++) out[c][k] = row[c];
    }
}

static void load(const eml_tape *tape, const eml_tape_input *in, size_t first, plane *planes) {
    load_columns(in->main, first * in->stride, in->stride, planes + tape->main);
    load_columns(in->main, first * in->stride + in->next, in->stride, planes + tape->main + in->main->width);
    if (in->aux->width) {
        load_columns(in->aux, first * in->stride, in->stride, planes + tape->aux);
        load_columns(in->aux, first * in->stride + in->next, in->stride, planes + tape->aux + in->aux->width);
    }
    load_columns(in->periodic, first, 1, planes + tape->periodic);
}

static void run_dot(const eml_tape_pair *pairs, size_t count, plane *planes, eml_fe *dst) {
    for (size_t k = 0; k < EML_TAPE_BLOCK; k++) {
        eml_fe sum = EML_FE_ZERO;
        for (size_t i = 0; i < count; i++)
            sum = eml_fe_add(sum, eml_fe_mul(planes[pairs[i].a][k], planes[pairs[i].b][k]));
        dst[k] = sum;
    }
}

static void run_step(const eml_tape *tape, const eml_tape_step *step, plane *planes) {
    eml_fe *dst = planes[step->dst];
    if (step->op == EML_TAPE_DOT) {
        run_dot(tape->pairs + step->a, step->b, planes, dst);
        return;
    }
    const eml_fe *a = planes[step->a], *b = planes[step->b];
    if (step->op == EML_TAPE_MUL)
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++) dst[k] = eml_fe_mul(a[k], b[k]);
    else if (step->op == EML_TAPE_ADD)
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++) dst[k] = eml_fe_add(a[k], b[k]);
    else
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++) dst[k] = eml_fe_sub(a[k], b[k]);
}

static eml_fe factor(const eml_tape *tape, const eml_tape_input *in, size_t sum, size_t point) {
    if (sum == 0) return in->transition[point];
    return in->inverse[eml_tape_inverse_index(in, point, tape->sums[sum].row)];
}

/* sums[k] = the sum of coefficient times plane at point k, each half reduced once. */
static void sum_terms(const eml_tape_term *terms, size_t count, plane *planes, eml_fe2 *sums) {
    eml_fe a[EML_TAPE_TERMS_MAX], b[EML_TAPE_TERMS_MAX], values[EML_TAPE_TERMS_MAX];
    for (size_t i = 0; i < count; i++) {
        a[i] = terms[i].coefficient.a;
        b[i] = terms[i].coefficient.b;
    }
    for (size_t k = 0; k < EML_TAPE_BLOCK; k++) {
        for (size_t i = 0; i < count; i++) values[i] = planes[terms[i].plane][k];
        sums[k] = (eml_fe2){eml_fe_dot(values, a, count), eml_fe_dot(values, b, count)};
    }
}

static void run(const eml_tape *tape, const eml_tape_input *in, size_t first, void *scratch, eml_fe *out) {
    plane *planes = scratch;
    eml_fe2 sums[EML_TAPE_BLOCK], total[EML_TAPE_BLOCK];
    load(tape, in, first, planes);
    for (size_t i = 0; i < tape->step_count; i++) run_step(tape, &tape->steps[i], planes);
    for (size_t k = 0; k < EML_TAPE_BLOCK; k++) total[k] = EML_FE2_ZERO;
    for (size_t s = 0; s < tape->sum_count; s++) {
        sum_terms(tape->terms + tape->sums[s].first, tape->sums[s].count, planes, sums);
        for (size_t k = 0; k < EML_TAPE_BLOCK; k++)
            total[k] = eml_fe2_add(total[k], eml_fe2_mul_base(sums[k], factor(tape, in, s, first + k)));
    }
    for (size_t k = 0; k < EML_TAPE_BLOCK; k++) {
        out[2 * k] = total[k].a;
        out[2 * k + 1] = total[k].b;
    }
}

const eml_tape_kernel eml_tape_kernel_c = {.run = run, .start = start, .scratch_bytes = scratch_bytes};

const eml_tape_kernel *eml_tape_kernel_best(void) {
#if EML_STARK_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) return &eml_tape_kernel_avx512;
    if (flags & EML_CPU_AVX2) return &eml_tape_kernel_avx2;
#endif
    return &eml_tape_kernel_c;
}
