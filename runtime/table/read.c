#include "runtime/table/read.h"

#include <string.h>

#include "runtime/table/table.h"
#include "runtime/text/file_kind.h"
#include "runtime/text/text.h"

static bool looks_like_json(const uint8_t *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n\xef\xbb\xbf", text[i]) && text[i] != '\0') continue;
        return text[i] == '[' || text[i] == '{';
    }
    return false;
}

/* Lines that are objects each: no JSON as a whole. */
static bool is_json_lines(const char *text, size_t length) {
    const char *line_end = memchr(text, '\n', length), *end = text + length;
    if (line_end == NULL || text[0] != '{') return false;
    const char *last = line_end > text && line_end[-1] == '\r' ? line_end - 2 : line_end - 1;
    return last > text && *last == '}' && line_end + 1 < end && line_end[1] == '{';
}

static eml_status read_json(eml_table *table, eml_feed *feed, eml_error *err) {
    eml_buf text = {0};
    eml_status status = eml_feed_read_all(feed, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK && is_json_lines((const char *)text.data, text.len))
        status =
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_FORMAT,
                        "%s: JSON Lines, an object on each line: make it one array of them (jq -s . FILE)", feed->name);
    else if (status == EML_OK)
        status = eml_table_read_json(table, (const char *)text.data, text.len, err);
    eml_buf_free(&text);
    return status;
}

/* A line of Excel's, which says what separates columns. */
static eml_status refuse_separator(const eml_feed *feed, const uint8_t *first, size_t count, eml_error *err) {
    static const char word[] = "sep=";
    size_t mark = eml_utf8_mark((const char *)first, count), length = sizeof word - 1;
    if (count < mark + length || memcmp(first + mark, word, length) != 0) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_FORMAT,
                       "%s: the first line is one of Excel's, sep=: take it away, and separate columns by commas",
                       feed->name);
}

static eml_status read_either(eml_table *table, eml_feed *feed, eml_error *err) {
    const uint8_t *first;
    size_t count;
    EML_TRY(eml_feed_peek(feed, &first, &count, err));
    if (eml_file_kind_explain(feed->name, first, count, "a table", err)) return EML_ERR_INPUT;
    EML_TRY(refuse_separator(feed, first, count, err));
    /* A cell takes two bytes at least. */
    if (feed->descriptor < 0 || count < EML_FEED_AHEAD)
        eml_cells_expect(&table->rows.cells, count / (2 * table->rows.cells.columns + 1) + 1);
    bool model = eml_file_kind_is_model(first, count);
    eml_status status =
        looks_like_json(first, count) ? read_json(table, feed, err) : eml_table_read_csv(table, feed, err);
    if (status != EML_OK && model)
        eml_fail_as(err, status, EML_CODE_FORMAT, "%s: this is the text of a model, not a table", feed->name);
    return status;
}

eml_status eml_table_finish(eml_table *table, eml_status status, eml_rows *out, eml_error *err) {
    /* What was refused before reading had to stop comes first. */
    eml_status findings = eml_table_findings(table, err);
    if (findings != EML_OK) status = findings;
    if (status == EML_OK) status = eml_table_take(table, out, err);
    eml_table_close(table);
    return status;
}

eml_status eml_rows_read(const eml_abi *abi, eml_rows_kind kind, eml_feed *feed, const eml_rows_options *options,
                         eml_rows *out, eml_error *err) {
    eml_table table;
    EML_TRY(eml_table_open(&table, abi, kind, feed->name, options->allow_extra, err));
    eml_status status = eml_table_keep(&table, options->keep, options->keep_count, err);
    if (status == EML_OK) status = read_either(&table, feed, err);
    return eml_table_finish(&table, status, out, err);
}

eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text, size_t length,
                          bool allow_extra, eml_rows *out, eml_error *err) {
    eml_feed feed;
    eml_feed_of_bytes(&feed, name, text, length);
    return eml_rows_read(abi, kind, &feed, &(eml_rows_options){.allow_extra = allow_extra}, out, err);
}
