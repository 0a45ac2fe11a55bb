/* Byte strings: a growable buffer to write, a bounded reader for untrusted bytes. All integers are little-endian. */
#ifndef EML_BASE_BYTES_H
#define EML_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The lowest count <= 8 bytes of a number, the lowest first. */
void eml_le_put(uint8_t *out, uint64_t value, size_t count);
uint64_t eml_le_get(const uint8_t *bytes, size_t count);

/* len <= cap; data is owned. Zero-initialise to create; free with eml_buf_free. Writing never fails. */
typedef struct eml_buf {
    uint8_t *data;
    size_t len, cap;
} eml_buf;

void eml_buf_reserve(eml_buf *buf, size_t count); /* room for count bytes more, so that putting them moves nothing */
void eml_buf_put(eml_buf *buf, const void *bytes, size_t count);
void eml_buf_put_u8(eml_buf *buf, uint8_t value);
void eml_buf_put_u16(eml_buf *buf, uint16_t value);
void eml_buf_put_u32(eml_buf *buf, uint32_t value);
void eml_buf_put_u64(eml_buf *buf, uint64_t value);
void eml_buf_put_text(eml_buf *buf, const char *text); /* without the terminating NUL */
void eml_buf_printf(eml_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void eml_buf_free(eml_buf *buf);

/* Reads from borrowed bytes. Every function returns false, reads nothing and leaves *out untouched when fewer bytes are
 * left than asked for; it never reads past the end. */
typedef struct eml_reader {
    const uint8_t *next;
    size_t left;
} eml_reader;

bool eml_read_u8(eml_reader *reader, uint8_t *out);
bool eml_read_u16(eml_reader *reader, uint16_t *out);
bool eml_read_u32(eml_reader *reader, uint32_t *out);
bool eml_read_u64(eml_reader *reader, uint64_t *out);
bool eml_read_bytes(eml_reader *reader, size_t count, const uint8_t **out); /* borrows from the input */

/* Hexadecimal, lower case. out has room for 2 * count + 1 characters. */
void eml_hex_encode(const uint8_t *bytes, size_t count, char *out);
/* Exactly 2 * count hexadecimal digits of either case at text, else false. */
bool eml_hex_decode(const char *text, size_t length, uint8_t *out, size_t count);

#endif
