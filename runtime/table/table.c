#include "runtime/table/table.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/text/text.h"

static int compare_names(const void *a, const void *b) {
    return strcmp(((const eml_table_name *)a)->name, ((const eml_table_name *)b)->name);
}

/* Of the inputs that a table of this kind has. */
static eml_visibility visibility_of(const eml_table *table) {
    switch (table->kind) {
    case EML_ROWS_SECRET: return EML_SECRET;
    case EML_ROWS_COMMITTED: return EML_COMMITTED;
    default: return EML_PUBLIC;
    }
}

static size_t count_columns(const eml_table *table) {
    return table->kind == EML_ROWS_OUTPUTS ? table->abi->output_count
                                           : eml_abi_columns(table->abi, visibility_of(table));
}

static void list_inputs(eml_table *table) {
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, table->abi, visibility_of(table));
    for (size_t c = 0; c < tape.columns; c++) {
        const eml_input_column *input = &table->abi->inputs[tape.inputs[c]];
        table->columns[c].name = input->name;
        eml_grid_init(input, &table->columns[c].grid);
    }
    eml_abi_tape_free(&tape);
}

static void list_outputs(eml_table *table) {
    for (size_t c = 0; c < table->rows.columns; c++)
        table->columns[c] = (eml_table_column){.name = table->abi->outputs[c].name, .output = &table->abi->outputs[c]};
}

static void list_columns(eml_table *table) {
    size_t count = table->rows.columns;
    if (table->kind == EML_ROWS_OUTPUTS)
        list_outputs(table);
    else
        list_inputs(table);
    for (size_t c = 0; c < count; c++) table->names[c] = (eml_table_name){table->columns[c].name, c};
    qsort(table->names, count, sizeof *table->names, compare_names);
    const char **names = eml_alloc(count, sizeof *names);
    for (size_t c = 0; c < count; c++) names[c] = table->columns[c].name;
    eml_name_index_init(&table->alike, names, count);
    eml_free(names);
}

/* A committed input's value is behind the commitment, whatever stands in a table of public ones. */
static void list_never(eml_table *table) {
    if (table->kind != EML_ROWS_PUBLIC || eml_abi_columns(table->abi, EML_COMMITTED) == 0) return;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, table->abi, EML_COMMITTED);
    table->never_count = tape.columns;
    table->never = eml_alloc(tape.columns, sizeof *table->never);
    for (size_t c = 0; c < tape.columns; c++)
        table->never[c] = (eml_table_name){table->abi->inputs[tape.inputs[c]].name, c};
    qsort(table->never, table->never_count, sizeof *table->never, compare_names);
    eml_abi_tape_free(&tape);
}

eml_status eml_table_open(eml_table *table, const eml_abi *abi, eml_rows_kind kind, const char *file, bool allow_extra,
                          eml_error *err) {
    static const char *const kinds[] = {[EML_ROWS_PUBLIC] = "public inputs",
                                        [EML_ROWS_SECRET] = "secret inputs",
                                        [EML_ROWS_COMMITTED] = "committed inputs",
                                        [EML_ROWS_OUTPUTS] = "outputs"};
    *table = (eml_table){.abi = abi, .kind = kind, .file = file, .allow_extra = allow_extra};
    size_t columns = count_columns(table);
    if (columns == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: the %s has no %s", file,
                           abi->raw ? "program" : "model", kinds[kind]);
    table->columns = eml_alloc(columns, sizeof *table->columns);
    table->names = eml_alloc(columns, sizeof *table->names);
    table->given = eml_alloc(columns, sizeof *table->given);
    table->rows.columns = columns;
    list_columns(table);
    list_never(table);
    return EML_OK;
}

void eml_table_prefix(const eml_table *table, size_t column, eml_error *err) {
    const char *name = column == EML_TABLE_NO_COLUMN ? NULL : table->columns[column].name;
    if (name) eml_error_prefix(err, "column \"%s\"", name);
    const char *comma = name ? ", " : ": ";
    eml_error sentence;
    if (!err) return;
    sentence = *err;
    if (table->line > 0)
        eml_fail(err, EML_OK, "%s: line %zu (row %zu)%s%s", table->file, table->line, table->rows.rows + 1, comma,
                 sentence.text);
    else
        eml_fail(err, EML_OK, "%s: row %zu%s%s", table->file, table->rows.rows + 1, comma, sentence.text);
}

/* A column whose name is like this one, or the first element of the vector or matrix of this name. */
static const char *column_like(const eml_table *table, const char *name, size_t length) {
    const char *like = eml_name_index_find(&table->alike, name, length);
    if (like) return like;
    for (size_t c = 0; c < table->rows.columns; c++) {
        const char *candidate = table->columns[c].name;
        if (length == 0 || strlen(candidate) < length || strncasecmp(candidate, name, length) != 0) continue;
        if (candidate[length] == '\0' || candidate[length] == '[') return candidate;
    }
    return NULL;
}

static bool has_other_separator(const char *text, size_t length) {
    return memchr(text, ';', length) || memchr(text, '|', length) || memchr(text, '\t', length);
}

/* The input of another kind that has this name. */
static const eml_input_column *input_named(const eml_table *table, const char *name, size_t length) {
    for (size_t i = 0; i < table->abi->input_count && table->kind != EML_ROWS_OUTPUTS; i++) {
        const eml_input_column *column = &table->abi->inputs[i];
        if (strlen(column->name) == length && memcmp(column->name, name, length) == 0) return column;
    }
    return NULL;
}

