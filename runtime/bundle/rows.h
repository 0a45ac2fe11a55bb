/* Rows of numbers from people: CSV (RFC 4180, header line) or JSON, matched to ABI columns by name, encoded to field
 * elements. And back. */
#ifndef EML_BUNDLE_ROWS_H
#define EML_BUNDLE_ROWS_H

#include "runtime/bundle/abi.h"

enum {
    EML_ROWS_BYTES_MAX = 1 << 30, /* of a CSV file */
    EML_JSON_BYTES_MAX = 1 << 26, /* of a JSON file: it is held as a tree; larger tables come as CSV */
    EML_JSON_ITEMS_MAX = 1 << 22, /* values and keys of a JSON file: each takes up to 250 bytes of the tree */
    EML_ROWS_CELLS_MAX = 1 << 27,
};

/* Which columns of the ABI a table holds. */
typedef enum eml_rows_kind { EML_ROWS_PUBLIC, EML_ROWS_SECRET, EML_ROWS_OUTPUTS } eml_rows_kind;

/* cells[r * columns + c]: row r, c-th column of the kind in ABI order. rows >= 1, columns >= 1. */
typedef struct eml_rows {
    size_t rows, columns;
    eml_fe *cells;     /* owned */
    eml_digest source; /* inputs: BLAKE3 over the exact decimal values as given (canonical form: formatting does not
                          matter, any changed digit does; docs/formats.md); bound by the statement. Outputs: zero */
} eml_rows;

/* Reads a table from memory; name stands for its file in messages. The format is told from the first byte: JSON when it
 * is '[' or '{', else CSV.
 * CSV: comma separated, a header line with the columns' names in any order, RFC 4180 quotes, LF or CRLF, a byte order
 * mark and blank lines at the end are fine. JSON: an array of objects, one a row ([{"age": 1.5, "x": [0.1, 0.2]}]), or
 * an object of columns, each an array with one item a row; numbers or strings with decimal numbers, both exact to the
 * last digit.
 * EML_ERR_INPUT names file, row (1-based, header not counted; and line, in CSV) and column: a missing, unknown or
 * repeated column, not a number, no rows, a ragged row. allow_extra: unknown columns are ignored.
 * EML_ERR_NO likewise, for a well-formed number that its column does not take: outside its range, off its grid, in a
 * uniform column not that of the first row; for outputs: not exactly the decimal that is printed for some integer. */
EML_NODISCARD eml_status eml_rows_parse(const eml_abi *abi, eml_rows_kind kind, const char *name, const char *text,
                                        size_t length, bool allow_extra, eml_rows *out, eml_error *err);

void eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, eml_buf *out);
void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, eml_buf *out); /* an array of objects */
void eml_rows_free(eml_rows *rows);

/* Raw tapes of a program made from assembly: JSON {"public_tape": [..], "secret_tape": [[5 elements: mask0..3,
 * body]..]} with decimal field elements (strings, or numbers), and results {"final_stack": [..], "output_tape": [..]},
 * as in tests/kat. A key that is left out is an empty list. */
typedef struct eml_raw_tapes {
    eml_fe *public_tape, *secret_tape; /* owned */
    size_t public_len, secret_len;
} eml_raw_tapes;
typedef struct eml_raw_result {
    eml_fe *stack, *output_tape; /* owned */
    size_t stack_len, output_len;
} eml_raw_result;
/* Errors name file, key and index. */
EML_NODISCARD eml_status eml_raw_tapes_parse(const char *name, const char *text, size_t length, eml_raw_tapes *out,
                                             eml_error *err);
EML_NODISCARD eml_status eml_raw_result_parse(const char *name, const char *text, size_t length, eml_raw_result *out,
                                              eml_error *err);
void eml_raw_result_print(const eml_raw_result *result, eml_buf *out);
void eml_raw_tapes_free(eml_raw_tapes *tapes);
void eml_raw_result_free(eml_raw_result *result);

#endif
