/* Phases 5 and 6: the out-of-domain frame and the DEEP composition polynomial, both from the columns' values on the n
 * points x_i = s g^i of the offset trace domain (every blowup-th row of the extended one), so that no coefficients are
 * kept.
 *
 * For f of degree < n: f(z) = c sum_i f(x_i) u_i with u_i = x_i / (z - x_i), c = ((z/s)^n - 1) / n; and since x_i = g
 * x_(i-1), f(g z) = c sum_i f(x_i) u_(i-1). */
#include "runtime/stark/prover/phases.h"

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "runtime/field/vector.h"
#include "runtime/stark/out_of_domain.h"

enum { ROWS_PER_JOB = 256 };

static size_t job_count(const eml_prover *p) { return (p->layout.n + ROWS_PER_JOB - 1) / ROWS_PER_JOB; }

typedef struct weights_job {
    eml_fe2 z, *u;
    const eml_fe *points;
} weights_job;

static void weights_range(void *context, size_t first, size_t count) {
    const weights_job *w = context;
    for (size_t i = first; i < first + count; i++) w->u[i] = eml_fe2_sub(w->z, eml_fe2_from_base(w->points[i]));
    eml_fe2_batch_inv(w->u + first, count);
    for (size_t i = first; i < first + count; i++) w->u[i] = eml_fe2_mul_base(w->u[i], w->points[i]);
}

static void compute_weights(eml_prover *p) {
    enum { GRAIN = 1024, WEIGHT_COST = 55 };
    size_t n = p->layout.n;
    eml_fe *points = eml_alloc_raw(n, sizeof *points);
    eml_fe_powers(points, n, eml_domain_offset(), eml_domain_generator(n));
    p->weights = eml_alloc_raw(n + 1, sizeof *p->weights);
    weights_job w = {p->z, p->weights + 1, points};
    eml_parallel_ranges(n, GRAIN, GRAIN * WEIGHT_COST, weights_range, &w);
    p->weights[0] = w.u[n - 1];
    eml_free(points);
}

/* ----
 * phase 5 ------------------------------------------------------------------------------------------------------- */

/* Weighted sums of every base column of one matrix, at z and at g z: jobs sum rows apart, then are added
 * up in order. */
typedef struct frame_sums {
    const eml_prover *p;
    const eml_matrix *lde;
    eml_fe2 *partial; /* [job][2][width] */
} frame_sums;

static void frame_job(void *context, size_t job) {
    const frame_sums *f = context;
    size_t n = f->p->layout.n, width = f->lde->width, first = job * ROWS_PER_JOB;
    size_t rows = n - first < ROWS_PER_JOB ? n - first : ROWS_PER_JOB;
    eml_fe2 *at_z = f->partial + job * 2 * width, *at_gz = at_z + width;
    const eml_fe *cells = eml_matrix_row(f->lde, first * f->p->layout.blowup);
    size_t stride = width * f->p->layout.blowup;
    eml_fe_column_sums(cells, stride, width, rows, f->p->weights + 1 + first, at_z);
    eml_fe_column_sums(cells, stride, width, rows, f->p->weights + first, at_gz);
}

/* (z/s)^n - 1) / n */
static eml_fe2 barycentric_scale(const eml_prover *p) {
    eml_fe2 ratio = eml_fe2_mul_base(p->z, eml_fe_inv(eml_domain_offset()));
    eml_fe2 vanishing = eml_fe2_sub(eml_fe2_pow_u64_var(ratio, p->layout.n), EML_FE2_ONE);
    return eml_fe2_mul_base(vanishing, eml_fe_inv(eml_fe_from_u64(p->layout.n)));
}

/* A column of the extension is f_a + f_b x, each half evaluated in the extension. */
static eml_fe2 join_halves(eml_fe2 a, eml_fe2 b) { return eml_fe2_add(a, (eml_fe2){b.b, eml_fe_add(b.a, b.b)}); }

