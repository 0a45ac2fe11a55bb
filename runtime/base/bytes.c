#include "runtime/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/memory.h"

void eml_buf_reserve(eml_buf *buf, size_t count) { buf->data = eml_grow(buf->data, &buf->cap, buf->len + count, 1); }

void eml_buf_put(eml_buf *buf, const void *bytes, size_t count) {
    if (count == 0) return;
    eml_buf_reserve(buf, count);
    memcpy(buf->data + buf->len, bytes, count);
    buf->len += count;
}

void eml_le_put(uint8_t *out, uint64_t value, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(value >> (8 * i));
}

uint64_t eml_le_get(const uint8_t *bytes, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void put_le(eml_buf *buf, uint64_t value, size_t count) {
    uint8_t bytes[8];
    eml_le_put(bytes, value, count);
    eml_buf_put(buf, bytes, count);
}

void eml_buf_put_u8(eml_buf *buf, uint8_t value) { put_le(buf, value, 1); }
void eml_buf_put_u16(eml_buf *buf, uint16_t value) { put_le(buf, value, 2); }
void eml_buf_put_u32(eml_buf *buf, uint32_t value) { put_le(buf, value, 4); }
void eml_buf_put_u64(eml_buf *buf, uint64_t value) { put_le(buf, value, 8); }
void eml_buf_put_text(eml_buf *buf, const char *text) { eml_buf_put(buf, text, strlen(text)); }

void eml_buf_printf(eml_buf *buf, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        size_t count = (size_t)n;
        eml_buf_reserve(buf, count + 1);
        vsnprintf((char *)buf->data + buf->len, count + 1, format, again);
        buf->len += count;
    }
    va_end(again);
}

void eml_buf_free(eml_buf *buf) {
    eml_free(buf->data);
    *buf = (eml_buf){0};
}

bool eml_read_bytes(eml_reader *reader, size_t count, const uint8_t **out) {
    if (count > reader->left) return false;
    *out = reader->next;
    reader->next += count;
    reader->left -= count;
    return true;
}

static bool read_le(eml_reader *reader, size_t count, uint64_t *out) {
    const uint8_t *bytes;
    if (!eml_read_bytes(reader, count, &bytes)) return false;
    *out = eml_le_get(bytes, count);
    return true;
}

bool eml_read_u8(eml_reader *reader, uint8_t *out) {
    uint64_t value;
    if (!read_le(reader, 1, &value)) return false;
    *out = (uint8_t)value;
    return true;
}

bool eml_read_u16(eml_reader *reader, uint16_t *out) {
    uint64_t value;
    if (!read_le(reader, 2, &value)) return false;
    *out = (uint16_t)value;
    return true;
}

bool eml_read_u32(eml_reader *reader, uint32_t *out) {
    uint64_t value;
    if (!read_le(reader, 4, &value)) return false;
    *out = (uint32_t)value;
    return true;
}

bool eml_read_u64(eml_reader *reader, uint64_t *out) { return read_le(reader, 8, out); }

void eml_hex_encode(const uint8_t *bytes, size_t count, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * count] = '\0';
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool eml_hex_decode(const char *text, size_t length, uint8_t *out, size_t count) {
    if (length != 2 * count) return false;
    for (size_t i = 0; i < length; i++)
        if (hex_digit(text[i]) < 0) return false;
    for (size_t i = 0; i < count; i++) out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
    return true;
}
