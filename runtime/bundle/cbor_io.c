#include "runtime/bundle/cbor_io.h"

#include <cbor.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/format.h"
#include "runtime/text/text.h"

/* Writer. A head takes at most 9 bytes. */

enum { HEAD_MAX = 9 };

static size_t encode_uint(uint64_t value, uint8_t head[HEAD_MAX]) { return cbor_encode_uint(value, head, HEAD_MAX); }

void eml_cbor_put_uint(eml_buf *out, uint64_t value) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, encode_uint(value, head));
}

void eml_cbor_put_bool(eml_buf *out, bool value) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_bool(value, head, sizeof head));
}

void eml_cbor_put_null(eml_buf *out) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_null(head, sizeof head));
}

void eml_cbor_put_text(eml_buf *out, const char *text) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_string_start(strlen(text), head, sizeof head));
    eml_buf_put_text(out, text);
}

void eml_cbor_put_bytes(eml_buf *out, const void *bytes, size_t count) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_bytestring_start(count, head, sizeof head));
    eml_buf_put(out, bytes, count);
}

void eml_cbor_put_array(eml_buf *out, size_t count) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_array_start(count, head, sizeof head));
}

void eml_cbor_put_map(eml_buf *out, size_t count) {
    uint8_t head[HEAD_MAX];
    eml_buf_put(out, head, cbor_encode_map_start(count, head, sizeof head));
}

void eml_cbor_put_magic(eml_buf *out, const char *magic) {
    eml_cbor_put_array(out, 3);
    eml_cbor_put_text(out, magic);
    eml_cbor_put_uint(out, EML_FORMAT_VERSION);
}

/* Reader: libcbor's decoder reports one item through a callback. */

typedef enum item_kind {
    ITEM_OTHER,
    ITEM_UINT,
    ITEM_BYTES,
    ITEM_TEXT,
    ITEM_ARRAY,
    ITEM_MAP,
    ITEM_BOOL,
    ITEM_NULL
} item_kind;

static const char *const kind_names[] = {"an item of a kind that these files do not use",
                                         "an unsigned integer",
                                         "a byte string",
                                         "a text string",
                                         "an array",
                                         "a map",
                                         "a boolean",
                                         "null"};

typedef struct item {
    item_kind kind;
    uint64_t value; /* integer, boolean, or length */
    const uint8_t *payload;
} item;

static void set(void *context, item_kind kind, uint64_t value) { *(item *)context = (item){kind, value, NULL}; }
static void on_uint8(void *context, uint8_t value) { set(context, ITEM_UINT, value); }
static void on_uint16(void *context, uint16_t value) { set(context, ITEM_UINT, value); }
static void on_uint32(void *context, uint32_t value) { set(context, ITEM_UINT, value); }
static void on_uint64(void *context, uint64_t value) { set(context, ITEM_UINT, value); }
static void on_array(void *context, size_t count) { set(context, ITEM_ARRAY, count); }
static void on_map(void *context, size_t count) { set(context, ITEM_MAP, count); }
static void on_null(void *context) { set(context, ITEM_NULL, 0); }
static void on_bool(void *context, bool value) { set(context, ITEM_BOOL, value); }
static void on_bytes(void *context, cbor_data bytes, size_t count) {
    *(item *)context = (item){ITEM_BYTES, count, bytes};
}
static void on_text(void *context, cbor_data bytes, size_t count) {
    *(item *)context = (item){ITEM_TEXT, count, bytes};
}

/* What is not listed in our subset leaves the item ITEM_OTHER. */
static const struct cbor_callbacks callbacks = {
    .uint8 = on_uint8,
    .uint16 = on_uint16,
    .uint32 = on_uint32,
    .uint64 = on_uint64,
    .negint64 = cbor_null_negint64_callback,
    .negint32 = cbor_null_negint32_callback,
    .negint16 = cbor_null_negint16_callback,
    .negint8 = cbor_null_negint8_callback,
    .byte_string_start = cbor_null_byte_string_start_callback,
    .byte_string = on_bytes,
    .string = on_text,
    .string_start = cbor_null_string_start_callback,
    .indef_array_start = cbor_null_indef_array_start_callback,
    .array_start = on_array,
    .indef_map_start = cbor_null_indef_map_start_callback,
    .map_start = on_map,
    .tag = cbor_null_tag_callback,
    .float2 = cbor_null_float2_callback,
    .float4 = cbor_null_float4_callback,
    .float8 = cbor_null_float8_callback,
    .undefined = cbor_null_undefined_callback,
    .null = on_null,
    .boolean = on_bool,
    .indef_break = cbor_null_indef_break_callback,
};

