#include "compiler/check/input_files.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/check/csv_columns.h"
#include "runtime/base/decimal.h"
#include "runtime/bundle/abi.h"
#include "runtime/text/names.h"

enum { VALUE, NAME };

/* ----- Cells */

static bool read_number(eml_diags *diags, eml_span span, bool hidden, const eml_csv_columns *table, size_t row,
                        mpq_t out) {
    enum { SHOWN = 40 };
    eml_csv_field cell = table->cells[row * table->columns + VALUE];
    if (eml_decimal_parse(cell.text, cell.length, out)) return true;
    if (hidden)
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu: the value, of a hidden param, is not a number",
                     table->path, table->lines[row]);
    else
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu: `%.*s` is not a number", table->path, table->lines[row],
                     (int)(cell.length < SHOWN ? cell.length : SHOWN), cell.text);
    return false;
}

static bool check_count(eml_diags *diags, eml_span span, const eml_csv_columns *table, size_t count) {
    if (table->rows == count) return true;
    eml_diag_add(diags, EML_DIAG_CSV_COUNT, span, "%s: %zu rows, %zu were expected", table->path, table->rows, count);
    return false;
}

/* `value` is there, and nothing else, in a declaration of inputs. */
static bool check_pick(eml_diags *diags, const eml_expr *csv) {
    if (csv->pick->value != NULL && csv->pick->name == NULL) return true;
    eml_diag_add(diags, EML_DIAG_PARSE_CSV, csv->span,
                 "of an input `csv` names a column, in the order of the elements: `csv(\"file\", value \"column\")`");
    return false;
}

/* ----- Inputs */

static char *text_of(eml_csv_field cell) { return eml_copy_text(cell.text, cell.length); }

static bool check_name(eml_diags *diags, eml_span span, const eml_csv_columns *table, size_t row) {
    char fault[EML_NAME_FAULT_TEXT];
    eml_csv_field cell = table->cells[row];
    if (cell.length > EML_NAME_MAX) {
        eml_diag_add(diags, EML_DIAG_NAME_LONG, span, "%s:%zu: a name has at most %d bytes, this one has %zu",
                     table->path, table->lines[row], EML_NAME_MAX, cell.length);
        return false;
    }
    if (!eml_name_has_fault(cell.text, cell.length, fault)) return true;
    eml_diag_add(diags, EML_DIAG_COLUMN, span, "%s:%zu: the name of the column %s", table->path, table->lines[row],
                 fault);
    return false;
}

typedef struct named_row {
    eml_csv_field name;
    size_t row;
} named_row;

static int compare_fields(eml_csv_field a, eml_csv_field b) {
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);
    return order != 0 ? order : a.length < b.length ? -1 : a.length > b.length;
}

static int compare_rows(const void *a, const void *b) {
    const named_row *x = a, *y = b;
    int order = compare_fields(x->name, y->name);
    return order != 0 ? order : x->row < y->row ? -1 : x->row > y->row;
}

/* By name; false, reported, when two have one. */
static bool sort_rows(eml_diags *diags, eml_span span, const eml_csv_columns *table, size_t column, named_row *out) {
    for (size_t r = 0; r < table->rows; r++) out[r] = (named_row){table->cells[r * table->columns + column], r};
    qsort(out, table->rows, sizeof *out, compare_rows);
    for (size_t r = 1; r < table->rows; r++) {
        if (compare_fields(out[r - 1].name, out[r].name) != 0) continue;
        eml_diag_add(diags, EML_DIAG_CSV_NAME, span, "%s:%zu: \"%.*s\" stands in line %zu already", table->path,
                     table->lines[out[r].row], (int)out[r].name.length, out[r].name.text, table->lines[out[r - 1].row]);
        return false;
    }
    return true;
}

static bool take_names(eml_diags *diags, const eml_decl *decl, const eml_csv_columns *table, eml_model_input *inputs,
                       size_t count) {
    eml_span span = decl->column_list->span;
    named_row *rows = eml_alloc(table->rows, sizeof *rows);
    bool good = check_count(diags, span, table, count);
    for (size_t i = 0; i < count && good; i++) good = check_name(diags, span, table, i);
    good = good && sort_rows(diags, span, table, VALUE, rows);
    for (size_t i = 0; i < count && good; i++) {
        eml_free(inputs[i].name);
        inputs[i].name = text_of(table->cells[i]);
    }
    eml_free(rows);
    return good;
}

bool eml_inputs_name(eml_diags *diags, const eml_decl *decl, eml_model_input *inputs, size_t count) {
    const eml_expr *csv = decl->column_list;
    eml_csv_columns table;
    if (decl->column.text != NULL) {
        eml_diag_add(diags, EML_DIAG_COLUMN, decl->column.span, "a name for one column, and `columns` for each");
        return false;
    }
    if (!check_pick(diags, csv) || !eml_csv_columns_read(diags, csv->span, csv->text, &csv->pick->value, 1, &table))
        return false;
    bool good = take_names(diags, decl, &table, inputs, count);
    eml_csv_columns_free(&table);
    return good;
}

