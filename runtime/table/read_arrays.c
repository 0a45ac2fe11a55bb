/* Tables in memory. Rows are read many at once (array_cells.h); the first, and what that declines, one by one, as
 * texts. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/table/array_cells.h"
#include "runtime/table/arrow.h"
#include "runtime/table/read.h"
#include "runtime/text/text.h"

/* What many rows at once need of a column is not worth while for FEW. */
enum { ROWS_AT_ONCE = 1 << 16, FEW = 32, ARRAYS_MAX = 2 * EML_ABI_COLUMNS_MAX };

static const char table_name[] = "(arrays)";

typedef struct reader {
    eml_table *table;
    eml_array_view *arrays; /* owned */
    size_t count, rows;
    size_t *columns_of;      /* by array; owned */
    eml_array_field *fields; /* by array; owned */
    eml_buf texts;           /* of a row */
    bool *declined;          /* owned */
} reader;

/* ----- What there is ----- */

static eml_status open_columns(reader *r, const eml_arrays *given, eml_error *err) {
    r->rows = given->rows;
    r->arrays = eml_alloc(given->count, sizeof *r->arrays);
    for (; r->count < given->count; r->count++) {
        const eml_array *array = &given->columns[r->count];
        const char *name = array->name == NULL ? "" : array->name;
        if (!eml_array_view_of(array, given->rows, &r->arrays[r->count]))
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: column \"%s\": no type of values is %d%s",
                               table_name, eml_text_excerpt(name, strlen(name)).text, (int)array->type,
                               array->words == NULL ? "" : " with words: indices are integers");
        if (array->values == NULL && given->rows > 0)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: column \"%s\" has no values", table_name,
                               eml_text_excerpt(name, strlen(name)).text);
    }
    return EML_OK;
}

static eml_status open_arrays(reader *r, const eml_arrays *given, eml_error *err) {
    size_t count = given->columns != NULL ? given->count : 0;
    if (given->columns == NULL && given->batch != NULL) {
        int64_t children = given->batch->n_children;
        count = children < 0 ? 0 : (size_t)children;
    }
    if (given->columns == NULL && given->batch == NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: neither columns nor a batch were given",
                           table_name);
    if (count > ARRAYS_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: more than %d columns", table_name, ARRAYS_MAX);
    if (given->columns != NULL) return open_columns(r, given, err);
    return eml_arrow_open(table_name, given->schema, given->batch, &r->arrays, &r->count, &r->rows, err);
}

static eml_status refuse_format(const reader *r, size_t f, eml_error *err) {
    const char *format = r->arrays[f].format;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                       "%s: column \"%s\": Arrow format \"%s\" is none of numbers (g, f, l, i, s, c, L, I, S, C, b), "
                       "strings (u, U) and dictionaries of strings",
                       table_name, r->table->columns[r->columns_of[f]].name,
                       eml_text_excerpt(format, strlen(format)).text);
}

static eml_status match_columns(reader *r, eml_error *err) {
    eml_csv_field *names = eml_alloc(r->count, sizeof *names);
    r->columns_of = eml_alloc(r->count, sizeof *r->columns_of);
    for (size_t f = 0; f < r->count; f++) names[f] = (eml_csv_field){r->arrays[f].name, strlen(r->arrays[f].name)};
    eml_status status = eml_table_match(r->table, names, r->count, r->columns_of, NULL, err); /* none is kept */
    eml_free(names);
    for (size_t f = 0; f < r->count && status == EML_OK; f++)
        if (r->columns_of[f] != EML_TABLE_NO_COLUMN && r->arrays[f].type == EML_ARRAY_UNKNOWN)
            status = refuse_format(r, f, err);
    return status;
}

static void open_fields(reader *r) {
    r->fields = eml_alloc(r->count, sizeof *r->fields);
    for (size_t f = 0; f < r->count; f++)
        eml_array_field_open(&r->fields[f], &r->arrays[f],
                             r->columns_of[f] == EML_TABLE_NO_COLUMN ? NULL : &r->table->columns[r->columns_of[f]]);
}

/* ----- Row by row ----- */

/* A word that is called "inf" is none that NaN or infinity means. */
static bool is_category(const eml_table_column *column) {
    return column->output == NULL && column->result == NULL && column->grid.column->word_count > 0;
}

