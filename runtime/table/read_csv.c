/* CSV, a window of the text at a time. Lines of plain numbers are read many at once (plain_row.h); what is otherwise,
 * and what they decline, record by record. */
#include <stdio.h>
#include <string.h>

#include "runtime/table/plain_row.h"
#include "runtime/text/text.h"

/* A window holds one record at least, which has some limit; lines are told by their starts in it. */
enum { WINDOW_BYTES = 4 << 20, RECORD_BYTES_MAX = 64 << 20, LINES_MAX = 1 << 16 };

typedef struct reader {
    eml_table *table;
    eml_feed *feed;
    char *window;             /* owned; EML_PLAIN_PADDING bytes more than capacity */
    size_t capacity, at, end; /* what is to be read is from `at` to `end` */
    bool ended;               /* the feed has no more */
    size_t quote;             /* no quote is from `at` to there: one is there, or it is the end */
    size_t line;              /* of the next record */
    size_t blank;             /* line of the first of the blank lines just seen: they may only be the last; 0: none */
    size_t *columns_of, fields;
    size_t *kept_of; /* owned; of each kept column the field */
    eml_plain_rows plain;
    uint32_t *starts; /* owned; of `lines` and one more */
    bool *declined;   /* owned */
    size_t lines;     /* that are looked at at once */
} reader;

/* ----- The window ----- */

static eml_status fill(reader *r, eml_error *err) {
    size_t left = r->end - r->at, got;
    if (left > 0) memmove(r->window, r->window + r->at, left);
    r->at = 0;
    r->end = left;
    if (left == r->capacity) { /* one record */
        size_t wanted = 2 * r->capacity;
        if (wanted > RECORD_BYTES_MAX)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: line %zu: longer than the limit of %d bytes",
                               r->feed->name, r->line, RECORD_BYTES_MAX);
        char *larger = eml_alloc_raw(wanted + EML_PLAIN_PADDING, 1);
        memcpy(larger, r->window, left);
        eml_free(r->window);
        r->window = larger;
        r->capacity = wanted;
    }
    EML_TRY(eml_feed_read(r->feed, (uint8_t *)r->window + left, r->capacity - left, &got, err));
    r->end = left + got;
    r->ended = r->end < r->capacity;
    r->quote = 0;
    memset(r->window + r->end, 0, EML_PLAIN_PADDING);
    return EML_OK;
}

/* Whether the record at `at` is whole in the window; *length: with its line end. */
static bool find_record(const reader *r, size_t *length) {
    const char *text = r->window + r->at;
    const char *end = eml_csv_record_end(&eml_csv_table, text, r->end - r->at);
    *length = end == NULL ? r->end - r->at : (size_t)(end - text);
    return end != NULL || r->ended;
}

