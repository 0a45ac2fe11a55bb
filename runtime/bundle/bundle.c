#include "runtime/bundle/bundle.h"

#include <jansson.h>
#include <string.h>

#include "runtime/bundle/header.h"
#include "runtime/text/json.h"
#include "runtime/text/text.h"

const char *const eml_bundle_magic[EML_BUNDLE_KINDS] = {
    [EML_BUNDLE_OPEN] = "eml bundle",
    [EML_BUNDLE_OWNERS] = "eml owner bundle", /* the writer of files knows it: EML_FILE_OWNERS_MAGIC */
    [EML_BUNDLE_PUBLIC] = "eml public bundle",
};

static eml_program_hash hash_of(eml_bundle *bundle) {
    eml_digest abi = eml_abi_digest(&bundle->abi);
    return eml_program_hash_of(&bundle->program.shape, bundle->abi.output_count, &abi, bundle->digests);
}

void eml_bundle_make(eml_program *program_take, eml_abi *abi_take, const char *report, const eml_digest *air_digest,
                     eml_bundle *out) {
    size_t length = strlen(report);
    bool hidden = eml_shape_hides_code(&program_take->shape);
    *out = (eml_bundle){.kind = hidden ? EML_BUNDLE_OWNERS : EML_BUNDLE_OPEN,
                        .program = *program_take,
                        .abi = *abi_take,
                        .air_digest = *air_digest};
    out->report = eml_alloc(length + 1, 1);
    memcpy(out->report, report, length);
    eml_program_sponge_digests(&out->program, out->digests);
    out->hash = hash_of(out);
    *program_take = (eml_program){0};
    *abi_take = (eml_abi){0};
}

/* Keys in the order of their encodings. */
static void encode(const eml_bundle *bundle, eml_bundle_kind kind, eml_buf *out) {
    const eml_shape *shape = &bundle->program.shape;
    bool code = kind != EML_BUNDLE_PUBLIC;
    uint32_t rows = eml_shape_code_rows(shape);
    eml_cbor_put_magic(out, eml_bundle_magic[kind]);
    eml_cbor_put_map(out, code ? 8 : 6);
    eml_cbor_put_text(out, "abi");
    eml_header_put_abi(out, &bundle->abi);
    eml_cbor_put_text(out, "air");
    eml_cbor_put_bytes(out, bundle->air_digest.bytes, sizeof bundle->air_digest.bytes);
    if (code) {
        eml_cbor_put_text(out, "code");
        eml_cbor_put_bytes(out, bundle->program.code, rows);
    }
    eml_cbor_put_text(out, "hash");
    eml_header_put_elements(out, bundle->hash.digest, EML_RESCUE_DIGEST);
    eml_cbor_put_text(out, "header");
    eml_header_put_shape(out, shape);
    eml_cbor_put_text(out, "report");
    eml_cbor_put_text(out, bundle->report);
    eml_cbor_put_text(out, "digests");
    eml_header_put_digests(out, shape, bundle->digests[0]);
    if (!code) return;
    eml_cbor_put_text(out, "immediates");
    eml_header_put_elements(out, bundle->program.immediates, rows / eml_shape_group(shape));
}

void eml_bundle_encode(const eml_bundle *bundle, eml_buf *out) { encode(bundle, bundle->kind, out); }
void eml_bundle_encode_public(const eml_bundle *bundle, eml_buf *out) { encode(bundle, EML_BUNDLE_PUBLIC, out); }

eml_status eml_bundle_require_code(const eml_bundle *bundle, const char *to, eml_error *err) {
    if (bundle->kind != EML_BUNDLE_PUBLIC) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "this is the public bundle, without weights: its owner's bundle is needed to %s", to);
}

/* Shown to people and passed on as JSON, so it must be that and must not drive a terminal. */
static bool is_report(const char *text, size_t length) {
    if (length == 0) return true;
    if (!eml_text_is_printable(text, length, true) || !eml_json_is_small(text, length)) return false;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    json_decref(json);
    return json != NULL;
}

