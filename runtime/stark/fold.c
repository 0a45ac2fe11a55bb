#include "runtime/stark/fold.h"

void eml_fold_init(eml_fold *fold, uint32_t folding, eml_fe2 alpha) {
    *fold = (eml_fold){.folding = folding, .alpha = alpha, .inverse_size = eml_fe_inv(eml_fe_from_u64(folding))};
    eml_fe inverse_root = eml_fe_inv(eml_domain_generator(folding)), power = EML_FE_ONE;
    for (uint32_t k = 0; k < folding / 2; k++) {
        fold->inverse_roots[k] = power;
        power = eml_fe_mul(power, inverse_root);
    }
}

/* Folds by two, log2(folding) times: f_even + beta f_odd from f(y) and f(-y), with beta = alpha, alpha^2, alpha^4, ...
 * and y = x r^k, its square, and so on. The factor 1/2 of every step is left to the end. */
eml_fe2 eml_fold_row(const eml_fold *fold, eml_fe2 *values, eml_fe inverse_x) {
    eml_fe2 beta = fold->alpha;
    for (uint32_t size = fold->folding; size > 1; size /= 2) {
        uint32_t half = size / 2, step = fold->folding / size;
        eml_fe2 slope = eml_fe2_mul_base(beta, inverse_x);
        for (uint32_t k = 0; k < half; k++) {
            eml_fe2 sum = eml_fe2_add(values[k], values[k + half]),
                    difference = eml_fe2_sub(values[k], values[k + half]);
            eml_fe2 factor = eml_fe2_mul_base(slope, fold->inverse_roots[k * step]);
            values[k] = eml_fe2_add(sum, eml_fe2_mul(factor, difference));
        }
        beta = eml_fe2_mul(beta, beta);
        inverse_x = eml_fe_square(inverse_x);
    }
    return eml_fe2_mul_base(values[0], fold->inverse_size);
}

size_t eml_fold_positions(size_t *positions, size_t count, size_t rows) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t position = positions[i] % rows, k = 0;
        while (k < kept && positions[k] != position) k++;
        if (k == kept) positions[kept++] = position;
    }
    return kept;
}
