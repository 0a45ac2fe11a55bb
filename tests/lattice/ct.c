/* Constant time, by memcheck: secrets are marked undefined, so a branch or an address that depends on one is an error
 * (Langley, ctgrind). What is public by definition is marked defined again where it leaves the library. Run under
 * valgrind with --error-exitcode; exits 77 (skipped) anywhere else. */
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/lattice/decrypt.h"
#include "runtime/lattice/encrypt.h"
#include "runtime/lattice/key.h"
#include "runtime/lattice/tag.h"
#include "tests/support/signed.h"

enum { SKIPPED = 77 };

#if EML_HAVE_MEMCHECK
#include <valgrind/memcheck.h>

enum { K = EML_LATTICE_RANK, N = EML_LATTICE_DEGREE, DELTA_BITS = 60 };

static void poison(void *bytes, size_t count) { VALGRIND_MAKE_MEM_UNDEFINED(bytes, count); }
static void publish(void *bytes, size_t count) { VALGRIND_MAKE_MEM_DEFINED(bytes, count); }

static void generate(eml_secret_key *secret, eml_public_key *public) {
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    memset(seed, 7, sizeof seed);
    poison(seed, sizeof seed);
    eml_lattice_keygen_seeded(seed, secret, public);
    publish(public->seed, sizeof public->seed);
    publish(&public->id, sizeof public->id);
    publish(public->t, K * sizeof *public->t);
    publish(public->a, K * K * sizeof *public->a);
    publish(&secret->id, sizeof secret->id);
}

static void encrypt(const eml_public_key *public, eml_ring *message, eml_ring *parts) {
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    memset(seed, 9, sizeof seed);
    poison(seed, sizeof seed);
    poison(message, sizeof *message);
    uint64_t too_large = eml_lattice_encrypt_block(public, seed, 0, 0, DELTA_BITS, message, parts);
    publish(&too_large, sizeof too_large);
    publish(parts, EML_LATTICE_PARTS * sizeof *parts);
    if (too_large) printf("a value was refused\n");
}

/* Whether the numbers came back, once everything is public. */
static bool decrypts(const eml_secret_key *secret, const eml_ring *parts, eml_ring *message) {
    static eml_ring found;
    eml_u128 noise = eml_lattice_decrypt_block(secret, DELTA_BITS, parts, &found);
    publish(&noise, sizeof noise);
    publish(&found, sizeof found);
    publish(message, sizeof *message);
    bool same = noise <= EML_LATTICE_NOISE_BOUND;
    for (size_t i = 0; i < N; i++) same &= eml_fe_eq(found.coefficient[i], message->coefficient[i]);
    return same;
}

/* A tag with the key's seed: made, and compared with the right one. */
static bool tags(const eml_secret_key *secret, const eml_public_key *public, const eml_ring *parts) {
    char name[] = "x";
    eml_ciphertext_column column = {.name = name};
    eml_ciphertext_label label = {.delta_bits = DELTA_BITS, .key = public->id, .column_count = 1, .columns = &column};
    eml_ciphertext ciphertext;
    eml_ciphertext_init(&ciphertext, &label, N);
    memcpy(ciphertext.cells, parts, EML_LATTICE_PARTS * sizeof *parts);
    ciphertext.tag = eml_lattice_tag(secret, &ciphertext);
    publish(&ciphertext.tag, sizeof ciphertext.tag);
    bool fits = eml_lattice_tag_fits(secret, &ciphertext);
    publish(&fits, sizeof fits);
    eml_ciphertext_free(&ciphertext);
    return fits;
}

static int check(void) {
    static eml_ring message, parts[EML_LATTICE_PARTS];
    for (size_t i = 0; i < N; i++) message.coefficient[i] = test_fe_from_i64((int64_t)i - N / 2);
    eml_secret_key secret;
    eml_public_key public;
    generate(&secret, &public);
    encrypt(&public, &message, parts);
    bool same = decrypts(&secret, parts, &message) && tags(&secret, &public, parts);
    eml_secret_key_free(&secret);
    eml_public_key_free(&public);
    unsigned errors = (unsigned)VALGRIND_COUNT_ERRORS;
    printf("key generation, encryption, decryption, tag: %u uses of secrets in branches or addresses\n", errors);
    return same && errors == 0 ? 0 : 1;
}

int main(void) {
    if (RUNNING_ON_VALGRIND) return check();
    printf("skipped: not under valgrind\n");
    return SKIPPED;
}
#else
int main(void) {
    printf("skipped: built without valgrind/memcheck.h\n");
    return SKIPPED;
}
#endif
