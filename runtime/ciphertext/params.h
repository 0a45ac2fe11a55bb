/* The parameters of the Module-LWE encryption (derivations in docs/encryption.md).
 *
 * Ring R = F_p[X]/(X^N + 1), p the proof field, N = 1024: coefficient i is slot i. Rank k = 4, so a ciphertext is k + 1
 * = 5 ring elements: mask0..mask3 and the body. Nothing here is free: a file that names other parameters is refused,
 * and tests/lattice/estimate.py recomputes the security estimate from these constants. */
#ifndef EML_CIPHERTEXT_PARAMS_H
#define EML_CIPHERTEXT_PARAMS_H

#include <stdint.h>

#include "runtime/base/int128.h"

enum {
    EML_LATTICE_DEGREE_LOG2 = 10,
    EML_LATTICE_DEGREE = 1 << EML_LATTICE_DEGREE_LOG2, /* N: slots in a block */
    EML_LATTICE_RANK = 4,                              /* k */
    EML_LATTICE_PARTS = EML_LATTICE_RANK + 1,          /* ring elements in a ciphertext */
    EML_LATTICE_SEED_BYTES = 32,
};

/* Every error is the sum of 6 pairs (a_i - b_i) of uniform 32-bit words. One word has variance (2^64 - 1)/12, so the
 * twelve have 2^64 - 1: standard deviation 2^32 to one part in 2^65, mean 0, |error| <= 6 (2^32 - 1). */
enum { EML_LATTICE_ERROR_PAIRS = 6, EML_LATTICE_ERROR_WORD_BITS = 32, EML_LATTICE_SIGMA_LOG2 = 32 };

/* B: the bound on every coefficient of a fresh ciphertext's noise e.r + e2 - s.e3 (r: docs/encryption.md).
 *
 * Given the ternary s and r, a coefficient is a sum with signs of at most M = 1 + 2 k N = 8193 independent errors. Each
 * of their words is sub-Gaussian with variance proxy equal to its variance, so for ANY s and r P(|noise| > B) <= 2
 * exp(-B^2 / (2 M sigma^2)), and over a block of N coefficients 2^(11 - B^2 / (2 M sigma^2 ln 2)) = 2^-128.9 at B =
 * ceil(2^42.3). A ciphertext sum_j w_j ct_j has noise at most ||w||_1 B. */
#define EML_LATTICE_NOISE_BOUND      UINT64_C(5414630391777)
#define EML_LATTICE_NOISE_BOUND_LOG2 42.3

/* Delta = 2^delta_bits. Exact decryption needs |noise| < Delta/2 and |m| Delta + |noise| < p/2. Decryption refuses when
 * the noise comes within Delta/2^EML_LATTICE_MARGIN_BITS of Delta/2: a fresh block under a wrong key, whose
 * coefficients are uniform, slips through with probability (1 - 2/2^MARGIN_BITS)^N = 2^-197. The smallest Delta leaves
 * room for B: B < 2^43 (1 - 1/8). The largest leaves 7 bits to the message. */
enum {
    EML_LATTICE_DELTA_BITS_MIN = 44,
    EML_LATTICE_DELTA_BITS_MAX = 120,
    EML_LATTICE_MARGIN_BITS = 4,
};

/* The largest |noise| that decrypts at this scale: Delta/2 less the margin. delta_bits <= 127. */
static inline eml_u128 eml_lattice_noise_limit(uint32_t delta_bits) {
    eml_u128 delta = (eml_u128)1 << delta_bits;
    return (delta >> 1) - (delta >> EML_LATTICE_MARGIN_BITS);
}

/* Limits of the files: checked before anything is allocated. */
enum {
    EML_LATTICE_ROWS_MAX = 1 << 26,
    EML_LATTICE_COLUMNS_MAX = 1 << 20,
    EML_LATTICE_NAME_MAX = 255,
};
#define EML_LATTICE_CELL_BYTES_MAX ((uint64_t)1 << 32)                                /* of one ciphertext file */
#define EML_LATTICE_FILE_BYTES_MAX (EML_LATTICE_CELL_BYTES_MAX + ((uint64_t)1 << 29)) /* and its column names */

/* Coefficients a column of this many rows takes: whole blocks. */
static inline uint64_t eml_lattice_slots(uint64_t rows) {
    return (rows + EML_LATTICE_DEGREE - 1) / EML_LATTICE_DEGREE * EML_LATTICE_DEGREE;
}

#endif
