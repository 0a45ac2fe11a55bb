#include "runtime/bundle/schema.h"

#include <string.h>

#include "runtime/base/format.h"
#include "runtime/text/json.h"
#include "runtime/text/text.h"

/* "p" or "p/q". */
static void put_rational(eml_buf *out, const mpq_t value) {
    char *text = mpq_get_str(NULL, 10, value);
    eml_buf_put_text(out, text);
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    release(text, strlen(text) + 1);
}

static void absorb_text(eml_blake3 *hasher, const void *text, size_t length) {
    eml_blake3_update_u64(hasher, length);
    eml_blake3_update(hasher, text, length);
}

static void absorb_rational(eml_blake3 *hasher, const mpq_t value) {
    eml_buf text = {0};
    put_rational(&text, value);
    absorb_text(hasher, text.data, text.len);
    eml_buf_free(&text);
}

/* The grid that values are on; 0: any number is rounded. */
static mpq_srcptr step_of(const eml_input_column *column) { return column->exact ? column->unit : column->step; }

void eml_schema_digest(const eml_abi *abi, eml_fe digest[EML_RESCUE_DIGEST]) {
    size_t count = eml_abi_columns(abi, EML_COMMITTED);
    eml_digest bytes = {{0}};
    eml_blake3 hasher;
    eml_blake3_init_derive_key(&hasher, "eml v2 schema of committed inputs");
    eml_blake3_update_u64(&hasher, count);
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_input_column *column = &abi->inputs[i];
        if (column->visibility != EML_COMMITTED) continue;
        absorb_text(&hasher, column->name, strlen(column->name));
        absorb_rational(&hasher, column->unit);
        absorb_rational(&hasher, column->offset);
        absorb_rational(&hasher, column->lo);
        absorb_rational(&hasher, column->hi);
        absorb_rational(&hasher, step_of(column));
    }
    if (count > 0) eml_blake3_finish(&hasher, bytes.bytes, sizeof bytes.bytes);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) digest[i] = eml_fe_from_bytes_mod(bytes.bytes + i * EML_FE_BYTES);
}

/* ----- The file */

static const char kind[] = "eml schema";

static void put_member(eml_buf *out, const char *key, const mpq_t value) {
    eml_buf_printf(out, ", \"%s\": \"", key);
    put_rational(out, value);
    eml_buf_put_text(out, "\"");
}

static void put_input(eml_buf *out, const eml_input_column *column) {
    eml_buf_put_text(out, "  {\"name\": ");
    eml_text_put_json(column->name, out);
    put_member(out, "unit", column->unit);
    put_member(out, "offset", column->offset);
    put_member(out, "lo", column->lo);
    put_member(out, "hi", column->hi);
    put_member(out, "step", step_of(column));
    eml_buf_put_text(out, "}");
}

void eml_schema_print(const eml_abi *abi, eml_buf *out) {
    const char *before = "\n";
    eml_buf_printf(out, "{\"kind\": \"%s\", \"format\": %d, \"inputs\": [", kind, EML_FORMAT_VERSION);
    for (size_t i = 0; i < abi->input_count; i++) {
        if (abi->inputs[i].visibility != EML_COMMITTED) continue;
        eml_buf_put_text(out, before);
        put_input(out, &abi->inputs[i]);
        before = ",\n";
    }
    eml_buf_put_text(out, "\n]}\n");
}

bool eml_schema_begins(const char *text, size_t length) {
    static const char *const starts[] = {"{", "\"kind\"", ":", "\"eml schema\""};
    for (size_t i = 0, at = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t part = strlen(starts[i]);
        while (at < length && strchr(" \t\r\n", text[at]) != NULL && text[at] != '\0') at++;
        if (length - at < part || memcmp(text + at, starts[i], part) != 0) return false;
        at += part;
    }
    return true;
}

/* Where something stands, for messages: "FILE: inputs[2].unit". */
typedef struct place {
    const char *file;
    size_t input;
    const char *field, *name; /* name: the input's; NULL: not known yet */
} place;

static eml_status fail(const place *at, const char *what, eml_error *err) {
    return eml_fail(err, EML_ERR_INPUT, "%s: inputs[%zu]%s%s%s.%s: %s", at->file, at->input,
                    at->name != NULL ? " (" : "", at->name != NULL ? at->name : "", at->name != NULL ? ")" : "",
                    at->field, what);
}

/* Only the one spelling that is hashed. */
static bool set_rational(mpq_t out, const char *text) {
    if (strlen(text) > EML_RATIONAL_TEXT_MAX || mpq_set_str(out, text, 10) != 0 || mpz_sgn(mpq_denref(out)) == 0)
        return false;
    mpq_canonicalize(out);
    eml_buf again = {0};
    put_rational(&again, out);
    eml_buf_put_u8(&again, 0);
    bool same = strcmp((const char *)again.data, text) == 0;
    eml_buf_free(&again);
    return same;
}

