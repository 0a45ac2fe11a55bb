/* Columns in memory: what eml_array and Arrow's columns have in common, and their values one by one. */
#ifndef EML_TABLE_ARRAY_H
#define EML_TABLE_ARRAY_H

#include "runtime/base/shortest.h"
#include "runtime/table/plain_number.h"

/* Of eml_array_type, or of what Arrow alone has. */
enum {
    EML_ARRAY_UNKNOWN = 0, /* what cannot be read; format says what it is */
    EML_ARRAY_BITS = 100,
    EML_ARRAY_UTF8,       /* offsets of 32 bits into bytes */
    EML_ARRAY_LARGE_UTF8, /* of 64 */
};

/* All is borrowed but the dictionary. */
typedef struct eml_array_view {
    const char *name;
    int type;
    const char *format;    /* Arrow's; NULL: a column's */
    const uint8_t *values; /* row 0's; of bits those of row -first; of strings the offsets */
    ptrdiff_t stride;
    const uint8_t *validity; /* a bit a row, 0: null, from row -first; NULL: there is none */
    size_t first;
    size_t rows;
    const uint8_t *bytes;              /* of strings */
    struct eml_array_view *dictionary; /* values are its rows' numbers; NULL: they are not */
} eml_array_view;

typedef enum eml_array_kind {
    EML_VALUE_MISSING,
    EML_VALUE_INTEGER, /* m, negated if so */
    EML_VALUE_BINARY,
    EML_VALUE_NO_NUMBER, /* NaN or infinite: text */
    EML_VALUE_WORD,      /* text */
    EML_VALUE_BROKEN,    /* an index beyond the dictionary, offsets out of order: text says so */
} eml_array_kind;

typedef struct eml_array_value {
    eml_array_kind kind;
    eml_plain_number integer; /* of no places */
    eml_binary binary;
    const char *text;
    size_t length;
} eml_array_value;

/* A column; false: of no known type. */
bool eml_array_view_of(const eml_array *given, size_t rows, eml_array_view *out);
void eml_array_free(eml_array_view *array);
/* Bytes of a value, 0: of bits and of what is unknown. */
size_t eml_array_width(int type);

bool eml_array_is_null(const eml_array_view *array, size_t row);
/* A row's number in the dictionary; false: missing, or none of its rows, of which *broken tells. */
bool eml_array_index(const eml_array_view *array, size_t row, size_t *index, bool *broken);
eml_array_value eml_array_at(const eml_array_view *array, size_t row);
/* Of an integer or a finite number; false: it has too many digits. */
bool eml_array_number(const eml_array_value *value, eml_plain_number *out);

#endif
