/* Numbers as programs write them, of at most 19 significant digits, scanned and rounded to a column's grid in words. It
 * is exact or declines; what it declines goes through eml_grid_encode (value.h), the definition. */
#ifndef EML_TABLE_PLAIN_NUMBER_H
#define EML_TABLE_PLAIN_NUMBER_H

#include "runtime/table/value.h"

enum {
    EML_PLAIN_PLACES = 22,  /* places after the point, at most */
    EML_PLAIN_PADDING = 16, /* bytes that can be read after a text */
};

/* (m 10^-places - offset) / unit = (a m - b) / (d / 2^shift), in lowest terms, with 2^63 <= d < 2^64; a = 0: too large.
 * reciprocal = floor((2^128 - 1) / d) - 2^64. */
typedef struct eml_plain_ratio {
    uint64_t a, d, reciprocal;
    int64_t b;
    unsigned shift;
} eml_plain_ratio;

typedef struct eml_plain_grid {
    eml_plain_ratio units[EML_PLAIN_PLACES + 1], steps[EML_PLAIN_PLACES + 1]; /* by places */
    bool has_steps;
    int64_t lo, hi;    /* the range's ends, rounded to the grid */
    bool at_lo, at_hi; /* they are on the grid */
    bool exact;        /* of a column that has no number between grid points */
} eml_plain_grid;

/* False: the column's numbers are too large for words. */
bool eml_plain_grid_init(const eml_input_column *column, eml_plain_grid *out);

/* m 10^-places, negated if so. */
typedef struct eml_plain_number {
    uint64_t m;
    unsigned places;
    bool negative;
} eml_plain_number;

/* Scans a number that begins at text; returns where it ends, NULL when it declines. What follows the text up to
 * EML_PLAIN_PADDING bytes can be read, and the byte after it is no part of a number. */
const char *eml_plain_scan(const char *text, eml_plain_number *out);
bool eml_plain_encode(const eml_plain_grid *grid, const eml_plain_number *number, int64_t *integer);

#endif
