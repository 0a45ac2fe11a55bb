/* Phases 8 and 9: proof of work, query positions, and the rows that they ask for. */
#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/stark/fold.h"

void eml_prover_grind(eml_prover *p) {
    p->proof.nonce = eml_coin_grind(&p->coin, p->params->grinding);
    p->position_count =
        eml_coin_draw_positions(&p->coin, p->proof.nonce, p->layout.lde, p->layout.queries, p->positions);
    p->proof.unique_queries = (uint32_t)p->position_count;
}

static void open_matrix(eml_prover *p, const eml_committed *committed, eml_buf *rows, eml_opened_rows *out) {
    size_t row_bytes = committed->lde.width / committed->step * EML_FE_BYTES;
    uint8_t *bytes = eml_alloc_raw(1, row_bytes);
    for (size_t i = 0; i < p->position_count; i++) {
        eml_prover_row_encode(committed, p->positions[i], bytes);
        eml_buf_put(rows, bytes, row_bytes);
    }
    eml_free(bytes);
    out->values = rows->data;
    out->values_len = rows->len;
    eml_merkle_open(&committed->tree, p->positions, p->position_count, &out->path);
}

static void open_layer(const eml_prover *p, uint32_t layer, const size_t *positions, size_t count, eml_buf *rows,
                       eml_opened_rows *out) {
    size_t row_bytes = p->layout.folding * eml_layout_element_bytes(&p->layout);
    uint8_t *bytes = eml_alloc_raw(1, row_bytes);
    for (size_t i = 0; i < count; i++) {
        eml_prover_fri_row_encode(p, layer, positions[i], bytes);
        eml_buf_put(rows, bytes, row_bytes);
    }
    eml_free(bytes);
    out->values = rows->data;
    out->values_len = rows->len;
    eml_merkle_open(&p->fri_trees[layer], positions, count, &out->path);
}

void eml_prover_open(eml_prover *p) {
    eml_buf *rows = p->opened;
    open_matrix(p, &p->main, rows++, &p->proof.main);
    if (p->layout.aux_width) open_matrix(p, &p->aux, rows++, &p->proof.aux);
    open_matrix(p, &p->composition, rows++, &p->proof.composition);
    size_t positions[EML_QUERIES_MAX], count = p->position_count;
    memcpy(positions, p->positions, count * sizeof *positions);
    for (uint32_t layer = 0; layer < p->layout.fri_layers; layer++) {
        count = eml_fold_positions(positions, count, p->layout.domain[layer + 1]);
        open_layer(p, layer, positions, count, rows++, &p->proof.fri[layer]);
    }
}
