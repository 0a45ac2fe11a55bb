#include "runtime/stark/proof.h"

#include <string.h>

#include "runtime/base/memory.h"

#define REFUSE_IF(condition, NAME)                                                                                     \
    do {                                                                                                               \
        if (condition) return EML_REJECT_##NAME;                                                                       \
    } while (0)
#define READ(call) REFUSE_IF(!(call), TRUNCATED)

/* proof_encode.c's put_length, in its shortest form only. */
static eml_reject read_length(eml_reader *reader, uint64_t *out) {
    REFUSE_IF(reader->left == 0, TRUNCATED);
    unsigned length = *reader->next ? (unsigned)__builtin_ctz(*reader->next) + 1 : 9;
    const uint8_t *bytes;
    READ(eml_read_bytes(reader, length, &bytes));
    uint64_t value = length == 9 ? eml_le_get(bytes + 1, 8) : eml_le_get(bytes, length) >> length;
    REFUSE_IF(length > 1 && value >> (7 * (length - 1)) == 0, LENGTH_ENCODING);
    *out = value;
    return EML_REJECT_NONE;
}

eml_fe2 eml_proof_element(const eml_layout *layout, const uint8_t *bytes) {
    eml_fe2 element = EML_FE2_ZERO;
    element.a = eml_fe_from_bytes_mod(bytes);
    if (layout->extension == 2) element.b = eml_fe_from_bytes_mod(bytes + EML_FE_BYTES);
    return element;
}

static eml_reject check_elements(const uint8_t *bytes, size_t length) {
    eml_fe element;
    for (size_t i = 0; i < length; i += EML_FE_BYTES) REFUSE_IF(!eml_fe_from_bytes(bytes + i, &element), ELEMENT);
    return EML_REJECT_NONE;
}

/* count elements of the extension, owned by the caller. */
static eml_reject read_elements(eml_reader *reader, const eml_layout *layout, size_t count, eml_fe2 **out) {
    size_t size = eml_layout_element_bytes(layout);
    const uint8_t *bytes;
    READ(eml_read_bytes(reader, count * size, &bytes));
    EML_TRY_REJECT(check_elements(bytes, count * size));
    *out = eml_alloc_raw(count, sizeof **out);
    for (size_t i = 0; i < count; i++) (*out)[i] = eml_proof_element(layout, bytes + i * size);
    return EML_REJECT_NONE;
}

/*
 * ---- context -------------------------------------------------------------------------------------------------------
 */

static eml_reject read_field(eml_reader *reader) {
    uint8_t length;
    uint64_t lo, hi;
    READ(eml_read_u8(reader, &length));
    REFUSE_IF(length != EML_FE_BYTES, FIELD);
    READ(eml_read_u64(reader, &lo) && eml_read_u64(reader, &hi));
    REFUSE_IF(lo != EML_FE_P_LO || hi != EML_FE_P_HI, FIELD);
    return EML_REJECT_NONE;
}

static eml_reject read_options(eml_reader *reader, eml_proof_context *out) {
    const uint8_t *o;
    READ(eml_read_bytes(reader, 10, &o));
    out->params = (eml_stark_params){.queries = o[0],
                                     .blowup = o[1],
                                     .grinding = o[2],
                                     .extension = o[3],
                                     .folding = o[4],
                                     .remainder_degree = o[5]};
    bool linear = o[6] == 0 && o[7] == 0, whole = o[8] == 1 && o[9] == 1;
    out->known_options = linear && whole && (o[3] == 1 || o[3] == 2);
    return EML_REJECT_NONE;
}

eml_reject eml_proof_context_decode(eml_reader *reader, eml_proof_context *out) {
    uint8_t columns[4];
    uint16_t meta_len = 0;
    const uint8_t *meta;
    for (int i = 0; i < 4; i++) READ(eml_read_u8(reader, &columns[i]));
    READ(eml_read_u16(reader, &meta_len) && eml_read_bytes(reader, meta_len, &meta));
    *out = (eml_proof_context){.main_width = columns[0],
                               .aux_width = columns[1],
                               .random_count = columns[2],
                               .log_n = columns[3],
                               .meta_len = meta_len};
    EML_TRY_REJECT(read_field(reader));
    EML_TRY_REJECT(read_options(reader, out));
    return read_length(reader, &out->constraint_count);
}

/*
 * ---- openings ------------------------------------------------------------------------------------------------------
 */

/* At most one list a queried row, of at most depth digests each; all of them in the bytes that are there. */
static eml_reject read_path(eml_reader reader, size_t rows, size_t leaves, eml_merkle_batch *out) {
    uint8_t depth;
    uint64_t lists, length;
    const uint8_t *bytes;
    READ(eml_read_u8(&reader, &depth));
    REFUSE_IF(depth != (unsigned)__builtin_ctzll(leaves), OPENING_SHAPE);
    EML_TRY_REJECT(read_length(&reader, &lists));
    REFUSE_IF(lists == 0 || lists > rows, OPENING_SHAPE);
    out->list_len = eml_alloc(lists, sizeof *out->list_len);
    out->digests = eml_alloc_raw(reader.left / sizeof *out->digests, sizeof *out->digests);
    for (; out->lists < lists; out->lists++) {
        EML_TRY_REJECT(read_length(&reader, &length));
        REFUSE_IF(length > depth, OPENING_SHAPE);
        READ(eml_read_bytes(&reader, length * sizeof *out->digests, &bytes));
        memcpy(out->digests + out->digest_count, bytes, length * sizeof *out->digests);
        out->list_len[out->lists] = length;
        out->digest_count += length;
    }
    REFUSE_IF(reader.left != 0, OPENING_SHAPE);
    return EML_REJECT_NONE;
}

