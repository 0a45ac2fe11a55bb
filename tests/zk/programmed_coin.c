#include "tests/zk/programmed_coin.h"

#define eml_coin_init           real_init
#define eml_coin_reseed         real_reseed
#define eml_coin_draw           real_draw
#define eml_coin_draw_many      real_draw_many
#define eml_coin_work           real_work
#define eml_coin_grind          real_grind
#define eml_coin_draw_positions real_draw_positions
#include "runtime/stark/coin.c"
#undef eml_coin_init
#undef eml_coin_reseed
#undef eml_coin_draw
#undef eml_coin_draw_many
#undef eml_coin_work
#undef eml_coin_grind
#undef eml_coin_draw_positions

/* coin.h's, once more: above they were read under the other names. */
void eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension);
void eml_coin_reseed(eml_coin *coin, const eml_digest *data);
eml_fe2 eml_coin_draw(eml_coin *coin);
void eml_coin_draw_many(eml_coin *coin, eml_fe2 *out, size_t count);
uint32_t eml_coin_work(const eml_coin *coin, uint64_t nonce);
uint64_t eml_coin_grind(const eml_coin *coin, uint32_t bits);
size_t eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions);

bool programmed_coin = true;

void eml_coin_init(eml_coin *coin, const eml_fe *elements, size_t count, uint32_t extension) {
    if (programmed_coin)
        *coin = (eml_coin){.extension = extension};
    else
        real_init(coin, elements, count, extension);
}

void eml_coin_reseed(eml_coin *coin, const eml_digest *data) {
    if (!programmed_coin) real_reseed(coin, data);
}

eml_fe2 eml_coin_draw(eml_coin *coin) { return real_draw(coin); }
void eml_coin_draw_many(eml_coin *coin, eml_fe2 *out, size_t count) { real_draw_many(coin, out, count); }

uint32_t eml_coin_work(const eml_coin *coin, uint64_t nonce) { return programmed_coin ? 64 : real_work(coin, nonce); }
uint64_t eml_coin_grind(const eml_coin *coin, uint32_t bits) { return programmed_coin ? 1 : real_grind(coin, bits); }

size_t eml_coin_draw_positions(eml_coin *coin, uint64_t nonce, size_t domain, size_t count, size_t *positions) {
    return real_draw_positions(coin, nonce, domain, count, positions);
}
