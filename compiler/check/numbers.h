/* Numbers from a CSV file: the value of `param w[10] = csv("weights.csv")`. */
#ifndef EML_COMPILER_CHECK_NUMBERS_H
#define EML_COMPILER_CHECK_NUMBERS_H

#include <gmp.h>

#include "lang/diag.h"

enum { EML_NUMBERS_BYTES_MAX = 256 << 20 };

/* Reads exactly `count` numbers in file order into values (initialised by the caller). path is relative to the source
 * file. columns, unless 0, is the length of a matrix's rows: a file of several lines then has a row a line, or a number
 * a line. Cells are separated by commas, semicolons, tabs or line ends, blanks around them and empty lines do not
 * matter, and a first line with no number in it is a header. Reports at span, naming the file's line and column, and
 * returns false when it cannot; of hidden numbers no report quotes a cell. */
bool eml_numbers_read(eml_diags *diags, eml_span span, const char *path, bool hidden, size_t count, size_t columns,
                      mpq_t *values);

/* The file beside the source, as it is; *full: its path, owned by the caller whatever happens. */
EML_NODISCARD eml_status eml_numbers_open(const eml_diags *diags, const char *path, char **full, eml_buf *out,
                                          eml_error *err);

#endif
