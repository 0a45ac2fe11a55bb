#include "runtime/lattice/encrypt.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/lattice/sample.h"
#include "runtime/lattice/signed.h"

enum { N = EML_LATTICE_DEGREE, K = EML_LATTICE_RANK, PARTS = EML_LATTICE_PARTS };

/* Working memory of one block: secret, wiped. */
typedef struct scratch {
    eml_ring small[PARTS]; /* r, then the errors */
    eml_ring_values r[K];
    eml_ring_values values[PARTS]; /* of the ciphertext, without errors and message */
} scratch;

/* The largest |m|: |m| Delta + Delta/2 < p/2. */
static eml_u128 largest_message(uint32_t delta_bits) {
    eml_u128 half = (eml_u128)EML_FE_P_HI << 63 | EML_FE_P_LO >> 1;
    return (half - ((eml_u128)1 << (delta_bits - 1))) >> delta_bits;
}

static uint64_t too_large(eml_fe m, eml_u128 largest) { return eml_signed_magnitude(eml_signed_of(m)) > largest; }

/* body = t.r, mask_j = sum_i A[i][j] r_i, in values. */
static void mask_with(const eml_public_key *key, const eml_ring_values *r, eml_ring_values *out) {
    memset(out, 0, PARTS * sizeof *out);
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < K; j++) eml_ring_multiply_add(&out[j], &key->a[i * K + j], &r[i]);
        eml_ring_multiply_add(&out[K], &key->t[i], &r[i]);
    }
}

static uint64_t add_message(eml_ring *body, const eml_ring *message, uint32_t delta_bits) {
    eml_fe delta = eml_fe_of_u128_((eml_u128)1 << delta_bits);
    eml_u128 largest = largest_message(delta_bits);
    uint64_t refused = 0;
    for (size_t i = 0; i < N; i++) {
        eml_fe m = message->coefficient[i];
        refused |= too_large(m, largest);
        body->coefficient[i] = eml_fe_add(body->coefficient[i], eml_fe_mul(delta, m));
    }
    return refused;
}

uint64_t eml_lattice_encrypt_block(const eml_public_key *key, const uint8_t seed[EML_LATTICE_SEED_BYTES],
                                   uint32_t column, uint64_t block, uint32_t delta_bits, const eml_ring *message,
                                   eml_ring out[EML_LATTICE_PARTS]) {
    scratch *work = eml_alloc_raw(1, sizeof *work);
    for (uint32_t i = 0; i < K; i++)
        eml_sample_ternary(&(eml_stream){"eml v1 lattice encryption r", seed, block, column, i}, &work->small[i]);
    eml_ring_evaluate(work->small, K, work->r);
    mask_with(key, work->r, work->values);
    eml_ring_interpolate(work->values, PARTS, out);
    for (uint32_t i = 0; i < PARTS; i++) {
        eml_sample_error(&(eml_stream){"eml v1 lattice encryption error", seed, block, column, i}, &work->small[i]);
        eml_ring_add(&out[i], &work->small[i]);
    }
    uint64_t refused = add_message(&out[K], message, delta_bits);
    sodium_memzero(work, sizeof *work);
    eml_free(work);
    return refused;
}

/* Names the first value that is too large; that there is one is known, and said to the owner of the data only. */
static eml_status refuse_value(const eml_plaintext *plaintext, eml_error *err) {
    eml_u128 largest = largest_message(plaintext->delta_bits);
    size_t cells = plaintext->rows * plaintext->column_count, at = 0;
    while (at < cells && !too_large(plaintext->cells[at], largest)) at++;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_RANGE,
                       "row %zu, column \"%s\": the value is too large for scale 2^%u",
                       at / plaintext->column_count + 1, plaintext->columns[at % plaintext->column_count].name,
                       (unsigned)plaintext->delta_bits);
}

/* Rows block * N .. of a column; zeros beyond the last row. */
static void gather(const eml_plaintext *plaintext, size_t column, uint64_t block, eml_ring *out) {
    uint64_t first = block * N;
    for (uint64_t i = 0; i < N; i++) {
        bool used = first + i < plaintext->rows;
        out->coefficient[i] = used ? plaintext->cells[(first + i) * plaintext->column_count + column] : EML_FE_ZERO;
    }
}

/* One job is one block of one column. */
typedef struct encrypt_job {
    const eml_public_key *key;
    const eml_plaintext *plaintext;
    const uint8_t *seed;
    eml_ciphertext *out;
    bool refused;
} encrypt_job;

static void encrypt_one(encrypt_job *job, size_t index) {
    uint64_t blocks = job->out->slots / N, block = index % blocks;
    uint32_t column = (uint32_t)(index / blocks);
    eml_ring *message = eml_alloc_raw(1, sizeof *message), *parts = eml_alloc_raw(PARTS, sizeof *parts);
    gather(job->plaintext, column, block, message);
    uint32_t delta_bits = job->plaintext->delta_bits;
    if (eml_lattice_encrypt_block(job->key, job->seed, column, block, delta_bits, message, parts)) job->refused = true;
    for (size_t part = 0; part < PARTS; part++)
        memcpy(eml_ciphertext_part(job->out, column, part) + block * N, parts[part].coefficient,
               sizeof parts[part].coefficient);
    sodium_memzero(message, sizeof *message);
    eml_free(message);
    eml_free(parts);
}

eml_status eml_lattice_encrypt_seeded(const eml_public_key *key, const eml_plaintext *plaintext,
                                      const uint8_t seed[EML_LATTICE_SEED_BYTES], eml_ciphertext *out, eml_error *err) {
    EML_TRY(eml_ciphertext_check_size(plaintext->rows, plaintext->column_count, err));
    EML_TRY(eml_ciphertext_check_scale(plaintext->delta_bits, err));
    eml_ciphertext_label label = {.kind = EML_CIPHERTEXT_INPUTS,
                                  .delta_bits = plaintext->delta_bits,
                                  .key = key->id,
                                  .column_count = plaintext->column_count,
                                  .columns = (eml_ciphertext_column *)plaintext->columns};
    eml_ciphertext ciphertext;
    eml_ciphertext_init(&ciphertext, &label, plaintext->rows);
    encrypt_job job = {key, plaintext, seed, &ciphertext, false};
    size_t jobs = plaintext->column_count * (ciphertext.slots / N);
    for (size_t i = 0; i < jobs; i++) encrypt_one(&job, i);
    if (job.refused) {
        eml_ciphertext_free(&ciphertext);
        return refuse_value(plaintext, err);
    }
    *out = ciphertext;
    return EML_OK;
}

eml_status eml_lattice_encrypt(const eml_public_key *key, const eml_plaintext *plaintext, eml_ciphertext *out,
                               eml_error *err) {
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "no source of randomness");
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    randombytes_buf(seed, sizeof seed);
    eml_status status = eml_lattice_encrypt_seeded(key, plaintext, seed, out, err);
    sodium_memzero(seed, sizeof seed);
    return status;
}
