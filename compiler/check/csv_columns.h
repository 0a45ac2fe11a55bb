/* Columns of a table beside the source, by their headers: coefficients with the names of what they multiply, names and
 * ranges of many inputs. */
#ifndef EML_COMPILER_CHECK_CSV_COLUMNS_H
#define EML_COMPILER_CHECK_CSV_COLUMNS_H

#include "lang/diag.h"
#include "runtime/text/csv.h"

enum { EML_CSV_PICKED_MAX = 2 };

/* cells[row * columns + c] of the columns asked for, and the line of each row. Free with eml_csv_columns_free. */
typedef struct eml_csv_columns {
    eml_csv_field *cells;
    size_t *lines;
    size_t rows, columns;
    eml_buf bytes; /* which the cells point into */
    char *path;    /* as messages have it */
} eml_csv_columns;

/* The columns whose headers these are, of a CSV file (RFC 4180, commas) whose first line has the headers; path is
 * relative to the source file. Reports at span and returns false when it cannot be read, a header is missing or twice,
 * or a line has another number of cells. */
bool eml_csv_columns_read(eml_diags *diags, eml_span span, const char *path, const char *const *headers, size_t columns,
                          eml_csv_columns *out);
void eml_csv_columns_free(eml_csv_columns *table);

#endif