void eml_cbor_open(eml_cbor_reader *reader, const uint8_t *bytes, size_t count, eml_error *err) {
    *reader = (eml_cbor_reader){.bytes = bytes, .count = count, .err = err, .status = EML_OK};
}

void eml_cbor_in(eml_cbor_reader *reader, const char *record, size_t index) {
    reader->record = record;
    reader->index = index;
}

void eml_cbor_fail(eml_cbor_reader *reader, const char *format, ...) {
    if (!eml_cbor_ok(reader)) return;
    char what[EML_ERROR_TEXT_MAX], where[128] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (reader->record)
        snprintf(where, sizeof where, "%s[%zu]%s%s: ", reader->record, reader->index, reader->field ? "." : "",
                 reader->field ? reader->field : "");
    else if (reader->field)
        snprintf(where, sizeof where, "%s: ", reader->field);
    reader->status = eml_fail(reader->err, EML_ERR_INPUT, "byte %zu: %s%s", reader->item, where, what);
}

/* Of the same value, only the shortest head has this length: heads take 1, 2, 3, 5 or 9 bytes. */
static bool is_shortest(const item *found, size_t head) {
    uint8_t shortest[HEAD_MAX];
    if (found->kind == ITEM_BOOL || found->kind == ITEM_NULL) return head == 1;
    return head == encode_uint(found->value, shortest);
}

/* Decodes the next item without moving. Gives its length, 0 after a failure. */
static size_t peek(eml_cbor_reader *reader, item *found) {
    *found = (item){ITEM_OTHER, 0, NULL};
    if (!eml_cbor_ok(reader)) return 0;
    reader->item = reader->at;
    if (reader->at == reader->count) {
        eml_cbor_fail(reader, "the file ends where more was expected");
        return 0;
    }
    struct cbor_decoder_result result =
        cbor_stream_decode(reader->bytes + reader->at, reader->count - reader->at, &callbacks, found);
    if (result.status == CBOR_DECODER_NEDATA) eml_cbor_fail(reader, "longer than the bytes that are left");
    if (result.status == CBOR_DECODER_ERROR) eml_cbor_fail(reader, "not CBOR");
    if (result.status != CBOR_DECODER_FINISHED) return 0;
    bool string = found->kind == ITEM_BYTES || found->kind == ITEM_TEXT;
    if (found->kind != ITEM_OTHER && !is_shortest(found, result.read - (string ? (size_t)found->value : 0))) {
        eml_cbor_fail(reader, "not in the shortest form");
        return 0;
    }
    return result.read;
}

static item take(eml_cbor_reader *reader, item_kind wanted) {
    item found;
    size_t length = peek(reader, &found);
    if (eml_cbor_ok(reader) && found.kind != wanted)
        eml_cbor_fail(reader, "%s where %s was expected", kind_names[found.kind], kind_names[wanted]);
    if (!eml_cbor_ok(reader)) return (item){wanted, 0, (const uint8_t *)""};
    reader->at += length;
    return found;
}

void eml_cbor_map(eml_cbor_reader *reader, size_t entries) {
    item found = take(reader, ITEM_MAP);
    if (found.value != entries) eml_cbor_fail(reader, "a map of %zu entries was expected", entries);
}

size_t eml_cbor_map_between(eml_cbor_reader *reader, size_t least, size_t most) {
    item found = take(reader, ITEM_MAP);
    if (found.value < least || found.value > most)
        eml_cbor_fail(reader, "a map of %zu to %zu entries was expected", least, most);
    return eml_cbor_ok(reader) ? (size_t)found.value : 0;
}

static bool is_text(const item *found, const char *text) {
    return found->kind == ITEM_TEXT && found->value == strlen(text) && memcmp(found->payload, text, strlen(text)) == 0;
}

bool eml_cbor_take_key(eml_cbor_reader *reader, const char *name) {
    item found;
    size_t length = peek(reader, &found);
    if (!eml_cbor_ok(reader) || !is_text(&found, name)) return false;
    reader->at += length;
    reader->field = name;
    return true;
}

void eml_cbor_key(eml_cbor_reader *reader, const char *name) {
    reader->field = NULL;
    item found = take(reader, ITEM_TEXT);
    if (!is_text(&found, name)) eml_cbor_fail(reader, "the key \"%s\" was expected", name);
    reader->field = name;
}