/* The next record, by the scanner; *more is false at the end of the text. */
static eml_status next_record(reader *r, eml_csv *csv, size_t fields_max, bool *more, eml_error *err) {
    size_t length;
    while (!find_record(r, &length)) EML_TRY(fill(r, err));
    eml_csv_reopen(csv, r->window + r->at, length, r->line);
    eml_status status = eml_csv_next(csv, fields_max, more, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", r->table->file);
    r->at += length;
    r->line = csv->next;
    return status;
}

/* ----- The header ----- */

/* The table's column for each field of the header line. */
static eml_status read_header(reader *r, eml_csv *csv, eml_error *err) {
    eml_table *table = r->table;
    bool more;
    EML_TRY(next_record(r, csv, 2 * (size_t)EML_ABI_COLUMNS_MAX, &more, err));
    if (!more) return eml_fail(err, EML_ERR_INPUT, "%s: empty: a header line was expected", table->file);
    r->fields = csv->count;
    r->columns_of = eml_alloc(csv->count, sizeof *r->columns_of);
    r->kept_of = eml_alloc(table->rows.kept.count, sizeof *r->kept_of);
    table->rows.numbered = csv->count > 1 && csv->fields[0].length == 0;
    r->columns_of[0] = EML_TABLE_NO_COLUMN;
    size_t from = table->rows.numbered;
    EML_TRY(eml_table_match(table, csv->fields + from, csv->count - from, r->columns_of + from, r->kept_of, err));
    for (size_t k = 0; k < table->rows.kept.count; k++) r->kept_of[k] += from;
    return EML_OK;
}

/* ----- Record by record ----- */

/* The first column has no name: pandas and R write the rows' numbers there, from 0 or from 1. */
static eml_status check_number(eml_table *table, const eml_csv_field *field, eml_error *err) {
    char numbers[2][24];
    for (size_t from = 0; from < 2; from++) snprintf(numbers[from], sizeof numbers[from], "%zu", table->row + from);
    bool is[2];
    for (size_t from = 0; from < 2; from++)
        is[from] = strlen(numbers[from]) == field->length && memcmp(numbers[from], field->text, field->length) == 0;
    if (table->row == 0) table->numbers_from = is[1];
    if (is[table->numbers_from]) return EML_OK;
    if (table->allow_extra) { /* it is an extra column then */
        table->rows.numbered = false;
        table->rows.extra++;
        return EML_OK;
    }
    eml_status status =
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                    "the first column has no name, and its fields are not the numbers of the rows: \"%s\"; write the "
                    "table without it (pandas: index=False, R: row.names = FALSE), or --allow-extra ignores it",
                    eml_text_excerpt(field->text, field->length).text);
    eml_table_prefix(table, EML_TABLE_NO_COLUMN, err);
    return status;
}

static eml_status take_fields(reader *r, const eml_csv *csv, eml_error *err) {
    eml_table *table = r->table;
    table->line = csv->line;
    if (csv->count != r->fields) {
        eml_status status = eml_fail(err, EML_ERR_INPUT, "%zu fields, the header has %zu", csv->count, r->fields);
        eml_table_prefix(table, EML_TABLE_NO_COLUMN, err);
        return status;
    }
    if (table->rows.numbered) EML_TRY(check_number(table, &csv->fields[0], err));
    for (size_t f = 0; f < r->fields; f++)
        EML_TRY(eml_table_give(table, r->columns_of[f], csv->fields[f].text, csv->fields[f].length, err));
    eml_table_end_row(table);
    return EML_OK;
}

static eml_status keep_fields(reader *r, const eml_csv *csv, eml_error *err) {
    for (size_t k = 0; k < r->table->rows.kept.count; k++) r->table->kept[k] = csv->fields[r->kept_of[k]];
    return eml_table_keep_row(r->table, err);
}

static eml_status refuse_blank(const reader *r, eml_error *err) {
    return eml_fail(err, EML_ERR_INPUT, "%s: line %zu is blank, but more rows follow", r->table->file, r->blank);
}

static eml_status read_record(reader *r, eml_csv *csv, bool *more, eml_error *err) {
    EML_TRY(next_record(r, csv, r->fields + 1, more, err));
    if (!*more) return EML_OK;
    if (eml_csv_is_blank(csv)) {
        if (r->blank == 0) r->blank = csv->line;
        return EML_OK;
    }
    if (r->blank > 0) return refuse_blank(r, err);
    EML_TRY(take_fields(r, csv, err));
    return keep_fields(r, csv, err);
}

/* ----- Many lines at once ----- */

static size_t find_quote(reader *r) {
    if (r->quote > r->at) return r->quote;
    const char *quote = memchr(r->window + r->at, '"', r->end - r->at);
    return r->quote = quote == NULL ? r->end : (size_t)(quote - r->window);
}

/* How many lines from `at` on are whole, and may be plain: those before a quote, a blank at a line's beginning or a
 * line without anything. starts[i]: where they begin in the window. */
static size_t find_lines(reader *r) {
    const char *at = r->window + r->at, *end = r->window + find_quote(r);
    size_t count = 0;
    while (count < r->lines && at < end && *at != ' ' && *at != '\t' && *at != '\r' && *at != '\n') {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL) break;
        r->starts[count++] = (uint32_t)(at - r->window);
        at = line_end + 1;
    }
    r->starts[count] = (uint32_t)(at - r->window);
    return count;
}

