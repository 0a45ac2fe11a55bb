/* One source file in memory, and spans into it. */
#ifndef EML_LANG_SOURCE_H
#define EML_LANG_SOURCE_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

enum { EML_SOURCE_BYTES_MAX = 16 << 20 };

/* Byte offsets, start <= end <= length of the text. */
typedef struct eml_span {
    uint32_t start, end;
} eml_span;

/* text[length] is NUL (the lexer's sentinel); NULs inside the text are errors that the lexer reports. A leading byte
 * order mark is not part of the text. */
typedef struct eml_source {
    char *path; /* as given on the command line; for messages and for paths relative to the file */
    char *text; /* owned */
    size_t length;
    uint32_t *line_starts; /* offsets of line beginnings, owned */
    size_t line_count;
} eml_source;

EML_NODISCARD eml_status eml_source_read(const char *path, eml_source *out, eml_error *err);
void eml_source_from_text(const char *path, const char *text, size_t length, eml_source *out);
void eml_source_free(eml_source *source);

/* 1-based line; 1-based column counted in Unicode code points (UTF-8; a stray byte counts as one). */
void eml_source_locate(const eml_source *source, uint32_t offset, uint32_t *line, uint32_t *column);

/* The same for offsets that mostly grow: the work is linear in the text even when it is one long line. Start with
 * {source}. */
typedef struct eml_locator {
    const eml_source *source;
    uint32_t offset, characters; /* the last offset asked for, and the characters before it on its line */
} eml_locator;
void eml_locator_move(eml_locator *locator, uint32_t offset, uint32_t *line, uint32_t *column);

#endif