/* Evaluates the columns (base: one base column each; else pairs) into frame[first ..] at z and frame[width + first ..]
 * at g z. */
static void evaluate_columns(const eml_prover *p, const eml_matrix *lde, bool base, eml_fe2 *frame, size_t first,
                             size_t width) {
    size_t jobs = job_count(p), columns = base ? lde->width : lde->width / 2;
    frame_sums f = {p, lde, eml_alloc(jobs * 2 * lde->width, sizeof *f.partial)};
    eml_parallel_for(jobs, ROWS_PER_JOB * lde->width * 4 * EML_MUL_COST, frame_job, &f);
    for (size_t job = 1; job < jobs; job++)
        for (size_t i = 0; i < 2 * lde->width; i++)
            f.partial[i] = eml_fe2_add(f.partial[i], f.partial[job * 2 * lde->width + i]);
    eml_fe2 scale = barycentric_scale(p);
    for (size_t row = 0; row < 2; row++) {
        const eml_fe2 *sums = f.partial + row * lde->width;
        for (size_t c = 0; c < columns; c++) {
            eml_fe2 sum = base ? sums[c] : join_halves(sums[2 * c], sums[2 * c + 1]);
            frame[row * width + first + c] = eml_fe2_mul(scale, sum);
        }
    }
    eml_free(f.partial);
}

void eml_prover_send_out_of_domain(eml_prover *p) {
    const eml_layout *l = &p->layout;
    size_t width = (size_t)l->main_width + l->aux_width, composition = l->composition_width, all = width + composition;
    p->z = eml_coin_draw(&p->coin);
    compute_weights(p);
    p->proof.ood_trace = eml_alloc_raw(2 * width, sizeof *p->proof.ood_trace);
    p->proof.ood_composition = eml_alloc_raw(2 * composition, sizeof *p->proof.ood_composition);
    evaluate_columns(p, &p->main.lde, true, p->proof.ood_trace, 0, width);
    if (l->aux_width) evaluate_columns(p, &p->aux.lde, false, p->proof.ood_trace, l->main_width, width);
    evaluate_columns(p, &p->composition.lde, false, p->proof.ood_composition, 0, composition);

    eml_fe2 *merged = eml_alloc_raw(2 * all, sizeof *merged);
    eml_digest digest = eml_hash_elements2(merged, eml_proof_merge_frames(l, &p->proof, merged), l->extension);
    eml_coin_reseed(&p->coin, &digest);
    eml_free(merged);
}

bool eml_prover_is_consistent(const eml_prover *p) {
    const eml_out_of_domain sent = {p->air,    p->claim, &p->layout,         &p->coefficients,
                                    p->random, p->z,     p->proof.ood_trace, p->proof.ood_composition};
    return eml_out_of_domain_holds(&sent);
}

/* ----
 * phase 6 ------------------------------------------------------------------------------------------------------- */

/* With A = sum of coefficient times column, the DEEP polynomial is (A - A(z)) / (X - z) + (A - A(g z)) / (X - g z); at
 * x_i its denominators are -x_i / u_i and -x_i / u_(i-1). */
typedef struct deep_sums {
    const eml_prover *p;
    const eml_fe2 *coefficients; /* main, auxiliary, composition: one a base column */
    eml_fe2 at_z, at_gz;         /* A(z), A(g z) */
    eml_fe inverse_offset, inverse_generator;
    eml_matrix *out; /* n rows, one extension column */
} deep_sums;

/* sums[i] = A at row (first + i) * blowup. */
static void combine_rows(const deep_sums *d, size_t first, size_t rows, eml_fe2 *sums) {
    const eml_matrix *parts[] = {&d->p->main.lde, &d->p->aux.lde, &d->p->composition.lde};
    const eml_fe2 *coefficients = d->coefficients;
    for (size_t i = 0; i < rows; i++) sums[i] = EML_FE2_ZERO;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t width = parts[i]->width, blowup = d->p->layout.blowup;
        if (width)
            eml_fe_row_sums(eml_matrix_row(parts[i], first * blowup), width * blowup, width, rows, coefficients, sums);
        coefficients += width;
    }
}

