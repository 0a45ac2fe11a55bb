#include "runtime/base/cells.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/temporary.h"

unsigned eml_cells_width(eml_u128 magnitude) { return magnitude <= INT32_MAX ? 4 : magnitude <= INT64_MAX ? 8 : 16; }

enum { LEAST_ROWS = 4 }; /* whole words of any width */

/* Pieces of some 4 MB at most. */
static size_t choose_piece_rows(size_t row_bytes) {
    enum { PIECE_BYTES = 4 << 20 };
    size_t rows = EML_PIECE_ROWS;
    while (rows > LEAST_ROWS && rows * row_bytes > PIECE_BYTES) rows /= 2;
    return rows;
}

void eml_cells_init(eml_cells *cells, size_t columns, const uint8_t *widths, bool stays) {
    *cells = (eml_cells){.columns = columns, .resident_max = EML_CELLS_RESIDENT_MAX, .stays = stays};
    cells->widths = eml_alloc(columns, 1);
    cells->starts = eml_alloc(columns, sizeof *cells->starts);
    size_t row_bytes = 0;
    for (size_t c = 0; c < columns; c++) {
        cells->widths[c] = widths == NULL ? sizeof(eml_i128) : widths[c];
        cells->starts[c] = row_bytes;
        row_bytes += cells->widths[c];
    }
    cells->piece_rows = choose_piece_rows(row_bytes);
    cells->piece_bytes = cells->piece_rows * row_bytes;
}

void eml_cells_init_like(eml_cells *cells, size_t columns, const eml_cells *other) {
    eml_cells_init(cells, columns, NULL, other->stays);
    cells->piece_rows = other->piece_rows;
    cells->piece_bytes = cells->piece_rows * columns * sizeof(eml_i128);
    cells->resident_max = other->resident_max;
}

void eml_cells_free(eml_cells *cells) {
    for (size_t p = 0; p < cells->count; p++) eml_free(cells->pieces[p]);
    eml_free(cells->pieces);
    eml_free(cells->widths);
    eml_free(cells->starts);
    eml_temporary_close(cells->file);
    *cells = (eml_cells){0};
}

/* ----- The temporary file ----- */

static uint64_t place_of(const eml_cells *cells, size_t piece) {
    return (uint64_t)(piece - cells->resident) * cells->piece_bytes;
}

/* ----- Filling ----- */

/* Pieces from `open` on are at the end of the array; those in the file before them have no place in it. */
static uint8_t *piece_in_memory(const eml_cells *cells, size_t piece) {
    return cells->pieces[piece < cells->resident ? piece : cells->resident + piece - cells->open];
}

static size_t pieces_for(const eml_cells *cells, size_t rows) {
    return (rows + cells->piece_rows - 1) / cells->piece_rows;
}

void eml_cells_expect(eml_cells *cells, size_t rows) {
    while (cells->piece_rows > LEAST_ROWS && cells->piece_rows / 2 >= rows) {
        cells->piece_rows /= 2;
        cells->piece_bytes /= 2;
    }
}

void eml_cells_reserve(eml_cells *cells, size_t rows) {
    while (cells->open + cells->count - cells->resident < pieces_for(cells, rows)) {
        cells->pieces = eml_grow(cells->pieces, &cells->capacity, cells->count + 1, sizeof *cells->pieces);
        cells->pieces[cells->count] = eml_alloc_raw(1, cells->piece_bytes);
        cells->count++;
    }
}

uint8_t *eml_cells_at(const eml_cells *cells, size_t row, size_t column) {
    return piece_in_memory(cells, row / cells->piece_rows) + cells->starts[column] * cells->piece_rows;
}

void eml_cells_set(const eml_cells *cells, size_t row, size_t column, eml_i128 integer) {
    uint8_t *at = eml_cells_at(cells, row, column);
    size_t i = row % cells->piece_rows;
    switch (cells->widths[column]) {
    case 4: ((int32_t *)(void *)at)[i] = (int32_t)integer; break;
    case 8: ((int64_t *)(void *)at)[i] = (int64_t)integer; break;
    default: ((eml_i128 *)(void *)at)[i] = integer; break;
    }
}

