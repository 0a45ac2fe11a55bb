#include "runtime/stark/transcript.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/hash/elements.h"

enum { SEEDED_BYTES = EML_BLAKE3_BYTES + 8 };

/* Nonces that one job tries: some 20 microseconds with vector kernels. */
enum { NONCES_A_JOB = 2048, ROUND_BITS_MAX = 24 };

static void put_u64(uint8_t *out, uint64_t value) {
    for (int i = 0; i < 8; i++) out[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t head_of(const eml_digest *digest) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value |= (uint64_t)digest->bytes[i] << (8 * i);
    return value;
}

eml_digest eml_hash_elements(const eml_fe *elements, size_t count) {
    eml_blake3 hasher;
    eml_digest digest;
    eml_blake3_init(&hasher);
    eml_blake3_update_elements_var(&hasher, elements, count);
    eml_blake3_finish(&hasher, digest.bytes, sizeof digest.bytes);
    return digest;
}

eml_digest eml_hash_elements2(const eml_fe2 *elements, size_t count, uint32_t extension) {
    eml_fe *parts = eml_alloc_raw(count, extension * sizeof *parts), *next = parts;
    for (size_t i = 0; i < count; i++) {
        *next++ = elements[i].a;
        if (extension == 2) *next++ = elements[i].b;
    }
    eml_digest digest = eml_hash_elements(parts, (size_t)(next - parts));
    eml_free(parts);
    return digest;
}

void eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension) {
    *coin = (eml_coin){eml_hash_elements(elements, count), 0, extension};
}

void eml_coin_reseed(eml_coin *coin, const eml_digest *data) {
    eml_digest pair[2] = {coin->seed, *data};
    coin->seed = eml_blake3_hash(pair, sizeof pair);
    coin->counter = 0;
}

static eml_digest seeded_hash(const eml_digest *seed, uint64_t value) {
    uint8_t message[SEEDED_BYTES];
    memcpy(message, seed->bytes, EML_BLAKE3_BYTES);
    put_u64(message + EML_BLAKE3_BYTES, value);
    return eml_blake3_hash(message, sizeof message);
}

eml_fe2 eml_coin_draw(eml_coin *coin) {
    for (;;) {
        eml_digest digest = seeded_hash(&coin->seed, ++coin->counter);
        eml_fe2 element = EML_FE2_ZERO;
        if (!eml_fe_from_bytes(digest.bytes, &element.a)) continue;
        if (coin->extension == 1 || eml_fe_from_bytes(digest.bytes + EML_FE_BYTES, &element.b)) return element;
    }
}

void eml_coin_draw_many(eml_coin *coin, eml_fe2 *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = eml_coin_draw(coin);
}

static uint32_t work_of(const eml_digest *digest) {
    uint64_t head = head_of(digest);
    return head ? (uint32_t)__builtin_ctzll(head) : 64;
}

uint32_t eml_coin_work(const eml_coin *coin, uint64_t nonce) {
    eml_digest digest = seeded_hash(&coin->seed, nonce);
    return work_of(&digest);
}

typedef struct nonce_search {
    const eml_digest *seed;
    uint64_t first;
    uint32_t mask;
    atomic_uint_least64_t found; /* the smallest so far */
} nonce_search;

/* Ranges below the nonce that is found are searched to their ends: one of them may have a smaller one. */
static void search_range(void *context, size_t offset, size_t count) {
    nonce_search *search = context;
    uint64_t first = search->first + offset, found = atomic_load(&search->found);
    if (first >= found) return;
    size_t index = eml_blake3_find_nonce(search->seed, first, count, search->mask);
    if (index == count) return;
    while (first + index < found && !atomic_compare_exchange_weak(&search->found, &found, first + index)) {
    }
}

/* A round has four times as many nonces as are expected to be needed, so that one is enough in 49 of 50 cases; what lies
 * behind the nonce that is found costs nothing. Up to 9 bits are one job, which wakes no thread. */
uint64_t eml_coin_grind(const eml_coin *coin, uint32_t bits) {
    assert(bits <= 32);
    nonce_search search = {.seed = &coin->seed, .first = 1, .mask = (uint32_t)((UINT64_C(1) << bits) - 1)};
    size_t round = (size_t)1 << (bits + 2 < ROUND_BITS_MAX ? bits + 2 : ROUND_BITS_MAX);
    if (round < NONCES_A_JOB) round = NONCES_A_JOB;
    atomic_init(&search.found, UINT64_MAX);
    for (;; search.first += round) {
        eml_parallel_ranges(round, NONCES_A_JOB, search_range, &search);
        uint64_t found = atomic_load(&search.found);
        if (found != UINT64_MAX) return found;
    }
}

static int compare_positions(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

size_t eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions) {
    coin->seed = seeded_hash(&coin->seed, nonce);
    coin->counter = 0;
    for (size_t i = 0; i < count; i++) {
        eml_digest digest = seeded_hash(&coin->seed, ++coin->counter);
        positions[i] = (size_t)(head_of(&digest) & (domain - 1));
    }
    qsort(positions, count, sizeof *positions, compare_positions);
    size_t unique = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || positions[i] != positions[i - 1]) positions[unique++] = positions[i];
    return unique;
}
