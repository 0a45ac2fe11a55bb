/* The noise: its spread is the theory's, and its bound holds through sums of ciphertexts. */
#include <math.h>
#include <stdio.h>

#include "tests/unit/lattice_fixture.h"
#include "tests/support/signed.h"

static key_pair keys;

static int set_up(void **unused) {
    (void)unused;
    make_keys(0, &keys);
    return 0;
}

static int tear_down(void **unused) {
    (void)unused;
    free_keys(&keys);
    return 0;
}

/* sigma sqrt(1 + 2 k N 2/3): e2, and the errors that r and s pick, each nonzero with probability 2/3. */
static double theory(void) { return ldexp(sqrt(1 + 2.0 * K * N * 2 / 3), EML_LATTICE_SIGMA_LOG2); }

/* Adds up the noise and its square over fresh encryptions of zero. */
static void measure(const key_pair *pair, uint64_t blocks, double *sum, double *squares) {
    static eml_ring message, parts[PARTS], halved;
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(11, seed);
    for (uint64_t block = 0; block < blocks; block++) {
        eml_lattice_encrypt_block(&pair->public, seed, 0, block, 60, &message, parts);
        eml_lattice_decrypt_block(&pair->secret, 1, parts, &halved); /* Delta = 2 and m = 0: all of d is noise */
        for (size_t i = 0; i < N; i++) {
            bool negative = eml_fe_is_negative(halved.coefficient[i]);
            eml_fe m = eml_fe_canon(negative ? eml_fe_neg(halved.coefficient[i]) : halved.coefficient[i]);
            assert_int_equal(m.hi, 0);
            double noise = negative ? -2 * (double)m.lo : 2 * (double)m.lo;
            assert_true(fabs(noise) <= (double)EML_LATTICE_NOISE_BOUND);
            *sum += noise;
            *squares += noise * noise;
        }
    }
}

/* Over many keys: one key's error has a norm of its own, within about 1 % of the mean. */
static void test_standard_deviation(void **unused) {
    (void)unused;
    enum { KEYS = 16, BLOCKS = 8 };
    double sum = 0, squares = 0, count = KEYS * BLOCKS * N;
    for (int i = 0; i < KEYS; i++) {
        key_pair pair;
        make_keys((uint8_t)(100 + i), &pair);
        measure(&pair, BLOCKS, &sum, &squares);
        free_keys(&pair);
    }
    double deviation = sqrt(squares / count);
    printf("# fresh noise: standard deviation 2^%.3f, theory 2^%.3f\n", log2(deviation), log2(theory()));
    assert_true(fabs(deviation / theory() - 1) < 0.02);
    assert_true(fabs(sum / count) < 5 * theory() / sqrt(count));
}

enum { COLUMNS = 6, ROWS = 5, SCALE = 100, VALUE_BITS = 17 };

static int64_t numbers[ROWS * COLUMNS];

static void make_inputs(uint64_t *state, eml_ciphertext *out) {
    for (size_t i = 0; i < ROWS * COLUMNS; i++) numbers[i] = random_signed(state, VALUE_BITS);
    encrypt_numbers(&keys, 12, numbers, ROWS, COLUMNS, SCALE, out);
}

/* Decrypts sum_c weights[c] x_c under the bound ||w||_1 B and compares every row; returns the measured noise. */
static eml_u128 check_sum(const eml_ciphertext *inputs, const int64_t *weights, eml_u128 *bound) {
    eml_fe w[COLUMNS];
    *bound = 0;
    for (size_t c = 0; c < COLUMNS; c++) {
        w[c] = test_fe_from_i64(weights[c]);
        *bound += (eml_u128)(weights[c] < 0 ? -weights[c] : weights[c]) * EML_LATTICE_NOISE_BOUND;
    }
    eml_ciphertext sum;
    combine(inputs, w, &sum);
    eml_decryption found;
    eml_error err = {0};
    if (eml_lattice_decrypt(&keys.secret, &sum, bound, &found, &err) != EML_OK) fail_msg("%s", err.text);
    for (size_t r = 0; r < ROWS; r++) {
        eml_fe expected = EML_FE_ZERO;
        for (size_t c = 0; c < COLUMNS; c++)
            expected = eml_fe_add(expected, eml_fe_mul(w[c], test_fe_from_i64(numbers[r * COLUMNS + c])));
        assert_true(eml_fe_eq(found.cells[r], expected));
    }
    eml_u128 noise = found.noise[0];
    eml_decryption_free(&found);
    eml_ciphertext_free(&sum);
    return noise;
}

static void test_random_models(void **unused) {
    (void)unused;
    enum { MODELS = 1000, INPUTS = 4 };
    uint64_t state = 13;
    double worst = 0;
    for (int set = 0; set < INPUTS; set++) {
        eml_ciphertext inputs;
        make_inputs(&state, &inputs);
        for (int model = 0; model < MODELS / INPUTS; model++) {
            /* |sum w m| < 6 2^7 2^17 < 2^27 / 2, so that it fits at this scale */
            int64_t weights[COLUMNS];
            for (size_t c = 0; c < COLUMNS; c++) weights[c] = random_signed(&state, 7);
            weights[0] |= 1;
            eml_u128 bound;
            double part = (double)check_sum(&inputs, weights, &bound) / (double)bound;
            if (part > worst) worst = part;
        }
        eml_ciphertext_free(&inputs);
    }
    printf("# the largest noise of %d models is %.3f of its bound\n", MODELS, worst);
    assert_true(worst > 0.01 && worst < 1);
}

/* Weights for which ||w||_1 B is the largest that still keeps the margin to Delta/2: one heavy weight, all equal, mixed
 * signs. Values are small enough for |sum w m| Delta < p/2. */
static void test_worst_case_weights(void **unused) {
    (void)unused;
    enum { EDGE_SCALE = 60 };
    uint64_t state = 14;
    for (size_t i = 0; i < ROWS * COLUMNS; i++) numbers[i] = random_signed(&state, 40);
    eml_ciphertext inputs;
    encrypt_numbers(&keys, 15, numbers, ROWS, COLUMNS, EDGE_SCALE, &inputs);
    int64_t norm = (int64_t)(eml_lattice_noise_limit(EDGE_SCALE) / EML_LATTICE_NOISE_BOUND), each = norm / COLUMNS;
    const int64_t edges[][COLUMNS] = {{norm},
                                      {-norm},
                                      {each, each, each, each, each, each},
                                      {each, -each, each, -each, each, -each},
                                      {0, 0, 1, 0, 0, -(norm - 1)}};
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        eml_u128 bound;
        check_sum(&inputs, edges[e], &bound);
        assert_true(bound <= eml_lattice_noise_limit(EDGE_SCALE));
        assert_true(bound + COLUMNS * EML_LATTICE_NOISE_BOUND > eml_lattice_noise_limit(EDGE_SCALE));
    }
    /* far over the edge the noise of a block reaches Delta/2: refused, not wrong */
    eml_ciphertext over;
    combine(&inputs, (const eml_fe[COLUMNS]){test_fe_from_i64(64 * norm)}, &over);
    eml_decryption none;
    assert_int_equal(eml_lattice_decrypt(&keys.secret, &over, NULL, &none, NULL), EML_ERR_NO);
    eml_ciphertext_free(&over);
    eml_ciphertext_free(&inputs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard_deviation),
        cmocka_unit_test(test_random_models),
        cmocka_unit_test(test_worst_case_weights),
    };
    return cmocka_run_group_tests_name("lattice noise", tests, set_up, tear_down);
}
