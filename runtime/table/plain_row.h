/* Rows of a CSV file as programs write them: lines of plain numbers and words, without quotes or blanks, all good. Many
 * are read at once, on all threads, into a table's cells. What is otherwise declines, and goes through eml_table, which
 * knows what is wrong. */
#ifndef EML_TABLE_PLAIN_ROW_H
#define EML_TABLE_PLAIN_ROW_H

#include "runtime/table/printer.h"
#include "runtime/table/table.h"

#define EML_PLAIN_NO_GROUP SIZE_MAX

typedef struct eml_plain_field {
    const eml_table_column *column; /* NULL: what stands there is ignored */
    eml_plain_grid *grid;           /* of an input with numbers; owned; NULL: too large for words */
    eml_printer printer;            /* of an output */
    bool numbers_rows;              /* it is the first, which has no name */
    size_t group;                   /* of the table's one-hot groups; EML_PLAIN_NO_GROUP: of none */
    eml_i128 one;                   /* of a group: the integer of 1, which is not that of 0 */
} eml_plain_field;

typedef struct eml_plain_rows {
    eml_table *table;        /* borrowed */
    bool usable;             /* false: every row declines */
    eml_plain_field *fields; /* of the file; owned */
    size_t count;
} eml_plain_rows;

/* Whether the file has anything that a row's other cells lead to: then rows are for eml_table. */
bool eml_plain_has_computed(const eml_table *table, const size_t *columns_of, size_t count);
/* The grid of an input with numbers, or the printer of an output. */
void eml_plain_field_open(eml_plain_field *field, const eml_table_column *column);
void eml_plain_field_close(eml_plain_field *field);
/* The integer that a number stands for in a field with a column; false: declined. */
bool eml_plain_take(const eml_plain_field *field, const eml_plain_number *number, eml_i128 *integer);
/* The same of a text that eml_plain_take did not take: a category's word, or a number that words cannot hold. */
bool eml_plain_take_rest(const eml_plain_field *field, const char *text, size_t length, eml_i128 *integer);

/* columns_of: the table's column for each field of the file, as eml_table_find has it. Row 0 was read: it says which
 * value uniform columns have, and from where rows are numbered. */
void eml_plain_rows_open(eml_plain_rows *plain, eml_table *table, const size_t *columns_of, size_t count);
void eml_plain_rows_close(eml_plain_rows *plain);

/* Lines one after the other: line i goes from starts[i] to starts[i + 1] - 1, a line end, or the end of the text, which
 * EML_PLAIN_PADDING bytes follow. They are the rows from `row` on, for which there is room. declined[i]: it is not
 * taken. */
void eml_plain_rows_read(const eml_plain_rows *plain, const char *text, const uint32_t *starts, size_t count,
                         size_t row, bool *declined);

#endif
