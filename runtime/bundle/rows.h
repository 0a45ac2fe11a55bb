/* Rows of numbers from people: CSV (RFC 4180, header line) or JSON, matched to ABI columns by name, encoded to field elements.
 * And back. */
#ifndef EML_BUNDLE_ROWS_H
#define EML_BUNDLE_ROWS_H

#include "runtime/bundle/abi.h"

enum { EML_ROWS_BYTES_MAX = 1 << 30 };

/* Public input rows. cells[r * columns + c]: row r, c-th PUBLIC input column in ABI order. */
typedef struct eml_rows {
    size_t rows, columns;
    eml_fe *cells;     /* owned */
    eml_digest source; /* BLAKE3 over the exact decimal values as given (canonical form: formatting does not matter, any
                          changed digit does); bound by the statement */
} eml_rows;

/* Errors name file, row (1-based, header not counted, with line) and column: missing or unknown or repeated column,
 * not a number, outside its range, off its grid, empty file, no rows, ragged row. allow_extra: unknown columns are ignored.
 * JSON: an array of objects {"age": 1.5, "x": [..]}, or an object of columns; numbers or decimal strings. The format is told from the first byte. */
EML_NODISCARD eml_status eml_rows_read(const eml_abi *abi, const char *path, bool allow_extra, eml_rows *out,
                                       eml_error *err);

/* Output rows: cells[r * output_count + c]. Values that are not exactly some integer's shortest decimal are EML_ERR_NO. */
EML_NODISCARD eml_status eml_output_rows_read(const eml_abi *abi, const char *path, eml_rows *out, eml_error *err);
void eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, eml_buf *out);
void eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, eml_buf *out);
void eml_rows_free(eml_rows *rows);

/* Raw tapes of a program made from assembly: JSON {"public_tape": [..], "secret_tape": [[5 elements: mask0..3, body]..]} with decimal field
 * elements as strings, and results {"final_stack": [..], "output_tape": [..]} as in ../shared/kat/vm.json. */
typedef struct eml_raw_tapes {
    eml_fe *public_tape, *secret_tape; /* owned */
    size_t public_len, secret_len;
} eml_raw_tapes;
typedef struct eml_raw_result {
    eml_fe *stack, *output_tape; /* owned */
    size_t stack_len, output_len;
} eml_raw_result;
EML_NODISCARD eml_status eml_raw_tapes_read(const char *path, eml_raw_tapes *out, eml_error *err);
EML_NODISCARD eml_status eml_raw_result_read(const char *path, eml_raw_result *out, eml_error *err);
void eml_raw_result_print(const eml_raw_result *result, eml_buf *out);
void eml_raw_tapes_free(eml_raw_tapes *tapes);
void eml_raw_result_free(eml_raw_result *result);

#endif
