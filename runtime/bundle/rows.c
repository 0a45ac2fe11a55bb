#include "runtime/bundle/rows.h"

#include <string.h>

#include "runtime/bundle/table.h"
#include "runtime/bundle/text.h"

/* Reading. */

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
    if (status == EML_OK) status = eml_table_take(&table, out, err);
    eml_table_close(&table);
    return status;
}

eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text, size_t length,
                          bool allow_extra, eml_rows *out, eml_error *err) {
    char *copy = eml_alloc(length, 1);
    if (length > 0) memcpy(copy, text, length);
    eml_status status = parse(abi, kind, name, copy, length, allow_extra, out, err);
    eml_free(copy);
    return status;
}

/* Printing. */

static void put_csv_name(const char *name, eml_buf *out) {
    if (strpbrk(name, ",\"") == NULL) {
        eml_buf_put_text(out, name);
        return;
    }
    eml_buf_put_u8(out, '"');
    for (; *name; name++) {
        if (*name == '"') eml_buf_put_u8(out, '"');
        eml_buf_put(out, name, 1);
    }
    eml_buf_put_u8(out, '"');
}

void eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, eml_buf *out) {
    for (size_t c = 0; c < rows->columns; c++) {
        if (c > 0) eml_buf_put_u8(out, ',');
        put_csv_name(abi->outputs[c].name, out);
    }
    eml_buf_put_u8(out, '\n');
    for (size_t r = 0; r < rows->rows; r++) {
        for (size_t c = 0; c < rows->columns; c++) {
            if (c > 0) eml_buf_put_u8(out, ',');
            eml_abi_print_value(&abi->outputs[c], rows->cells[r * rows->columns + c], out);
        }
        eml_buf_put_u8(out, '\n');
    }
}

void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, eml_buf *out) {
    eml_buf_put_u8(out, '[');
    for (size_t r = 0; r < rows->rows; r++) {
        eml_buf_put_text(out, r > 0 ? ",\n {" : "\n {");
        for (size_t c = 0; c < rows->columns; c++) {
            if (c > 0) eml_buf_put_text(out, ", ");
            eml_text_put_json(abi->outputs[c].name, out);
            eml_buf_put_text(out, ": ");
            eml_abi_print_value(&abi->outputs[c], rows->cells[r * rows->columns + c], out);
        }
        eml_buf_put_u8(out, '}');
    }
    eml_buf_put_text(out, "\n]\n");
}

void eml_rows_free(eml_rows *rows) {
    eml_free(rows->cells);
    *rows = (eml_rows){0};
}
