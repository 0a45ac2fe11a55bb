#include "runtime/isa/commitment.h"

#include <string.h>

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
