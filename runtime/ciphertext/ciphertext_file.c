/* Ciphertext files: header, label, tag, rows, then the cells as they stand in memory. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/text/names.h"
#include "runtime/ciphertext/ciphertext.h"
#include "runtime/ciphertext/format.h"
#include "runtime/hash/elements.h"

static const char what[] = "ciphertext";

static void put_origin(const eml_ciphertext_label *label, eml_buf *out) {
    eml_lwe_put_header(out, EML_MAGIC_CIPHERTEXT);
    eml_buf_put_u8(out, (uint8_t)label->kind);
    eml_buf_put_u8(out, (uint8_t)label->delta_bits);
    eml_buf_put(out, label->key.bytes, sizeof label->key.bytes);
    eml_buf_put(out, label->program, sizeof label->program);
}

static void put_columns(const eml_ciphertext *ciphertext, eml_buf *out) {
    const eml_ciphertext_label *label = &ciphertext->label;
    eml_buf_put_u64(out, ciphertext->rows);
    eml_buf_put_u32(out, (uint32_t)label->column_count);
    for (size_t c = 0; c < label->column_count; c++) {
        eml_buf_put_u8(out, (uint8_t)strlen(label->columns[c].name));
        eml_buf_put_text(out, label->columns[c].name);
        eml_buf_put(out, label->columns[c].encoding.bytes, sizeof label->columns[c].encoding.bytes);
    }
}

static size_t cells_of(const eml_ciphertext *ciphertext) {
    return eml_ciphertext_cells(ciphertext->rows, ciphertext->label.column_count);
}

void eml_ciphertext_encode(const eml_ciphertext *ciphertext, eml_buf *out) {
    put_origin(&ciphertext->label, out);
    eml_buf_put(out, ciphertext->tag.bytes, sizeof ciphertext->tag.bytes);
    put_columns(ciphertext, out);
    eml_lwe_put_elements(out, ciphertext->cells, cells_of(ciphertext));
}

void eml_ciphertext_absorb(const eml_ciphertext *ciphertext, eml_blake3 *hasher) {
    eml_buf head = {0};
    put_origin(&ciphertext->label, &head);
    put_columns(ciphertext, &head);
    eml_blake3_update(hasher, head.data, head.len);
    eml_buf_free(&head);
    eml_blake3_update_elements_var(hasher, ciphertext->cells, cells_of(ciphertext));
}

static eml_status truncated(const char *field, eml_error *err) {
    return eml_fail(err, EML_ERR_INPUT, "%s: truncated at the %s", what, field);
}

static eml_status read_kind_and_scale(eml_reader *reader, eml_ciphertext_label *label, eml_error *err) {
    uint8_t kind, delta_bits;
    if (!eml_read_u8(reader, &kind)) return truncated("kind", err);
    if (kind != EML_CIPHERTEXT_INPUTS && kind != EML_CIPHERTEXT_OUTPUTS)
        return eml_fail(err, EML_ERR_INPUT, "%s: unknown kind %u", what, kind);
    if (!eml_read_u8(reader, &delta_bits)) return truncated("scale", err);
    EML_TRY(eml_ciphertext_check_scale(delta_bits, err));
    label->kind = (eml_ciphertext_kind)kind;
    label->delta_bits = delta_bits;
    return EML_OK;
}

static eml_status read_origin(eml_reader *reader, eml_ciphertext_label *label, eml_error *err) {
    const uint8_t *key, *program;
    if (!eml_read_bytes(reader, sizeof label->key.bytes, &key)) return truncated("key id", err);
    if (!eml_read_bytes(reader, sizeof label->program, &program)) return truncated("program hash", err);
    memcpy(label->key.bytes, key, sizeof label->key.bytes);
    memcpy(label->program, program, sizeof label->program);
    static const uint8_t none[sizeof label->program];
    if (label->kind == EML_CIPHERTEXT_INPUTS && memcmp(program, none, sizeof none) != 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: the program hash of encrypted inputs is not zero", what);
    return EML_OK;
}

static eml_status read_tag(eml_reader *reader, eml_ciphertext *out, eml_error *err) {
    const uint8_t *tag;
    if (!eml_read_bytes(reader, sizeof out->tag.bytes, &tag)) return truncated("sender's tag", err);
    memcpy(out->tag.bytes, tag, sizeof out->tag.bytes);
    if (out->label.kind == EML_CIPHERTEXT_INPUTS || !eml_ciphertext_tagged(out)) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s: encrypted outputs with a sender's tag: nobody sent them", what);
}

/* Also that the bytes left can hold that many columns and cells. */
static eml_status read_size(eml_reader *reader, uint64_t *rows, size_t *column_count, eml_error *err) {
    enum { COLUMN_BYTES_MIN = 1 + 1 + EML_DIGEST_BYTES };
    uint64_t row_count;
    uint32_t columns;
    if (!eml_read_u64(reader, &row_count)) return truncated("number of rows", err);
    if (!eml_read_u32(reader, &columns)) return truncated("number of columns", err);
    EML_TRY(eml_ciphertext_check_size(row_count, columns, err));
    if (reader->left < columns * (uint64_t)COLUMN_BYTES_MIN + eml_ciphertext_cells(row_count, columns) * EML_FE_BYTES)
        return truncated("columns", err);
    *rows = row_count;
    *column_count = columns;
    return EML_OK;
}

