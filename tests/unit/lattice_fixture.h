/* What the lattice tests share: a fixed key pair, numbers from a fixed generator, ciphertexts of them. */
#ifndef EML_TESTS_LATTICE_FIXTURE_H
#define EML_TESTS_LATTICE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/base/memory.h"
#include "runtime/lattice/decrypt.h"
#include "runtime/lattice/encrypt.h"
#include "runtime/lattice/key.h"
#include "tests/support/signed.h"

enum { N = EML_LATTICE_DEGREE, K = EML_LATTICE_RANK, PARTS = EML_LATTICE_PARTS };

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t random_u64(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline eml_fe random_fe(uint64_t *state) { return (eml_fe){random_u64(state), random_u64(state)}; }

/* A signed number of at most bits bits. */
static inline int64_t random_signed(uint64_t *state, unsigned bits) {
    int64_t magnitude = (int64_t)(random_u64(state) >> (64 - bits));
    return random_u64(state) & 1 ? -magnitude : magnitude;
}

static inline void seed_of(uint8_t first, uint8_t seed[EML_LATTICE_SEED_BYTES]) {
    for (int i = 0; i < EML_LATTICE_SEED_BYTES; i++) seed[i] = (uint8_t)(first + i);
}

typedef struct key_pair {
    eml_secret_key secret;
    eml_public_key public;
} key_pair;

static inline void make_keys(uint8_t first, key_pair *keys) {
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(first, seed);
    eml_lattice_keygen_seeded(seed, &keys->secret, &keys->public);
}

static inline void free_keys(key_pair *keys) {
    eml_secret_key_free(&keys->secret);
    eml_public_key_free(&keys->public);
}

/* Columns "x[0]", "x[1]", ... up to 10. */
static inline const eml_ciphertext_column *test_columns(void) {
    static char names[10][5];
    static eml_ciphertext_column columns[10];
    for (int c = 0; c < 10; c++) {
        memcpy(names[c], "x[0]", 5);
        names[c][2] = (char)('0' + c);
        columns[c].name = names[c];
        memset(columns[c].encoding.bytes, c + 1, sizeof columns[c].encoding.bytes);
    }
    return columns;
}

/* Encrypts rows x columns signed numbers; the randomness is that of seed_of(first). */
static inline void encrypt_numbers(const key_pair *keys, uint8_t first, const int64_t *numbers, uint64_t rows,
                                   size_t columns, uint32_t delta_bits, eml_ciphertext *out) {
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    seed_of(first, seed);
    eml_fe *cells = eml_alloc_raw(rows * columns, sizeof *cells);
    for (size_t i = 0; i < rows * columns; i++) cells[i] = test_fe_from_i64(numbers[i]);
    eml_plaintext plaintext = {rows, columns, test_columns(), cells, delta_bits};
    eml_error err = {0};
    eml_status status = eml_lattice_encrypt_seeded(&keys->public, &plaintext, seed, out, &err);
    if (status != EML_OK) fail_msg("%s", err.text);
    eml_free(cells);
}

/* One column: out = sum_c weights[c] * column c of in. */
static inline void combine(const eml_ciphertext *in, const eml_fe *weights, eml_ciphertext *out) {
    eml_ciphertext_label label = in->label;
    label.column_count = 1;
    eml_ciphertext_init(out, &label, in->rows);
    for (size_t c = 0; c < in->label.column_count; c++)
        for (size_t i = 0; i < PARTS * in->slots; i++)
            out->cells[i] = eml_fe_add(out->cells[i], eml_fe_mul(weights[c], eml_ciphertext_part(in, c, 0)[i]));
}

#endif