uint64_t eml_cbor_uint(eml_cbor_reader *reader, uint64_t max) {
    item found = take(reader, ITEM_UINT);
    if (found.value <= max) return found.value;
    eml_cbor_fail(reader, "%llu is over the limit of %llu", (unsigned long long)found.value, (unsigned long long)max);
    return 0;
}

bool eml_cbor_bool(eml_cbor_reader *reader) { return take(reader, ITEM_BOOL).value != 0; }

bool eml_cbor_take_null(eml_cbor_reader *reader) {
    item found;
    size_t length = peek(reader, &found);
    if (!eml_cbor_ok(reader) || found.kind != ITEM_NULL) return false;
    reader->at += length;
    return true;
}

size_t eml_cbor_array(eml_cbor_reader *reader, size_t max, size_t item_bytes) {
    item found = take(reader, ITEM_ARRAY);
    if (found.value > max)
        eml_cbor_fail(reader, "%llu items are over the limit of %zu", (unsigned long long)found.value, max);
    else if (found.value > (reader->count - reader->at) / item_bytes)
        eml_cbor_fail(reader, "%llu items do not fit in the bytes that are left", (unsigned long long)found.value);
    return eml_cbor_ok(reader) ? (size_t)found.value : 0;
}

static const uint8_t *take_string(eml_cbor_reader *reader, item_kind kind, size_t max, size_t *count) {
    item found = take(reader, kind);
    if (found.value > max)
        eml_cbor_fail(reader, "%llu bytes are over the limit of %zu", (unsigned long long)found.value, max);
    *count = eml_cbor_ok(reader) ? (size_t)found.value : 0;
    return found.payload;
}

const char *eml_cbor_text(eml_cbor_reader *reader, size_t max, size_t *length) {
    const char *text = (const char *)take_string(reader, ITEM_TEXT, max, length);
    if (!eml_text_is_utf8(text, *length)) {
        eml_cbor_fail(reader, "not UTF-8 text");
        *length = 0;
    }
    return text;
}

const uint8_t *eml_cbor_bytes(eml_cbor_reader *reader, size_t max, size_t *count) {
    return take_string(reader, ITEM_BYTES, max, count);
}

void eml_cbor_bytes_exact(eml_cbor_reader *reader, void *out, size_t count) {
    size_t length;
    const uint8_t *bytes = eml_cbor_bytes(reader, SIZE_MAX, &length);
    if (length != count) eml_cbor_fail(reader, "%zu bytes were expected, not %zu", count, length);
    if (eml_cbor_ok(reader))
        memcpy(out, bytes, count);
    else
        memset(out, 0, count);
}

bool eml_cbor_begins(const uint8_t *bytes, size_t count, const char *magic) {
    eml_buf expected = {0};
    eml_cbor_put_magic(&expected, magic);
    size_t named = expected.len - 1; /* all but the version, whose refusal has its own message */
    bool same = count >= named && memcmp(bytes, expected.data, named) == 0;
    eml_buf_free(&expected);
    return same;
}

void eml_cbor_magic(eml_cbor_reader *reader, const char *magic, const char *again) {
    size_t length;
    item found = take(reader, ITEM_ARRAY);
    const char *text = (const char *)take_string(reader, ITEM_TEXT, SIZE_MAX, &length);
    if (!eml_cbor_ok(reader) || found.value != 3 || length != strlen(magic) || memcmp(text, magic, length) != 0) {
        reader->item = 0;
        reader->status = EML_OK; /* a file of another kind: say so instead of how its first bytes differ */
        eml_cbor_fail(reader, "this is not an \"%s\" file", magic);
    }
    uint64_t seen = eml_cbor_uint(reader, UINT64_MAX);
    if (seen != EML_FORMAT_VERSION)
        eml_cbor_fail(reader, "format version %llu; this program reads version %d" EML_FORMAT_STATE ": %s",
                      (unsigned long long)seen, EML_FORMAT_VERSION, again);
}

eml_status eml_cbor_close(eml_cbor_reader *reader) {
    if (eml_cbor_ok(reader) && reader->at != reader->count) {
        reader->item = reader->at;
        reader->record = reader->field = NULL;
        eml_cbor_fail(reader, "%zu bytes after the end", reader->count - reader->at);
    }
    return reader->status;
}
