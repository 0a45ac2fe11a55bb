/* Tables of outputs as text: CSV, many rows at once, and JSON. */
#include <string.h>

#include "runtime/base/parallel.h"
#include "runtime/base/temporary.h"
#include "runtime/field/integer.h"
#include "runtime/table/printer.h"
#include "runtime/table/rows.h"
#include "runtime/table/value.h"
#include "runtime/text/text.h"

/* What is printed of a row: outputs, then results; of a piece of rows at a time. */
typedef struct printed {
    const eml_rows *rows, *results;
    const eml_kept *kept; /* NULL: none */
    eml_texts_reader texts;
    size_t columns;
    eml_printer *printers;         /* by column; owned */
    eml_output_column *as_outputs; /* by column; owned, what they point to is the ABI's */
    eml_cells_view *views;         /* by column, of the piece; owned */
    uint8_t *scratch[2];           /* owned */
} printed;

static void open_printed(printed *p, const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                         const eml_kept *kept) {
    size_t outputs = rows->cells.columns, more = results == NULL ? 0 : results->cells.columns;
    *p = (printed){.rows = rows, .results = results, .columns = outputs + more};
    if (kept != NULL && kept->count > 0) {
        p->kept = kept;
        p->texts.texts = &kept->texts;
    }
    p->as_outputs = eml_alloc(p->columns, sizeof *p->as_outputs);
    p->views = eml_alloc(p->columns, sizeof *p->views);
    p->printers = eml_alloc(p->columns, sizeof *p->printers);
    p->scratch[0] = eml_alloc_raw(1, rows->cells.piece_bytes);
    p->scratch[1] = eml_alloc_raw(1, more == 0 ? 0 : results->cells.piece_bytes);
    for (size_t c = 0; c < p->columns; c++)
        p->as_outputs[c] = c < outputs ? abi->outputs[c] : eml_result_as_output(&abi->results[c - outputs]);
    for (size_t c = 0; c < p->columns; c++) p->printers[c] = eml_printer_of(p->as_outputs[c].unit);
}

static void close_printed(printed *p) {
    eml_texts_reader_free(&p->texts);
    eml_free(p->as_outputs);
    eml_free(p->printers);
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
    return readable ? EML_OK : eml_temporary_unreadable(err);
}

/* ----- CSV: many rows at once */

/* Rows that a thread prints at once, about what a cell of one takes, and how much text is collected of several. */
enum { GROUP = 64, PRINT_COST = 25, GROUPS_BYTES = 4 << 20 };

static size_t group_bytes(const printed *p) { return GROUP * p->columns * (EML_PRINTED_MAX + 1); }

static void put_csv_row(const printed *p, size_t row, eml_buf *out) {
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) eml_buf_put_u8(out, ',');
        eml_abi_print_value(&p->as_outputs[c], cell_at(p, row, c), out);
    }
    eml_buf_put_u8(out, '\n');
}

/* Rows of the loaded piece, cut into groups: the text of each, and its bytes; 0: declined. */
typedef struct groups {
    const printed *p;
    size_t first, end; /* rows of the piece */
    char *text;        /* group_bytes each; owned */
    size_t *lengths;   /* owned */
} groups;

static size_t put_group_row(const printed *p, size_t i, char *out) {
    size_t length = 0;
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) out[length++] = ',';
        size_t put = eml_printer_put(&p->printers[c], eml_cells_view_at(p->views[c], i), out + length);
        if (put == 0) return 0;
        length += put;
    }
    out[length++] = '\n';
    return length;
}

static void put_group(void *context, size_t index) {
    const groups *g = context;
    size_t first = g->first + index * GROUP, end = first + GROUP < g->end ? first + GROUP : g->end, length = 0;
    char *text = g->text + index * group_bytes(g->p);
    for (size_t i = first; i < end; i++) {
        size_t put = put_group_row(g->p, i, text + length);
        length = put == 0 ? 0 : length + put;
        if (put == 0) break;
    }
    g->lengths[index] = length;
}

static eml_status flush_group(const groups *g, size_t piece_first, size_t index, eml_buf *text, const eml_sink *sink,
                              eml_error *err) {
    enum { STEP = 1 << 16 };
    size_t first = g->first + index * GROUP, end = first + GROUP < g->end ? first + GROUP : g->end;
    if (g->lengths[index] > 0)
        eml_buf_put(text, g->text + index * group_bytes(g->p), g->lengths[index]);
    else
        for (size_t i = first; i < end; i++) put_csv_row(g->p, piece_first + i, text);
    return text->len < STEP ? EML_OK : eml_sink_flush(sink, text, err);
}

static eml_status print_piece(groups *g, size_t piece, size_t at_once, eml_buf *text, const eml_sink *sink,
                              eml_error *err) {
    const eml_cells *cells = &g->p->rows->cells;
    size_t rows = eml_cells_piece_rows(cells, piece);
    for (g->first = 0; g->first < rows; g->first = g->end) {
        g->end = rows - g->first < at_once * GROUP ? rows : g->first + at_once * GROUP;
        size_t count = (g->end - g->first + GROUP - 1) / GROUP;
        eml_parallel_for(count, GROUP * g->p->columns * PRINT_COST, put_group, g);
        for (size_t i = 0; i < count; i++) EML_TRY(flush_group(g, piece * cells->piece_rows, i, text, sink, err));
    }
    return EML_OK;
}

