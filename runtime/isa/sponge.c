#include "runtime/isa/sponge.h"

#include <string.h>

#include "runtime/base/memory.h"
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

/* One sponge on its way: the state before the transition out of `row`. */
typedef struct runner {
    uint32_t sponge, row;
    eml_fe state[EML_RESCUE_WIDTH];
} runner;

/* Runners that step together share the cube roots' chains, which is what makes them cheap: two segments of four sponges
 * at most. */
enum { SEGMENTS_TOGETHER = 2, RUNNERS_MAX = SEGMENTS_TOGETHER * EML_SPONGES_MAX };
enum { STEP_COST = 1600 }; /* nanoseconds that one of them takes to step */

static void step(const eml_program *program, runner *runners, size_t count) {
    eml_fe busy[RUNNERS_MAX][EML_RESCUE_WIDTH];
    unsigned rounds[RUNNERS_MAX] = {0};
    runner *owners[RUNNERS_MAX];
    size_t busy_count = 0;
    for (size_t i = 0; i < count; i++) {
        runner *r = &runners[i];
        uint32_t phase = eml_sponge_phase(&program->shape, r->sponge, r->row);
        if (phase == EML_SPONGE_ABSORB) {
            absorb(program, r->row, r->state);
        } else if (phase != EML_SPONGE_HOLD) {
            memcpy(busy[busy_count], r->state, sizeof *busy);
            rounds[busy_count] = phase - 1;
            owners[busy_count++] = r;
        }
        r->row++;
    }
    eml_rescue_rounds(busy, rounds, busy_count);
    for (size_t i = 0; i < busy_count; i++) memcpy(owners[i]->state, busy[i], sizeof *busy);
}

/* ---- one run from the beginning: digests and kept states
 * -------------------------------------------------------------- */

static eml_fe *kept(const eml_program *program, uint32_t row, uint32_t sponge) {
    size_t index = (size_t)(row / program->kept.every) * program->shape.S + sponge;
    return program->kept.states + index * EML_RESCUE_WIDTH;
}

/* Sponges share nothing: each thread takes as many neighbours as it must. */
typedef struct first_run {
    const eml_program *program;
    uint32_t sponges; /* for one job; divides S */
    eml_fe (*digests)[EML_RESCUE_DIGEST];
} first_run;

static void run_sponges(void *context, size_t job) {
    const first_run *f = context;
    const eml_shape *shape = &f->program->shape;
    runner runners[EML_SPONGES_MAX];
    for (uint32_t i = 0; i < f->sponges; i++) runners[i] = (runner){.sponge = (uint32_t)job * f->sponges + i};
    for (uint32_t row = 0; row + 1 < shape->n; row++) {
        for (uint32_t i = 0; i < f->sponges; i++) {
            const runner *r = &runners[i];
            if (row % f->program->kept.every == 0) memcpy(kept(f->program, row, r->sponge), r->state, sizeof r->state);
            if (row == eml_shape_digest_row(shape, r->sponge))
                memcpy(f->digests[r->sponge], r->state, sizeof *f->digests);
        }
        step(f->program, runners, f->sponges);
    }
}

void eml_sponges_first_run(eml_program *program, uint32_t every, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    uint32_t S = program->shape.S, threads = eml_threads_get();
    uint32_t jobs = threads >= S ? S : threads >= 2 && S >= 2 ? 2 : 1; /* S is 1, 2 or 4 */
    eml_free(program->kept.states);
    size_t rows = (program->shape.n + every - 1) / every;
    program->kept.every = every;
    program->kept.states = eml_alloc(rows * S * EML_RESCUE_WIDTH, sizeof(eml_fe));
    memset(digests, 0, EML_SPONGES_MAX * sizeof *digests);
    first_run f = {program, S / jobs, digests};
    eml_parallel_for(jobs, (size_t)program->shape.n * f.sponges * STEP_COST, run_sponges, &f);
}

/* 64 MiB of states: every row up to n = 2^18 with four sponges. A longer program keeps few, 4 bytes a row, so that to
 * verify with it does not take gigabytes. */
enum { KEPT_BYTES_MAX = 1 << 26, KEPT_RARELY = 64 };

void eml_program_sponge_digests(eml_program *program, eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]) {
    uint64_t bytes = (uint64_t)program->shape.n * program->shape.S * EML_RESCUE_WIDTH * sizeof(eml_fe);
    eml_sponges_first_run(program, bytes <= KEPT_BYTES_MAX ? 1 : KEPT_RARELY, digests);
}

/* ---- all rows
 * --------------------------------------------------------------------------------------------------------- */

typedef struct all_rows {
    const eml_program *program;
    uint32_t segment; /* rows from one kept state to the next; when none is kept, all of them */
    eml_fe *cells;
    size_t stride;
} all_rows;

/* SEGMENTS_TOGETHER segments at once, row by row; the last ones of a program may be missing or a row short. */
static void run_segments(void *context, size_t job) {
    const all_rows *a = context;
    uint32_t S = a->program->shape.S, rows = a->program->shape.n - 1, count = 0;
    runner runners[RUNNERS_MAX];
    for (uint32_t i = 0; i < SEGMENTS_TOGETHER; i++) {
        uint64_t row = ((uint64_t)job * SEGMENTS_TOGETHER + i) * a->segment;
        for (uint32_t k = 0; k < S && row < rows; k++) {
            runner *r = &runners[count++];
            *r = (runner){.sponge = k, .row = (uint32_t)row};
            if (row) memcpy(r->state, kept(a->program, r->row, k), sizeof r->state);
        }
    }
    for (uint32_t i = 0; count; i++) {
        for (uint32_t r = 0; r < count; r++)
            memcpy(a->cells + runners[r].row * a->stride + EML_RESCUE_WIDTH * runners[r].sponge, runners[r].state,
                   sizeof runners->state);
        if (i + 1 == a->segment) break;
        step(a->program, runners, count);
        while (count && runners[count - 1].row >= rows) count--;
    }
}

static void copy_rows(void *context, size_t first, size_t count) {
    const all_rows *a = context;
    size_t width = (size_t)a->program->shape.S * EML_RESCUE_WIDTH, rows = a->program->shape.n - 1;
    for (size_t row = first; row < first + count && row < rows; row++)
        memcpy(a->cells + row * a->stride, a->program->kept.states + row * width, width * sizeof(eml_fe));
}

void eml_sponges_run(const eml_program *program, eml_fe *cells, size_t stride) {
    enum { ROWS_PER_JOB = 1024, COPY_COST = 20 };
    all_rows a = {program, program->kept.states ? program->kept.every : program->shape.n, cells, stride};
    if (a.segment == 1) {
        eml_parallel_ranges(program->shape.n, ROWS_PER_JOB, ROWS_PER_JOB * program->shape.S * COPY_COST, copy_rows, &a);
        return;
    }
    size_t together = (size_t)SEGMENTS_TOGETHER * a.segment;
    eml_parallel_for((program->shape.n + together - 1) / together, together * program->shape.S * STEP_COST,
                     run_segments, &a);
}
