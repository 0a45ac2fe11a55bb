#include "runtime/text/json.h"

#include <stdbool.h>
#include <string.h>

#include "runtime/base/bytes.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static size_t skip_digits(const char *text, size_t length, size_t at) {
    while (at < length && is_digit(text[at])) at++;
    return at;
}

/* RFC 8259 section 6, over the whole text. */
static bool is_number(const char *text, size_t length) {
    size_t at = text[0] == '-', begin = at;
    at = skip_digits(text, length, at);
    if (at == begin || (text[begin] == '0' && at > begin + 1)) return false;
    if (at < length && text[at] == '.') {
        begin = at + 1;
        if ((at = skip_digits(text, length, begin)) == begin) return false;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        begin = at + 1;
        if (begin < length && (text[begin] == '+' || text[begin] == '-')) begin++;
        if ((at = skip_digits(text, length, begin)) == begin) return false;
    }
    return at == length;
}

static size_t string_end(const char *text, size_t length, size_t at) {
    for (at++; at < length && text[at] != '"'; at++)
        if (text[at] == '\\') at++;
    return at < length ? at + 1 : length;
}

static size_t number_end(const char *text, size_t length, size_t at) {
    while (at < length && text[at] != '\0' && strchr("+-.eE0123456789", text[at])) at++;
    return at;
}

/* A quoted number would pass as a key. */
static bool is_key(const char *text, size_t length, size_t at) {
    while (at < length && text[at] != '\0' && strchr(" \t\r\n", text[at])) at++;
    return at < length && text[at] == ':';
}

/* Copies text to *out with numbers in quotes. False at *line when something that begins like a number is none. */
static bool quote_numbers(const char *text, size_t length, eml_buf *out, size_t *line) {
    *line = 1;
    for (size_t at = 0, next; at < length; at = next) {
        next = at + 1;
        if (text[at] == '\n') ++*line;
        if (text[at] == '"') {
            next = string_end(text, length, at);
        } else if (text[at] == '-' || is_digit(text[at])) {
            next = number_end(text, length, at);
            if (!is_number(text + at, next - at) || is_key(text, length, next)) return false;
            eml_buf_put_u8(out, '"');
            eml_buf_put(out, text + at, next - at);
            eml_buf_put_u8(out, '"');
            continue;
        }
        eml_buf_put(out, text + at, next - at);
    }
    return true;
}

bool eml_json_is_small(const char *text, size_t length) {
    size_t items = 1;
    for (size_t at = 0; at < length && items <= EML_JSON_ITEMS_MAX;) {
        if (text[at] == '"') {
            at = string_end(text, length, at);
            continue;
        }
        items += text[at] == ',' || text[at] == ':' || text[at] == '[' || text[at] == '{';
        at++;
    }
    return items <= EML_JSON_ITEMS_MAX;
}

eml_status eml_json_load(const char *name, const char *text, size_t length, json_t **out, eml_error *err) {
    if (length == 0) return eml_fail(err, EML_ERR_INPUT, "%s: empty: JSON was expected", name);
    if (length > EML_JSON_BYTES_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                           "%s: JSON of more than %d bytes; give large tables as CSV", name, EML_JSON_BYTES_MAX);
    if (!eml_json_is_small(text, length))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                           "%s: JSON of more than %d values; give large tables as CSV", name, EML_JSON_ITEMS_MAX);
    eml_buf quoted = {0};
    size_t line;
    json_t *json = NULL;
    eml_status status = EML_OK;
    if (!quote_numbers(text, length, &quoted, &line)) {
        status = eml_fail(err, EML_ERR_INPUT, "%s: line %zu: not a JSON number", name, line);
    } else {
        json_error_t why;
        json = json_loadb((const char *)quoted.data, quoted.len, JSON_REJECT_DUPLICATES, &why);
        if (!json) status = eml_fail(err, EML_ERR_INPUT, "%s: line %d: not JSON: %s", name, why.line, why.text);
    }
    eml_buf_free(&quoted);
    if (status == EML_OK) *out = json;
    return status;
}

const char *eml_json_kind(const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a number or string";
    case JSON_TRUE:
    case JSON_FALSE: return "a boolean";
    default: return "null";
    }
}
