/* The columns that a table has, by their names. */
#include "runtime/table/table.h"

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

/* A name that is kept, or ignored. */
static eml_status note_kept(eml_table *table, const eml_csv_field *name, size_t f, bool known, size_t *kept_of,
                            eml_error *err) {
    size_t k = eml_table_kept(table, name->text, name->length);
    if (k == SIZE_MAX) {
        table->rows.extra += !known;
        return EML_OK;
    }
    if (kept_of[k] != SIZE_MAX)
        return eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\" stands twice in the header", table->file,
                        table->rows.kept.names[k]);
    kept_of[k] = f;
    return EML_OK;
}

static bool has_name(const eml_csv_field *names, size_t count, const char *name) {
    for (size_t f = 0; f < count; f++)
        if (strlen(name) == names[f].length && memcmp(name, names[f].text, names[f].length) == 0) return true;
    return false;
}

/* A kept name that the table has not may be a misspelt one: that comes before the columns that are unknown for it. */
static eml_status check_kept(const eml_table *table, const eml_csv_field *names, size_t count, eml_error *err) {
    enum { SHOWN = 6 };
    size_t k = 0;
    while (k < table->rows.kept.count && has_name(names, count, table->rows.kept.names[k])) k++;
    if (k == table->rows.kept.count) return EML_OK;
    eml_buf shown = {0};
    for (size_t f = 0; f < count && f < SHOWN; f++)
        eml_buf_printf(&shown, "%s\"%s\"", f > 0 ? ", " : "", eml_text_excerpt(names[f].text, names[f].length).text);
    if (count > SHOWN) eml_buf_printf(&shown, " and %zu more", count - SHOWN);
    eml_status status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                                    "%s: column \"%s\", which is to be kept, is missing; the table has %.*s",
                                    table->file, table->rows.kept.names[k], (int)shown.len, (const char *)shown.data);
    eml_buf_free(&shown);
    return status;
}

static eml_status match_name(eml_table *table, const eml_csv_field *name, bool *seen, size_t *column, eml_error *err) {
    *column = EML_TABLE_NO_COLUMN;
    EML_TRY(eml_table_find(table, name->text, name->length, column, err));
    if (*column == EML_TABLE_NO_COLUMN) return EML_OK;
    if (seen[*column])
        return eml_fail(err, EML_ERR_INPUT, "%s: column \"%s\" stands twice in the header", table->file,
                        table->columns[*column].name);
    seen[*column] = true;
    return EML_OK;
}

eml_status eml_table_match(eml_table *table, const eml_csv_field *names, size_t count, size_t *columns_of,
                           size_t *kept_of, eml_error *err) {
    bool *seen = eml_alloc(table->column_count, sizeof *seen);
    eml_status status = check_kept(table, names, count, err);
    for (size_t k = 0; k < table->rows.kept.count; k++) kept_of[k] = SIZE_MAX;
    for (size_t f = 0; f < count && status == EML_OK; f++) {
        status = match_name(table, &names[f], seen, &columns_of[f], err);
        if (status == EML_OK)
            status = note_kept(table, &names[f], f, columns_of[f] != EML_TABLE_NO_COLUMN, kept_of, err);
    }
    if (status == EML_OK) status = refuse_missing(table, seen, err);
    eml_free(seen);
    return status;
}
