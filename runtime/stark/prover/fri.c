/* Phase 7: FRI. Row i of a layer's tree holds the values at positions i, i + rows, i + 2 rows, ...: what one fold
 * needs. */
#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "runtime/stark/prover/fold_rows.h"

enum { ROWS_PER_JOB = 256, CELL_COST = 15 };

static size_t job_count(size_t rows) { return (rows + ROWS_PER_JOB - 1) / ROWS_PER_JOB; }

void eml_prover_fri_row_encode(const eml_prover *p, uint32_t layer, size_t row, uint8_t *out) {
    size_t rows = p->layout.domain[layer + 1], element = eml_layout_element_bytes(&p->layout);
    for (size_t k = 0; k < p->layout.folding; k++, out += element) {
        const eml_fe *cell = eml_matrix_row(&p->fri[layer], row + k * rows);
        eml_fe_to_bytes(cell[0], out);
        if (p->layout.extension == 2) eml_fe_to_bytes(cell[1], out + EML_FE_BYTES);
    }
}

typedef struct layer_job {
    eml_prover *p;
    uint32_t layer;
    size_t row_bytes;
} layer_job;

static void hash_layer_job(void *context, size_t job, void *memory) {
    const layer_job *j = context;
    size_t rows = j->p->layout.domain[j->layer + 1];
    size_t first = job * ROWS_PER_JOB, count = rows - first < ROWS_PER_JOB ? rows - first : ROWS_PER_JOB;
    uint8_t *bytes = memory;
    for (size_t i = 0; i < count; i++) eml_prover_fri_row_encode(j->p, j->layer, first + i, bytes + i * j->row_bytes);
    eml_hash_many(bytes, j->row_bytes, j->row_bytes, count, j->p->fri_trees[j->layer].nodes + rows + first);
}

void eml_prover_commit_fri_layer(eml_prover *p, uint32_t layer) {
    eml_merkle *tree = &p->fri_trees[layer];
    size_t rows = p->layout.domain[layer + 1], index = eml_commitment_fri(&p->layout) + layer;
    eml_merkle_init(tree, rows);
    eml_prover_hold(p, 2 * rows * sizeof *tree->nodes);
    layer_job j = {p, layer, p->layout.folding * eml_layout_element_bytes(&p->layout)};
    size_t job_bytes = ROWS_PER_JOB * j.row_bytes;
    eml_parallel_with(job_count(rows), job_bytes / 2, job_bytes, hash_layer_job, &j);
    eml_merkle_build(tree);
    p->proof.commitments[index] = tree->nodes[1];
    eml_coin_reseed(&p->coin, &tree->nodes[1]);
}

static void fold_range(void *context, size_t first, size_t count) { eml_fold_rows_best()(context, first, count); }

/* Winterfell keeps the same offset for every layer's domain: folding sees x = offset w^i, whatever the layer. */
void eml_prover_fold_fri_layer(eml_prover *p, uint32_t layer) {
    size_t rows = p->layout.domain[layer + 1];
    eml_fold fold;
    eml_fold_init(&fold, p->layout.folding, eml_coin_draw(&p->coin));
    eml_prover_init_matrix(p, &p->fri[layer + 1], rows, 2);
    eml_fold_rows job = {.fold = &fold,
                         .from = p->fri[layer].cells,
                         .to = p->fri[layer + 1].cells,
                         .rows = rows,
                         .inverse_offset = eml_fe_inv(eml_domain_offset()),
                         .inverse_generator = eml_fe_inv(eml_domain_generator(p->layout.domain[layer]))};
    eml_parallel_ranges(rows, ROWS_PER_JOB, ROWS_PER_JOB * fold.folding * CELL_COST, fold_range, &job);
}

/* The last evaluations are a polynomial of degree < rows / blowup: its coefficients are sent, highest first. */
void eml_prover_send_remainder(eml_prover *p) {
    eml_matrix *last = &p->fri[p->layout.fri_layers];
    size_t count = p->layout.remainder, index = eml_commitment_fri(&p->layout) + p->layout.fri_layers;
    unsigned bits = (unsigned)__builtin_ctzll(last->rows);
    eml_ntt_interpolate(last, eml_domain_offset());
    p->proof.remainder = eml_alloc_raw(count, sizeof *p->proof.remainder);
    for (size_t i = 0; i < count; i++) {
        const eml_fe *cell = eml_matrix_row(last, eml_bit_reverse(count - 1 - i, bits));
        p->proof.remainder[i] = (eml_fe2){cell[0], cell[1]};
    }
    eml_prover_free_matrix(p, last);
    p->proof.commitments[index] = eml_hash_elements2(p->proof.remainder, count, p->layout.extension);
    eml_coin_reseed(&p->coin, &p->proof.commitments[index]);
}
