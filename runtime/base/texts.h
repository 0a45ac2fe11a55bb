/* A long list of short texts, written and read from first to last; what is much goes to a temporary file. */
#ifndef EML_BASE_TEXTS_H
#define EML_BASE_TEXTS_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"

enum { EML_TEXTS_RESIDENT_MAX = 8 << 20 };

/* Zero-initialise to create. */
typedef struct eml_texts {
    eml_buf tail;    /* those that are not in the file, each after its length */
    uint64_t filed;  /* bytes in the file */
    const int *file; /* owned; NULL: none */
} eml_texts;

EML_NODISCARD eml_status eml_texts_put(eml_texts *texts, const char *text, size_t length, eml_error *err);
void eml_texts_free(eml_texts *texts);

/* Reads them in order. Zero-initialise but for texts. */
typedef struct eml_texts_reader {
    const eml_texts *texts; /* borrowed */
    uint64_t at;
    eml_buf window;
    size_t next;
} eml_texts_reader;

/* The next one, of which there is one; borrowed until the next call. */
EML_NODISCARD eml_status eml_texts_next(eml_texts_reader *reader, const char **text, size_t *length, eml_error *err);
void eml_texts_reader_free(eml_texts_reader *reader);

#endif
