#include "runtime/stark/coin.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/base/bytes.h"
#include "runtime/base/parallel.h"

/* Nonces that one job tries; those behind the one that is found cost nothing, so the mean of a round is a quarter. */
enum { NONCES_A_JOB = 2048, NONCE_COST = 2, ROUND_BITS_MAX = 24 };

void eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension) {
    *coin = (eml_coin){eml_hash_elements(elements, count), 0, extension};
}

void eml_coin_reseed(eml_coin *coin, const eml_digest *data) {
    coin->seed = eml_hash_pair(&coin->seed, data);
    coin->counter = 0;
}

eml_fe2 eml_coin_draw(eml_coin *coin) {
    for (;;) {
        eml_digest digest = eml_hash_seeded(&coin->seed, ++coin->counter);
        eml_fe2 element = EML_FE2_ZERO;
        if (!eml_fe_from_bytes(digest.bytes, &element.a)) continue;
        if (coin->extension == 1 || eml_fe_from_bytes(digest.bytes + EML_FE_BYTES, &element.b)) return element;
    }
}

void eml_coin_draw_many(eml_coin *coin, eml_fe2 *out, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = eml_coin_draw(coin);
}

static uint32_t work_of(const eml_digest *digest) {
    uint64_t head = eml_le_get(digest->bytes, 8);
    return head ? (uint32_t)__builtin_ctzll(head) : 64;
}

uint32_t eml_coin_work(const eml_coin *coin, uint64_t nonce) {
    eml_digest digest = eml_hash_seeded(&coin->seed, nonce);
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
    size_t index = eml_hash_find_nonce(search->seed, first, count, search->mask);
    if (index == count) return;
    while (first + index < found && !atomic_compare_exchange_weak(&search->found, &found, first + index)) {
    }
}

/* A round has four times as many nonces as are expected to be needed, so that one is enough in 49 of 50 cases; what
 * lies behind the nonce that is found costs nothing. Up to 9 bits are one job, which wakes no thread. */
uint64_t eml_coin_grind(const eml_coin *coin, uint32_t bits) {
    assert(bits <= 32);
    nonce_search search = {.seed = &coin->seed, .first = 1, .mask = (uint32_t)((UINT64_C(1) << bits) - 1)};
    size_t round = (size_t)1 << (bits + 2 < ROUND_BITS_MAX ? bits + 2 : ROUND_BITS_MAX);
    if (round < NONCES_A_JOB) round = NONCES_A_JOB;
    atomic_init(&search.found, UINT64_MAX);
    for (;; search.first += round) {
        eml_parallel_ranges(round, NONCES_A_JOB, NONCES_A_JOB * NONCE_COST, search_range, &search);
        uint64_t found = atomic_load(&search.found);
        if (found != UINT64_MAX) return found;
    }
}

static int compare_positions(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

size_t eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions) {
    coin->seed = eml_hash_seeded(&coin->seed, nonce);
    coin->counter = 0;
    for (size_t i = 0; i < count; i++) {
        eml_digest digest = eml_hash_seeded(&coin->seed, ++coin->counter);
        positions[i] = (size_t)(eml_le_get(digest.bytes, 8) & (domain - 1));
    }
    qsort(positions, count, sizeof *positions, compare_positions);
    size_t unique = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || positions[i] != positions[i - 1]) positions[unique++] = positions[i];
    return unique;
}