static eml_status read_rational(const place *at, const json_t *input, mpq_t out, eml_error *err) {
    const json_t *value = json_object_get(input, at->field);
    if (value == NULL) return fail(at, "is missing", err);
    const char *text = json_string_value(value);
    if (text != NULL && set_rational(out, text)) return EML_OK;
    return fail(at, "a number like \"3\" or \"-1/100\", in lowest terms, was expected", err);
}

static eml_status read_step(const place *at, const json_t *input, eml_input_column *out, eml_error *err) {
    EML_TRY(read_rational(at, input, out->step, err));
    if (mpq_sgn(out->step) < 0) return fail(at, "is negative", err);
    out->exact = mpq_equal(out->step, out->unit);
    if (out->exact) mpq_set_ui(out->step, 0, 1);
    return EML_OK;
}

static eml_status check_members(const char *file, size_t index, const json_t *input, eml_error *err) {
    static const char *const known[] = {"name", "unit", "offset", "lo", "hi", "step"};
    const char *member;
    json_t *value;
    json_object_foreach((json_t *)input, member, value) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) found = found || strcmp(member, known[i]) == 0;
        if (!found) return fail(&(place){file, index, member, NULL}, "inputs have no such member", err);
    }
    return EML_OK;
}

static eml_status read_input(const char *file, size_t index, const json_t *input, eml_input_column *out,
                             eml_error *err) {
    place at = {file, index, "name", NULL};
    const char *name = json_string_value(json_object_get(input, "name"));
    if (name == NULL) return fail(&at, "a text was expected", err);
    out->name = eml_copy_text(name, strlen(name));
    out->visibility = EML_COMMITTED;
    at.name = name;
    const struct {
        const char *field;
        mpq_ptr value;
    } numbers[] = {{"unit", out->unit}, {"offset", out->offset}, {"lo", out->lo}, {"hi", out->hi}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        at.field = numbers[i].field;
        EML_TRY(read_rational(&at, input, numbers[i].value, err));
    }
    at.field = "step";
    EML_TRY(read_step(&at, input, out, err));
    return check_members(file, index, input, err);
}

static eml_status read_inputs(const char *file, const json_t *inputs, eml_abi *out, eml_error *err) {
    if (json_array_size(inputs) == 0) /* or no array */
        return eml_fail(err, EML_ERR_INPUT, "%s: inputs: a list of at least one input was expected", file);
    if (json_array_size(inputs) > EML_ABI_COLUMNS_MAX)
        return eml_fail(err, EML_ERR_INPUT, "%s: inputs: more than %d", file, EML_ABI_COLUMNS_MAX);
    eml_abi_set_counts(out, json_array_size(inputs), 0, 0, 0);
    for (size_t i = 0; i < out->input_count; i++)
        EML_TRY(read_input(file, i, json_array_get(inputs, i), &out->inputs[i], err));
    eml_status status = eml_abi_check_inputs(out, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", file);
    return status;
}

static eml_status read_file(const char *file, const json_t *object, eml_abi *out, eml_error *err) {
    const char *is = json_string_value(json_object_get(object, "kind"));
    const char *format = json_string_value(json_object_get(object, "format")); /* a number's digits: text/json.h */
    if (is == NULL || strcmp(is, kind) != 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: neither a bundle nor a schema file, which has \"kind\": \"%s\"", file,
                        kind);
    char version[16];
    snprintf(version, sizeof version, "%d", EML_FORMAT_VERSION);
    if (format == NULL || strcmp(format, version) != 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: format: %s was expected; eml commit --schema writes the file again",
                        file, version);
    if (json_object_size(object) != 3)
        return eml_fail(err, EML_ERR_INPUT, "%s: kind, format and inputs, and nothing else, were expected", file);
    return read_inputs(file, json_object_get(object, "inputs"), out, err);
}

void eml_schema_columns(const eml_abi *abi, eml_abi *out) {
    size_t next = 0;
    eml_abi_init(out);
    if (abi->raw) return;
    out->raw = false;
    eml_abi_set_counts(out, eml_abi_columns(abi, EML_COMMITTED), 0, 0, 0);
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_input_column *from = &abi->inputs[i];
        if (from->visibility != EML_COMMITTED) continue;
        eml_input_column *to = &out->inputs[next++];
        to->name = eml_copy_text(from->name, strlen(from->name));
        to->visibility = EML_COMMITTED;
        to->exact = from->exact;
        mpq_set(to->lo, from->lo);
        mpq_set(to->hi, from->hi);
        mpq_set(to->offset, from->offset);
        mpq_set(to->unit, from->unit);
        mpq_set(to->step, from->step);
    }
}

eml_status eml_schema_parse(const char *name, const char *text, size_t length, eml_abi *out, eml_error *err) {
    json_t *object = NULL;
    eml_abi abi = {0};
    EML_TRY(eml_json_load(name, text, length, &object, err));
    eml_status status = read_file(name, object, &abi, err);
    json_decref(object);
    if (status == EML_OK)
        *out = abi;
    else
        eml_abi_free(&abi);
    return status;
}
