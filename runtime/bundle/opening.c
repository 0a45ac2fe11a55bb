#include "runtime/bundle/opening.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/header.h"
#include "runtime/isa/commitment.h"

void eml_opening_commitment(const eml_opening *opening, eml_fe commitment[EML_RESCUE_DIGEST]) {
    eml_commitment_of(opening->schema, opening->salts, opening->values, opening->count, commitment);
}

void eml_opening_encode(const eml_opening *opening, eml_buf *out) {
    size_t names = opening->names == NULL ? 0 : opening->count;
    eml_cbor_put_magic(out, EML_OPENING_MAGIC);
    eml_cbor_put_map(out, 4);
    eml_cbor_put_text(out, "names");
    eml_cbor_put_array(out, names);
    for (size_t i = 0; i < names; i++) eml_cbor_put_text(out, opening->names[i]);
    eml_cbor_put_text(out, "salts");
    eml_header_put_elements(out, opening->salts, 2);
    eml_cbor_put_text(out, "schema");
    eml_header_put_elements(out, opening->schema, EML_RESCUE_DIGEST);
    eml_cbor_put_text(out, "values");
    eml_header_put_elements(out, opening->values, opening->count);
}

static void read_names(eml_cbor_reader *reader, eml_opening *out, size_t *count) {
    eml_cbor_key(reader, "names");
    *count = eml_cbor_array(reader, EML_ABI_COLUMNS_MAX, 1);
    if (*count == 0) return;
    out->names = eml_alloc(*count, sizeof *out->names);
    out->count = *count; /* so that a failure frees them */
    for (size_t i = 0; i < *count; i++) {
        size_t length;
        eml_cbor_in(reader, "names", i);
        const char *name = eml_cbor_text(reader, EML_NAME_MAX, &length);
        out->names[i] = eml_copy_text(name, length);
    }
    eml_cbor_in(reader, NULL, 0);
}

static void read_salts(eml_cbor_reader *reader, eml_opening *out) {
    eml_cbor_key(reader, "salts");
    eml_header_elements(reader, out->salts, 2);
    if (!eml_cbor_ok(reader)) return;
    if (eml_fe_is_zero(out->salts[0]) || eml_fe_is_zero(out->salts[1]) || eml_fe_eq(out->salts[0], out->salts[1]))
        eml_cbor_fail(reader, "salts that are 0 or equal are not drawn at random: the values could be guessed");
}

static void read_values(eml_cbor_reader *reader, size_t names, eml_opening *out) {
    size_t length;
    eml_cbor_key(reader, "values");
    eml_cbor_reader ahead = *reader;
    eml_cbor_bytes(&ahead, SIZE_MAX, &length);
    size_t count = length / EML_FE_BYTES;
    if (!eml_cbor_ok(&ahead) || count == 0 || (names > 0 && names != count)) {
        *reader = ahead; /* with its failure, if it has one */
        eml_cbor_fail(reader, "%zu values of %zu inputs", count, names);
        return;
    }
    out->values = eml_alloc(count, sizeof *out->values);
    out->count = count;
    eml_header_elements(reader, out->values, count);
}

eml_status eml_opening_decode(const uint8_t *bytes, size_t count, eml_opening *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_opening opening = {0};
    size_t names = 0;
    eml_cbor_open(&reader, bytes, count, err);
    eml_cbor_magic(&reader, EML_OPENING_MAGIC, "commit again");
    eml_cbor_map(&reader, 4);
    read_names(&reader, &opening, &names);
    read_salts(&reader, &opening);
    eml_cbor_key(&reader, "schema");
    eml_header_elements(&reader, opening.schema, EML_RESCUE_DIGEST);
    read_values(&reader, names, &opening);
    eml_status status = eml_cbor_close(&reader);
    if (status == EML_OK)
        *out = opening;
    else
        eml_opening_free(&opening);
    return status;
}

void eml_opening_free(eml_opening *opening) {
    for (size_t i = 0; opening->names != NULL && i < opening->count; i++) eml_free(opening->names[i]);
    if (opening->values != NULL) explicit_bzero(opening->values, opening->count * sizeof *opening->values);
    eml_free(opening->names);
    eml_free(opening->values);
    explicit_bzero(opening, sizeof *opening);
}
