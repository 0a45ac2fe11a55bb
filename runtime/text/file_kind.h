/* What a file is that was given in the place of another, by its first bytes. */
#ifndef EML_TEXT_FILE_KIND_H
#define EML_TEXT_FILE_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/status.h"

typedef enum eml_file_kind {
    EML_FILE_KIND_UNKNOWN,
#define KIND(NAME, offset, bytes, what, way) EML_FILE_KIND_##NAME,
#include "runtime/text/file_kind.def"
#undef KIND
    EML_FILE_KIND_UTF16, /* without a mark: every other byte is 0 */
} eml_file_kind;

eml_file_kind eml_file_kind_of(const void *bytes, size_t count);
/* The text of a model: its first line that is not blank and no comment is "model NAME". */
bool eml_file_kind_is_model(const void *bytes, size_t count);

const char *eml_file_kind_name(eml_file_kind kind); /* "a gzip file"; kind is known */

/* EML_ERR_INPUT, EML_CODE_FORMAT: "FILE: this is a gzip file, not a table: unpack it first". kind is known; wanted: "a
 * table". */
eml_status eml_file_kind_refuse(const char *file, eml_file_kind kind, const char *wanted, eml_error *err);
/* The same when the kind is known: true. For after a file was refused, to say more. */
bool eml_file_kind_explain(const char *file, const void *bytes, size_t count, const char *wanted, eml_error *err);

#endif
