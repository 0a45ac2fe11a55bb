#include "compiler/check/csv.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/base/decimal.h"
#include "runtime/base/file.h"

typedef struct csv_reader {
    const char *text;
    size_t length, next;
    size_t line, line_start;
} csv_reader;

typedef struct csv_cell {
    const char *text; /* trimmed */
    size_t length, line, column;
    bool last; /* of its line */
} csv_cell;

static bool is_blank(char c) { return c == ' ' || c == '\r' || c == '"'; }

static bool is_separator(char c) { return c == ',' || c == ';' || c == '\t' || c == '\n'; }

static bool next_cell(csv_reader *reader, csv_cell *out) {
    if (reader->next >= reader->length) return false;
    size_t start = reader->next, end = start;
    while (end < reader->length && !is_separator(reader->text[end])) end++;
    bool ends_line = end == reader->length || reader->text[end] == '\n';
    reader->next = end + 1;
    while (start < end && is_blank(reader->text[start])) start++;
    size_t stop = end;
    while (stop > start && is_blank(reader->text[stop - 1])) stop--;
    *out = (csv_cell){.text = reader->text + start,
                      .length = stop - start,
                      .line = reader->line,
                      .column = start - reader->line_start + 1,
                      .last = ends_line};
    if (ends_line) {
        reader->line++;
        reader->line_start = reader->next;
    }
    return true;
}

/* Skips a first line that has words and no numbers. */
static void skip_header(csv_reader *reader) {
    csv_reader ahead = *reader;
    bool words = false;
    mpq_t scratch;
    mpq_init(scratch);
    for (csv_cell cell; next_cell(&ahead, &cell);) {
        if (eml_decimal_parse(cell.text, cell.length, scratch)) break;
        words = words || cell.length > 0;
        if (!cell.last) continue;
        if (words) *reader = ahead;
        break;
    }
    mpq_clear(scratch);
}

/* An empty cell that is a line of its own, or follows the last separator of its line, is no cell. */
static bool is_filler(const csv_cell *cell) { return cell->length == 0 && cell->last; }

static void report_cell(eml_diags *diags, eml_span span, const char *path, const csv_cell *cell) {
    enum { SHOWN = 40 };
    if (cell->length == 0) {
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu:%zu: a cell is empty", path, cell->line, cell->column);
    } else {
        eml_diag_add(diags, EML_DIAG_CSV_CELL, span, "%s:%zu:%zu: `%.*s` is not a number", path, cell->line,
                     cell->column, (int)(cell->length < SHOWN ? cell->length : SHOWN), cell->text);
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

static bool read_numbers(csv_reader *reader, eml_diags *diags, eml_span span, const char *path, size_t count,
                         size_t columns, mpq_t *values) {
    csv_layout layout = {.columns = columns};
    size_t found = 0, before_line = 0;
    mpq_t surplus;
    mpq_init(surplus);
    bool good = true;
    for (csv_cell cell; good && next_cell(reader, &cell);) {
        if (!is_filler(&cell)) {
            good = eml_decimal_parse(cell.text, cell.length, found < count ? values[found] : surplus);
            if (!good) report_cell(diags, span, path, &cell);
            found++;
        }
        if (!cell.last) continue;
        end_line(&layout, cell.line, found - before_line);
        before_line = found;
    }
    mpq_clear(surplus);
    if (!good) return false;
    if (found != count) {
        eml_diag_add(diags, EML_DIAG_CSV_COUNT, span, "%s:%zu: the file has %zu numbers, %zu were expected", path,
                     reader->line, found, count);
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
    return eml_file_read(path, EML_CSV_BYTES_MAX, out, err);
}

bool eml_csv_read(eml_diags *diags, eml_span span, const char *path, size_t count, size_t columns, mpq_t *values) {
    char *full = beside_source(diags->source->path, path);
    eml_buf bytes = {0};
    eml_error err = {""};
    bool good = read_file(full, &bytes, &err) == EML_OK;
    if (!good) {
        eml_diag_add(diags, EML_DIAG_CSV_UNREADABLE, span, "cannot read the numbers: %s", err.text);
    } else {
        csv_reader reader = {.text = (const char *)bytes.data, .length = bytes.len, .line = 1};
        bool marked = bytes.len >= 3 && memcmp(bytes.data, "\xef\xbb\xbf", 3) == 0; /* a byte order mark */
        if (marked) reader.next = reader.line_start = 3;
        skip_header(&reader);
        good = read_numbers(&reader, diags, span, full, count, columns, values);
    }
    eml_buf_free(&bytes);
    eml_free(full);
    return good;
}