static void refuse_unknown(const eml_table *table, eml_error *err) {
    enum { SHOWN = 4 };
    bool outputs = table->kind == EML_ROWS_OUTPUTS;
    eml_buf names = {0};
    size_t count = table->rows.columns;
    for (size_t c = 0; c < count && c < SHOWN; c++)
        eml_buf_printf(&names, "%s\"%s\"", c > 0 ? ", " : "", table->columns[c].name);
    if (count > SHOWN) eml_buf_printf(&names, " and %zu more", count - SHOWN);
    eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "no %s of the model, which are %.*s here%s",
                outputs ? "output" : "input", (int)names.len, (const char *)names.data,
                outputs ? "" : "; --allow-extra ignores such columns");
    eml_buf_free(&names);
}

/* A name that is no column of this table: what is it? */
static eml_status refuse_name(const eml_table *table, const char *name, size_t length, eml_error *err) {
    eml_excerpt shown = eml_text_excerpt(name, length);
    const eml_input_column *column = input_named(table, name, length);
    if (column != NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: column \"%s\" is a %s input of the model: it does not belong here", table->file,
                           shown.text, eml_visibility_name(column->visibility));
    const char *like = column_like(table, name, length);
    eml_decimal number;
    if (like) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "did you mean \"%s\"?", like);
    } else if (eml_decimal_scan(name, length, &number)) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "the first line names the columns");
    } else if (table->rows.columns > 1 && has_other_separator(name, length)) {
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "columns are separated by commas");
    } else {
        refuse_unknown(table, err);
    }
    eml_error_prefix(err, "%s: unknown column \"%s\"", table->file, shown.text);
    return EML_ERR_INPUT;
}

static const eml_table_name *find_name(const eml_table_name *names, size_t count, const char *key) {
    if (count == 0) return NULL;
    return bsearch(&(eml_table_name){key, 0}, names, count, sizeof *names, compare_names);
}

eml_status eml_table_find(const eml_table *table, const char *name, size_t length, size_t *column, eml_error *err) {
    char key[EML_NAME_MAX + 1];
    const eml_table_name *found = NULL, *never = NULL;
    if (length <= EML_NAME_MAX && memchr(name, '\0', length) == NULL) {
        memcpy(key, name, length);
        key[length] = '\0';
        found = find_name(table->names, table->rows.columns, key);
        never = find_name(table->never, table->never_count, key);
    }
    bool ignored = table->allow_extra && never == NULL;
    if (!found && (!ignored || eml_name_index_find(&table->alike, name, length)))
        return refuse_name(table, name, length, err);
    *column = found ? found->column : EML_TABLE_NO_COLUMN;
    return EML_OK;
}

eml_status eml_table_give(eml_table *table, size_t column, const char *text, size_t length, eml_error *err) {
    if (column == EML_TABLE_NO_COLUMN) return EML_OK;
    if (table->given[column].text) {
        eml_status status = eml_fail(err, EML_ERR_INPUT, "given twice");
        eml_table_prefix(table, column, err);
        return status;
    }
    table->given[column] = (eml_csv_field){text, length};
    return EML_OK;
}

static eml_status encode_output(const eml_output_column *column, const eml_decimal *number, eml_fe *out,
                                eml_error *err) {
    mpq_t value;
    mpq_init(value);
    eml_decimal_to_mpq(number, value);
    eml_status status = eml_abi_parse_value(column, value, out, err);
    mpq_clear(value);
    return status;
}

static eml_status take_cell(eml_table *table, size_t c, eml_fe *row, eml_error *err) {
    const eml_table_column *column = &table->columns[c];
    eml_csv_field given = table->given[c];
    eml_decimal number;
    if (!given.text) return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "missing");
    if (!eml_decimal_scan(given.text, given.length, &number))
        return eml_fail(err, EML_ERR_INPUT, "\"%s\" is not a number", eml_text_excerpt(given.text, given.length).text);
    if (column->output) return encode_output(column->output, &number, &row[c], err);
    EML_TRY(eml_grid_encode(&column->grid, &number, &row[c], err));
    if (column->grid.column->uniform && table->rows.rows > 0 && !eml_fe_eq(row[c], table->rows.cells[c]))
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE,
                           "a uniform input has one value in all rows, but %s is not that of row 1",
                           eml_text_excerpt(given.text, given.length).text);
    return EML_OK;
}

eml_status eml_table_end_row(eml_table *table, eml_error *err) {
    size_t columns = table->rows.columns, used = table->rows.rows * columns;
    if (used + columns > EML_ROWS_CELLS_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: more than %d cells", table->file,
                           EML_ROWS_CELLS_MAX);
    table->rows.cells = eml_grow(table->rows.cells, &table->capacity, used + columns, sizeof *table->rows.cells);
    for (size_t c = 0; c < columns; c++) {
        eml_status status = take_cell(table, c, table->rows.cells + used, err);
        if (status == EML_OK) continue;
        eml_table_prefix(table, c, err);
        return status;
    }
    memset(table->given, 0, columns * sizeof *table->given);
    table->rows.rows++;
    return EML_OK;
}

eml_status eml_table_take(eml_table *table, eml_rows *out, eml_error *err) {
    if (table->rows.rows == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: there are no rows", table->file);
    *out = table->rows;
    table->rows = (eml_rows){0};
    return EML_OK;
}

void eml_table_close(eml_table *table) {
    eml_free(table->columns);
    eml_free(table->names);
    eml_free(table->never);
    eml_name_index_free(&table->alike);
    eml_free(table->given);
    eml_rows_free(&table->rows);
    *table = (eml_table){0};
}
