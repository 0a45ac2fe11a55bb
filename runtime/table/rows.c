#include "runtime/table/rows.h"

#include <string.h>

#include "runtime/field/integer.h"
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
    return eml_cells_unreadable(err);
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

/* ----- Printing ----- */

/* What is printed of a row: outputs, then results; of a piece of rows at a time. */
typedef struct printed {
    const eml_abi *abi;
    const eml_rows *rows, *results;
    size_t columns;
    eml_output_column *as_outputs; /* by column; owned, what they point to is the ABI's */
    eml_cells_view *views;         /* by column, of the piece; owned */
    uint8_t *scratch[2];           /* owned */
} printed;

static void open_printed(printed *p, const eml_abi *abi, const eml_rows *rows, const eml_rows *results) {
    size_t outputs = rows->cells.columns, more = results == NULL ? 0 : results->cells.columns;
    *p = (printed){.abi = abi, .rows = rows, .results = results, .columns = outputs + more};
    p->as_outputs = eml_alloc(p->columns, sizeof *p->as_outputs);
    p->views = eml_alloc(p->columns, sizeof *p->views);
    p->scratch[0] = eml_alloc_raw(1, rows->cells.piece_bytes);
    p->scratch[1] = eml_alloc_raw(1, more == 0 ? 0 : results->cells.piece_bytes);
    for (size_t c = 0; c < p->columns; c++)
        p->as_outputs[c] = c < outputs ? abi->outputs[c] : eml_result_as_output(&abi->results[c - outputs]);
}

static void close_printed(printed *p) {
    eml_free(p->as_outputs);
    eml_free(p->views);
    eml_free(p->scratch[0]);
    eml_free(p->scratch[1]);
}

static eml_fe cell_at(const printed *p, size_t row, size_t c) {
    return eml_fe_of_signed(eml_cells_view_at(p->views[c], row % p->rows->cells.piece_rows));
}

/* Results are in pieces like those of the outputs. */
static eml_status load_piece(printed *p, size_t piece, eml_error *err) {
    size_t outputs = p->rows->cells.columns;
    bool readable = eml_cells_piece(&p->rows->cells, piece, p->scratch[0], p->views);
    if (p->columns > outputs)
        readable = readable && eml_cells_piece(&p->results->cells, piece, p->scratch[1], p->views + outputs);
    return readable ? EML_OK : eml_cells_unreadable(err);
}

/* Calls put for each row, and hands on what it put. */
static eml_status print_rows(printed *p, void (*put)(const printed *p, size_t row, eml_buf *out), const eml_sink *sink,
                             eml_error *err) {
    enum { STEP = 1 << 16 };
    eml_buf text = {0};
    eml_status status = EML_OK;
    for (size_t r = 0; r < eml_rows_count(p->rows) && status == EML_OK; r++) {
        if (r % p->rows->cells.piece_rows == 0) status = load_piece(p, r / p->rows->cells.piece_rows, err);
        if (status == EML_OK) put(p, r, &text);
        if (status == EML_OK && text.len >= STEP) status = eml_sink_flush(sink, &text, err);
    }
    if (status == EML_OK) status = eml_sink_flush(sink, &text, err);
    eml_buf_free(&text);
    return status;
}

static void put_csv_row(const printed *p, size_t row, eml_buf *out) {
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) eml_buf_put_u8(out, ',');
        eml_abi_print_value(&p->as_outputs[c], cell_at(p, row, c), out);
    }
    eml_buf_put_u8(out, '\n');
}

static eml_status put_header(const printed *p, const eml_sink *sink, eml_error *err) {
    eml_buf text = {0};
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) eml_buf_put_u8(&text, ',');
        eml_rows_put_name(p->as_outputs[c].name, &text);
    }
    eml_buf_put_u8(&text, '\n');
    eml_status status = eml_sink_flush(sink, &text, err);
    eml_buf_free(&text);
    return status;
}

eml_status eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                                     const eml_sink *sink, eml_error *err) {
    printed p;
    open_printed(&p, abi, rows, results);
    eml_status status = put_header(&p, sink, err);
    if (status == EML_OK) status = print_rows(&p, put_csv_row, sink, err);
    close_printed(&p);
    return status;
}

/* A number that readers of JSON, who keep doubles, would change is a string. */
static void put_json_value(const eml_output_column *column, eml_fe value, eml_buf *out) {
    const char *quote = eml_abi_needs_digits(column, value) ? "\"" : "";
    eml_buf_put_text(out, quote);
    eml_abi_print_value(column, value, out);
    eml_buf_put_text(out, quote);
}

static void put_json_row(const printed *p, size_t row, eml_buf *out) {
    eml_buf_put_text(out, row > 0 ? ",\n {" : "\n {");
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(p->as_outputs[c].name, out);
        eml_buf_put_text(out, ": ");
        put_json_value(&p->as_outputs[c], cell_at(p, row, c), out);
    }
    eml_buf_put_u8(out, '}');
}

eml_status eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                                      const eml_sink *sink, eml_error *err) {
    printed p;
    open_printed(&p, abi, rows, results);
    eml_status status = sink->write(sink->context, "[", 1, err);
    if (status == EML_OK) status = print_rows(&p, put_json_row, sink, err);
    if (status == EML_OK) status = sink->write(sink->context, "\n]\n", 3, err);
    close_printed(&p);
    return status;
}

void eml_rows_free(eml_rows *rows) {
    eml_cells_free(&rows->cells);
    *rows = (eml_rows){0};
}
