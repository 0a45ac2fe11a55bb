#include "runtime/isa/sponge.h"

#include <string.h>

eml_fe eml_program_opword(const eml_program *program, uint32_t group) {
    uint32_t length = eml_shape_group(&program->shape);
    eml_u128 word = 0;
    for (uint32_t i = 0; i < length; i++) word = word << 5 | program->code[group * length + i];
    return eml_fe_of_u128_(word);
}

void eml_sponge_step(const eml_program *program, uint32_t k, uint32_t row, eml_fe state[EML_RESCUE_WIDTH]) {
    uint32_t phase = eml_sponge_phase(&program->shape, k, row);
    if (phase == EML_SPONGE_HOLD) return;
    if (phase != EML_SPONGE_ABSORB) {
        eml_rescue_round(state, phase - 1);
    } else if (row < eml_shape_code_rows(&program->shape)) {
        uint32_t group = row / eml_shape_group(&program->shape);
        state[0] = eml_fe_add(state[0], program->immediates[group]);
        state[1] = eml_fe_add(state[1], eml_program_opword(program, group));
    }
}

void eml_program_sponge_digests(const eml_program *program, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    memset(digests, 0, EML_SPONGES_MAX * sizeof *digests);
    for (uint32_t k = 0; k < program->shape.S; k++) {
        eml_fe state[EML_RESCUE_WIDTH] = {{0}};
        uint32_t end = eml_shape_digest_row(&program->shape, k);
        for (uint32_t row = 0; row < end; row++) eml_sponge_step(program, k, row, state);
        memcpy(digests[k], state, sizeof digests[k]);
    }
}
