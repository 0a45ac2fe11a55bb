#include "runtime/table/rows.h"

#include <string.h>

#include "runtime/field/integer.h"
#include "runtime/base/temporary.h"
#include "runtime/table/value.h"
#include "runtime/text/text.h"

/* A header line that begins so would pass for JSON, or for the first line that Excel writes. */
static bool looks_otherwise(const char *text, size_t length) {
    return length > 0 && (text[0] == '[' || text[0] == '{' || (length >= 4 && memcmp(text, "sep=", 4) == 0));
}

void eml_rows_put_text(const char *text, size_t length, eml_buf *out) {
    bool quoted = looks_otherwise(text, length);
    if (length > 0 && (strchr(" \t", text[0]) != NULL || strchr(" \t", text[length - 1]) != NULL)) quoted = true;
    for (size_t i = 0; i < length && !quoted; i++) quoted = text[i] != '\0' && strchr(",\"\r\n", text[i]) != NULL;
    if (quoted) eml_buf_put_u8(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"') eml_buf_put_u8(out, '"');
        eml_buf_put_u8(out, (uint8_t)text[i]);
    }
    if (quoted) eml_buf_put_u8(out, '"');
}

void eml_rows_put_name(const char *name, eml_buf *out) { eml_rows_put_text(name, strlen(name), out); }

void eml_rows_put_input(const eml_input_column *column, const mpq_t value, eml_buf *out) {
    enum { NEAR_BITS = 55 };
    if (column->word_count > 0) {
        eml_rows_put_name(column->words[mpz_get_ui(mpq_numref(value)) % column->word_count], out);
        return;
    }
    mpq_t radius;
    mpq_init(radius);
    mpq_abs(radius, value);
    mpq_div_2exp(radius, radius, NEAR_BITS);
    size_t start = out->len;
    eml_decimal_print_exact(value, out);
    if (memchr(out->data + start, '/', out->len - start) != NULL) {
        out->len = start;
        eml_decimal_print_shortest(value, radius, out);
    }
    mpq_clear(radius);
}

/* ----- Elements ----- */

eml_status eml_rows_elements(const eml_rows *rows, eml_fe **out, eml_error *err) {
    const eml_cells *cells = &rows->cells;
    eml_fe *elements = eml_alloc_raw(cells->rows, cells->columns * sizeof *elements);
    uint8_t *scratch = eml_alloc_raw(1, EML_PIECE_COLUMN_BYTES);
    bool readable = true;
    for (size_t p = 0; p < eml_cells_pieces(cells); p++)
        for (size_t c = 0; c < cells->columns && readable; c++) {
            eml_cells_view view = eml_cells_column(cells, p, c, scratch);
            readable = view.cells != NULL;
            eml_fe *to = elements + p * cells->piece_rows * cells->columns + c;
            for (size_t i = 0; readable && i < eml_cells_piece_rows(cells, p); i++)
                to[i * cells->columns] = eml_fe_of_signed(eml_cells_view_at(view, i));
        }
    eml_free(scratch);
    *out = elements;
    if (readable) return EML_OK;
    eml_free(elements);
    return eml_temporary_unreadable(err);
}

void eml_rows_of_elements(const eml_fe *elements, size_t rows, size_t columns, eml_rows *out) {
    *out = (eml_rows){0};
    eml_cells_init(&out->cells, columns, NULL, true);
    eml_cells_expect(&out->cells, rows);
    eml_cells_reserve(&out->cells, rows);
    for (size_t i = 0; i < rows * columns; i++)
        eml_cells_set(&out->cells, i / columns, i % columns, eml_fe_signed(elements[i]));
    eml_cells_stay(&out->cells, rows);
}

void eml_rows_free(eml_rows *rows) {
    eml_cells_free(&rows->cells);
    for (size_t k = 0; k < rows->kept.count; k++) eml_free(rows->kept.names[k]);
    eml_free(rows->kept.names);
    eml_texts_free(&rows->kept.texts);
    *rows = (eml_rows){0};
}
