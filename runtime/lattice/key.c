#include "runtime/lattice/key.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/ciphertext/format.h"
#include "runtime/lattice/sample.h"

enum { K = EML_LATTICE_RANK };

static void expand_matrix(const uint8_t *public_seed, eml_ring_values *a) {
    for (uint32_t i = 0; i < K; i++)
        for (uint32_t j = 0; j < K; j++)
            eml_sample_uniform(&(eml_stream){"eml v1 lattice matrix", public_seed, 0, i, j}, &a[i * K + j]);
}

static eml_digest id_of(const eml_public_key *key) {
    eml_buf file = {0};
    eml_public_key_encode(key, &file);
    eml_digest id = eml_public_key_id(file.data, file.len);
    eml_buf_free(&file);
    return id;
}

/* t = A s + e, in values. */
static void public_part(const eml_ring_values *a, const eml_ring_values *s, const eml_ring_values *e,
                        eml_ring_values *t) {
    memcpy(t, e, K * sizeof *t);
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) eml_ring_multiply_add(&t[i], &a[i * K + j], &s[j]);
}

void eml_lattice_keygen_seeded(const uint8_t seed[EML_LATTICE_SEED_BYTES], eml_secret_key *secret,
                               eml_public_key *public) {
    eml_ring *small = eml_alloc_raw(2 * K, sizeof *small); /* s_0..s_3, e_0..e_3 */
    eml_ring_values *values = eml_alloc_raw(2 * K, sizeof *values);
    for (uint32_t i = 0; i < K; i++) {
        eml_sample_ternary(&(eml_stream){"eml v1 lattice key secret", seed, 0, 0, i}, &small[i]);
        eml_sample_error(&(eml_stream){"eml v1 lattice key error", seed, 0, 0, i}, &small[K + i]);
    }
    eml_ring_evaluate(small, 2 * K, values);

    eml_stream_read(&(eml_stream){"eml v1 lattice public seed", seed, 0, 0, 0}, public->seed, sizeof public->seed);
    public->a = eml_alloc_raw(K * K, sizeof *public->a);
    public->t = eml_alloc_raw(K, sizeof *public->t);
    expand_matrix(public->seed, public->a);
    public_part(public->a, values, values + K, public->t);
    public->id = id_of(public);

    memmove(secret->seed, seed, sizeof secret->seed);
    secret->id = public->id;
    secret->s = eml_alloc_raw(K, sizeof *secret->s);
    memcpy(secret->s, values, K * sizeof *secret->s);
    sodium_memzero(small, 2 * K * sizeof *small);
    sodium_memzero(values, 2 * K * sizeof *values);
    eml_free(small);
    eml_free(values);
}

eml_status eml_lattice_keygen(eml_secret_key *secret, eml_public_key *public, eml_error *err) {
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "no source of randomness");
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    randombytes_buf(seed, sizeof seed);
    eml_lattice_keygen_seeded(seed, secret, public);
    sodium_memzero(seed, sizeof seed);
    return EML_OK;
}

void eml_lattice_public_of(const eml_secret_key *secret, eml_public_key *public) {
    eml_secret_key again;
    eml_lattice_keygen_seeded(secret->seed, &again, public);
    eml_secret_key_free(&again);
}

void eml_public_key_free(eml_public_key *key) {
    eml_free(key->t);
    eml_free(key->a);
    *key = (eml_public_key){0};
}

void eml_secret_key_free(eml_secret_key *key) {
    if (key->s) sodium_memzero(key->s, K * sizeof *key->s);
    eml_free(key->s);
    sodium_memzero(key, sizeof *key);
}

void eml_public_key_encode(const eml_public_key *key, eml_buf *out) {
    eml_ring *t = eml_alloc_raw(K, sizeof *t);
    eml_ring_interpolate(key->t, K, t);
    eml_lwe_put_header(out, EML_MAGIC_PUBLIC_KEY);
    eml_buf_put(out, key->seed, sizeof key->seed);
    for (size_t i = 0; i < K; i++) eml_lwe_put_elements(out, t[i].coefficient, EML_LATTICE_DEGREE);
    eml_free(t);
}

static eml_status read_t(eml_reader *reader, eml_ring *t, eml_error *err) {
    for (uint32_t i = 0; i < K; i++) {
        eml_status status = eml_lwe_read_elements(reader, t[i].coefficient, EML_LATTICE_DEGREE, err);
        if (status != EML_OK) {
            eml_error_prefix(err, "public key: t[%u]", (unsigned)i);
            return status;
        }
    }
    return eml_lwe_read_end(reader, "public key", err);
}

eml_status eml_public_key_decode(const uint8_t *bytes, size_t count, eml_public_key *out, eml_error *err) {
    eml_reader reader = {bytes, count};
    const uint8_t *seed;
    EML_TRY(eml_lwe_read_header(&reader, EML_MAGIC_PUBLIC_KEY, "public key", EML_AGAIN_KEY, err));
    if (!eml_read_bytes(&reader, EML_LATTICE_SEED_BYTES, &seed))
        return eml_fail(err, EML_ERR_INPUT, "public key: truncated at the seed");
    eml_ring *t = eml_alloc_raw(K, sizeof *t);
    eml_status status = read_t(&reader, t, err);
    if (status == EML_OK) {
        memcpy(out->seed, seed, sizeof out->seed);
        out->id = eml_public_key_id(bytes, count);
        out->t = eml_alloc_raw(K, sizeof *out->t);
        out->a = eml_alloc_raw(K * K, sizeof *out->a);
        eml_ring_evaluate(t, K, out->t);
        expand_matrix(out->seed, out->a);
    }
    eml_free(t);
    return status;
}
