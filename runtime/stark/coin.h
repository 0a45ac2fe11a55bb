/* The random coin: Fiat-Shamir as Winterfell 0.13.1's DefaultRandomCoin over Blake3_256 (crypto/src/random/default.rs).
 * Prover and verifier run the same one, so that every challenge is a function of everything sent before it. */
#ifndef EML_STARK_COIN_H
#define EML_STARK_COIN_H

#include "runtime/hash/digest.h"

/* seed: digest of all that was absorbed; counter: values drawn since. extension (1 or 2) says from which field
 * eml_coin_draw draws. */
typedef struct eml_coin {
    eml_digest seed;
    uint64_t counter;
    uint32_t extension;
} eml_coin;

void eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension);
void eml_coin_reseed(eml_coin *coin, const eml_digest *data);

/* A uniform element of the extension (b = 0 for extension 1). Digests that are not canonical are passed over: one in
 * 2^81 is. */
eml_fe2 eml_coin_draw(eml_coin *coin);
void eml_coin_draw_many(eml_coin *coin, eml_fe2 *out, size_t count);

/* Bits of proof of work that nonce shows: trailing zeros of the first eight bytes, as a little-endian integer, of
 * H(seed || nonce). */
uint32_t eml_coin_work(const eml_coin *coin, uint64_t nonce);
/* The smallest nonce >= 1 that shows at least bits (<= 32), with all threads. */
uint64_t eml_coin_grind(const eml_coin *coin, uint32_t bits);

/* Absorbs the nonce, draws count positions below domain (a power of two) and leaves the distinct ones, sorted, in
 * positions. Returns how many. */
size_t eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions);

#endif
