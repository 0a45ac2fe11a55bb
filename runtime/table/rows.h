/* Rows of numbers as field elements, and how outputs are printed. */
#ifndef EML_TABLE_ROWS_H
#define EML_TABLE_ROWS_H

#include "runtime/base/cells.h"
#include "runtime/base/sink.h"
#include "runtime/base/texts.h"
#include "runtime/bundle/abi.h"

enum {
    EML_ROWS_BYTES_MAX = 1 << 30, /* of what is read at once: JSON, and what memory holds */
    EML_ROWS_CELLS_MAX = 1 << 27, /* in memory */
};
#define EML_ROWS_FILED_CELLS_MAX ((size_t)1 << 40)

/* Which columns of the ABI a table holds. */
typedef enum eml_rows_kind { EML_ROWS_PUBLIC, EML_ROWS_SECRET, EML_ROWS_COMMITTED, EML_ROWS_OUTPUTS } eml_rows_kind;

/* Columns of a table of inputs that go into the table of outputs as they are, unproved: row after row their texts. */
typedef struct eml_kept {
    char **names; /* owned */
    size_t count;
    eml_texts texts;
} eml_kept;

/* The columns of the kind, in ABI order: at least one, and one row. An integer is a field element's of least magnitude.
 */
typedef struct eml_rows {
    eml_cells cells;
    size_t results; /* of outputs: how many cells of results the file had, which were what the outputs give */
    bool numbered;  /* the file had a first column without a name, of row numbers, which was skipped */
    size_t extra;   /* columns of the file that were ignored */
    eml_kept kept;
} eml_rows;

static inline size_t eml_rows_count(const eml_rows *rows) { return rows->cells.rows; }
/* As field elements, row after row; owned by the caller. EML_ERR_IO: the temporary file cannot be read. */
EML_NODISCARD eml_status eml_rows_elements(const eml_rows *rows, eml_fe **out, eml_error *err);
/* From field elements, row after row. */
void eml_rows_of_elements(const eml_fe *elements, size_t rows, size_t columns, eml_rows *out);

/* A field as a CSV file has it: in quotes where it would be read otherwise. The same of a column's name. */
void eml_rows_put_text(const char *text, size_t length, eml_buf *out);
void eml_rows_put_name(const char *name, eml_buf *out);
/* A number of an input as a cell has it: the word of a category, else a decimal; of what is no finite decimal one that
 * is so near that it means the same (value.h). */
void eml_rows_put_input(const eml_input_column *column, const mpq_t value, eml_buf *out);
/* results: of the same rows (computed.h); NULL: without them. kept: of the same rows, before them; NULL: none. JSON: an
 * array of objects. Fails as the sink does, and
 * when a temporary file cannot be read. */
EML_NODISCARD eml_status eml_output_rows_print_csv(const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                                                   const eml_kept *kept, const eml_sink *sink, eml_error *err);
EML_NODISCARD eml_status eml_output_rows_print_json(const eml_abi *abi, const eml_rows *rows, const eml_rows *results,
                                                    const eml_kept *kept, const eml_sink *sink, eml_error *err);
void eml_rows_free(eml_rows *rows);

#endif