/* A line again, by the scanner. */
static eml_status scan_line(reader *r, eml_csv *csv, size_t line, eml_error *err) {
    bool more;
    size_t length = r->starts[line + 1] - r->starts[line];
    eml_csv_reopen(csv, r->window + r->starts[line], length, r->line + line);
    eml_status status = eml_csv_next(csv, r->fields + 1, &more, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", r->table->file);
    return status;
}

/* What was declined, and what is kept of every line. */
static eml_status take_line(reader *r, eml_csv *csv, size_t line, eml_error *err) {
    bool keeps = r->table->rows.kept.count > 0;
    if (!r->declined[line] && !keeps) return EML_OK;
    EML_TRY(scan_line(r, csv, line, err));
    if (r->declined[line])
        EML_TRY(take_fields(r, csv, err));
    else
        r->table->row++; /* as after that */
    return keeps ? keep_fields(r, csv, err) : EML_OK;
}

static eml_status read_lines(reader *r, eml_csv *csv, size_t count, eml_error *err) {
    size_t row = r->table->row;
    if (r->blank > 0) return refuse_blank(r, err);
    eml_cells_reserve(&r->table->rows.cells, row + count);
    eml_plain_rows_read(&r->plain, r->window, r->starts, count, row, r->declined);
    for (size_t i = 0; i < count; i++) {
        r->table->row = row + i;
        EML_TRY(take_line(r, csv, i, err));
    }
    r->table->row = row + count;
    r->at = r->starts[count];
    r->line += count;
    return eml_table_seal(r->table, err);
}

static eml_status read_rows(reader *r, eml_csv *csv, eml_error *err) {
    bool more = true;
    EML_TRY(read_record(r, csv, &more, err));
    eml_plain_rows_open(&r->plain, r->table, r->columns_of, r->fields);
    while (more) {
        size_t lines = r->table->row == 0 ? 0 : find_lines(r);
        if (lines > 0) {
            EML_TRY(read_lines(r, csv, lines, err));
        } else {
            EML_TRY(read_record(r, csv, &more, err));
            EML_TRY(eml_table_seal(r->table, err));
        }
    }
    return EML_OK;
}

/* Small tables have small windows: more than all that is left, so that the end is seen. */
static size_t window_for(const eml_feed *feed) {
    enum { LEAST = 256 };
    bool all = feed->descriptor < 0 || feed->left < EML_FEED_AHEAD; /* it was peeked at */
    if (!all || feed->left >= WINDOW_BYTES) return WINDOW_BYTES;
    return feed->left < LEAST ? LEAST : feed->left + 1;
}

eml_status eml_table_read_csv(eml_table *table, eml_feed *feed, eml_error *err) {
    reader r = {.table = table, .feed = feed, .capacity = window_for(feed), .line = 1};
    r.lines = r.capacity / 2 < LINES_MAX ? r.capacity / 2 : LINES_MAX;
    r.window = eml_alloc_raw(r.capacity + EML_PLAIN_PADDING, 1);
    r.starts = eml_alloc_raw(r.lines + 1, sizeof *r.starts);
    r.declined = eml_alloc_raw(r.lines, sizeof *r.declined);
    eml_csv csv;
    eml_csv_open(&csv, &eml_csv_table, NULL, 0);
    eml_status status = fill(&r, err);
    r.at = status == EML_OK ? eml_utf8_mark(r.window, r.end) : 0;
    if (status == EML_OK) status = read_header(&r, &csv, err);
    if (status == EML_OK) status = read_rows(&r, &csv, err);
    eml_csv_close(&csv);
    eml_plain_rows_close(&r.plain);
    eml_free(r.columns_of);
    eml_free(r.kept_of);
    eml_free(r.declined);
    eml_free(r.starts);
    eml_free(r.window);
    return status;
}
