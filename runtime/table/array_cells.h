/* Cells of a table from columns in memory, many rows at once, on all threads. A double that is to be rounded is rounded
 * in doubles where that is certain; what is otherwise is exact in words, or declines and goes through eml_table, which
 * knows what is wrong. */
#ifndef EML_TABLE_ARRAY_CELLS_H
#define EML_TABLE_ARRAY_CELLS_H

#include "runtime/table/array.h"
#include "runtime/table/plain_row.h"

/* Rounding in doubles: k is the integer nearest to x ratio - shift, where that is within `sure` of one and lo < x < hi.
 */
typedef struct eml_rounding {
    bool usable;
    double ratio, shift, sure, lo, hi;
} eml_rounding;

/* What a word of a dictionary is in its column. */
typedef struct eml_array_word {
    bool taken;
    eml_i128 integer;
} eml_array_word;

typedef struct eml_array_field {
    const eml_array_view *array;
    eml_plain_field plain; /* column NULL: the array is ignored */
    eml_rounding rounding;
    eml_array_word *words; /* by row of the dictionary; owned; NULL: there is none */
} eml_array_field;

/* bits: of the fraction of the numbers: 52 of doubles, 23 of floats. */
eml_rounding eml_rounding_of(const eml_input_column *column, unsigned bits);

void eml_array_field_open(eml_array_field *field, const eml_array_view *array, const eml_table_column *column);
void eml_array_field_close(eml_array_field *field);

/* Rows first to first + count - 1, for which there is room. declined[i]: row first + i is not taken. Row 0 was read: it
 * says which value uniform columns have. */
void eml_array_cells_read(const eml_array_field *fields, size_t field_count, const eml_table *table, size_t first,
                          size_t count, bool *declined);

#endif
