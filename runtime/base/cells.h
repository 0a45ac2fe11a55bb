/* A table of integers, as small as their columns allow: rows in pieces, in a piece one column after the other. What is
 * more than a budget goes to an unlinked temporary file, so a table of any length takes little memory; only the last
 * rows are written to.
 *
 * Filling: reserve room for rows, write their cells, seal them; sealed rows do not change. Reading: piece by piece,
 * column by column, also from several threads at once. */
#ifndef EML_BASE_CELLS_H
#define EML_BASE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/int128.h"
#include "runtime/base/status.h"

enum {
    EML_PIECE_ROWS = 4096,              /* at most; fewer where there are many columns; a power of two */
    EML_CELLS_RESIDENT_MAX = 48 << 20,  /* bytes that stay in memory */
    EML_PIECE_COLUMN_BYTES = 4096 * 16, /* a column of a piece takes at most that */
};

/* Signed integers of 4, 8 or 16 bytes, in the machine's order. */
typedef struct eml_cells_view {
    const void *cells;
    unsigned width;
} eml_cells_view;

typedef struct eml_cells {
    size_t rows, columns; /* rows: sealed */
    uint8_t *widths;      /* by column; owned */
    size_t *starts;       /* by column: the widths before it */
    size_t piece_rows, piece_bytes;
    uint8_t **pieces; /* in memory: the first `resident`, then those from `open` on */
    size_t capacity, count;
    size_t resident, open, resident_max;
    const int *file; /* of the pieces between: owned; NULL: none */
    bool stays;      /* all of it stays in memory */
} eml_cells;

/* The least width that has room for every integer of |k| <= magnitude < 2^127. */
unsigned eml_cells_width(eml_u128 magnitude);

/* widths: by column, copied; NULL: all 16. stays: nothing is written to a file, as is right for secrets. */
void eml_cells_init(eml_cells *cells, size_t columns, const uint8_t *widths, bool stays);
/* Of 16 bytes an integer, in pieces of as many rows as the other table's, which stays in memory or not like it. */
void eml_cells_init_like(eml_cells *cells, size_t columns, const eml_cells *other);
void eml_cells_free(eml_cells *cells);

/* There will be some so many rows: small tables are in small pieces. Before any row is reserved. */
void eml_cells_expect(eml_cells *cells, size_t rows);
/* Room for rows up to this one, counted from the first. */
void eml_cells_reserve(eml_cells *cells, size_t rows);
/* Of a row that is not sealed: where the column's integers of its piece begin, the row's at row % piece_rows. */
uint8_t *eml_cells_at(const eml_cells *cells, size_t row, size_t column);
void eml_cells_set(const eml_cells *cells, size_t row, size_t column, eml_i128 integer);
/* The rows before this one are written. EML_ERR_IO: a temporary file cannot be. */
EML_NODISCARD eml_status eml_cells_seal(eml_cells *cells, size_t rows, eml_error *err);
/* The same of a table that stays in memory: never fails. */
void eml_cells_stay(eml_cells *cells, size_t rows);

size_t eml_cells_pieces(const eml_cells *cells);
/* Of sealed rows. */
size_t eml_cells_piece_rows(const eml_cells *cells, size_t piece);
/* A column of a sealed piece. scratch: of EML_PIECE_COLUMN_BYTES, aligned to 16, used when the piece is in the file.
 * cells is NULL when that cannot be read. */
eml_cells_view eml_cells_column(const eml_cells *cells, size_t piece, size_t column, void *scratch);
/* The same for all columns; scratch: of piece_bytes. */
EML_NODISCARD bool eml_cells_piece(const eml_cells *cells, size_t piece, void *scratch, eml_cells_view *columns);
/* Of a sealed row; false when the file cannot be read. */
EML_NODISCARD bool eml_cells_get(const eml_cells *cells, size_t row, size_t column, eml_i128 *out);

static inline eml_i128 eml_cells_view_at(eml_cells_view view, size_t i) {
    if (view.width == 4) return ((const int32_t *)view.cells)[i];
    return view.width == 8 ? ((const int64_t *)view.cells)[i] : ((const eml_i128 *)view.cells)[i];
}

#endif
