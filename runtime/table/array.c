#include "runtime/table/array.h"

#include <string.h>

#include "runtime/base/memory.h"

size_t eml_array_width(int type) {
    switch (type) {
    case EML_ARRAY_DOUBLE: return sizeof(double);
    case EML_ARRAY_FLOAT: return sizeof(float);
    case EML_ARRAY_INT64:
    case EML_ARRAY_UINT64: return 8;
    case EML_ARRAY_INT32:
    case EML_ARRAY_UINT32: return 4;
    case EML_ARRAY_INT16:
    case EML_ARRAY_UINT16: return 2;
    case EML_ARRAY_INT8:
    case EML_ARRAY_UINT8: return 1;
    case EML_ARRAY_TEXT: return sizeof(const char *);
    case EML_ARRAY_UTF8: return 4;
    case EML_ARRAY_LARGE_UTF8: return 8;
    default: return 0;
    }
}

static eml_array_view words_of(const eml_array *given) {
    return (eml_array_view){.name = given->name,
                            .type = EML_ARRAY_TEXT,
                            .values = (const uint8_t *)given->words,
                            .stride = sizeof *given->words,
                            .rows = given->word_count};
}

bool eml_array_view_of(const eml_array *given, size_t rows, eml_array_view *out) {
    size_t width = eml_array_width((int)given->type);
    bool indices = given->type >= EML_ARRAY_INT64 && given->type <= EML_ARRAY_UINT8;
    if (width == 0 || given->type > EML_ARRAY_TEXT || (given->words != NULL && !indices)) return false;
    *out = (eml_array_view){.name = given->name == NULL ? "" : given->name,
                            .type = (int)given->type,
                            .values = given->values,
                            .stride = given->stride == 0 ? (ptrdiff_t)width : given->stride,
                            .rows = rows};
    if (given->words == NULL) return true;
    out->dictionary = eml_alloc(1, sizeof *out->dictionary);
    *out->dictionary = words_of(given);
    return true;
}

void eml_array_free(eml_array_view *array) {
    eml_free(array->dictionary);
    *array = (eml_array_view){0};
}

/* ----- Values ----- */

static bool bit_at(const uint8_t *bits, size_t i) { return bits[i / 8] >> i % 8 & 1; }

bool eml_array_is_null(const eml_array_view *array, size_t row) {
    return array->validity != NULL && !bit_at(array->validity, array->first + row);
}

static const uint8_t *place_of(const eml_array_view *array, size_t row) {
    return array->values + (ptrdiff_t)row * array->stride;
}

#define LOAD(type, place) (*(type *)memcpy(&(type){0}, place, sizeof(type)))

/* Of an array of integers or bits. */
static eml_plain_number integer_at(const eml_array_view *array, size_t row) {
    int64_t value;
    if (array->type == EML_ARRAY_BITS) return (eml_plain_number){.m = bit_at(array->values, array->first + row)};
    const uint8_t *place = place_of(array, row);
    switch (array->type) {
    case EML_ARRAY_INT64: value = LOAD(int64_t, place); break;
    case EML_ARRAY_INT32: value = LOAD(int32_t, place); break;
    case EML_ARRAY_INT16: value = LOAD(int16_t, place); break;
    case EML_ARRAY_INT8: value = LOAD(int8_t, place); break;
    case EML_ARRAY_UINT64: return (eml_plain_number){.m = LOAD(uint64_t, place)};
    case EML_ARRAY_UINT32: value = LOAD(uint32_t, place); break;
    case EML_ARRAY_UINT16: value = LOAD(uint16_t, place); break;
    default: value = *place;
    }
    return (eml_plain_number){.m = value < 0 ? -(uint64_t)value : (uint64_t)value, .negative = value < 0};
}

bool eml_array_index(const eml_array_view *array, size_t row, size_t *index, bool *broken) {
    *broken = false;
    if (eml_array_is_null(array, row)) return false;
    eml_plain_number number = integer_at(array, row);
    if (number.negative) return false;
    *broken = number.m >= array->dictionary->rows;
    *index = (size_t)number.m;
    return !*broken;
}

static eml_array_value text_value(eml_array_kind kind, const char *text) {
    return (eml_array_value){.kind = kind, .text = text, .length = strlen(text)};
}

static eml_array_value binary_value(const eml_array_view *array, size_t row) {
    eml_array_value out = {.kind = EML_VALUE_BINARY};
    const uint8_t *place = place_of(array, row);
    double value = array->type == EML_ARRAY_FLOAT ? (double)LOAD(float, place) : LOAD(double, place);
    bool finite = array->type == EML_ARRAY_FLOAT ? eml_binary_of_float((float)value, &out.binary)
                                                 : eml_binary_of_double(value, &out.binary);
    if (finite) return out;
    return text_value(EML_VALUE_NO_NUMBER, value != value ? "NaN" : value < 0 ? "-inf" : "inf");
}

static int64_t offset_at(const eml_array_view *array, size_t row) {
    const uint8_t *place = place_of(array, row);
    return array->type == EML_ARRAY_UTF8 ? LOAD(int32_t, place) : LOAD(int64_t, place);
}

static eml_array_value string_value(const eml_array_view *array, size_t row) {
    int64_t begin = offset_at(array, row), end = offset_at(array, row + 1);
    if (begin < 0 || end < begin || end > offset_at(array, array->rows) || (array->bytes == NULL && end > begin))
        return text_value(EML_VALUE_BROKEN, "the offsets of its strings are out of order");
    const char *text = end == begin ? "" : (const char *)array->bytes + begin;
    return (eml_array_value){.kind = EML_VALUE_WORD, .text = text, .length = (size_t)(end - begin)};
}

static eml_array_value plain_value(const eml_array_view *array, size_t row) {
    if (eml_array_is_null(array, row)) return (eml_array_value){.kind = EML_VALUE_MISSING};
    switch (array->type) {
    case EML_ARRAY_DOUBLE:
    case EML_ARRAY_FLOAT: return binary_value(array, row);
    case EML_ARRAY_UTF8:
    case EML_ARRAY_LARGE_UTF8: return string_value(array, row);
    case EML_ARRAY_TEXT: {
        const char *text = LOAD(const char *, place_of(array, row));
        return text == NULL ? (eml_array_value){.kind = EML_VALUE_MISSING} : text_value(EML_VALUE_WORD, text);
    }
    default: return (eml_array_value){.kind = EML_VALUE_INTEGER, .integer = integer_at(array, row)};
    }
}

eml_array_value eml_array_at(const eml_array_view *array, size_t row) {
    size_t index;
    bool broken;
    if (array->dictionary == NULL) return plain_value(array, row);
    if (eml_array_index(array, row, &index, &broken)) return plain_value(array->dictionary, index);
    return broken ? text_value(EML_VALUE_BROKEN, "an index beyond the words")
                  : (eml_array_value){.kind = EML_VALUE_MISSING};
}

bool eml_array_number(const eml_array_value *value, eml_plain_number *out) {
    if (value->kind == EML_VALUE_INTEGER) {
        *out = value->integer;
        return true;
    }
    out->negative = value->binary.negative;
    return eml_shortest_words(&value->binary, &out->m, &out->places);
}
