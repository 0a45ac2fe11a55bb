#include "runtime/table/table.h"

#include <stdio.h>
#include <string.h>

#include "runtime/text/text.h"

/* All that are, in one message. */
static eml_status refuse_missing(const eml_table *table, const bool *seen, eml_error *err) {
    enum { SHOWN = 6 };
    eml_buf names = {0};
    size_t count = 0;
    for (size_t c = 0; c < table->column_count; c++) {
        if (seen[c] || table->columns[c].result != NULL) continue;
        if (count++ < SHOWN) eml_buf_printf(&names, "%s\"%s\"", count > 1 ? ", " : "", table->columns[c].name);
    }
    if (count > SHOWN) eml_buf_printf(&names, " and %zu more", count - SHOWN);
    eml_status status = EML_OK;
    if (count > 0)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: column%s %.*s %s missing", table->file,
                             count > 1 ? "s" : "", (int)names.len, (const char *)names.data, count > 1 ? "are" : "is");
    eml_buf_free(&names);
    return status;
}

/* The table's column for each field of the header line. */
static eml_status read_header(eml_table *table, eml_csv *csv, size_t **columns_of, size_t *fields, eml_error *err) {
    bool more;
    eml_status status = eml_csv_next(csv, 2 * (size_t)EML_ABI_COLUMNS_MAX, &more, err);
    if (status != EML_OK) {
        eml_error_prefix(err, "%s", table->file);
        return status;
    }
    if (!more) return eml_fail(err, EML_ERR_INPUT, "%s: empty: a header line was expected", table->file);
    *fields = csv->count;
    *columns_of = eml_alloc(csv->count, sizeof **columns_of);
    bool *seen = eml_alloc(table->column_count, sizeof *seen);
    table->rows.numbered = csv->count > 1 && csv->fields[0].length == 0;
    (*columns_of)[0] = EML_TABLE_NO_COLUMN;
    for (size_t f = table->rows.numbered; f < csv->count && status == EML_OK; f++) {
        size_t column = EML_TABLE_NO_COLUMN;
        status = eml_table_find(table, csv->fields[f].text, csv->fields[f].length, &column, err);
        (*columns_of)[f] = column;
        if (status != EML_OK || column == EML_TABLE_NO_COLUMN) continue;
        if (seen[column])
            status = eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\" stands twice in the header", table->file,
                              table->columns[column].name);
        seen[column] = true;
    }
    if (status == EML_OK) status = refuse_missing(table, seen, err);
    eml_free(seen);
    return status;
}

/* The first column has no name: pandas and R write the rows' numbers there, from 0 or from 1. */
static eml_status check_number(eml_table *table, const eml_csv_field *field, eml_error *err) {
    char numbers[2][24];
    for (size_t from = 0; from < 2; from++)
        snprintf(numbers[from], sizeof numbers[from], "%zu", table->rows.rows + from);
    bool is[2];
    for (size_t from = 0; from < 2; from++)
        is[from] = strlen(numbers[from]) == field->length && memcmp(numbers[from], field->text, field->length) == 0;
    if (table->rows.rows == 0) table->numbers_from = is[1];
    if (is[table->numbers_from]) return EML_OK;
    eml_status status =
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                    "the first column has no name, and its fields are not the numbers of the rows: \"%s\"",
                    eml_text_excerpt(field->text, field->length).text);
    eml_table_prefix(table, EML_TABLE_NO_COLUMN, err);
    return status;
}

static eml_status read_row(eml_table *table, const eml_csv *csv, const size_t *columns_of, size_t fields,
                           eml_error *err) {
    if (csv->count != fields) {
        eml_status status = eml_fail(err, EML_ERR_INPUT, "%zu fields, the header has %zu", csv->count, fields);
        eml_table_prefix(table, EML_TABLE_NO_COLUMN, err);
        return status;
    }
    if (table->rows.numbered) EML_TRY(check_number(table, &csv->fields[0], err));
    for (size_t f = 0; f < fields; f++)
        EML_TRY(eml_table_give(table, columns_of[f], csv->fields[f].text, csv->fields[f].length, err));
    return eml_table_end_row(table, err);
}

static eml_status read_rows(eml_table *table, eml_csv *csv, const size_t *columns_of, size_t fields, eml_error *err) {
    size_t blank = 0; /* line of the first of the blank lines just seen: they may only be the last */
    for (;;) {
        bool more;
        eml_status status = eml_csv_next(csv, fields + 1, &more, err);
        if (status != EML_OK) {
            eml_error_prefix(err, "%s", table->file);
            return status;
        }
        if (!more) return EML_OK;
        if (eml_csv_is_blank(csv)) {
            if (blank == 0) blank = csv->line;
            continue;
        }
        if (blank > 0)
            return eml_fail(err, EML_ERR_INPUT, "%s: line %zu is blank, but more rows follow", table->file, blank);
        table->line = csv->line;
        EML_TRY(read_row(table, csv, columns_of, fields, err));
    }
}

eml_status eml_table_read_csv(eml_table *table, char *text, size_t length, eml_error *err) {
    eml_csv csv;
    size_t *columns_of = NULL, fields = 0;
    eml_csv_open(&csv, &eml_csv_table, text, length);
    eml_status status = read_header(table, &csv, &columns_of, &fields, err);
    if (status == EML_OK) status = read_rows(table, &csv, columns_of, fields, err);
    eml_free(columns_of);
    eml_csv_close(&csv);
    return status;
}
