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

/* What is printed of a row: outputs, then results. */
typedef struct cell {
    eml_output_column column;
    eml_fe value;
} cell;

static size_t count_cells(const eml_rows *rows, const eml_rows *results) {
    return rows->columns + (results == NULL ? 0 : results->columns);
}

static cell cell_at(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, size_t r, size_t c) {
    if (c < rows->columns) return (cell){abi->outputs[c], rows->cells[r * rows->columns + c]};
    c -= rows->columns;
    return (cell){eml_result_as_output(&abi->results[c]), results->cells[r * results->columns + c]};
}

void eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, eml_buf *out) {
    size_t columns = count_cells(rows, results);
    for (size_t c = 0; c < columns; c++) {
        if (c > 0) eml_buf_put_u8(out, ',');
        eml_rows_put_name(c < rows->columns ? abi->outputs[c].name : abi->results[c - rows->columns].name, out);
    }
    eml_buf_put_u8(out, '\n');
    for (size_t r = 0; r < rows->rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            if (c > 0) eml_buf_put_u8(out, ',');
            cell at = cell_at(abi, rows, results, r, c);
            eml_abi_print_value(&at.column, at.value, out);
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

void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, eml_buf *out) {
    eml_buf_put_u8(out, '[');
    for (size_t r = 0; r < rows->rows; r++) {
        eml_buf_put_text(out, r > 0 ? ",\n {" : "\n {");
        for (size_t c = 0; c < count_cells(rows, results); c++) {
            cell at = cell_at(abi, rows, results, r, c);
            if (c > 0) eml_buf_put_text(out, ", ");
            eml_text_put_json(at.column.name, out);
            eml_buf_put_text(out, ": ");
            put_json_value(&at.column, at.value, out);
        }
        eml_buf_put_u8(out, '}');
    }
    eml_buf_put_text(out, "\n]\n");
}

void eml_rows_free(eml_rows *rows) {
    eml_free(rows->cells);
    *rows = (eml_rows){0};
}
