#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"

enum { ROWS_PER_JOB = 512 }; /* about 0.1 ms: less is not worth waking a thread */

void eml_prover_hold(eml_prover *p, size_t bytes) {
    p->bytes += bytes;
    if (p->bytes > p->peak_bytes) p->peak_bytes = p->bytes;
}

void eml_prover_release(eml_prover *p, size_t bytes) { p->bytes -= bytes; }

static size_t matrix_bytes(const eml_matrix *m) { return m->rows * m->width * sizeof *m->cells; }

void eml_prover_init_matrix(eml_prover *p, eml_matrix *m, size_t rows, size_t width) {
    *m = (eml_matrix){eml_alloc_raw(rows * width, sizeof *m->cells), rows, width};
    eml_prover_hold(p, matrix_bytes(m));
}

void eml_prover_free_matrix(eml_prover *p, eml_matrix *m) {
    eml_prover_release(p, matrix_bytes(m));
    eml_matrix_free(m);
    *m = (eml_matrix){0};
}

void eml_prover_extend(eml_prover *p, eml_matrix *coefficients_take, eml_matrix *lde) {
    eml_prover_init_matrix(p, lde, p->layout.lde, coefficients_take->width);
    eml_ntt_evaluate(coefficients_take, eml_domain_offset(), p->layout.blowup, lde);
    eml_prover_free_matrix(p, coefficients_take);
}

typedef struct hash_rows {
    const eml_committed *committed;
    size_t row_bytes;
    bool encoded; /* the matrix's memory is its encoding: canonical elements (ntt.h), little-endian, none left out */
} hash_rows;

void eml_prover_row_encode(const eml_committed *committed, size_t row, uint8_t *out) {
    const eml_fe *cells = eml_matrix_row(&committed->lde, row);
    for (size_t c = 0; c < committed->lde.width; c += committed->step, out += EML_FE_BYTES)
        eml_fe_to_bytes(cells[c], out);
}

static void hash_rows_job(void *context, size_t job, void *memory) {
    const hash_rows *h = context;
    const eml_matrix *lde = &h->committed->lde;
    size_t first = job * ROWS_PER_JOB, count = lde->rows - first < ROWS_PER_JOB ? lde->rows - first : ROWS_PER_JOB;
    eml_digest *leaves = h->committed->tree.nodes + h->committed->tree.leaves;
    if (h->encoded) {
        const uint8_t *rows = (const uint8_t *)eml_matrix_row(lde, first);
        eml_hash_many(rows, h->row_bytes, h->row_bytes, count, leaves + first);
        return;
    }
    uint8_t *bytes = memory;
    for (size_t i = 0; i < count; i++) eml_prover_row_encode(h->committed, first + i, bytes + i * h->row_bytes);
    eml_hash_many(bytes, h->row_bytes, h->row_bytes, count, leaves + first);
}

void eml_prover_commit(eml_prover *p, eml_committed *committed, size_t index) {
    eml_merkle_init(&committed->tree, committed->lde.rows);
    eml_prover_hold(p, 2 * committed->tree.leaves * sizeof *committed->tree.nodes);
    hash_rows h = {.committed = committed,
                   .row_bytes = committed->lde.width / committed->step * EML_FE_BYTES,
                   .encoded = committed->step == 1 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__};
    size_t jobs = (committed->lde.rows + ROWS_PER_JOB - 1) / ROWS_PER_JOB, job_bytes = ROWS_PER_JOB * h.row_bytes;
    eml_parallel_with(jobs, job_bytes / 3, h.encoded ? 0 : job_bytes, hash_rows_job, &h);
    eml_merkle_build(&committed->tree);
    p->proof.commitments[index] = committed->tree.nodes[1];
    eml_coin_reseed(&p->coin, &p->proof.commitments[index]);
}

/* 1: the trace's columns are interpolated on the trace domain and evaluated on the extended one. With auxiliary columns
 * the trace itself is needed once more, for them. */
void eml_prover_extend_trace(eml_prover *p) {
    eml_matrix coefficients;
    if (p->layout.aux_width) {
        eml_prover_init_matrix(p, &coefficients, p->trace.rows, p->trace.width);
        memcpy(coefficients.cells, p->trace.cells, matrix_bytes(&p->trace));
    } else {
        coefficients = p->trace;
        p->trace = (eml_matrix){0};
    }
    eml_ntt_interpolate(&coefficients, EML_FE_ONE);
    eml_prover_extend(p, &coefficients, &p->main.lde);
}

void eml_prover_commit_trace(eml_prover *p) {
    p->main.step = 1;
    eml_prover_commit(p, &p->main, 0);
}

/* 2: challenges, the columns that depend on them, and their commitment. */
void eml_prover_commit_auxiliary(eml_prover *p, const uint8_t seed[32]) {
    if (!p->layout.aux_width) return;
    p->random = eml_alloc_raw(p->layout.random_count, sizeof *p->random);
    eml_coin_draw_many(&p->coin, p->random, p->layout.random_count);
    eml_matrix columns;
    eml_air_build_aux(p->air, &p->trace, p->random[0], seed, &columns);
    eml_prover_hold(p, matrix_bytes(&columns));
    eml_prover_free_matrix(p, &p->trace);
    eml_ntt_interpolate(&columns, EML_FE_ONE);
    eml_prover_extend(p, &columns, &p->aux.lde);
    p->aux.step = eml_prover_step2(p);
    eml_prover_commit(p, &p->aux, 1);
}
