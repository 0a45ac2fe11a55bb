#include "runtime/table/read.h"

#include <string.h>

#include "runtime/table/table.h"

static bool looks_like_json(const uint8_t *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n\xef\xbb\xbf", text[i]) && text[i] != '\0') continue;
        return text[i] == '[' || text[i] == '{';
    }
    return false;
}

static eml_status read_json(eml_table *table, eml_feed *feed, eml_error *err) {
    eml_buf text = {0};
    eml_status status = eml_feed_read_all(feed, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK) status = eml_table_read_json(table, (const char *)text.data, text.len, err);
    eml_buf_free(&text);
    return status;
}

static eml_status read_either(eml_table *table, eml_feed *feed, eml_error *err) {
    const uint8_t *first;
    size_t count;
    EML_TRY(eml_feed_peek(feed, &first, &count, err));
    /* A cell takes two bytes at least. */
    if (feed->descriptor < 0 || count < EML_FEED_AHEAD)
        eml_cells_expect(&table->rows.cells, count / (2 * table->rows.cells.columns + 1) + 1);
    return looks_like_json(first, count) ? read_json(table, feed, err) : eml_table_read_csv(table, feed, err);
}

eml_status eml_rows_read(const eml_abi *abi, eml_rows_kind kind, eml_feed *feed, bool allow_extra, eml_rows *out,
                         eml_error *err) {
    eml_table table;
    EML_TRY(eml_table_open(&table, abi, kind, feed->name, allow_extra, err));
    eml_status status = read_either(&table, feed, err);
    /* What was refused before reading had to stop comes first. */
    eml_status findings = eml_table_findings(&table, err);
    if (findings != EML_OK) status = findings;
    if (status == EML_OK) status = eml_table_take(&table, out, err);
    eml_table_close(&table);
    return status;
}

eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text, size_t length,
                          bool allow_extra, eml_rows *out, eml_error *err) {
    eml_feed feed;
    eml_feed_of_bytes(&feed, name, text, length);
    return eml_rows_read(abi, kind, &feed, allow_extra, out, err);
}
