#include "compiler/check/csv_columns.h"

#include <string.h>

#include "compiler/check/numbers.h"

/* ----- Headers */

static bool is_header(eml_csv_field field, const char *header) {
    return strlen(header) == field.length && memcmp(header, field.text, field.length) == 0;
}

static bool is_word(eml_csv_field field) {
    unsigned char first = field.length == 0 ? 0 : (unsigned char)field.text[0];
    return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first >= 0x80;
}

/* Which there are. In a file without headers these may be values, also hidden ones, so words alone are shown. */
static void note_headers(eml_diags *diags, eml_diag *diag, const eml_csv *csv) {
    enum { SHOWN = 6, LONGEST = 40 };
    eml_buf names = {0};
    size_t count = 0;
    for (size_t f = 0; f < csv->count; f++) {
        eml_csv_field field = csv->fields[f];
        if (!is_word(field)) continue;
        if (count++ >= SHOWN) continue;
        eml_buf_printf(&names, "%s\"%.*s%s\"", count > 1 ? ", " : "",
                       field.length < LONGEST ? (int)field.length : LONGEST, field.text,
                       field.length < LONGEST ? "" : "...");
    }
    if (count > SHOWN) eml_buf_printf(&names, " and %zu more", count - SHOWN);
    if (count > 0) eml_diag_note(diags, diag, "the first line names %.*s", (int)names.len, (const char *)names.data);
    eml_buf_free(&names);
}

static bool find_header(eml_diags *diags, eml_span span, const eml_csv_columns *table, const eml_csv *csv,
                        const char *header, size_t *at) {
    size_t found = 0;
    for (size_t f = 0; f < csv->count; f++) {
        if (!is_header(csv->fields[f], header)) continue;
        *at = f;
        found++;
    }
    if (found == 1) return true;
    eml_diag *diag =
        eml_diag_add(diags, EML_DIAG_CSV_COLUMN, span,
                     found == 0 ? "%s:%zu: no column is called \"%s\"" : "%s:%zu: two columns are called \"%s\"",
                     table->path, csv->line, header);
    if (found == 0 && csv->count == 1)
        eml_diag_note(diags, diag, "the line has one cell: columns are separated by commas here");
    else if (found == 0)
        note_headers(diags, diag, csv);
    return false;
}

/* ----- Rows */

static void append_row(eml_csv_columns *table, const eml_csv *csv, const size_t *at, size_t *capacity,
                       size_t *line_capacity) {
    size_t used = table->rows * table->columns;
    table->cells = eml_grow(table->cells, capacity, used + table->columns, sizeof *table->cells);
    table->lines = eml_grow(table->lines, line_capacity, table->rows + 1, sizeof *table->lines);
    for (size_t c = 0; c < table->columns; c++) table->cells[used + c] = csv->fields[at[c]];
    table->lines[table->rows++] = csv->line;
}

static bool fail_csv(eml_diags *diags, eml_span span, const eml_csv_columns *table, const eml_error *err) {
    eml_diag_add(diags, EML_DIAG_CSV_UNREADABLE, span, "%s: %s", table->path, err->text);
    return false;
}

static bool read_rows(eml_diags *diags, eml_span span, eml_csv *csv, const size_t *at, eml_csv_columns *table) {
    size_t fields = csv->count, capacity = 0, line_capacity = 0;
    for (;;) {
        bool more;
        eml_error err = {0};
        if (eml_csv_next(csv, fields + 1, &more, &err) != EML_OK) return fail_csv(diags, span, table, &err);
        if (!more) return true;
        if (eml_csv_is_blank(csv)) continue;
        if (csv->count != fields) {
            eml_diag_add(diags, EML_DIAG_CSV_COUNT, span, "%s:%zu: %zu cells, the header has %zu", table->path,
                         csv->line, csv->count, fields);
            return false;
        }
        append_row(table, csv, at, &capacity, &line_capacity);
    }
}

static bool read_table(eml_diags *diags, eml_span span, const char *const *headers, eml_csv_columns *table) {
    size_t at[EML_CSV_PICKED_MAX];
    eml_csv csv;
    eml_error err = {0};
    bool more;
    eml_buf_put_u8(&table->bytes, 0);
    eml_csv_open(&csv, &eml_csv_table, (char *)table->bytes.data, table->bytes.len - 1);
    bool good = eml_csv_next(&csv, SIZE_MAX, &more, &err) == EML_OK || fail_csv(diags, span, table, &err);
    if (good && !more) {
        eml_diag_add(diags, EML_DIAG_CSV_COLUMN, span, "%s: empty: a line with the names of the columns was expected",
                     table->path);
        good = false;
    }
    for (size_t c = 0; c < table->columns && good; c++)
        good = find_header(diags, span, table, &csv, headers[c], &at[c]);
    good = good && read_rows(diags, span, &csv, at, table);
    eml_csv_close(&csv);
    return good;
}

bool eml_csv_columns_read(eml_diags *diags, eml_span span, const char *path, const char *const *headers, size_t columns,
                          eml_csv_columns *out) {
    *out = (eml_csv_columns){.columns = columns};
    eml_error err = {0};
    bool good = eml_numbers_open(diags, path, &out->path, &out->bytes, &err) == EML_OK;
    if (!good)
        eml_diag_add(diags, EML_DIAG_CSV_UNREADABLE, span, "cannot read the table: %s", err.text);
    else
        good = read_table(diags, span, headers, out);
    if (!good) eml_csv_columns_free(out);
    return good;
}

void eml_csv_columns_free(eml_csv_columns *table) {
    eml_free(table->cells);
    eml_free(table->lines);
    eml_free(table->path);
    eml_buf_free(&table->bytes);
    *table = (eml_csv_columns){0};
}
