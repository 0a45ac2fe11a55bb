#include "compiler/check/numbers.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/base/decimal.h"
#include "runtime/base/file.h"
#include "runtime/text/csv.h"
#include "runtime/text/file_kind.h"

/* A field of the numbers' dialect, in which nothing is malformed. */
static bool next_cell(eml_csv *csv, eml_csv_field *out) {
    bool more = false;
    return eml_csv_next_field(csv, out, &more, NULL) == EML_OK && more;
}

/* Skips a first line that has words and no numbers. */
static void skip_header(eml_csv *csv) {
    eml_csv ahead = *csv;
    bool words = false;
    mpq_t scratch;
    mpq_init(scratch);
    for (eml_csv_field cell; next_cell(&ahead, &cell);) {
        if (eml_decimal_parse(cell.text, cell.length, scratch)) break;
        words = words || cell.length > 0;
        if (!ahead.ended) continue;
        if (words) *csv = ahead;
        break;
    }
    mpq_clear(scratch);
}

static void report_cell(eml_diags *diags, eml_span span, const char *path, bool hidden, const eml_csv *csv,
                        const eml_csv_field *cell) {
    enum { SHOWN = 40 };
    size_t column = (size_t)(cell->text - csv->record) + 1;
    if (cell->length == 0) {
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu:%zu: a cell is empty", path, csv->line, column);
    } else if (hidden) {
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu:%zu: this cell, of a hidden param, is not a number", path,
                     csv->line, column);
    } else {
        eml_diag *diag =
            eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu:%zu: `%.*s` is not a number", path, csv->line, column,
                         (int)(cell->length < SHOWN ? cell->length : SHOWN), cell->text);
        if (strchr("+-.0123456789", cell->text[0]) == NULL)
            eml_diag_note(diags, diag,
                          "of a table the column with the numbers is named: `csv(\"file\", value \"column\")`");
    }
}

/* How the numbers lie: lines that have any, the most in one, the first with another count than a row has. */
typedef struct csv_layout {
    size_t columns; /* of a row; 0: any */
    size_t lines, longest, odd_line, odd_count;
} csv_layout;

static void end_line(csv_layout *layout, size_t line, size_t count) {
    if (count == 0) return;
    layout->lines++;
    if (count > layout->longest) layout->longest = count;
    if (layout->odd_line > 0 || layout->columns == 0 || count == layout->columns) return;
    layout->odd_line = line;
    layout->odd_count = count;
}

/* One line, or one number a line, may hold a matrix of any width. */
static bool lies_in_rows(const csv_layout *layout) {
    return layout->odd_line == 0 || layout->lines == 1 || layout->longest == 1;
}

static bool read_numbers(eml_csv *csv, eml_diags *diags, eml_span span, const char *path, bool hidden, size_t count,
                         size_t columns, mpq_t *values) {
    csv_layout layout = {.columns = columns};
    size_t found = 0, before_line = 0;
    mpq_t surplus;
    mpq_init(surplus);
    bool good = true;
    for (eml_csv_field cell; good && next_cell(csv, &cell);) {
        /* An empty cell that is a line of its own, or follows the last separator of its line, is no cell. */
        if (cell.length > 0 || !csv->ended) {
            good = eml_decimal_parse(cell.text, cell.length, found < count ? values[found] : surplus);
            if (!good) report_cell(diags, span, path, hidden, csv, &cell);
            found++;
        }
        if (!csv->ended) continue;
        end_line(&layout, csv->line, found - before_line);
        before_line = found;
    }
    mpq_clear(surplus);
    if (!good) return false;
    if (found != count) {
        eml_diag_add(diags, EML_DIAG_CSV_COUNT, span, "%s:%zu: the file has %zu numbers, %zu were expected", path,
                     csv->next, found, count);
    } else if (!lies_in_rows(&layout)) {
        eml_diag_add(diags, EML_DIAG_CSV_ROWS, span, "%s:%zu: this line has %zu numbers, a row of the matrix has %zu",
                     path, layout.odd_line, layout.odd_count, columns);
    }
    return found == count && lies_in_rows(&layout);
}

static char *beside_source(const char *source, const char *path) {
    const char *slash = strrchr(source, '/');
    size_t folder = path[0] == '/' || slash == NULL ? 0 : (size_t)(slash - source) + 1;
    char *joined = eml_alloc(folder + strlen(path) + 1, 1);
    memcpy(joined, source, folder);
    memcpy(joined + folder, path, strlen(path));
    return joined;
}

/* A source names ordinary files only: checking one never waits for a pipe, nor takes what others were to read. */
static eml_status read_file(const char *path, eml_buf *out, eml_error *err) {
    struct stat info;
    if (strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISREG(info.st_mode)))
        return eml_fail(err, EML_ERR_INPUT, "%s: not an ordinary file", path);
    return eml_file_read(path, EML_NUMBERS_BYTES_MAX, out, err);
}

eml_status eml_numbers_open(const eml_diags *diags, const char *path, char **full, eml_buf *out, eml_error *err) {
    *full = beside_source(diags->source->path, path);
    EML_TRY(read_file(*full, out, err));
    return eml_file_kind_explain(*full, out->data, out->len, "a table of numbers", err) ? EML_ERR_INPUT : EML_OK;
}

bool eml_numbers_read(eml_diags *diags, eml_span span, const char *path, bool hidden, size_t count, size_t columns,
                      mpq_t *values) {
    char *full;
    eml_buf bytes = {0};
    eml_error err = {0};
    bool good = eml_numbers_open(diags, path, &full, &bytes, &err) == EML_OK;
    if (!good) {
        eml_diag_add(diags, EML_DIAG_CSV_UNREADABLE, span, "cannot read the numbers: %s", err.text);
    } else {
        eml_csv csv;
        eml_buf_put_u8(&bytes, 0); /* an empty file has no bytes to point at */
        eml_csv_open(&csv, &eml_csv_numbers, (char *)bytes.data, bytes.len - 1);
        skip_header(&csv);
        good = read_numbers(&csv, diags, span, full, hidden, count, columns, values);
    }
    eml_buf_free(&bytes);
    eml_free(full);
    return good;
}
