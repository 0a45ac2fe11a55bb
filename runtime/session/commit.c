/* A row -> a commitment to it and the opening, for whoever vouches for the row. */
#include "runtime/session/session.h"

#include <sodium.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/bundle/cbor_io.h"
#include "runtime/bundle/schema.h"
#include "runtime/hash/uniform.h"
#include "runtime/table/read.h"

/* What is committed to: the columns, or of an assembly program the shape that says how many values. */
typedef struct subject {
    eml_abi abi;
    eml_shape shape; /* zero when read from a schema file */
} subject;

static eml_status take_bundle(const char *name, const eml_buf *bytes, subject *out, eml_error *err) {
    eml_bundle bundle;
    eml_air air;
    EML_TRY(eml_bundle_load(&(eml_file){name, bytes->data, bytes->len}, &bundle, &air, err));
    eml_air_free(&air);
    eml_status status = EML_OK;
    if (!eml_shape_is_committed(&bundle.program.shape)) {
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: %s%s has no committed inputs", name,
                             bundle.abi.raw ? "the program" : "model ", bundle.abi.model);
    } else {
        *out = (subject){bundle.abi, bundle.program.shape};
        bundle.abi = (eml_abi){0};
    }
    eml_bundle_free(&bundle);
    return status;
}

/* A bundle, or else a schema file. */
static eml_status read_subject(const eml_file *file, subject *out, eml_error *err) {
    const char *name = eml_verify_file_name(file);
    eml_buf bytes = {0};
    eml_bundle_kind kind;
    eml_status status = eml_verify_read_file(file, EML_BUNDLE_BYTES_MAX, &bytes, err);
    *out = (subject){0};
    if (status == EML_OK && eml_bundle_begins(bytes.data, bytes.len, &kind))
        status = take_bundle(name, &bytes, out, err);
    else if (status == EML_OK && eml_schema_begins((const char *)bytes.data, bytes.len))
        status = eml_schema_parse(name, (const char *)bytes.data, bytes.len, &out->abi, err);
    else if (status == EML_OK)
        status = eml_fail(err, EML_ERR_INPUT, "%s: neither a bundle nor a schema file (eml commit --schema)%s", name,
                          eml_cbor_begins(bytes.data, bytes.len, EML_OPENING_MAGIC) ? ": it is an opening" : "");
    eml_buf_free(&bytes);
    return status;
}

static eml_status read_raw_values(const subject *of, const char *name, const eml_buf *text, eml_opening *out,
                                  eml_error *err) {
    EML_TRY(eml_raw_values_parse(name, (const char *)text->data, text->len, &out->values, &out->count, err));
    if (out->count == eml_shape_committed(&of->shape)) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: %zu values, the program commits to %llu", name,
                       out->count, (unsigned long long)eml_shape_committed(&of->shape));
}

static eml_status read_table(const subject *of, const char *name, const eml_buf *text, bool allow_extra,
                             eml_opening *out, eml_error *err) {
    eml_rows rows;
    EML_TRY(eml_rows_parse(&of->abi, EML_ROWS_COMMITTED, name, (const char *)text->data, text->len, allow_extra, &rows,
                           err));
    eml_status status = EML_OK;
    if (eml_rows_count(&rows) != 1)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: %zu rows; a commitment is to one", name,
                             eml_rows_count(&rows));
    out->count = rows.cells.columns;
    if (status == EML_OK) status = eml_rows_elements(&rows, &out->values, err);
    eml_rows_free(&rows);
    return status;
}

static eml_status read_row(const subject *of, const eml_commit_request *request, eml_opening *out, eml_error *err) {
    const char *name = eml_verify_file_name(&request->row);
    eml_buf text = {0};
    eml_status status = eml_verify_read_file(&request->row, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK)
        status = of->abi.raw ? read_raw_values(of, name, &text, out, err)
                             : read_table(of, name, &text, request->allow_extra, out, err);
    eml_buf_free(&text);
    return status;
}

static bool are_usable(const eml_fe salts[2]) {
    return !eml_fe_is_zero(salts[0]) && !eml_fe_is_zero(salts[1]) && !eml_fe_eq(salts[0], salts[1]);
}

/* Uniform and independent: whoever could guess them could guess the values. */
static eml_status draw_salts(eml_fe salts[2], eml_error *err) {
    uint8_t seed[EML_SEED_BYTES];
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "the system gives no random numbers");
    randombytes_buf(seed, sizeof seed);
    eml_uniform stream;
    eml_uniform_open(&stream, "eml 2 salts of a commitment", seed);
    do eml_uniform_draw(&stream, salts, 2);
    while (!are_usable(salts));
    eml_uniform_close(&stream);
    sodium_memzero(seed, sizeof seed);
    return EML_OK;
}

static void take_schema(const subject *of, eml_opening *out) {
    eml_schema_columns(&of->abi, &out->columns);
    if (of->abi.raw)
        memcpy(out->schema, of->shape.schema, sizeof out->schema);
    else
        eml_schema_digest(&of->abi, out->schema);
}

static eml_status commit_row(const eml_commit_request *request, eml_opening *out, eml_error *err) {
    subject of;
    EML_TRY(read_subject(&request->subject, &of, err));
    eml_status status = read_row(&of, request, out, err);
    if (status == EML_OK) status = draw_salts(out->salts, err);
    if (status == EML_OK && out->count > EML_OPENING_VALUES_MAX)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%zu values; no program takes more than %d",
                             out->count, EML_OPENING_VALUES_MAX);
    if (status == EML_OK) take_schema(&of, out);
    eml_abi_free(&of.abi);
    /* A value that its column does not take is bad input: there is nothing to say no to. */
    return status == EML_ERR_NO ? EML_ERR_INPUT : status;
}

static eml_answer commit(const eml_commit_request *request, eml_bytes *opening, char *commitment, eml_error *err) {
    eml_opening made = {0};
    eml_status status = commit_row(request, &made, err);
    if (status == EML_OK) {
        eml_buf bytes = {0};
        eml_opening_commitment(&made, made.commitment);
        eml_opening_encode(&made, &bytes);
        eml_rescue_digest_to_hex(made.commitment, commitment);
        *opening = eml_bytes_take(&bytes);
    }
    eml_opening_free(&made);
    return eml_answer_of(status);
}

eml_answer eml_commit(const eml_commit_request *request, eml_bytes *opening, char commitment[EML_RESCUE_DIGEST_HEX + 1],
                      eml_error *err) {
    EML_SECRET_CALL(err, commit(request, opening, commitment, err));
}

static eml_answer schema_of(const eml_file *bundle, eml_bytes *schema, eml_error *err) {
    subject of;
    eml_buf text = {0};
    eml_status status = read_subject(bundle, &of, err);
    if (status == EML_OK && of.abi.raw)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                             "%s: a program from assembly has a schema's digest alone: commit with the bundle",
                             eml_verify_file_name(bundle));
    if (status == EML_OK) {
        eml_schema_print(&of.abi, &text);
        *schema = eml_bytes_take(&text);
    }
    eml_abi_free(&of.abi);
    return eml_answer_of(status);
}

eml_answer eml_bundle_schema(const eml_file *bundle, eml_bytes *schema, eml_error *err) {
    EML_SECRET_CALL(err, schema_of(bundle, schema, err));
}
