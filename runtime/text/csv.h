/* Comma-separated values, RFC 4180: a scanner that hands out one record at a time, in place. */
#ifndef EML_TEXT_CSV_H
#define EML_TEXT_CSV_H

#include "runtime/base/memory.h"
#include "runtime/base/status.h"

typedef struct eml_csv_field {
    const char
        *text; /* points into the scanned text, quotes taken off; blanks around an unquoted field are not part of it */
    size_t length;
} eml_csv_field;

/* One record a line, fields apart by commas. A field in double quotes may hold commas, line ends and doubled quotes.
 * Lines end in LF or CRLF; the last need not. A byte order mark at the beginning is skipped. */
typedef struct eml_csv {
    char *at, *end;        /* the text is written to: quoted fields are moved together */
    size_t line;           /* of the record read last, 1-based */
    size_t next;           /* line where the next record begins */
    eml_csv_field *fields; /* the record read last; owned */
    size_t count, capacity;
} eml_csv;

void eml_csv_open(eml_csv *csv, char *text, size_t length);
/* Reads the next record. *more is false, and nothing read, at the end. Fails on a quote that does not close, on text
 * after a closing quote, and on more than fields_max fields; the message names the line. */
EML_NODISCARD eml_status eml_csv_next(eml_csv *csv, size_t fields_max, bool *more, eml_error *err);
bool eml_csv_is_blank(const eml_csv *csv); /* the record read last is an empty line */
void eml_csv_close(eml_csv *csv);

#endif