static eml_status put_kept(printed *p, eml_buf *out, eml_error *err) {
    for (size_t k = 0; k < p->kept->count; k++) {
        const char *text;
        size_t length;
        EML_TRY(eml_texts_next(&p->texts, &text, &length, err));
        eml_rows_put_text(text, length, out);
        eml_buf_put_u8(out, ',');
    }
    return EML_OK;
}

/* With kept columns, whose texts come one after the other, rows do. */
static eml_status print_kept_piece(printed *p, size_t piece, eml_buf *text, const eml_sink *sink, eml_error *err) {
    enum { STEP = 1 << 16 };
    const eml_cells *cells = &p->rows->cells;
    for (size_t i = 0; i < eml_cells_piece_rows(cells, piece); i++) {
        size_t bytes = p->columns * (EML_PRINTED_MAX + 1);
        EML_TRY(put_kept(p, text, err));
        eml_buf_reserve(text, bytes);
        size_t put = put_group_row(p, i, (char *)text->data + text->len);
        text->len += put;
        if (put == 0) put_csv_row(p, piece * cells->piece_rows + i, text);
        if (text->len >= STEP) EML_TRY(eml_sink_flush(sink, text, err));
    }
    return EML_OK;
}

static eml_status print_pieces(printed *p, const eml_sink *sink, eml_error *err) {
    size_t at_once = GROUPS_BYTES / group_bytes(p) + 1, most = p->rows->cells.piece_rows / GROUP + 1;
    if (at_once > most) at_once = most;
    groups g = {.p = p};
    g.text = eml_alloc_raw(at_once, group_bytes(p));
    g.lengths = eml_alloc(at_once, sizeof *g.lengths);
    eml_buf text = {0};
    eml_status status = EML_OK;
    for (size_t piece = 0; piece < eml_cells_pieces(&p->rows->cells) && status == EML_OK; piece++) {
        status = load_piece(p, piece, err);
        if (status == EML_OK)
            status = p->kept != NULL ? print_kept_piece(p, piece, &text, sink, err)
                                     : print_piece(&g, piece, at_once, &text, sink, err);
    }
    if (status == EML_OK) status = eml_sink_flush(sink, &text, err);
    eml_buf_free(&text);
    eml_free(g.text);
    eml_free(g.lengths);
    return status;
}

static eml_status put_header(const printed *p, const eml_sink *sink, eml_error *err) {
    eml_buf text = {0};
    for (size_t k = 0; p->kept != NULL && k < p->kept->count; k++) {
        eml_rows_put_name(p->kept->names[k], &text);
        eml_buf_put_u8(&text, ',');
    }
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
                                     const eml_kept *kept, const eml_sink *sink, eml_error *err) {
    printed p;
    open_printed(&p, abi, rows, results, kept);
    eml_status status = put_header(&p, sink, err);
    if (status == EML_OK) status = print_pieces(&p, sink, err);
    close_printed(&p);
    return status;
}

/* ----- JSON */

/* A number that readers of JSON, who keep doubles, would change is a string. */
static void put_json_value(const eml_output_column *column, eml_fe value, eml_buf *out) {
    const char *quote = eml_abi_needs_digits(column, value) ? "\"" : "";
    eml_buf_put_text(out, quote);
    eml_abi_print_value(column, value, out);
    eml_buf_put_text(out, quote);
}

static eml_status put_json_kept(printed *p, eml_buf *out, eml_error *err) {
    for (size_t k = 0; p->kept != NULL && k < p->kept->count; k++) {
        const char *text;
        size_t length;
        EML_TRY(eml_texts_next(&p->texts, &text, &length, err));
        char *copy = eml_copy_text(text, length);
        eml_text_put_json(p->kept->names[k], out);
        eml_buf_put_text(out, ": ");
        eml_text_put_json(copy, out);
        eml_buf_put_text(out, ", ");
        eml_free(copy);
    }
    return EML_OK;
}

static eml_status put_json_row(printed *p, size_t row, eml_buf *out, eml_error *err) {
    eml_buf_put_text(out, row > 0 ? ",\n {" : "\n {");
    EML_TRY(put_json_kept(p, out, err));
    for (size_t c = 0; c < p->columns; c++) {
        if (c > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(p->as_outputs[c].name, out);
        eml_buf_put_text(out, ": ");
        put_json_value(&p->as_outputs[c], cell_at(p, row, c), out);
    }
    eml_buf_put_u8(out, '}');
    return EML_OK;
}

static eml_status print_json_rows(printed *p, const eml_sink *sink, eml_error *err) {
    enum { STEP = 1 << 16 };
    eml_buf text = {0};
    eml_status status = EML_OK;
    for (size_t r = 0; r < eml_rows_count(p->rows) && status == EML_OK; r++) {
        if (r % p->rows->cells.piece_rows == 0) status = load_piece(p, r / p->rows->cells.piece_rows, err);
        if (status == EML_OK) status = put_json_row(p, r, &text, err);
        if (status == EML_OK && text.len >= STEP) status = eml_sink_flush(sink, &text, err);
    }
    if (status == EML_OK) status = eml_sink_flush(sink, &text, err);
    eml_buf_free(&text);
    return status;
}

eml_status eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                                      const eml_kept *kept, const eml_sink *sink, eml_error *err) {
    printed p;
    open_printed(&p, abi, rows, results, kept);
    eml_status status = sink->write(sink->context, "[", 1, err);
    if (status == EML_OK) status = print_json_rows(&p, sink, err);
    if (status == EML_OK) status = sink->write(sink->context, "\n]\n", 3, err);
    close_printed(&p);
    return status;
}