static void deep_job(void *context, size_t job) {
    const deep_sums *d = context;
    size_t n = d->p->layout.n, first = job * ROWS_PER_JOB;
    size_t rows = n - first < ROWS_PER_JOB ? n - first : ROWS_PER_JOB;
    eml_fe2 sums[ROWS_PER_JOB];
    combine_rows(d, first, rows, sums);
    eml_fe inverse_x = eml_fe_mul(d->inverse_offset, eml_fe_pow_u64_var(d->inverse_generator, first));
    for (size_t i = 0; i < rows; i++) {
        const eml_fe2 *weights = d->p->weights + first + i; /* u_(i-1), u_i */
        eml_fe2 total = eml_fe2_add(eml_fe2_mul(eml_fe2_sub(d->at_z, sums[i]), weights[1]),
                                    eml_fe2_mul(eml_fe2_sub(d->at_gz, sums[i]), weights[0]));
        total = eml_fe2_mul_base(total, inverse_x);
        eml_matrix_row(d->out, first + i)[0] = total.a;
        eml_matrix_row(d->out, first + i)[1] = total.b;
        inverse_x = eml_fe_mul(inverse_x, d->inverse_generator);
    }
}

/* A column a + b x of the extension is two base columns, with coefficients c and c x. */
static eml_fe2 *coefficients_of_base_columns(const eml_layout *l, const eml_fe2 *coefficients) {
    size_t pairs = (size_t)l->aux_width + l->composition_width;
    eml_fe2 *out = eml_alloc_raw(l->main_width + 2 * pairs, sizeof *out);
    for (size_t c = 0; c < l->main_width; c++) out[c] = coefficients[c];
    for (size_t c = 0; c < pairs; c++) {
        eml_fe2 k = coefficients[l->main_width + c];
        out[l->main_width + 2 * c] = k;
        out[l->main_width + 2 * c + 1] = (eml_fe2){k.b, eml_fe_add(k.a, k.b)};
    }
    return out;
}

static eml_fe2 combine_frame(const eml_prover *p, const eml_fe2 *coefficients, size_t row) {
    size_t width = (size_t)p->layout.main_width + p->layout.aux_width, composition = p->layout.composition_width;
    eml_fe2 sum = EML_FE2_ZERO;
    for (size_t c = 0; c < width; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(coefficients[c], p->proof.ood_trace[row * width + c]));
    for (size_t c = 0; c < composition; c++)
        sum = eml_fe2_add(sum, eml_fe2_mul(coefficients[width + c], p->proof.ood_composition[row * composition + c]));
    return sum;
}

void eml_prover_compose_deep(eml_prover *p) {
    const eml_layout *l = &p->layout;
    size_t count = (size_t)l->main_width + l->aux_width + l->composition_width;
    eml_fe2 *coefficients = eml_alloc_raw(count, sizeof *coefficients);
    eml_coin_draw_many(&p->coin, coefficients, count);
    eml_fe2 *of_base_columns = coefficients_of_base_columns(l, coefficients);
    eml_matrix deep;
    eml_prover_init_matrix(p, &deep, l->n, 2);
    deep_sums d = {.p = p,
                   .coefficients = of_base_columns,
                   .at_z = combine_frame(p, coefficients, 0),
                   .at_gz = combine_frame(p, coefficients, 1),
                   .inverse_offset = eml_fe_inv(eml_domain_offset()),
                   .inverse_generator = eml_fe_inv(eml_domain_generator(l->n)),
                   .out = &deep};
    eml_parallel_for(job_count(p), ROWS_PER_JOB * count * 3 * EML_MUL_COST, deep_job, &d);
    eml_free(coefficients);
    eml_free(of_base_columns);
    eml_free(p->weights);
    p->weights = NULL;
    eml_ntt_interpolate(&deep, eml_domain_offset());
    eml_prover_extend(p, &deep, &p->fri[0]);
}
