#include "runtime/table/read.h"

#include <string.h>

#include "runtime/table/table.h"

static bool looks_like_json(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (strchr(" \t\r\n\xef\xbb\xbf", text[i]) && text[i] != '\0') continue;
        return text[i] == '[' || text[i] == '{';
    }
    return false;
}

/* text is written to. */
static eml_status parse(const eml_abi *abi, eml_rows_kind kind, const char *name, char *text, size_t length,
                        bool allow_extra, eml_rows *out, eml_error *err) {
    eml_table table;
    EML_TRY(eml_table_open(&table, abi, kind, name, allow_extra, err));
    eml_status status = looks_like_json(text, length) ? eml_table_read_json(&table, text, length, err)
                                                      : eml_table_read_csv(&table, text, length, err);
    /* What was refused before reading had to stop comes first. */
    eml_status findings = eml_table_findings(&table, err);
    if (findings != EML_OK) status = findings;
    if (status == EML_OK) status = eml_table_take(&table, out, err);
    eml_table_close(&table);
    return status;
}

eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text, size_t length,
                          bool allow_extra, eml_rows *out, eml_error *err) {
    if (length > EML_ROWS_BYTES_MAX)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT, "%s: longer than the limit of %d bytes", name,
                           EML_ROWS_BYTES_MAX);
    char *copy = eml_alloc(length, 1);
    if (length > 0) memcpy(copy, text, length);
    eml_status status = parse(abi, kind, name, copy, length, allow_extra, out, err);
    eml_free(copy);
    return status;
}
