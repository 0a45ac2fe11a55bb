/* Encryption and decryption: exact round trips, sums of ciphertexts, refusals. */
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

static void assert_decrypts_to(const eml_ciphertext *ciphertext, const int64_t *numbers) {
    eml_error err = {0};
    eml_decryption found;
    eml_status status = eml_lattice_decrypt(&keys.secret, ciphertext, NULL, &found, &err);
    if (status != EML_OK) fail_msg("%s", err.text);
    assert_int_equal(found.rows, ciphertext->rows);
    assert_int_equal(found.columns, ciphertext->label.column_count);
    for (size_t i = 0; i < found.rows * found.columns; i++)
        assert_true(eml_fe_eq(found.cells[i], test_fe_from_i64(numbers[i])));
    for (size_t c = 0; c < found.columns; c++) {
        assert_true(found.noise[c] > 0);
        assert_true(found.noise[c] <= EML_LATTICE_NOISE_BOUND);
    }
    eml_decryption_free(&found);
}

static void test_round_trips(void **unused) {
    (void)unused;
    const uint64_t row_counts[] = {1, 2, N - 1, N, N + 1, 2 * N + 5};
    const uint32_t scales[] = {EML_LATTICE_DELTA_BITS_MIN, 70, 80};
    uint64_t state = 3;
    static int64_t numbers[3 * (2 * N + 5)];
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) numbers[i] = random_signed(&state, 46);
    for (size_t r = 0; r < 6; r++) {
        eml_ciphertext ciphertext;
        encrypt_numbers(&keys, (uint8_t)r, numbers, row_counts[r], 3, scales[r % 3], &ciphertext);
        assert_int_equal(ciphertext.slots, (row_counts[r] + N - 1) / N * N);
        assert_decrypts_to(&ciphertext, numbers);
        eml_ciphertext_free(&ciphertext);
    }
}

/* The largest values that fit at the largest and smallest scale, and one more. */
static void test_largest_values(void **unused) {
    (void)unused;
    const uint32_t scales[] = {EML_LATTICE_DELTA_BITS_MAX, EML_LATTICE_DELTA_BITS_MIN + 24};
    for (size_t s = 0; s < 2; s++) {
        int64_t largest = (INT64_C(1) << (127 - scales[s])) - 1; /* |m| Delta + Delta/2 < p/2 < 2^127 */
        int64_t numbers[] = {largest, -largest, 0, 1, -1};
        eml_ciphertext ciphertext;
        encrypt_numbers(&keys, 1, numbers, 5, 1, scales[s], &ciphertext);
        assert_decrypts_to(&ciphertext, numbers);
        eml_ciphertext_free(&ciphertext);
        for (int sign = -1; sign <= 1; sign += 2) {
            eml_fe cells[] = {EML_FE_ZERO, test_fe_from_i64(sign * (largest + 1))};
            eml_plaintext plaintext = {2, 1, test_columns(), cells, scales[s]};
            eml_error err = {0};
            assert_int_equal(eml_lattice_encrypt(&keys.public, &plaintext, &ciphertext, &err), EML_ERR_INPUT);
            assert_non_null(strstr(err.text, "row 2, column \"x[0]\": the value is too large"));
        }
    }
}

static void test_fresh_randomness(void **unused) {
    (void)unused;
    eml_fe cells[] = {test_fe_from_i64(42)};
    eml_plaintext plaintext = {1, 1, test_columns(), cells, 60};
    eml_ciphertext a, b;
    assert_int_equal(eml_lattice_encrypt(&keys.public, &plaintext, &a, NULL), EML_OK);
    assert_int_equal(eml_lattice_encrypt(&keys.public, &plaintext, &b, NULL), EML_OK);
    for (size_t part = 0; part < PARTS; part++)
        for (size_t i = 0; i < N; i++)
            assert_false(eml_fe_eq(eml_ciphertext_part(&a, 0, part)[i], eml_ciphertext_part(&b, 0, part)[i]));
    assert_decrypts_to(&a, (const int64_t[]){42});
    assert_decrypts_to(&b, (const int64_t[]){42});
    eml_ciphertext_free(&a);
    eml_ciphertext_free(&b);
}

/* Under a key with t = 0 the parts are the errors; with A the identity as well, r besides: no column or block may share
 * either. */
static void test_randomness_per_block(void **unused) {
    (void)unused;
    enum { PLACES = 4 };
    static eml_ring_values zero[K * K], identity[K * K];
    static eml_ring message, errors[PLACES][PARTS], sums[PLACES][PARTS];
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < N; j++) identity[i * K + i].at[j] = EML_FE_ONE;
    const eml_public_key no_key = {.t = zero, .a = zero}, identity_key = {.t = zero, .a = identity};
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(21, seed);
    for (uint32_t p = 0; p < PLACES; p++) {
        eml_lattice_encrypt_block(&no_key, seed, p / 2, p % 2, 60, &message, errors[p]);
        eml_lattice_encrypt_block(&identity_key, seed, p / 2, p % 2, 60, &message, sums[p]);
        for (size_t i = 0; i < K; i++) eml_ring_subtract(&sums[p][i], &errors[p][i]);
        for (size_t i = 0; i < PARTS * N; i++) { /* canonical, so that bytes can be compared */
            eml_fe *error = &errors[p][i / N].coefficient[i % N], *r = &sums[p][i / N].coefficient[i % N];
            *error = eml_fe_canon(*error);
            *r = eml_fe_canon(*r);
            if (i < K * N) assert_true(eml_fe_eq(eml_fe_cube(*r), *r)); /* -1, 0, 1 */
        }
    }
    for (size_t p = 0; p < PLACES * PARTS; p++)
        for (size_t q = 0; q < p; q++) {
            assert_memory_not_equal(&errors[p / PARTS][p % PARTS], &errors[q / PARTS][q % PARTS], sizeof(eml_ring));
            if (p % PARTS == K || q % PARTS == K) continue; /* bodies are t . r + errors */
            assert_memory_not_equal(&sums[p / PARTS][p % PARTS], &sums[q / PARTS][q % PARTS], sizeof(eml_ring));
        }
}

