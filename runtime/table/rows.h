/* Rows of numbers as field elements, and how outputs are printed. */
#ifndef EML_TABLE_ROWS_H
#define EML_TABLE_ROWS_H

#include "runtime/bundle/abi.h"

enum {
    EML_ROWS_BYTES_MAX = 1 << 30, /* of a CSV file */
    EML_ROWS_CELLS_MAX = 1 << 27,
};

/* Which columns of the ABI a table holds. */
typedef enum eml_rows_kind { EML_ROWS_PUBLIC, EML_ROWS_SECRET, EML_ROWS_COMMITTED, EML_ROWS_OUTPUTS } eml_rows_kind;

/* cells[r * columns + c]: row r, c-th column of the kind in ABI order. rows >= 1, columns >= 1. */
typedef struct eml_rows {
    size_t rows, columns;
    eml_fe *cells;  /* owned */
    size_t results; /* of outputs: how many cells of results the file had, which were what the outputs give */
    bool numbered;  /* the file had a first column without a name, of row numbers, which was skipped */
} eml_rows;

/* A column's name as a CSV header has it: in quotes where it needs them. */
void eml_rows_put_name(const char *name, eml_buf *out);
/* results: of the same rows (computed.h); NULL: without them. JSON: an array of objects. */
void eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, eml_buf *out);
void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, eml_buf *out);
void eml_rows_free(eml_rows *rows);

#endif
