/* Text from files: UTF-8, names, excerpts for messages, JSON strings. */
#ifndef EML_TEXT_TEXT_H
#define EML_TEXT_TEXT_H

#include "runtime/base/bytes.h"

/* The well-formed sequence (Unicode 15, table 3-7) at text, of which `left` bytes may be read: its length, 1 to 4, and
 * its code point (point may be NULL); 0 when there is none. */
size_t eml_utf8_decode(const char *text, size_t left, uint32_t *point);
/* How many bytes a byte order mark takes at the beginning of a file: 3 or 0. */
size_t eml_utf8_mark(const char *text, size_t length);
/* Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without NUL. */
bool eml_text_is_utf8(const char *text, size_t length);
/* Of UTF-8 text: no control characters (U+0000..1F, 7F..9F; those of text direction, U+2028 and 2029); newline and tab
 * pass when allow_lines. */
bool eml_text_is_printable(const char *text, size_t length, bool allow_lines);

/* At most 40 bytes of untrusted text for a message: what is not printable ASCII becomes '?', longer text
 * ends in "...". */
enum { EML_EXCERPT_MAX = 48 };
typedef struct eml_excerpt {
    char text[EML_EXCERPT_MAX];
} eml_excerpt;
eml_excerpt eml_text_excerpt(const char *text, size_t length);

/* "text" with JSON's escapes. */
void eml_text_put_json(const char *text, eml_buf *out);

#endif