static eml_reject read_block(eml_reader *reader, uint64_t length, eml_reader *block) {
    REFUSE_IF(length > reader->left, TRUNCATED);
    block->left = (size_t)length;
    eml_read_bytes(reader, block->left, &block->next);
    return EML_REJECT_NONE;
}

static eml_reject read_opening(eml_reader *reader, size_t rows, size_t row_bytes, size_t leaves, eml_reject wrong_size,
                               eml_opened_rows *out) {
    uint64_t length;
    eml_reader block;
    EML_TRY_REJECT(read_length(reader, &length));
    if (length != rows * row_bytes) return wrong_size;
    EML_TRY_REJECT(read_block(reader, length, &block));
    EML_TRY_REJECT(check_elements(block.next, block.left));
    out->values = block.next;
    out->values_len = block.left;
    EML_TRY_REJECT(read_length(reader, &length));
    EML_TRY_REJECT(read_block(reader, length, &block));
    return read_path(block, rows, leaves, &out->path);
}

/* How many rows a FRI layer opens is known only once the positions are; here: a whole number, at most one a query. */
static eml_reject read_fri_layer(eml_reader *reader, size_t most_rows, size_t row_bytes, size_t leaves,
                                 eml_opened_rows *out) {
    uint32_t length;
    eml_reader block = {0};
    READ(eml_read_u32(reader, &length));
    REFUSE_IF(length == 0 || length % row_bytes != 0 || length / row_bytes > most_rows, FRI_VALUES);
    EML_TRY_REJECT(read_block(reader, length, &block));
    EML_TRY_REJECT(check_elements(block.next, block.left));
    out->values = block.next;
    out->values_len = block.left;
    READ(eml_read_u32(reader, &length));
    EML_TRY_REJECT(read_block(reader, length, &block));
    return read_path(block, out->values_len / row_bytes, leaves, &out->path);
}

/* ----
 * the rest ------------------------------------------------------------------------------------------------------ */

static eml_reject read_commitments(eml_reader *reader, const eml_layout *layout, eml_stark_proof *out) {
    uint16_t length;
    const uint8_t *bytes;
    READ(eml_read_u16(reader, &length));
    REFUSE_IF(length != eml_commitment_count(layout) * sizeof *out->commitments, COMMITMENT_COUNT);
    READ(eml_read_bytes(reader, length, &bytes));
    memcpy(out->commitments, bytes, length);
    return EML_REJECT_NONE;
}

static eml_reject read_openings(eml_reader *reader, const eml_layout *layout, eml_stark_proof *out) {
    size_t rows = out->unique_queries, element = eml_layout_element_bytes(layout), leaves = layout->lde;
    size_t main_bytes = (size_t)layout->main_width * EML_FE_BYTES;
    EML_TRY_REJECT(read_opening(reader, rows, main_bytes, leaves, EML_REJECT_MAIN_VALUES, &out->main));
    if (layout->aux_width)
        EML_TRY_REJECT(
            read_opening(reader, rows, layout->aux_width * element, leaves, EML_REJECT_AUX_VALUES, &out->aux));
    return read_opening(reader, rows, layout->composition_width * element, leaves, EML_REJECT_CONSTRAINT_VALUES,
                        &out->composition);
}

static eml_reject read_frame(eml_reader *reader, const eml_layout *layout, size_t width, eml_fe2 **out) {
    uint16_t length;
    uint8_t rows;
    READ(eml_read_u16(reader, &length));
    REFUSE_IF(length != 1 + 2 * width * eml_layout_element_bytes(layout), OOD_SHAPE);
    READ(eml_read_u8(reader, &rows));
    REFUSE_IF(rows != 2, OOD_SHAPE);
    return read_elements(reader, layout, 2 * width, out);
}

static eml_reject read_fri(eml_reader *reader, const eml_layout *layout, eml_stark_proof *out) {
    uint8_t layers = 0, partitions;
    uint16_t length;
    size_t element = eml_layout_element_bytes(layout);
    READ(eml_read_u8(reader, &layers));
    REFUSE_IF(layers != layout->fri_layers, FRI_LAYER_COUNT);
    for (uint32_t i = 0; i < layers; i++)
        EML_TRY_REJECT(read_fri_layer(reader, out->unique_queries, layout->folding * element, layout->domain[i + 1],
                                      &out->fri[i]));
    READ(eml_read_u16(reader, &length));
    REFUSE_IF(length != layout->remainder * element, REMAINDER_LENGTH);
    EML_TRY_REJECT(read_elements(reader, layout, layout->remainder, &out->remainder));
    READ(eml_read_u8(reader, &partitions));
    REFUSE_IF(partitions != 0, FRI_PARTITIONS);
    return EML_REJECT_NONE;
}

eml_reject eml_stark_proof_decode(eml_reader *reader, const eml_layout *layout, eml_stark_proof *out) {
    uint8_t unique;
    *out = (eml_stark_proof){0};
    READ(eml_read_u8(reader, &unique));
    REFUSE_IF(unique == 0 || unique > layout->queries, QUERY_COUNT);
    out->unique_queries = unique;
    EML_TRY_REJECT(read_commitments(reader, layout, out));
    EML_TRY_REJECT(read_openings(reader, layout, out));
    EML_TRY_REJECT(read_frame(reader, layout, (size_t)layout->main_width + layout->aux_width, &out->ood_trace));
    EML_TRY_REJECT(read_frame(reader, layout, layout->composition_width, &out->ood_composition));
    EML_TRY_REJECT(read_fri(reader, layout, out));
    READ(eml_read_u64(reader, &out->nonce));
    REFUSE_IF(reader->left != 0, TRAILING_BYTES);
    return EML_REJECT_NONE;
}
