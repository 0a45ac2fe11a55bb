/* Values in lines, apart by separators: a scanner that hands out one field, or one record, at a time, in place. */
#ifndef EML_TEXT_CSV_H
#define EML_TEXT_CSV_H

#include "runtime/base/memory.h"
#include "runtime/base/status.h"

typedef struct eml_csv_dialect {
    const char *separators;
    const char *blanks; /* around a field, no part of it */
    bool quotes;        /* a field in double quotes may hold separators, line ends and doubled quotes */
} eml_csv_dialect;

extern const eml_csv_dialect eml_csv_table;   /* RFC 4180 */
extern const eml_csv_dialect eml_csv_numbers; /* commas, semicolons or tabs; quotes around a number mean nothing */

typedef struct eml_csv_field {
    const char *text; /* points into the scanned text, without quotes and blanks */
    size_t length;
} eml_csv_field;

/* One record a line. Lines end in LF or CRLF; the last need not. A byte order mark at the beginning is skipped. */
typedef struct eml_csv {
    const eml_csv_dialect *dialect;
    char *at, *end;        /* the text is written to: quoted fields are moved together */
    const char *record;    /* where the record of the field read last begins */
    bool ended;            /* and whether that field is its last */
    size_t line;           /* its line, 1-based */
    size_t next;           /* line where the next record begins */
    eml_csv_field *fields; /* the record read last; owned */
    size_t count, capacity;
} eml_csv;

void eml_csv_open(eml_csv *csv, const eml_csv_dialect *dialect, char *text, size_t length);
/* Goes on with another text, whose first record is on this line. */
void eml_csv_reopen(eml_csv *csv, char *text, size_t length, size_t line);
/* Reads the next field. *more is false, and nothing read, at the end. Fails on a quote that does not close and on text
 * after a closing quote; the message names the line. */
EML_NODISCARD eml_status eml_csv_next_field(eml_csv *csv, eml_csv_field *field, bool *more, eml_error *err);
/* Reads the next record likewise, or what is left of it. Fails on more than fields_max fields, too. */
EML_NODISCARD eml_status eml_csv_next(eml_csv *csv, size_t fields_max, bool *more, eml_error *err);
/* Where the record that begins at text ends, past its line end; NULL: not before the end of the text. */
const char *eml_csv_record_end(const eml_csv_dialect *dialect, const char *text, size_t length);
bool eml_csv_is_blank(const eml_csv *csv); /* the record read last is an empty line */
void eml_csv_close(eml_csv *csv);

#endif
