/* Where a table's cells go, whatever file they come from: names to columns, numbers to field elements, rows to
 * eml_rows. */
#ifndef EML_TABLE_TABLE_H
#define EML_TABLE_TABLE_H

#include "runtime/base/feed.h"
#include "runtime/text/csv.h"
#include "runtime/table/computed.h"
#include "runtime/table/rows.h"
#include "runtime/table/value.h"
#include "runtime/text/names.h"

#define EML_TABLE_NO_COLUMN SIZE_MAX

typedef struct eml_table_column {
    const char *name;                /* borrowed from the ABI */
    const eml_output_column *output; /* of an output column */
    const eml_result_column *result; /* of a result, which need not be there */
    eml_grid grid;                   /* of an input column */
    size_t cell; /* where its value goes in a row; EML_TABLE_NO_COLUMN: nowhere, it is kept or a result */
} eml_table_column;

/* Columns that stand side by side, of which each row has one that is 1. */
typedef struct eml_table_group {
    const eml_onehot_group *group; /* of the ABI */
    size_t column;                 /* the first */
} eml_table_group;

typedef struct eml_table_name {
    const char *name;
    size_t column;
} eml_table_name;

/* A row is collected in `given`, then taken as a whole. */
typedef struct eml_table {
    const eml_abi *abi;
    eml_rows_kind kind;
    const char *file; /* for messages */
    bool allow_extra;
    size_t line;               /* of the row being collected, 0 when the file has no such notion */
    size_t row;                /* being collected, counted from 0 */
    eml_table_column *columns; /* that the file has */
    size_t column_count;
    eml_table_group *groups;
    size_t group_count;
    eml_input_column bit; /* of a number that is 0 or 1: an input, where there are groups, and its grid */
    eml_grid bit_grid;
    eml_derivation derivation;
    eml_fe *integers;      /* of the row, by input of the ABI; or of outputs, then results */
    eml_abi_tape cells;    /* of inputs: which of them the cells of a row are */
    eml_table_name *names; /* sorted */
    eml_name_index alike;  /* of the same names */
    eml_name_index never; /* what is never an extra column: derived inputs and, beside public ones or outputs, committed
                             ones */
    eml_csv_field *given; /* for each column; text NULL: not yet */
    bool numbers_from;    /* of a column of row numbers: 0 or 1 */
    eml_csv_field *kept;  /* for each of rows.kept: of the row; text NULL: not yet */
    eml_i128 *first_row;  /* its cells, which are those of all rows in uniform columns */
    eml_rows rows;
    /* Cells that are refused: reading goes on, so that one message tells of all. */
    size_t *refused;     /* by column of the file; NULL: none yet */
    size_t refused_rows; /* rows that have some, or of which nothing can be derived, or that are not one-hot */
    eml_status status;   /* of the first, with what was said of it */
    eml_error first;
} eml_table;

/* Fails when the ABI has no column of the kind. */
EML_NODISCARD eml_status eml_table_open(eml_table *table, const eml_abi *abi, eml_rows_kind kind, const char *file,
                                        bool allow_extra, eml_error *err);
/* Columns that are kept as texts, beside what the model takes. Fails when one has the name of an output, or none. */
EML_NODISCARD eml_status eml_table_keep(eml_table *table, const char *const *names, size_t count, eml_error *err);
/* Which of those has this name; SIZE_MAX: none. */
size_t eml_table_kept(const eml_table *table, const char *name, size_t length);
/* Takes the texts in `kept`, of the next row; those of rows before it are taken. */
EML_NODISCARD eml_status eml_table_keep_row(eml_table *table, eml_error *err);
/* The column of this name, EML_TABLE_NO_COLUMN when it is an extra one and those are allowed. */
EML_NODISCARD eml_status eml_table_find(const eml_table *table, const char *name, size_t length, size_t *column,
                                        eml_error *err);
/* The same for all names of a table, to columns_of; and of columns that are kept, which name it is, to kept_of. Fails
 * also when one stands twice, or a column that has to be there does not. */
EML_NODISCARD eml_status eml_table_match(eml_table *table, const eml_csv_field *names, size_t count, size_t *columns_of,
                                         size_t *kept_of, eml_error *err);
/* Fails when the column was given before. text is borrowed until eml_table_end_row. */
EML_NODISCARD eml_status eml_table_give(eml_table *table, size_t column, const char *text, size_t length,
                                        eml_error *err);
void eml_table_end_row(eml_table *table);
/* The rows that were collected stay as they are. Fails when they are too many, or a temporary file cannot be written.
 */
EML_NODISCARD eml_status eml_table_seal(eml_table *table, eml_error *err);
/* What is wrong with the cells, once all rows are read or reading had to stop: of the first, and how many more. EML_OK:
 * nothing. */
EML_NODISCARD eml_status eml_table_findings(const eml_table *table, eml_error *err);
/* Moves the rows to *out; fails when there are none. */
EML_NODISCARD eml_status eml_table_take(eml_table *table, eml_rows *out, eml_error *err);
void eml_table_close(eml_table *table);
/* Once reading has ended with a status: findings, which come first, or the rows; closes. */
EML_NODISCARD eml_status eml_table_finish(eml_table *table, eml_status status, eml_rows *out, eml_error *err);

/* "FILE: line 5 (row 4), column "age": " before the sentence in *err. column may be EML_TABLE_NO_COLUMN. */
void eml_table_prefix(const eml_table *table, size_t column, eml_error *err);

/* The two formats: all rows into the table. */
EML_NODISCARD eml_status eml_table_read_csv(eml_table *table, eml_feed *feed, eml_error *err);
EML_NODISCARD eml_status eml_table_read_json(eml_table *table, const char *text, size_t length, eml_error *err);

#endif
