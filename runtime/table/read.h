/* Rows of numbers from people: CSV (RFC 4180, header line) or JSON, matched to ABI columns by name, encoded to field
 * elements. */
#ifndef EML_TABLE_READ_H
#define EML_TABLE_READ_H

#include "runtime/base/feed.h"
#include "runtime/table/rows.h"

/* Reads a table, CSV in a little memory whatever its length. The format is told from the first byte: JSON when it
 * is '[' or '{', else CSV.
 * CSV: comma separated, a header line with the columns' names in any order, RFC 4180 quotes, LF or CRLF, a byte order
 * mark and blank lines at the end are fine; a first column without a name that holds the rows' numbers, from 0 or from
 * 1, is skipped, as rows.numbered says. JSON: an array of objects, one a row ([{"age": 1.5, "x": [0.1, 0.2]}]), or an
 * object of columns, each an array with one item a row; numbers or strings with decimal numbers, both exact to the last
 * digit. EML_ERR_INPUT names file, row (1-based, header not counted; and line, in CSV) and column: a missing, unknown
 * or repeated column, not a number, no rows, a ragged row. allow_extra: unknown columns are ignored. EML_ERR_NO
 * likewise, for a well-formed number that its column does not take: outside its range, off its grid, in a uniform
 * column not that of the first row; for outputs: not exactly the decimal that is printed for some integer. */
typedef struct eml_rows_options {
    bool allow_extra;
    const char *const *keep; /* names of columns for out->kept; also of some that the model does not know */
    size_t keep_count;
} eml_rows_options;
EML_NODISCARD eml_status eml_rows_read(const eml_abi *abi, eml_rows_kind kind, eml_feed *feed,
                                       const eml_rows_options *options, eml_rows *out, eml_error *err);
/* The same of a text in memory. */
EML_NODISCARD eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text,
                                        size_t length, bool allow_extra, eml_rows *out, eml_error *err);
/* The same of arrays, on all threads, as of the CSV file that has the shortest decimals of their numbers (shortest.h):
 * what is missing or null is a missing cell. EML_ERR_INPUT: also what contradicts itself. */
EML_NODISCARD eml_status eml_rows_of_arrays(const eml_abi *abi, eml_rows_kind kind, const eml_arrays *arrays,
                                            bool allow_extra, eml_rows *out, eml_error *err);

#endif
