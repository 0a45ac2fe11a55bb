#include "runtime/lattice/decrypt.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/lattice/signed.h"

enum { N = EML_LATTICE_DEGREE, K = EML_LATTICE_RANK, PARTS = EML_LATTICE_PARTS };

/* d = body - s . mask. */
static void open_block(const eml_secret_key *key, const eml_ring *in, eml_ring *d) {
    typedef struct scratch {
        eml_ring_values mask[K], product;
        eml_ring inner;
    } scratch;
    scratch *work = eml_alloc(1, sizeof *work);
    eml_ring_evaluate(in, K, work->mask);
    for (size_t i = 0; i < K; i++) eml_ring_multiply_add(&work->product, &key->s[i], &work->mask[i]);
    eml_ring_interpolate(&work->product, 1, &work->inner);
    *d = in[K];
    eml_ring_subtract(d, &work->inner);
    sodium_memzero(work, sizeof *work);
    eml_free(work);
}

/* d = Delta m + noise with -Delta/2 <= noise < Delta/2. Shifting d by 2^127 makes it non-negative, and the quotient
 * larger by 2^(127 - delta_bits). */
static eml_fe round_quotient(eml_fe d, uint32_t delta_bits, eml_u128 *noise) {
    eml_u128 shifted = eml_signed_of(d) + ((eml_u128)1 << 127);
    eml_u128 quotient = (shifted >> delta_bits) + (shifted >> (delta_bits - 1) & 1);
    *noise = eml_signed_magnitude(shifted - (quotient << delta_bits));
    return eml_signed_to_fe(quotient - ((eml_u128)1 << (127 - delta_bits)));
}

eml_u128 eml_lattice_decrypt_block(const eml_secret_key *key, uint32_t delta_bits, const eml_ring in[EML_LATTICE_PARTS],
                                   eml_ring *message) {
    open_block(key, in, message);
    eml_u128 largest = 0;
    for (size_t i = 0; i < N; i++) {
        eml_u128 noise;
        message->coefficient[i] = round_quotient(message->coefficient[i], delta_bits, &noise);
        largest = eml_signed_max(largest, noise);
    }
    return largest;
}

static void load_block(const eml_ciphertext *ciphertext, size_t column, uint64_t block, eml_ring *out) {
    for (size_t part = 0; part < PARTS; part++)
        memcpy(out[part].coefficient, eml_ciphertext_part(ciphertext, column, part) + block * N,
               sizeof out[part].coefficient);
}

/* One job is one block of one column. */
typedef struct decrypt_job {
    const eml_secret_key *key;
    const eml_ciphertext *ciphertext;
    eml_decryption *out;
    eml_u128 *noise; /* per job */
} decrypt_job;

static void decrypt_one(const decrypt_job *job, size_t index) {
    eml_decryption *out = job->out;
    uint64_t blocks = job->ciphertext->slots / N, block = index % blocks;
    size_t column = index / blocks;
    eml_ring *parts = eml_alloc_raw(PARTS, sizeof *parts), *message = eml_alloc_raw(1, sizeof *message);
    load_block(job->ciphertext, column, block, parts);
    job->noise[index] = eml_lattice_decrypt_block(job->key, job->ciphertext->label.delta_bits, parts, message);
    for (uint64_t i = 0; i < N && block * N + i < out->rows; i++)
        out->cells[(block * N + i) * out->columns + column] = message->coefficient[i];
    sodium_memzero(message, sizeof *message);
    eml_free(message);
    eml_free(parts);
}

static void decrypt_cells(const eml_secret_key *key, const eml_ciphertext *ciphertext, eml_decryption *out) {
    size_t blocks = ciphertext->slots / N, jobs = out->columns * blocks;
    decrypt_job job = {key, ciphertext, out, eml_alloc(jobs, sizeof *job.noise)};
    for (size_t i = 0; i < jobs; i++) decrypt_one(&job, i);
    for (size_t i = 0; i < jobs; i++) out->noise[i / blocks] = eml_signed_max(out->noise[i / blocks], job.noise[i]);
    eml_free(job.noise);
}

/* How much noise there was helps whoever made the ciphertexts to find the key. */
static eml_status check_noise(const eml_ciphertext *ciphertext, const eml_decryption *found, const eml_u128 *bounds,
                              eml_error *err) {
    eml_u128 limit = eml_lattice_noise_limit(ciphertext->label.delta_bits);
    for (size_t c = 0; c < found->columns; c++) {
        eml_u128 allowed = bounds && bounds[c] < limit ? bounds[c] : limit;
        if (found->noise[c] <= allowed) continue;
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_NOISE,
                           "column \"%s\" does not decrypt: wrong key or noise too large",
                           ciphertext->label.columns[c].name);
    }
    return EML_OK;
}

eml_status eml_lattice_decrypt(const eml_secret_key *key, const eml_ciphertext *ciphertext, const eml_u128 *bounds,
                               eml_decryption *out, eml_error *err) {
    EML_TRY(eml_ciphertext_match_key(ciphertext, &key->id, err));
    eml_decryption found = {.rows = ciphertext->rows, .columns = ciphertext->label.column_count};
    found.cells = eml_alloc_raw(found.rows * found.columns, sizeof *found.cells);
    found.noise = eml_alloc(found.columns, sizeof *found.noise);
    decrypt_cells(key, ciphertext, &found);
    eml_status status = check_noise(ciphertext, &found, bounds, err);
    if (status == EML_OK)
        *out = found;
    else
        eml_decryption_free(&found);
    return status;
}

void eml_decryption_free(eml_decryption *decryption) {
    if (decryption->cells)
        sodium_memzero(decryption->cells, decryption->rows * decryption->columns * sizeof *decryption->cells);
    eml_free(decryption->cells);
    eml_free(decryption->noise);
    *decryption = (eml_decryption){0};
}