bool eml_inputs_end(eml_diags *diags, const eml_expr *csv, eml_model_input *inputs, size_t count, bool high) {
    eml_csv_columns table;
    if (!check_pick(diags, csv) || !eml_csv_columns_read(diags, csv->span, csv->text, &csv->pick->value, 1, &table))
        return false;
    bool good = check_count(diags, csv->span, &table, count);
    for (size_t i = 0; i < count && good; i++)
        good = read_number(diags, csv->span, false, &table, i, high ? inputs[i].hi : inputs[i].lo);
    eml_csv_columns_free(&table);
    return good;
}

/* ----- Coefficients */

static bool read_picked(eml_diags *diags, const eml_expr *csv, eml_csv_columns *table) {
    const char *const headers[] = {csv->pick->value, csv->pick->name};
    return eml_csv_columns_read(diags, csv->span, csv->text, headers, csv->pick->name == NULL ? 1 : 2, table);
}

/* Whether some param has the row of this file at its name. */
static bool is_read_elsewhere(const eml_ast *ast, const eml_expr *csv, eml_csv_field name) {
    for (size_t i = 0; i < ast->decl_count; i++) {
        const eml_expr *other = ast->decls[i].value;
        if (ast->decls[i].kind != EML_DECL_PARAM || other == NULL || other->kind != EML_EXPR_CSV ||
            other->pick->at == NULL)
            continue;
        bool same = strcmp(other->text, csv->text) == 0 && strcmp(other->pick->name, csv->pick->name) == 0;
        if (same && strlen(other->pick->at) == name.length && memcmp(other->pick->at, name.text, name.length) == 0)
            return true;
    }
    return false;
}

static const named_row *find_row(const named_row *rows, size_t count, const char *name) {
    named_row wanted = {{name, strlen(name)}, 0};
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_fields(rows[middle].name, wanted.name);
        if (order == 0) return &rows[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool report_left(eml_diags *diags, const eml_ast *ast, const eml_expr *csv, const eml_csv_columns *table,
                        const bool *taken) {
    for (size_t r = 0; r < table->rows; r++) {
        eml_csv_field name = table->cells[r * table->columns + NAME];
        if (taken[r] || is_read_elsewhere(ast, csv, name)) continue;
        eml_diag *diag =
            eml_diag_add(diags, EML_DIAG_CSV_NAME, csv->span, "%s:%zu: no column of `%s` is called \"%.*s\"",
                         table->path, table->lines[r], csv->pick->of, (int)name.length, name.text);
        eml_diag_note(diags, diag,
                      "a row for something else, as an intercept, is read by a param of its own: `csv(.., name \"%s\" "
                      "at \"%.*s\")`",
                      csv->pick->name, (int)name.length, name.text);
        return false;
    }
    return true;
}

static bool match(eml_diags *diags, const eml_ast *ast, const eml_decl *decl, const eml_csv_columns *table,
                  const eml_model_input *inputs, size_t count, mpq_t *out) {
    const eml_expr *csv = decl->value;
    named_row *rows = eml_alloc(table->rows, sizeof *rows);
    bool *taken = eml_alloc(table->rows, sizeof *taken);
    bool good = sort_rows(diags, csv->span, table, NAME, rows);
    for (size_t i = 0; i < count && good; i++) {
        const named_row *found = find_row(rows, table->rows, inputs[i].name);
        if (found == NULL)
            eml_diag_add(diags, EML_DIAG_CSV_NAME, csv->span, "%s: no row is called \"%s\", as a column of `%s` is",
                         table->path, inputs[i].name, csv->pick->of);
        good = found != NULL && read_number(diags, csv->span, decl->hidden, table, found->row, out[i]);
        if (good) taken[found->row] = true;
    }
    good = good && report_left(diags, ast, csv, table, taken);
    eml_free(rows);
    eml_free(taken);
    return good;
}

bool eml_coefficients_read(eml_diags *diags, const eml_ast *ast, const eml_decl *decl, const eml_model_input *inputs,
                           size_t count, mpq_t *out) {
    eml_csv_columns table;
    if (!read_picked(diags, decl->value, &table)) return false;
    bool good = match(diags, ast, decl, &table, inputs, count, out);
    eml_csv_columns_free(&table);
    return good;
}

bool eml_coefficient_read(eml_diags *diags, const eml_decl *decl, mpq_t out) {
    const eml_expr *csv = decl->value;
    eml_csv_columns table;
    if (!read_picked(diags, csv, &table)) return false;
    named_row *rows = eml_alloc(table.rows, sizeof *rows);
    bool good = sort_rows(diags, csv->span, &table, NAME, rows);
    const named_row *found = good ? find_row(rows, table.rows, csv->pick->at) : NULL;
    if (good && found == NULL)
        eml_diag_add(diags, EML_DIAG_CSV_NAME, csv->span, "%s: no row is called \"%s\"", table.path, csv->pick->at);
    good = found != NULL && read_number(diags, csv->span, decl->hidden, &table, found->row, out);
    eml_free(rows);
    eml_csv_columns_free(&table);
    return good;
}

bool eml_column_read(eml_diags *diags, const eml_decl *decl, size_t count, mpq_t *out) {
    const eml_expr *csv = decl->value;
    eml_csv_columns table;
    if (!read_picked(diags, csv, &table)) return false;
    bool good = check_count(diags, csv->span, &table, count);
    for (size_t i = 0; i < count && good; i++) good = read_number(diags, csv->span, decl->hidden, &table, i, out[i]);
    eml_csv_columns_free(&table);
    return good;
}
