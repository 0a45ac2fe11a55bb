#include "runtime/hash/rescue_prime.h"

#include <string.h>

#include "runtime/base/bytes.h"
#include "runtime/base/cpu.h"
#include "runtime/field/vector.h"
#include "runtime/hash/rescue_rounds.h"

/* state = MDS state + constants */
static void mix(eml_fe state[EML_RESCUE_WIDTH], const eml_fe constants[EML_RESCUE_WIDTH]) {
    eml_fe mixed[EML_RESCUE_WIDTH];
    for (size_t i = 0; i < EML_RESCUE_WIDTH; i++) {
        mixed[i] = eml_fe_add(eml_fe_dot(eml_rescue_mds[i], state, EML_RESCUE_WIDTH), constants[i]);
    }
    memcpy(state, mixed, sizeof mixed);
}

void eml_rescue_rounds_c(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count) {
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < EML_RESCUE_WIDTH; i++) states[k][i] = eml_fe_cube(states[k][i]);
        mix(states[k], eml_rescue_constants[rounds[k]]);
    }
    if (count > 0) eml_fe_cube_root_many(states[0], count * EML_RESCUE_WIDTH);
    for (size_t k = 0; k < count; k++) mix(states[k], eml_rescue_constants[rounds[k]] + EML_RESCUE_WIDTH);
}

void eml_rescue_rounds(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count) {
#if EML_HASH_SIMD
    unsigned flags = eml_cpu_flags();
    if (flags & EML_CPU_AVX512_IFMA) {
        eml_rescue_rounds_avx512(states, rounds, count);
        return;
    }
    if (flags & EML_CPU_AVX2) {
        eml_rescue_rounds_avx2(states, rounds, count);
        return;
    }
#endif
    eml_rescue_rounds_c(states, rounds, count);
}

void eml_rescue_round(eml_fe state[EML_RESCUE_WIDTH], unsigned round) {
    eml_rescue_rounds((eml_fe(*)[EML_RESCUE_WIDTH])state, &round, 1);
}

void eml_rescue_permute(eml_fe state[EML_RESCUE_WIDTH]) {
    for (unsigned round = 0; round < EML_RESCUE_ROUNDS; round++) eml_rescue_round(state, round);
}

void eml_rescue_hash(const eml_fe *input, size_t count, eml_fe digest[EML_RESCUE_DIGEST]) {
    eml_fe state[EML_RESCUE_WIDTH] = {EML_FE_ZERO, EML_FE_ZERO, EML_FE_ZERO, EML_FE_ZERO};
    size_t padded = (count / EML_RESCUE_RATE + 1) * EML_RESCUE_RATE; /* the one always fits */
    for (size_t i = 0; i < padded; i++) {
        eml_fe word = i < count ? input[i] : i == count ? EML_FE_ONE : EML_FE_ZERO;
        eml_fe *rate = &state[i % EML_RESCUE_RATE];
        *rate = eml_fe_add(*rate, word);
        if (i % EML_RESCUE_RATE == EML_RESCUE_RATE - 1) eml_rescue_permute(state);
    }
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) digest[i] = eml_fe_canon(state[i]);
}

void eml_rescue_digest_to_hex(const eml_fe digest[EML_RESCUE_DIGEST], char out[EML_RESCUE_DIGEST_HEX + 1]) {
    uint8_t bytes[EML_RESCUE_DIGEST * EML_FE_BYTES];
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) eml_fe_to_bytes(digest[i], bytes + i * EML_FE_BYTES);
    eml_hex_encode(bytes, sizeof bytes, out);
}

bool eml_rescue_digest_from_hex(const char *text, size_t length, eml_fe out[EML_RESCUE_DIGEST]) {
    uint8_t bytes[EML_RESCUE_DIGEST * EML_FE_BYTES];
    eml_fe digest[EML_RESCUE_DIGEST];
    if (!eml_hex_decode(text, length, bytes, sizeof bytes)) return false;
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++)
        if (!eml_fe_from_bytes(bytes + i * EML_FE_BYTES, &digest[i])) return false;
    memcpy(out, digest, sizeof digest);
    return true;
}
