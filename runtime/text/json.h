/* JSON with exact numbers. jansson turns a number with a fraction into a double; so every number is put in quotes
 * before it parses, and arrives as the string of its digits. Callers take strings as numbers anyway. */
#ifndef EML_TEXT_JSON_H
#define EML_TEXT_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "runtime/base/status.h"

enum {
    EML_JSON_BYTES_MAX = 1 << 26, /* of a file: it is held as a tree; larger tables come as CSV */
    EML_JSON_ITEMS_MAX = 1 << 22, /* values and keys of a file: each takes up to 250 bytes of the tree */
};

/* An array or object; json_decref it. Fails (the message names file and line) on malformed JSON, repeated keys, more
 * than EML_JSON_BYTES_MAX bytes or EML_JSON_ITEMS_MAX values. */
EML_NODISCARD eml_status eml_json_load(const char *name, const char *text, size_t length, json_t **out, eml_error *err);

/* Whether text that may or may not be JSON has at most EML_JSON_ITEMS_MAX values: a file of nothing but "{}," would
 * take a hundred times its size as a tree. */
bool eml_json_is_small(const char *text, size_t length);

/* "a string", "null", ...: what a value is, for messages. */
const char *eml_json_kind(const json_t *value);

#endif
