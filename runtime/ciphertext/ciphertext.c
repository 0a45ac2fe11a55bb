#include "runtime/ciphertext/ciphertext.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "runtime/base/memory.h"

eml_status eml_ciphertext_check_size(uint64_t rows, uint64_t columns, eml_error *err) {
    if (rows < 1 || rows > EML_LATTICE_ROWS_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "ciphertext: %" PRIu64 " rows, not within 1 to %d", rows,
                           EML_LATTICE_ROWS_MAX);
    if (columns < 1 || columns > EML_LATTICE_COLUMNS_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "ciphertext: %" PRIu64 " columns, not within 1 to %d",
                           columns, EML_LATTICE_COLUMNS_MAX);
    if (eml_ciphertext_cells(rows, columns) > EML_LATTICE_CELL_BYTES_MAX / EML_FE_BYTES)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                           "ciphertext: %" PRIu64 " rows of %" PRIu64 " columns take more than %" PRIu64 " bytes", rows,
                           columns, EML_LATTICE_CELL_BYTES_MAX);
    return EML_OK;
}

eml_status eml_ciphertext_check_scale(uint32_t delta_bits, eml_error *err) {
    if (delta_bits >= EML_LATTICE_DELTA_BITS_MIN && delta_bits <= EML_LATTICE_DELTA_BITS_MAX) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "ciphertext: the scale is 2^%" PRIu32 ", not within 2^%d to 2^%d", delta_bits,
                    EML_LATTICE_DELTA_BITS_MIN, EML_LATTICE_DELTA_BITS_MAX);
}

void eml_ciphertext_init(eml_ciphertext *ciphertext, const eml_ciphertext_label *label, uint64_t rows) {
    eml_status size = eml_ciphertext_check_size(rows, label->column_count, NULL);
    eml_status scale = eml_ciphertext_check_scale(label->delta_bits, NULL);
    assert(size == EML_OK && scale == EML_OK);
    (void)size, (void)scale;
    *ciphertext = (eml_ciphertext){.label = *label, .rows = rows, .slots = eml_lattice_slots(rows)};
    eml_ciphertext_column *columns = eml_alloc(label->column_count, sizeof *columns);
    for (size_t c = 0; c < label->column_count; c++) {
        size_t length = strlen(label->columns[c].name);
        assert(length >= 1 && length <= EML_LATTICE_NAME_MAX);
        columns[c] = label->columns[c];
        columns[c].name = memcpy(eml_alloc(length + 1, 1), label->columns[c].name, length);
    }
    ciphertext->label.columns = columns;
    ciphertext->cells = eml_alloc(eml_ciphertext_cells(rows, label->column_count), sizeof(eml_fe));
}

void eml_ciphertext_free(eml_ciphertext *ciphertext) {
    for (size_t c = 0; c < ciphertext->label.column_count; c++) eml_free(ciphertext->label.columns[c].name);
    eml_free(ciphertext->label.columns);
    eml_free(ciphertext->cells);
    *ciphertext = (eml_ciphertext){0};
}

eml_fe *eml_ciphertext_part(const eml_ciphertext *ciphertext, size_t column, size_t part) {
    return ciphertext->cells + (column * EML_LATTICE_PARTS + part) * ciphertext->slots;
}

bool eml_ciphertext_tagged(const eml_ciphertext *ciphertext) {
    static const eml_digest none;
    return !eml_digest_eq(&ciphertext->tag, &none);
}

eml_status eml_ciphertext_match_key(const eml_ciphertext *ciphertext, const eml_digest *key, eml_error *err) {
    enum { SHOWN = 8 };
    const eml_digest *own = &ciphertext->label.key;
    if (eml_digest_eq(own, key)) return EML_OK;
    char found[2 * SHOWN + 1], wanted[2 * SHOWN + 1];
    eml_hex_encode(own->bytes, SHOWN, found);
    eml_hex_encode(key->bytes, SHOWN, wanted);
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_KEY, "encrypted under another key: its key id begins %s, expected %s",
                       found, wanted);
}

static eml_status match_columns(const eml_ciphertext_label *label, const eml_ciphertext_label *expected,
                                eml_error *err) {
    if (label->column_count != expected->column_count)
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM, "holds %zu columns, expected %zu", label->column_count,
                           expected->column_count);
    for (size_t c = 0; c < label->column_count; c++) {
        const eml_ciphertext_column *found = &label->columns[c], *wanted = &expected->columns[c];
        if (strcmp(found->name, wanted->name) != 0)
            return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM, "column %zu is \"%s\", expected \"%s\"", c + 1,
                               found->name, wanted->name);
        if (!eml_digest_eq(&found->encoding, &wanted->encoding))
            return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM,
                               "column \"%s\" is encoded with another scale or range than this model's", found->name);
    }
    return EML_OK;
}

eml_status eml_ciphertext_match(const eml_ciphertext *ciphertext, const eml_ciphertext_label *expected,
                                eml_error *err) {
    static const char *const kinds[] = {
        [EML_CIPHERTEXT_INPUTS] = "encrypted inputs", [EML_CIPHERTEXT_OUTPUTS] = "encrypted outputs"};
    const eml_ciphertext_label *label = &ciphertext->label;
    if (label->kind != expected->kind)
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM, "holds %s, expected %s", kinds[label->kind],
                           kinds[expected->kind]);
    static const eml_digest any_key;
    if (!eml_digest_eq(&expected->key, &any_key)) EML_TRY(eml_ciphertext_match_key(ciphertext, &expected->key, err));
    if (memcmp(label->program, expected->program, sizeof label->program) != 0)
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM, "holds outputs of another program");
    if (label->delta_bits != expected->delta_bits)
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROGRAM, "encrypted at scale 2^%u, expected 2^%u",
                           (unsigned)label->delta_bits, (unsigned)expected->delta_bits);
    return match_columns(label, expected, err);
}