/* Appends the cell's text, as a CSV file has it; false: there is none. */
static bool put_text(const eml_table_column *column, const eml_array_value *value, eml_buf *out) {
    switch (value->kind) {
    case EML_VALUE_WORD: eml_buf_put(out, value->text, value->length); return true;
    case EML_VALUE_NO_NUMBER:
        if (is_category(column)) return false;
        eml_buf_put_text(out, value->text);
        return true;
    case EML_VALUE_INTEGER:
        eml_buf_printf(out, "%s%llu", value->integer.negative ? "-" : "", (unsigned long long)value->integer.m);
        return true;
    case EML_VALUE_BINARY: eml_shortest_print(&value->binary, out); return true;
    default: return false;
    }
}

static eml_status refuse_broken(reader *r, size_t column, const eml_array_value *value, eml_error *err) {
    eml_status status = eml_fail(err, EML_ERR_INPUT, "%s", value->text);
    eml_table_prefix(r->table, column, err);
    return status;
}

/* All texts first, because they move while they grow. */
static eml_status take_row(reader *r, size_t row, eml_csv_field *cells, eml_error *err) {
    r->table->row = row;
    r->texts.len = 0;
    for (size_t f = 0; f < r->count; f++) {
        size_t column = r->columns_of[f], begin = r->texts.len;
        cells[f] = (eml_csv_field){0};
        if (column == EML_TABLE_NO_COLUMN) continue;
        eml_array_value value = eml_array_at(&r->arrays[f], row);
        if (value.kind == EML_VALUE_BROKEN) return refuse_broken(r, column, &value, err);
        if (!put_text(&r->table->columns[column], &value, &r->texts)) continue;
        cells[f] = (eml_csv_field){"", r->texts.len - begin};
    }
    size_t begin = 0;
    for (size_t f = 0; f < r->count; f++) {
        if (cells[f].text == NULL) continue;
        const char *text = cells[f].length == 0 ? "" : (const char *)r->texts.data + begin;
        begin += cells[f].length;
        EML_TRY(eml_table_give(r->table, r->columns_of[f], text, cells[f].length, err));
    }
    eml_table_end_row(r->table);
    return EML_OK;
}

/* ----- All ----- */

static eml_status read_block(reader *r, size_t first, size_t count, bool many, eml_csv_field *cells, eml_error *err) {
    eml_table *table = r->table;
    eml_cells_reserve(&table->rows.cells, first + count);
    if (many)
        eml_array_cells_read(r->fields, r->count, table, first, count, r->declined);
    else
        memset(r->declined, true, count);
    for (size_t i = 0; i < count; i++)
        if (r->declined[i]) EML_TRY(take_row(r, first + i, cells, err));
    table->row = first + count;
    return eml_table_seal(table, err);
}

static eml_status read_rows(reader *r, eml_error *err) {
    bool many =
        r->rows > FEW && r->table->group_count == 0 && !eml_plain_has_computed(r->table, r->columns_of, r->count);
    eml_csv_field *cells = eml_alloc(r->count, sizeof *cells);
    r->declined = eml_alloc_raw(r->rows < ROWS_AT_ONCE ? r->rows : ROWS_AT_ONCE, sizeof *r->declined);
    eml_cells_expect(&r->table->rows.cells, r->rows);
    eml_status status = EML_OK;
    if (many) open_fields(r);
    for (size_t first = 0, count; first < r->rows && status == EML_OK; first += count) {
        count = r->rows - first < ROWS_AT_ONCE ? r->rows - first : ROWS_AT_ONCE;
        if (first == 0) count = 1;
        status = read_block(r, first, count, many && first > 0, cells, err);
    }
    eml_free(cells);
    return status;
}

static void close_reader(reader *r) {
    for (size_t f = 0; r->fields != NULL && f < r->count; f++) eml_array_field_close(&r->fields[f]);
    for (size_t f = 0; r->arrays != NULL && f < r->count; f++) eml_array_free(&r->arrays[f]);
    eml_free(r->fields);
    eml_free(r->arrays);
    eml_free(r->columns_of);
    eml_free(r->declined);
    eml_buf_free(&r->texts);
}

eml_status eml_rows_of_arrays(const eml_abi *abi, eml_rows_kind kind, const eml_arrays *arrays, bool allow_extra,
                              eml_rows *out, eml_error *err) {
    eml_table table;
    EML_TRY(eml_table_open(&table, abi, kind, table_name, allow_extra, err));
    reader r = {.table = &table};
    eml_status status = open_arrays(&r, arrays, err);
    if (status == EML_OK) status = match_columns(&r, err);
    if (status == EML_OK) status = read_rows(&r, err);
    close_reader(&r);
    return eml_table_finish(&table, status, out, err);
}
