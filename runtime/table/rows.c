#include "runtime/table/rows.h"

#include <string.h>

#include "runtime/table/value.h"
#include "runtime/text/text.h"

void eml_rows_put_name(const char *name, eml_buf *out) {
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
        eml_rows_put_name(abi->outputs[c].name, out);
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

/* A number that readers of JSON, who keep doubles, would change is a string. */
static void put_json_value(const eml_output_column *column, eml_fe value, eml_buf *out) {
    const char *quote = eml_abi_needs_digits(column, value) ? "\"" : "";
    eml_buf_put_text(out, quote);
    eml_abi_print_value(column, value, out);
    eml_buf_put_text(out, quote);
}

void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, eml_buf *out) {
    eml_buf_put_u8(out, '[');
    for (size_t r = 0; r < rows->rows; r++) {
        eml_buf_put_text(out, r > 0 ? ",\n {" : "\n {");
        for (size_t c = 0; c < rows->columns; c++) {
            if (c > 0) eml_buf_put_text(out, ", ");
            eml_text_put_json(abi->outputs[c].name, out);
            eml_buf_put_text(out, ": ");
            put_json_value(&abi->outputs[c], rows->cells[r * rows->columns + c], out);
        }
        eml_buf_put_u8(out, '}');
    }
    eml_buf_put_text(out, "\n]\n");
}

void eml_rows_free(eml_rows *rows) {
    eml_free(rows->cells);
    *rows = (eml_rows){0};
}
