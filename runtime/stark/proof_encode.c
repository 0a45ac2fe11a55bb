#include "runtime/stark/proof.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/memory.h"

/* Winterfell's variable-length integer (utils/core/src/serde/byte_writer.rs): with L bytes, L - 1 zero bits and a one,
 * then the value's 7 L bits. Lengths of what is in memory take less than the nine bytes that there could be. */
static void put_length(eml_buf *out, uint64_t value) {
    unsigned length = 1;
    while (value >> (7 * length)) length++;
    assert(length < 9);
    uint64_t encoded = (value << 1 | 1) << (length - 1);
    uint8_t bytes[8];
    eml_le_put(bytes, encoded, length);
    eml_buf_put(out, bytes, length);
}

static void put_element(eml_buf *out, const eml_layout *layout, eml_fe2 element) {
    uint8_t bytes[2 * EML_FE_BYTES];
    eml_fe_to_bytes(element.a, bytes);
    eml_fe_to_bytes(element.b, bytes + EML_FE_BYTES);
    eml_buf_put(out, bytes, eml_layout_element_bytes(layout));
}

static void put_path(eml_buf *out, const eml_merkle_batch *path, size_t leaves) {
    const eml_digest *next = path->digests;
    eml_buf_put_u8(out, (uint8_t)__builtin_ctzll(leaves));
    put_length(out, path->lists);
    for (size_t i = 0; i < path->lists; i++) {
        put_length(out, path->list_len[i]);
        eml_buf_put(out, next, path->list_len[i] * sizeof *next);
        next += path->list_len[i];
    }
}

static void put_opening(eml_buf *out, const eml_opened_rows *opening, size_t leaves) {
    eml_buf path = {0};
    put_path(&path, &opening->path, leaves);
    put_length(out, opening->values_len);
    eml_buf_put(out, opening->values, opening->values_len);
    put_length(out, path.len);
    eml_buf_put(out, path.data, path.len);
    eml_buf_free(&path);
}

static void put_fri_layer(eml_buf *out, const eml_opened_rows *opening, size_t leaves) {
    eml_buf path = {0};
    put_path(&path, &opening->path, leaves);
    eml_buf_put_u32(out, (uint32_t)opening->values_len);
    eml_buf_put(out, opening->values, opening->values_len);
    eml_buf_put_u32(out, (uint32_t)path.len);
    eml_buf_put(out, path.data, path.len);
    eml_buf_free(&path);
}

static void put_frame(eml_buf *out, const eml_layout *layout, const eml_fe2 *rows, size_t width) {
    eml_buf_put_u16(out, (uint16_t)(1 + 2 * width * eml_layout_element_bytes(layout)));
    eml_buf_put_u8(out, 2); /* rows in the frame */
    for (size_t i = 0; i < 2 * width; i++) put_element(out, layout, rows[i]);
}

static void put_context(eml_buf *out, const eml_layout *layout, const eml_stark_params *params) {
    eml_buf_put_u8(out, (uint8_t)layout->main_width);
    eml_buf_put_u8(out, (uint8_t)layout->aux_width);
    eml_buf_put_u8(out, (uint8_t)layout->random_count);
    eml_buf_put_u8(out, (uint8_t)layout->log_n);
    eml_buf_put_u16(out, 0); /* metadata */
    eml_buf_put_u8(out, EML_FE_BYTES);
    eml_buf_put_u64(out, EML_FE_P_LO);
    eml_buf_put_u64(out, EML_FE_P_HI);
    const uint32_t options[] = {params->queries,   params->blowup,  params->grinding,
                                params->extension, params->folding, params->remainder_degree};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) eml_buf_put_u8(out, (uint8_t)options[i]);
    eml_buf_put(out, (const uint8_t[]){0, 0, 1, 1}, 4); /* linear batching twice, one partition, hash rate one */
    put_length(out, layout->constraint_count);
}

void eml_stark_proof_encode(const eml_stark_proof *proof, const eml_layout *layout, const eml_stark_params *params,
                            eml_buf *out) {
    size_t commitments = eml_commitment_count(layout);
    put_context(out, layout, params);
    eml_buf_put_u8(out, (uint8_t)proof->unique_queries);
    eml_buf_put_u16(out, (uint16_t)(commitments * sizeof *proof->commitments));
    eml_buf_put(out, proof->commitments, commitments * sizeof *proof->commitments);
    put_opening(out, &proof->main, layout->lde);
    if (layout->aux_width) put_opening(out, &proof->aux, layout->lde);
    put_opening(out, &proof->composition, layout->lde);
    put_frame(out, layout, proof->ood_trace, layout->main_width + layout->aux_width);
    put_frame(out, layout, proof->ood_composition, layout->composition_width);
    eml_buf_put_u8(out, (uint8_t)layout->fri_layers);
    for (uint32_t i = 0; i < layout->fri_layers; i++) put_fri_layer(out, &proof->fri[i], layout->domain[i + 1]);
    eml_buf_put_u16(out, (uint16_t)(layout->remainder * eml_layout_element_bytes(layout)));
    for (size_t i = 0; i < layout->remainder; i++) put_element(out, layout, proof->remainder[i]);
    eml_buf_put_u8(out, 0); /* log2 of the number of partitions */
    eml_buf_put_u64(out, proof->nonce);
}

size_t eml_proof_merge_frames(const eml_layout *layout, const eml_stark_proof *proof, eml_fe2 *merged) {
    size_t trace = (size_t)layout->main_width + layout->aux_width, composition = layout->composition_width;
    for (size_t row = 0; row < 2; row++) {
        eml_fe2 *to = merged + row * (trace + composition);
        memcpy(to, proof->ood_trace + row * trace, trace * sizeof *to);
        memcpy(to + trace, proof->ood_composition + row * composition, composition * sizeof *to);
    }
    return 2 * (trace + composition);
}

static void free_opening(eml_opened_rows *opening) { eml_merkle_batch_free(&opening->path); }

void eml_stark_proof_free(eml_stark_proof *proof) {
    free_opening(&proof->main);
    free_opening(&proof->aux);
    free_opening(&proof->composition);
    for (size_t i = 0; i < EML_FRI_LAYERS_MAX; i++) free_opening(&proof->fri[i]);
    eml_free(proof->ood_trace);
    eml_free(proof->ood_composition);
    eml_free(proof->remainder);
    *proof = (eml_stark_proof){0};
}
