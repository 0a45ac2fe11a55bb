/* FRI folding on lanes (field/lanes.h), one row a lane; compiled once for each instruction set. stark/fold.c has the
 * formula. */
#include "runtime/field/lanes.h"
#include "runtime/stark/prover/fold_rows.h"

typedef struct lanes2 {
    eml_lanes a, b;
} lanes2;

/* EML_LANES neighbouring elements of the extension. */
static lanes2 load_pairs(const eml_fe *from) {
    eml_lanes x = eml_lanes_load(from), y = eml_lanes_load(from + EML_LANES);
    lanes2 r;
    eml_lanes_split(x, y, &r.a, &r.b);
    return r;
}

/* x y for x tight and y of at most 4 units; tight. */
EML_LANES_INLINE lanes2 product(lanes2 x, lanes2 y) {
    eml_lanes_sum a, b;
    eml_lanes_sum_init(&a);
    eml_lanes_sum_init(&b);
    eml_lanes_sum_add(&a, x.a, y.a);
    eml_lanes_sum_add(&a, x.b, y.b);
    eml_lanes_sum_add(&b, x.a, y.b);
    eml_lanes_sum_add(&b, x.b, y.a);
    eml_lanes_sum_add(&b, x.b, y.b);
    return (lanes2){eml_lanes_sum_reduce(&a, 2), eml_lanes_sum_reduce(&b, 3)};
}

EML_LANES_INLINE lanes2 times_base(lanes2 x, eml_lanes s) {
    return (lanes2){eml_lanes_mul(x.a, s), eml_lanes_mul(x.b, s)};
}

/* f_even + factor f_odd of two tight values: sums of 2 units and differences of 4; the result has 3, tightened. */
EML_LANES_INLINE lanes2 fold_pair(lanes2 x, lanes2 y, lanes2 factor) {
    lanes2 difference = {eml_lanes_sub(x.a, y.a), eml_lanes_sub(x.b, y.b)};
    lanes2 odd = product(factor, difference);
    return (lanes2){eml_lanes_tighten(eml_lanes_add(eml_lanes_add(x.a, y.a), odd.a)),
                    eml_lanes_tighten(eml_lanes_add(eml_lanes_add(x.b, y.b), odd.b))};
}

static lanes2 fold_lanes(const eml_fold *fold, lanes2 *values, eml_lanes inverse_x) {
    eml_fe2 beta = fold->alpha;
    for (uint32_t size = fold->folding; size > 1; size /= 2) {
        uint32_t half = size / 2, step = fold->folding / size;
        lanes2 slope = times_base((lanes2){eml_lanes_set(beta.a), eml_lanes_set(beta.b)}, inverse_x);
        values[0] = fold_pair(values[0], values[half], slope);
        for (uint32_t k = 1; k < half; k++) {
            lanes2 factor = times_base(slope, eml_lanes_set(fold->inverse_roots[k * step]));
            values[k] = fold_pair(values[k], values[k + half], factor);
        }
        beta = eml_fe2_mul(beta, beta);
        inverse_x = eml_lanes_square(inverse_x);
    }
    return times_base(values[0], eml_lanes_set(fold->inverse_size));
}

void EML_KERNEL(eml_fold_rows)(const eml_fold_rows *job, size_t first, size_t count) {
    eml_fe start[EML_LANES];
    start[0] = eml_fold_rows_inverse_x(job, first);
    for (size_t i = 1; i < EML_LANES; i++) start[i] = eml_fe_mul(start[i - 1], job->inverse_generator);
    eml_lanes inverse_x = eml_lanes_load(start);
    eml_lanes stride = eml_lanes_set(eml_fe_pow_u64_var(job->inverse_generator, EML_LANES));
    lanes2 values[EML_FRI_FOLDING_MAX];
    size_t done = 0;
    for (; count - done >= EML_LANES; done += EML_LANES) {
        size_t row = first + done;
        for (size_t k = 0; k < job->fold->folding; k++) values[k] = load_pairs(job->from + 2 * (row + k * job->rows));
        lanes2 folded = fold_lanes(job->fold, values, inverse_x);
        eml_lanes_store_strided(job->to + 2 * row, 2, folded.a);
        eml_lanes_store_strided(job->to + 2 * row + 1, 2, folded.b);
        inverse_x = eml_lanes_mul(inverse_x, stride);
    }
    eml_fold_rows_c(job, first + done, count - done);
}
