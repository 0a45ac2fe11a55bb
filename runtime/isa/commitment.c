#include "runtime/isa/commitment.h"

#include <string.h>

#include "runtime/isa/sponge.h"

static void absorb(eml_fe state[EML_RESCUE_WIDTH], eml_fe first, eml_fe second) {
    eml_rescue_permute(state);
    state[0] = eml_fe_add(state[0], first);
    state[1] = eml_fe_add(state[1], second);
}

void eml_commitment_of(const eml_fe schema[EML_RESCUE_DIGEST], const eml_fe salts[2], const eml_fe *values,
                       size_t count, eml_fe commitment[EML_RESCUE_DIGEST]) {
    eml_fe state[EML_RESCUE_WIDTH] = {{0}};
    state[2] = eml_fe_from_u64(count);
    absorb(state, salts[0], salts[1]);
    absorb(state, schema[0], schema[1]);
    for (size_t i = 0; i < count; i += 2) absorb(state, values[i], i + 1 < count ? values[i + 1] : EML_FE_ZERO);
    eml_rescue_permute(state);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) commitment[i] = eml_fe_canon(state[i]);
    explicit_bzero(state, sizeof state);
}

/* In the order in which they are absorbed: salts, schema, values, and 0 from there on. */
void eml_commitment_pair(const eml_shape *shape, const eml_fe salts[2], const eml_fe *values, uint64_t index,
                         eml_fe pair[EML_RESCUE_RATE]) {
    uint64_t m = eml_shape_committed(shape);
    for (uint64_t i = 0; i < EML_RESCUE_RATE; i++) {
        uint64_t value = EML_RESCUE_RATE * (index - 2) + i;
        pair[i] = index == 0 ? salts[i] : index == 1 ? shape->schema[i] : value < m ? values[value] : EML_FE_ZERO;
    }
}

void eml_data_sponge_start(const eml_shape *shape, eml_fe state[EML_RESCUE_WIDTH]) {
    memset(state, 0, EML_RESCUE_WIDTH * sizeof *state);
    state[2] = eml_fe_from_u64(eml_shape_committed(shape));
}

void eml_data_sponge_run(const eml_shape *shape, const eml_fe salts[2], const eml_fe *values, uint32_t first,
                         uint32_t count, eml_fe (*states)[EML_RESCUE_WIDTH]) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t row = first + i, phase = eml_sponge_phase(shape, shape->S - 1, row);
        eml_fe *next = states[i + 1];
        memcpy(next, states[i], sizeof states[i]);
        if (phase == EML_SPONGE_ABSORB) {
            eml_fe pair[EML_RESCUE_RATE];
            eml_commitment_pair(shape, salts, values, row / EML_CYCLE, pair);
            for (size_t j = 0; j < EML_RESCUE_RATE; j++) next[j] = eml_fe_add(next[j], pair[j]);
        } else if (phase != EML_SPONGE_HOLD) {
            eml_rescue_round(next, phase - 1);
        }
    }
}
