#include "runtime/bundle/opening.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/abi_inputs.h"
#include "runtime/bundle/header.h"
#include "runtime/bundle/schema.h"
#include "runtime/isa/commitment.h"

void eml_opening_commitment(const eml_opening *opening, eml_fe commitment[EML_RESCUE_DIGEST]) {
    eml_commitment_of(opening->schema, opening->salts, opening->values, opening->count, commitment);
}

eml_status eml_opening_check(const eml_opening *opening, const eml_fe found[EML_RESCUE_DIGEST], eml_error *err) {
    bool same = true;
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) same = same && eml_fe_eq(found[i], opening->commitment[i]);
    if (same) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "the file is damaged: its values and salts do not open the commitment that it says it opens");
}

void eml_opening_encode(const eml_opening *opening, eml_buf *out) {
    eml_cbor_put_magic(out, EML_OPENING_MAGIC);
    eml_cbor_put_map(out, 5);
    eml_cbor_put_text(out, "salts");
    eml_header_put_elements(out, opening->salts, 2);
    eml_cbor_put_text(out, "inputs");
    eml_abi_put_inputs(out, &opening->columns);
    eml_cbor_put_text(out, "schema");
    eml_header_put_elements(out, opening->schema, EML_RESCUE_DIGEST);
    eml_cbor_put_text(out, "values");
    eml_header_put_elements(out, opening->values, opening->count);
    eml_cbor_put_text(out, "commitment");
    eml_header_put_elements(out, opening->commitment, EML_RESCUE_DIGEST);
}

static void read_salts(eml_cbor_reader *reader, eml_opening *out) {
    eml_cbor_key(reader, "salts");
    eml_header_elements(reader, out->salts, 2);
    if (!eml_cbor_ok(reader)) return;
    if (eml_fe_is_zero(out->salts[0]) || eml_fe_is_zero(out->salts[1]) || eml_fe_eq(out->salts[0], out->salts[1]))
        eml_cbor_fail(reader, "salts that are 0 or equal are not drawn at random: the values could be guessed");
}

static void read_columns(eml_cbor_reader *reader, eml_abi *out) {
    eml_cbor_key(reader, "inputs");
    eml_abi_read_inputs(reader, out);
    out->raw = out->input_count == 0;
    for (size_t i = 0; i < out->input_count; i++) {
        eml_input_column *column = &out->inputs[i];
        if (column->visibility != EML_PUBLIC) eml_cbor_fail(reader, "\"%s\" is a secret input", column->name);
        column->visibility = EML_COMMITTED;
    }
}

static void read_values(eml_cbor_reader *reader, eml_opening *out) {
    size_t length, columns = out->columns.input_count;
    eml_cbor_key(reader, "values");
    eml_cbor_reader ahead = *reader;
    eml_cbor_bytes(&ahead, (size_t)EML_OPENING_VALUES_MAX * EML_FE_BYTES, &length);
    size_t count = length / EML_FE_BYTES;
    if (!eml_cbor_ok(&ahead) || count == 0 || (columns > 0 && columns != count)) {
        *reader = ahead; /* with its failure, if it has one */
        eml_cbor_fail(reader, "%zu values of %zu inputs", count, columns);
        return;
    }
    out->values = eml_alloc(count, sizeof *out->values);
    out->count = count;
    eml_header_elements(reader, out->values, count);
}

/* Columns as a model declares them, and the digest theirs. */
static eml_status check_columns(const eml_opening *opening, eml_error *err) {
    if (opening->columns.raw) return EML_OK;
    EML_TRY(eml_abi_check_inputs(&opening->columns, err));
    eml_fe digest[EML_RESCUE_DIGEST];
    eml_schema_digest(&opening->columns, digest);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++)
        if (!eml_fe_eq(digest[i], opening->schema[i]))
            return eml_fail(err, EML_ERR_INPUT, "schema is not that of the inputs");
    return EML_OK;
}

/* One opening has one encoding. */
static eml_status check_canonical(const eml_opening *opening, const uint8_t *bytes, size_t count, eml_error *err) {
    eml_buf again = {0};
    eml_opening_encode(opening, &again);
    bool same = again.len == count && memcmp(again.data, bytes, count) == 0;
    eml_buf_free(&again);
    return same ? EML_OK : eml_fail(err, EML_ERR_INPUT, "the same opening would be written otherwise");
}

eml_status eml_opening_decode(const uint8_t *bytes, size_t count, eml_opening *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_opening opening = {0};
    eml_cbor_open(&reader, bytes, count, err);
    eml_cbor_magic(&reader, EML_OPENING_MAGIC, "commit again");
    eml_cbor_map(&reader, 5);
    read_salts(&reader, &opening);
    read_columns(&reader, &opening.columns);
    eml_cbor_key(&reader, "schema");
    eml_header_elements(&reader, opening.schema, EML_RESCUE_DIGEST);
    read_values(&reader, &opening);
    eml_cbor_key(&reader, "commitment");
    eml_header_elements(&reader, opening.commitment, EML_RESCUE_DIGEST);
    eml_status status = eml_cbor_close(&reader);
    if (status == EML_OK) status = check_columns(&opening, err);
    if (status == EML_OK) status = check_canonical(&opening, bytes, count, err);
    if (status == EML_OK)
        *out = opening;
    else
        eml_opening_free(&opening);
    return status;
}

void eml_opening_free(eml_opening *opening) {
    eml_abi_free(&opening->columns);
    if (opening->values != NULL) explicit_bzero(opening->values, opening->count * sizeof *opening->values);
    eml_free(opening->values);
    explicit_bzero(opening, sizeof *opening);
}