static void test_refuses_shapes(void **unused) {
    (void)unused;
    eml_fe cell = EML_FE_ONE;
    const eml_plaintext bad[] = {
        {0, 1, test_columns(), &cell, 60},
        {(uint64_t)EML_LATTICE_ROWS_MAX + 1, 1, test_columns(), &cell, 60},
        {1, 0, test_columns(), &cell, 60},
        {1, (size_t)EML_LATTICE_COLUMNS_MAX + 1, test_columns(), &cell, 60},
        {EML_LATTICE_ROWS_MAX, EML_LATTICE_COLUMNS_MAX, test_columns(), &cell, 60},
        {1, 1, test_columns(), &cell, EML_LATTICE_DELTA_BITS_MIN - 1},
        {1, 1, test_columns(), &cell, EML_LATTICE_DELTA_BITS_MAX + 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        eml_ciphertext out;
        eml_error err = {0};
        assert_int_equal(eml_lattice_encrypt(&keys.public, &bad[i], &out, &err), EML_ERR_INPUT);
        assert_true(err.text[0]);
    }
}

static void assert_refused(const eml_secret_key *key, const eml_ciphertext *ciphertext, const eml_u128 *bounds,
                           const char *why) {
    eml_decryption found = {0};
    eml_error err = {0};
    assert_int_equal(eml_lattice_decrypt(key, ciphertext, bounds, &found, &err), EML_ERR_NO);
    if (!strstr(err.text, why)) fail_msg("\"%s\" does not say \"%s\"", err.text, why);
    if (strstr(err.text, "bits") || strstr(err.text, "most"))
        fail_msg("\"%s\" tells of how much noise there was", err.text);
    assert_null(found.cells);
}

static void test_wrong_key(void **unused) {
    (void)unused;
    key_pair other;
    make_keys(99, &other);
    eml_ciphertext ciphertext;
    encrypt_numbers(&keys, 5, (const int64_t[]){7}, 1, 1, 100, &ciphertext);
    assert_refused(&other.secret, &ciphertext, NULL, "encrypted under another key");
    ciphertext.label.key = other.secret.id; /* a forged key id: only the noise tells */
    assert_refused(&other.secret, &ciphertext, NULL, "column \"x[0]\" does not decrypt: wrong key or noise too large");
    eml_ciphertext_free(&ciphertext);
    free_keys(&other);
}

/* A changed mask coefficient spreads over all slots; a changed body coefficient is seen when it leaves the grid. */
static void test_changed_coefficients(void **unused) {
    (void)unused;
    eml_ciphertext ciphertext;
    encrypt_numbers(&keys, 6, (const int64_t[]){7}, 1, 1, 60, &ciphertext);
    for (size_t part = 0; part < PARTS; part++) {
        eml_fe *cell = &eml_ciphertext_part(&ciphertext, 0, part)[part * 200];
        eml_fe before = *cell;
        *cell = eml_fe_add(before, eml_fe_from_u64(UINT64_C(1) << 59));
        assert_refused(&keys.secret, &ciphertext, NULL, "does not decrypt");
        *cell = before;
    }
    assert_decrypts_to(&ciphertext, (const int64_t[]){7});
    assert_refused(&keys.secret, &ciphertext, &(eml_u128){1000}, "wrong key or noise too large");
    eml_ciphertext_free(&ciphertext);
}

/* Noise just below and just above the limit, put there by hand: exactness ends where the refusal begins. */
static void test_margin(void **unused) {
    (void)unused;
    eml_ciphertext ciphertext;
    enum { SCALE = 90 };
    encrypt_numbers(&keys, 7, (const int64_t[]){-3}, 1, 1, SCALE, &ciphertext);
    eml_u128 limit = eml_lattice_noise_limit(SCALE);
    assert_true(limit == (((eml_u128)7 << SCALE) >> 4));
    eml_fe *body = &eml_ciphertext_part(&ciphertext, 0, K)[0], before = *body;
    for (int sign = 0; sign < 2; sign++)
        for (int beyond = 0; beyond < 2; beyond++) {
            eml_u128 x = beyond ? limit + EML_LATTICE_NOISE_BOUND : limit - EML_LATTICE_NOISE_BOUND;
            eml_fe shift = {(uint64_t)x, (uint64_t)(x >> 64)};
            *body = sign ? eml_fe_sub(before, shift) : eml_fe_add(before, shift);
            if (beyond) {
                assert_refused(&keys.secret, &ciphertext, NULL, "does not decrypt");
                continue;
            }
            eml_decryption found;
            assert_int_equal(eml_lattice_decrypt(&keys.secret, &ciphertext, NULL, &found, NULL), EML_OK);
            assert_true(eml_fe_eq(found.cells[0], test_fe_from_i64(-3)));
            eml_decryption_free(&found);
        }
    eml_ciphertext_free(&ciphertext);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),          cmocka_unit_test(test_largest_values),
        cmocka_unit_test(test_fresh_randomness),     cmocka_unit_test(test_randomness_per_block),
        cmocka_unit_test(test_refuses_shapes),       cmocka_unit_test(test_wrong_key),
        cmocka_unit_test(test_changed_coefficients), cmocka_unit_test(test_margin),
    };
    return cmocka_run_group_tests_name("lattice crypt", tests, set_up, tear_down);
}
