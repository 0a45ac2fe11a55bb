#include "runtime/isa/sponge.h"

#include <string.h>

#include "runtime/base/parallel.h"

eml_fe eml_program_opword(const eml_program *program, uint32_t group) {
    uint32_t length = eml_shape_group(&program->shape);
    eml_u128 word = 0;
    for (uint32_t i = 0; i < length; i++) word = word << 5 | program->code[group * length + i];
    return eml_fe_of_u128_(word);
}

static void absorb(const eml_program *program, uint32_t row, eml_fe state[EML_RESCUE_WIDTH]) {
    if (row >= eml_shape_code_rows(&program->shape)) return;
    uint32_t group = row / eml_shape_group(&program->shape);
    state[0] = eml_fe_add(state[0], program->immediates[group]);
    state[1] = eml_fe_add(state[1], eml_program_opword(program, group));
}

void eml_sponges_step(const eml_program *program, uint32_t first, uint32_t count, uint32_t row,
                      eml_fe (*states)[EML_RESCUE_WIDTH]) {
    eml_fe busy[EML_SPONGES_MAX][EML_RESCUE_WIDTH];
    unsigned rounds[EML_SPONGES_MAX] = {0};
    size_t sponges[EML_SPONGES_MAX], busy_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t phase = eml_sponge_phase(&program->shape, first + i, row);
        if (phase == EML_SPONGE_ABSORB) {
            absorb(program, row, states[i]);
        } else if (phase != EML_SPONGE_HOLD) {
            memcpy(busy[busy_count], states[i], sizeof *busy);
            rounds[busy_count] = phase - 1;
            sponges[busy_count++] = i;
        }
    }
    eml_rescue_rounds(busy, rounds, busy_count);
    for (size_t i = 0; i < busy_count; i++) memcpy(states[sponges[i]], busy[i], sizeof *busy);
}

/* Sponges share nothing, so each thread takes as many neighbours as it must: the more at once, the cheaper the cube roots. */
typedef struct runner {
    const eml_program *program;
    uint32_t sponges; /* for one job; divides S */
    eml_fe *cells;    /* NULL: the states are not kept */
    size_t stride;
    eml_fe (*digests)[EML_RESCUE_DIGEST]; /* NULL: nor are the digests */
} runner;

static void run_some(void *context, size_t job) {
    const runner *r = context;
    const eml_shape *shape = &r->program->shape;
    uint32_t first = (uint32_t)job * r->sponges;
    eml_fe states[EML_SPONGES_MAX][EML_RESCUE_WIDTH] = {{{0}}};
    for (uint32_t row = 0; row + 1 < shape->n; row++) {
        if (r->cells)
            memcpy(r->cells + row * r->stride + EML_RESCUE_WIDTH * first, states, r->sponges * sizeof *states);
        for (uint32_t i = 0; r->digests && i < r->sponges; i++)
            if (row == eml_shape_digest_row(shape, first + i))
                memcpy(r->digests[first + i], states[i], sizeof *r->digests);
        eml_sponges_step(r->program, first, r->sponges, row, states);
    }
}

static void run_all(runner r) {
    uint32_t S = r.program->shape.S;
    uint32_t jobs = eml_threads_get() >= S ? S : eml_threads_get() >= 2 && S >= 2 ? 2 : 1; /* S is 1, 2 or 4 */
    r.sponges = S / jobs;
    eml_parallel_for(jobs, run_some, &r);
}

void eml_sponges_run(const eml_program *program, eml_fe *cells, size_t stride) {
    run_all((runner){.program = program, .cells = cells, .stride = stride});
}

void eml_program_sponge_digests(const eml_program *program, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    memset(digests, 0, EML_SPONGES_MAX * sizeof *digests);
    run_all((runner){.program = program, .digests = digests});
}
