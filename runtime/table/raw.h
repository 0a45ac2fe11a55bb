/* Tapes and results of programs made from assembly, which name no columns. */
#ifndef EML_TABLE_RAW_H
#define EML_TABLE_RAW_H

#include <stddef.h>

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"
#include "runtime/field/f128.h"

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
/* What is committed to: {"committed_tape": [..]}. *out is owned by the caller, also after a failure. */
EML_NODISCARD eml_status eml_raw_values_parse(const char *name, const char *text, size_t length, eml_fe **out,
                                              size_t *count, eml_error *err);
void eml_raw_result_print(const eml_raw_result *result, eml_buf *out);
void eml_raw_tapes_free(eml_raw_tapes *tapes);
void eml_raw_result_free(eml_raw_result *result);

#endif
