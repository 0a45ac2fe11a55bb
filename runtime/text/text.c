#include "runtime/text/text.h"

#include <string.h>

size_t eml_utf8_decode(const char *text, size_t left, uint32_t *point) {
    if (left == 0) return 0;
    const uint8_t *byte = (const uint8_t *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = byte[0] < 0x80   ? 1
                    : byte[0] < 0xc2 ? 0
                    : byte[0] < 0xe0 ? 2
                    : byte[0] < 0xf0 ? 3
                    : byte[0] < 0xf5 ? 4
                                     : 0;
    if (length == 0 || length > left) return 0;
    uint32_t value = length == 1 ? byte[0] : byte[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80) return 0;
        value = value << 6 | (byte[i] & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 0;
    if (point) *point = value;
    return length;
}

size_t eml_utf8_mark(const char *text, size_t length) {
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool eml_text_is_utf8(const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t step = eml_utf8_decode(text + at, length - at, &point);
        if (step == 0 || point == 0) return false;
        at += step;
    }
    return true;
}

/* Marks and controls of the bidirectional algorithm (UAX 9) and line separators: text with them shows in another order
 * or place than it stands, so that a name could pass for the line after it. */
static bool moves_text(uint32_t point) {
    return point == 0x61c || point == 0x200e || point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069);
}

bool eml_text_is_printable(const char *text, size_t length, bool allow_lines) {
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t step = eml_utf8_decode(text + at, length - at, &point);
        if (step == 0) return false;
        bool line = allow_lines && (point == '\n' || point == '\t');
        if (!line && (point < 0x20 || (point >= 0x7f && point < 0xa0) || moves_text(point))) return false;
        at += step;
    }
    return true;
}

eml_excerpt eml_text_excerpt(const char *text, size_t length) {
    eml_excerpt out;
    size_t kept = length <= 40 ? length : 40;
    for (size_t i = 0; i < kept; i++) out.text[i] = (char)(text[i] >= 0x20 && text[i] < 0x7f ? text[i] : '?');
    memcpy(out.text + kept, length > kept ? "..." : "", length > kept ? 4 : 1);
    return out;
}

void eml_text_put_json(const char *text, eml_buf *out) {
    eml_buf_put_u8(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            eml_buf_put_u8(out, '\\');
            eml_buf_put_u8(out, c);
        } else if (c < 0x20) {
            eml_buf_printf(out, "\\u%04x", c);
        } else {
            eml_buf_put_u8(out, c);
        }
    }
    eml_buf_put_u8(out, '"');
}