static char *read_report(eml_cbor_reader *reader) {
    size_t length;
    const char *text = eml_cbor_text(reader, EML_REPORT_BYTES_MAX, &length);
    if (eml_cbor_ok(reader) && !is_report(text, length)) eml_cbor_fail(reader, "not JSON text");
    char *copy = eml_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

/* Code comes before the header that says how long it must be: it is borrowed until then. */
static void read_program(eml_cbor_reader *reader, const uint8_t *code, size_t code_len, eml_program *out) {
    uint32_t rows = eml_shape_code_rows(&out->shape);
    if (eml_cbor_ok(reader) && code_len != rows)
        eml_cbor_fail(reader, "the code has %zu opcodes, the header says %u", code_len, rows);
    if (!eml_cbor_ok(reader)) return;
    out->code = eml_alloc(rows, 1);
    memcpy(out->code, code, rows);
    size_t groups = rows / eml_shape_group(&out->shape);
    out->immediates = eml_alloc(groups, sizeof *out->immediates);
    eml_cbor_key(reader, "immediates");
    eml_header_elements(reader, out->immediates, groups);
}

/* Reads the sections in the order of their keys. */
static eml_status read_sections(eml_cbor_reader *reader, eml_bundle *out) {
    size_t code_len = 0;
    const uint8_t *code = NULL;
    bool whole = out->kind != EML_BUNDLE_PUBLIC;
    eml_cbor_map(reader, whole ? 8 : 6);
    eml_cbor_key(reader, "abi");
    eml_header_abi(reader, &out->abi);
    eml_cbor_key(reader, "air");
    eml_cbor_bytes_exact(reader, out->air_digest.bytes, sizeof out->air_digest.bytes);
    if (whole) {
        eml_cbor_key(reader, "code");
        code = eml_cbor_bytes(reader, EML_N_MAX, &code_len);
    }
    eml_cbor_key(reader, "hash");
    eml_header_elements(reader, out->hash.digest, EML_RESCUE_DIGEST);
    eml_cbor_key(reader, "header");
    eml_header_shape(reader, &out->program.shape);
    eml_cbor_key(reader, "report");
    out->report = read_report(reader);
    eml_cbor_key(reader, "digests");
    eml_header_digests(reader, &out->program.shape, out->digests);
    if (whole) read_program(reader, code, code_len, &out->program);
    return eml_cbor_close(reader);
}

static eml_status check_code(eml_bundle *bundle, eml_error *err) {
    EML_TRY(eml_program_check(&bundle->program, err));
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_program_sponge_digests(&bundle->program, digests);
    for (size_t k = 0; k < bundle->program.shape.S; k++)
        for (size_t i = 0; i < EML_RESCUE_DIGEST; i++)
            if (!eml_fe_eq(digests[k][i], bundle->digests[k][i]))
                return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_DIGEST, "sponge digest %zu is not that of the code", k);
    return EML_OK;
}

/* What the sections say about each other. Of a public bundle the hash is that of the digests, which stand in every
 * proof. */
static eml_status check(eml_bundle *bundle, eml_error *err) {
    if (eml_shape_hides_code(&bundle->program.shape) != (bundle->kind != EML_BUNDLE_OPEN))
        return eml_fail(err, EML_ERR_INPUT, "the program is %s, but the file is an %s",
                        bundle->kind == EML_BUNDLE_OPEN ? "hidden" : "not hidden", eml_bundle_magic[bundle->kind]);
    EML_TRY(eml_abi_check_shape(&bundle->abi, &bundle->program.shape, err));
    if (bundle->kind != EML_BUNDLE_PUBLIC) EML_TRY(check_code(bundle, err));
    eml_program_hash hash = hash_of(bundle);
    if (eml_program_hash_eq(&hash, &bundle->hash)) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_DIGEST, "the program hash is not that of header, ABI and code");
}

bool eml_bundle_begins(const uint8_t *bytes, size_t count, eml_bundle_kind *out) {
    bool found = false;
    for (eml_bundle_kind kind = 0; kind < EML_BUNDLE_KINDS && !found; kind++)
        if ((found = eml_cbor_begins(bytes, count, eml_bundle_magic[kind]))) *out = kind;
    return found;
}

/* Of what is no bundle an open one: its reader says what is wrong. */
static eml_bundle_kind kind_of(const uint8_t *bytes, size_t count) {
    eml_bundle_kind kind = EML_BUNDLE_OPEN;
    return eml_bundle_begins(bytes, count, &kind) ? kind : EML_BUNDLE_OPEN;
}

eml_status eml_bundle_decode(const uint8_t *bytes, size_t count, eml_bundle *out, eml_error *err) {
    eml_cbor_reader reader;
    eml_bundle bundle = {.kind = kind_of(bytes, count)};
    eml_cbor_open(&reader, bytes, count, err);
    eml_cbor_magic(&reader, eml_bundle_magic[bundle.kind], "compile the model again");
    eml_status status = eml_cbor_ok(&reader) ? read_sections(&reader, &bundle) : reader.status;
    if (status == EML_OK) status = check(&bundle, err);
    if (status == EML_OK)
        *out = bundle;
    else
        eml_bundle_free(&bundle);
    return status;
}

void eml_bundle_free(eml_bundle *bundle) {
    eml_program_free(&bundle->program);
    eml_abi_free(&bundle->abi);
    eml_free(bundle->report);
    *bundle = (eml_bundle){0};
}