/* The first open piece goes to the file, and what it was in becomes the last one's. */
static eml_status write_out(eml_cells *cells, eml_error *err) {
    uint8_t *piece = cells->pieces[cells->resident];
    EML_TRY(eml_temporary_write(cells->file, piece, cells->piece_bytes, place_of(cells, cells->open), err));
    size_t left = cells->count - cells->resident - 1;
    memmove(cells->pieces + cells->resident, cells->pieces + cells->resident + 1, left * sizeof *cells->pieces);
    cells->pieces[cells->count - 1] = piece;
    cells->open++;
    return EML_OK;
}

void eml_cells_stay(eml_cells *cells, size_t rows) {
    cells->rows = rows;
    cells->resident = cells->open = rows / cells->piece_rows;
}

eml_status eml_cells_seal(eml_cells *cells, size_t rows, eml_error *err) {
    if (cells->stays) {
        eml_cells_stay(cells, rows);
        return EML_OK;
    }
    size_t full = rows / cells->piece_rows;
    cells->rows = rows;
    while (cells->open < full) {
        bool fits = (cells->resident + 1) * cells->piece_bytes <= cells->resident_max;
        /* Where no temporary file can be made the table stays in memory. */
        if (cells->file == NULL && !fits) cells->file = eml_temporary_open();
        if (cells->file == NULL) {
            cells->resident++;
            cells->open++;
        } else {
            EML_TRY(write_out(cells, err));
        }
    }
    return EML_OK;
}

/* ----- Reading ----- */

/* A table that was never begun has none. */
size_t eml_cells_pieces(const eml_cells *cells) { return cells->rows == 0 ? 0 : pieces_for(cells, cells->rows); }

size_t eml_cells_piece_rows(const eml_cells *cells, size_t piece) {
    size_t left = cells->rows - piece * cells->piece_rows;
    return left < cells->piece_rows ? left : cells->piece_rows;
}

static bool is_in_memory(const eml_cells *cells, size_t piece) {
    return piece < cells->resident || piece >= cells->open;
}

eml_cells_view eml_cells_column(const eml_cells *cells, size_t piece, size_t column, void *scratch) {
    eml_cells_view view = {.width = cells->widths[column]};
    size_t start = cells->starts[column] * cells->piece_rows;
    if (is_in_memory(cells, piece))
        view.cells = piece_in_memory(cells, piece) + start;
    else if (eml_temporary_read(cells->file, scratch, cells->piece_rows * view.width, place_of(cells, piece) + start))
        view.cells = scratch;
    return view;
}

bool eml_cells_piece(const eml_cells *cells, size_t piece, void *scratch, eml_cells_view *columns) {
    const uint8_t *bytes = scratch;
    if (is_in_memory(cells, piece))
        bytes = piece_in_memory(cells, piece);
    else if (!eml_temporary_read(cells->file, scratch, cells->piece_bytes, place_of(cells, piece)))
        return false;
    for (size_t c = 0; c < cells->columns; c++)
        columns[c] = (eml_cells_view){bytes + cells->starts[c] * cells->piece_rows, cells->widths[c]};
    return true;
}

bool eml_cells_get(const eml_cells *cells, size_t row, size_t column, eml_i128 *out) {
    size_t piece = row / cells->piece_rows, i = row % cells->piece_rows, width = cells->widths[column];
    eml_cells_view view = {.width = (unsigned)width};
    eml_i128 cell;
    if (is_in_memory(cells, piece)) {
        view.cells = eml_cells_at(cells, row, column);
    } else {
        uint64_t at = place_of(cells, piece) + cells->starts[column] * cells->piece_rows + i * width;
        if (!eml_temporary_read(cells->file, &cell, width, at)) return false;
        view.cells = &cell;
        i = 0;
    }
    *out = eml_cells_view_at(view, i);
    return true;
}
