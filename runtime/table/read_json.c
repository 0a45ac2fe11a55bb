#include <stdio.h>
#include <string.h>

#include "runtime/text/json.h"
#include "runtime/table/table.h"
#include "runtime/text/text.h"

/* A column's name as it grows: "m", "m[0]", "m[0][1]". Longer than every name of a column, so an overlong one is just
 * unknown. */
enum { PATH_MAX_BYTES = EML_NAME_MAX + 1 };
typedef struct path {
    char text[PATH_MAX_BYTES + 1];
    size_t length;
} path;

/* Whether some column's name begins with the path and '['. Names that begin alike are neighbours in the sorted list. */
static bool is_own_array(const eml_table *table, const path *at) {
    size_t low = 0, high = table->column_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *name = table->names[middle].name;
        int order = strncmp(name, at->text, at->length);
        if (order == 0) order = (unsigned char)name[at->length] - '[';
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static eml_status give_scalar(eml_table *table, const path *at, const json_t *value, eml_error *err) {
    size_t column;
    eml_status status = eml_table_find(table, at->text, at->length, &column, err);
    bool extra = status == EML_OK && column == EML_TABLE_NO_COLUMN;
    table->rows.extra += extra && table->row == 0 && eml_table_kept(table, at->text, at->length) == SIZE_MAX;
    if (status != EML_OK || extra) return status;
    if (json_is_string(value))
        return eml_table_give(table, column, json_string_value(value), json_string_length(value), err);
    if (json_is_boolean(value)) {
        const char *word = json_is_true(value) ? "true" : "false";
        return eml_table_give(table, column, word, strlen(word), err);
    }
    status = eml_fail(err, EML_ERR_INPUT, "%s is not a number", eml_json_kind(value));
    eml_table_prefix(table, column, err);
    return status;
}

/* Depth is bounded by the path: every level adds at least 3 characters. */
static eml_status give_value(eml_table *table, path *at, const json_t *value, eml_error *err) {
    if (!json_is_array(value) || !is_own_array(table, at)) return give_scalar(table, at, value, err);
    size_t length = at->length;
    for (size_t i = 0; i < json_array_size(value); i++) {
        int step = snprintf(at->text + length, sizeof at->text - length, "[%zu]", i);
        at->length = length + (size_t)step;
        if (at->length >= sizeof at->text) at->length = PATH_MAX_BYTES;
        EML_TRY(give_value(table, at, json_array_get(value, i), err));
    }
    at->length = length;
    return EML_OK;
}

/* A text, or nothing. */
static eml_status give_kept(eml_table *table, size_t k, const json_t *value, eml_error *err) {
    if (json_is_string(value))
        table->kept[k] = (eml_csv_field){json_string_value(value), json_string_length(value)};
    else if (json_is_boolean(value))
        table->kept[k] = json_is_true(value) ? (eml_csv_field){"true", 4} : (eml_csv_field){"false", 5};
    else if (json_is_null(value))
        table->kept[k] = (eml_csv_field){"", 0};
    else
        return eml_fail(err, EML_ERR_INPUT, "%s: row %zu, column \"%s\": %s cannot be kept", table->file,
                        table->row + 1, table->rows.kept.names[k], eml_json_kind(value));
    return EML_OK;
}

static eml_status give_key(eml_table *table, const char *key, const json_t *value, eml_error *err) {
    size_t k = eml_table_kept(table, key, strlen(key));
    if (k != SIZE_MAX) EML_TRY(give_kept(table, k, value, err));
    path at = {.length = strlen(key) < PATH_MAX_BYTES ? strlen(key) : PATH_MAX_BYTES};
    memcpy(at.text, key, at.length);
    return give_value(table, &at, value, err);
}

static eml_status read_object_rows(eml_table *table, const json_t *rows, eml_error *err) {
    for (size_t r = 0; r < json_array_size(rows); r++) {
        json_t *row = json_array_get(rows, r), *value;
        const char *key;
        if (!json_is_object(row))
            return eml_fail(err, EML_ERR_INPUT, "%s: row %zu: %s where an object of columns was expected", table->file,
                            r + 1, eml_json_kind(row));
        json_object_foreach(row, key, value) EML_TRY(give_key(table, key, value, err));
        eml_table_end_row(table);
        EML_TRY(eml_table_keep_row(table, err));
        EML_TRY(eml_table_seal(table, err));
    }
    return EML_OK;
}

/* {"age": [row 1, row 2, ...], ...}: all of the same length. */
static eml_status count_rows(const eml_table *table, json_t *columns, size_t *rows, eml_error *err) {
    const char *key, *first = NULL;
    json_t *value;
    *rows = 0;
    json_object_foreach(columns, key, value) {
        eml_excerpt shown = eml_text_excerpt(key, strlen(key));
        if (!json_is_array(value))
            return eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\": an array with one item a row was expected (%s)",
                            table->file, shown.text,
                            json_is_object(value) ? "pandas writes one with to_json(orient=\"records\")"
                                                  : "a single row is written as [{...}]");
        if (first && json_array_size(value) != *rows)
            return eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\" has %zu rows, column \"%s\" %zu", table->file,
                            shown.text, json_array_size(value), eml_text_excerpt(first, strlen(first)).text, *rows);
        first = key;
        *rows = json_array_size(value);
    }
    return EML_OK;
}

static eml_status read_object_columns(eml_table *table, json_t *columns, eml_error *err) {
    size_t rows;
    EML_TRY(count_rows(table, columns, &rows, err));
    for (size_t r = 0; r < rows; r++) {
        const char *key;
        json_t *value;
        json_object_foreach(columns, key, value) EML_TRY(give_key(table, key, json_array_get(value, r), err));
        eml_table_end_row(table);
        EML_TRY(eml_table_keep_row(table, err));
        EML_TRY(eml_table_seal(table, err));
    }
    return EML_OK;
}

eml_status eml_table_read_json(eml_table *table, const char *text, size_t length, eml_error *err) {
    size_t skip = eml_utf8_mark(text, length);
    json_t *json;
    EML_TRY(eml_json_load(table->file, text + skip, length - skip, &json, err));
    eml_status status =
        json_is_array(json) ? read_object_rows(table, json, err) : read_object_columns(table, json, err);
    json_decref(json);
    return status;
}