static eml_status read_column(eml_reader *reader, eml_ciphertext_column *column, eml_error *err) {
    uint8_t length;
    const uint8_t *name, *encoding;
    if (!eml_read_u8(reader, &length) || !eml_read_bytes(reader, length, &name)) return truncated("column name", err);
    char fault[EML_NAME_FAULT_TEXT];
    if (eml_name_has_fault((const char *)name, length, fault))
        return eml_fail(err, EML_ERR_INPUT, "%s: a column name %s", what, fault);
    if (!eml_read_bytes(reader, sizeof column->encoding.bytes, &encoding)) return truncated("column encoding", err);
    column->name = memcpy(eml_alloc((size_t)length + 1, 1), name, length);
    memcpy(column->encoding.bytes, encoding, sizeof column->encoding.bytes);
    return EML_OK;
}

static eml_status read_cells(eml_reader *reader, eml_ciphertext *out, eml_error *err) {
    static const char *const parts[EML_LATTICE_PARTS] = {"mask0", "mask1", "mask2", "mask3", "body"};
    size_t cells = cells_of(out);
    if (reader->left != cells * EML_FE_BYTES)
        return eml_fail(err, EML_ERR_INPUT, "%s: %zu bytes left for %zu field elements", what, reader->left, cells);
    out->cells = eml_alloc_raw(cells, sizeof *out->cells);
    size_t vectors = out->label.column_count * EML_LATTICE_PARTS;
    for (size_t v = 0; v < vectors; v++) {
        eml_status status = eml_lwe_read_elements(reader, out->cells + v * out->slots, out->slots, err);
        if (status == EML_OK) continue;
        eml_error_prefix(err, "%s: column \"%s\", %s", what, out->label.columns[v / EML_LATTICE_PARTS].name,
                         parts[v % EML_LATTICE_PARTS]);
        return status;
    }
    return EML_OK;
}

/* On failure what was allocated so far stands in *out. */
static eml_status decode(eml_reader *reader, eml_ciphertext *out, eml_error *err) {
    EML_TRY(eml_lwe_read_header(reader, EML_MAGIC_CIPHERTEXT, what, "encrypt the rows again", err));
    EML_TRY(read_kind_and_scale(reader, &out->label, err));
    EML_TRY(read_origin(reader, &out->label, err));
    EML_TRY(read_tag(reader, out, err));
    size_t columns = 0;
    EML_TRY(read_size(reader, &out->rows, &columns, err));
    out->slots = eml_lattice_slots(out->rows);
    out->label.columns = eml_alloc(columns, sizeof *out->label.columns);
    out->label.column_count = columns;
    for (size_t c = 0; c < columns; c++) EML_TRY(read_column(reader, &out->label.columns[c], err));
    return read_cells(reader, out, err);
}

eml_status eml_ciphertext_decode(const uint8_t *bytes, size_t count, eml_ciphertext *out, eml_error *err) {
    eml_reader reader = {bytes, count};
    eml_ciphertext ciphertext = {0};
    eml_status status = decode(&reader, &ciphertext, err);
    if (status == EML_OK)
        *out = ciphertext;
    else
        eml_ciphertext_free(&ciphertext);
    return status;
}
