/* Deterministic CBOR (RFC 8949 section 4.2.1): the subset that our files use, over libcbor's encoders and stream
 * decoder.
 *
 * Unsigned integers, byte and text strings, arrays, maps with text keys, booleans and null; everything of definite
 * length and in the shortest form; no tags, no floats, no negative integers. Every record has a fixed list of keys, in
 * the order of their encodings (shorter first, then bytewise), so a reader that asks for the keys in that order has
 * checked order and uniqueness. What this reader accepts, the writer writes back byte for byte. */
#ifndef EML_BUNDLE_CBOR_IO_H
#define EML_BUNDLE_CBOR_IO_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

void eml_cbor_put_uint(eml_buf *out, uint64_t value);
void eml_cbor_put_bool(eml_buf *out, bool value);
void eml_cbor_put_null(eml_buf *out);
void eml_cbor_put_text(eml_buf *out, const char *text);
void eml_cbor_put_bytes(eml_buf *out, const void *bytes, size_t count);
void eml_cbor_put_array(eml_buf *out, size_t count); /* then count items */
void eml_cbor_put_map(eml_buf *out, size_t count);   /* then count times key, value */

/* Reads one document from borrowed bytes. The first failure sticks: it writes the sentence (byte offset, field, what
 * was expected) and every later call gives zeros, so a decoder checks eml_cbor_ok only where it loops or uses what it
 * read. Nothing is allocated. */
typedef struct eml_cbor_reader {
    const uint8_t *bytes;
    size_t count, at;
    size_t item; /* offset of the item read last */
    const char *record, *field;
    size_t index; /* record[index], when record is not NULL */
    eml_status status;
    eml_error *err;
} eml_cbor_reader;

void eml_cbor_open(eml_cbor_reader *reader, const uint8_t *bytes, size_t count, eml_error *err);
/* Names what is being read, for messages: record[index]. NULL: none. */
void eml_cbor_in(eml_cbor_reader *reader, const char *record, size_t index);
static inline bool eml_cbor_ok(const eml_cbor_reader *reader) { return reader->status == EML_OK; }
/* A failure of meaning, at the item read last. Ignored after the first failure. */
void eml_cbor_fail(eml_cbor_reader *reader, const char *format, ...) EML_PRINTF(2, 3);

void eml_cbor_map(eml_cbor_reader *reader, size_t entries); /* a map with exactly so many entries */
/* A map with least to most entries: how many. Some of its keys need not be there; who has read it compares. */
size_t eml_cbor_map_between(eml_cbor_reader *reader, size_t least, size_t most);
void eml_cbor_key(eml_cbor_reader *reader, const char *name);      /* exactly this key */
bool eml_cbor_take_key(eml_cbor_reader *reader, const char *name); /* true and past it when the next item is this key */
uint64_t eml_cbor_uint(eml_cbor_reader *reader, uint64_t max);
bool eml_cbor_bool(eml_cbor_reader *reader);
bool eml_cbor_take_null(eml_cbor_reader *reader); /* true and past it when the next item is null */
/* The number of items, at most max and no more than fit in the bytes that are left when each takes item_bytes or more:
 * so it may size an allocation. */
size_t eml_cbor_array(eml_cbor_reader *reader, size_t max, size_t item_bytes);
/* At most max bytes, borrowed; text is UTF-8 without NUL (not terminated). Never NULL. */
const char *eml_cbor_text(eml_cbor_reader *reader, size_t max, size_t *length);
const uint8_t *eml_cbor_bytes(eml_cbor_reader *reader, size_t max, size_t *count);
void eml_cbor_bytes_exact(eml_cbor_reader *reader, void *out, size_t count); /* out is zeroed on failure */

/* "[ magic, EML_FORMAT_VERSION, ...", how each of our files begins: an array of 3 items, the third of which follows. A
 * file of another version is refused with how to get one of this: "compile the model again". */
void eml_cbor_put_magic(eml_buf *out, const char *magic);
/* Whether these are the first bytes of a file with this magic, whole or not, of any version. */
bool eml_cbor_begins(const uint8_t *bytes, size_t count, const char *magic);
void eml_cbor_magic(eml_cbor_reader *reader, const char *magic, const char *again);

/* Nothing may be left. Returns the reader's status. */
EML_NODISCARD eml_status eml_cbor_close(eml_cbor_reader *reader);

#endif
