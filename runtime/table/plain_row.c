#include "runtime/table/plain_row.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/integer.h"

/* Rows that a thread takes at once, and about what a field of one takes. Constants of more fields would take more
 * memory than they are worth. */
enum { GRAIN = 256, FIELD_COST = 25, FIELDS_MAX = 1 << 12, GROUPS_MAX = 64 };

bool eml_plain_has_computed(const eml_table *table, const size_t *columns_of, size_t count) {
    if (table->derivation.values != NULL) return true;
    for (size_t f = 0; f < count; f++)
        if (columns_of[f] != EML_TABLE_NO_COLUMN && table->columns[columns_of[f]].result != NULL) return true;
    return false;
}

static eml_plain_grid *grid_of(const eml_table_column *column) {
    eml_plain_grid grid, *out = NULL;
    if (column->output != NULL || column->grid.column->word_count > 0) return NULL;
    if (!eml_plain_grid_init(column->grid.column, &grid)) return NULL;
    out = eml_alloc_raw(1, sizeof *out);
    *out = grid;
    return out;
}

static eml_i128 integer_of(const eml_input_column *column, unsigned long value) {
    mpq_t number;
    eml_fe element = EML_FE_ZERO;
    mpq_init(number);
    mpq_set_ui(number, value, 1);
    bool taken = eml_abi_encode_value(column, number, &element, NULL) == EML_OK; /* eml_abi_check: it takes 0 and 1 */
    mpq_clear(number);
    return taken ? eml_fe_signed(element) : 0;
}

/* Which of the table's groups the field is of. False: what its cells are rounded to does not tell 0 and 1 apart. */
static bool find_group(const eml_table *table, eml_plain_field *field) {
    size_t column = (size_t)(field->column - table->columns);
    for (size_t g = 0; g < table->group_count; g++) {
        const eml_table_group *group = &table->groups[g];
        if (column < group->column || column >= group->column + group->group->count) continue;
        field->group = g;
        field->one = integer_of(field->column->grid.column, 1);
        return field->one != integer_of(field->column->grid.column, 0);
    }
    return true;
}

void eml_plain_field_open(eml_plain_field *field, const eml_table_column *column) {
    field->column = column;
    field->grid = grid_of(column);
    if (column->output != NULL) field->printer = eml_printer_of(column->output->unit);
}

void eml_plain_field_close(eml_plain_field *field) {
    eml_free(field->grid);
    *field = (eml_plain_field){0};
}

void eml_plain_rows_open(eml_plain_rows *plain, eml_table *table, const size_t *columns_of, size_t count) {
    *plain = (eml_plain_rows){.table = table, .count = count};
    plain->usable =
        count <= FIELDS_MAX && table->group_count <= GROUPS_MAX && !eml_plain_has_computed(table, columns_of, count);
    if (!plain->usable) return;
    plain->fields = eml_alloc(count, sizeof *plain->fields);
    for (size_t f = 0; f < count; f++) {
        eml_plain_field *field = &plain->fields[f];
        field->numbers_rows = f == 0 && table->rows.numbered;
        field->group = EML_PLAIN_NO_GROUP;
        if (columns_of[f] == EML_TABLE_NO_COLUMN) continue;
        eml_plain_field_open(field, &table->columns[columns_of[f]]);
        plain->usable = find_group(table, field) && plain->usable;
    }
}

void eml_plain_rows_close(eml_plain_rows *plain) {
    for (size_t f = 0; plain->fields != NULL && f < plain->count; f++) eml_plain_field_close(&plain->fields[f]);
    eml_free(plain->fields);
    *plain = (eml_plain_rows){0};
}

/* ----- One row ----- */

static const char *field_end(const char *text, const char *end) {
    const char *comma = memchr(text, ',', (size_t)(end - text));
    return comma == NULL ? end : comma;
}

static bool is_row_number(const char *text, const char *end, size_t number) {
    char digits[24];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    size_t length = sizeof digits - at;
    return (size_t)(end - text) == length && memcmp(digits + at, text, length) == 0;
}

static bool take_word(const eml_input_column *column, const char *text, size_t length, eml_i128 *integer) {
    for (size_t k = 0; k < column->word_count; k++) {
        const char *word = column->words[k];
        if (strlen(word) != length || memcmp(word, text, length) != 0) continue;
        *integer = (eml_i128)k - (eml_i128)mpz_get_si(mpq_numref(column->offset)); /* unit 1, and a whole offset */
        return true;
    }
    return false;
}

/* What plain words cannot hold: exact all the same, or declined. */
static bool take_decimal(const eml_table_column *column, const char *text, size_t length, eml_i128 *integer) {
    eml_decimal number;
    eml_fe element;
    if (!eml_decimal_scan(text, length, &number)) return false;
    if (!eml_grid_encode_fast(&column->grid, &number, &element)) return false;
    *integer = eml_fe_signed(element);
    return true;
}

bool eml_plain_take(const eml_plain_field *field, const eml_plain_number *number, eml_i128 *integer) {
    int64_t small;
    if (field->column->output != NULL) return eml_printer_read(&field->printer, number, integer);
    if (field->grid == NULL || !eml_plain_encode(field->grid, number, &small)) return false;
    *integer = small;
    return true;
}

bool eml_plain_take_rest(const eml_plain_field *field, const char *text, size_t length, eml_i128 *integer) {
    const eml_table_column *column = field->column;
    if (column->output != NULL) return false;
    const eml_input_column *input = column->grid.column;
    return input->word_count > 0 ? take_word(input, text, length, integer)
                                 : take_decimal(column, text, length, integer);
}

/* A cell that ends at a comma or the row's end; NULL: declined. */
static const char *take_value(const eml_plain_field *field, const char *text, const char *end, eml_i128 *integer) {
    if (field->grid != NULL || field->column->output != NULL) {
        eml_plain_number number;
        const char *after = eml_plain_scan(text, &number);
        if (after != NULL && (after == end || *after == ',') && eml_plain_take(field, &number, integer)) return after;
    }
    const char *after = field_end(text, end);
    return eml_plain_take_rest(field, text, (size_t)(after - text), integer) ? after : NULL;
}

/* ones: by group of the table. */
static const char *take_cell(const eml_plain_rows *plain, const eml_plain_field *field, const char *text,
                             const char *end, size_t row, uint32_t *ones) {
    const eml_table_column *column = field->column;
    if (field->numbers_rows) {
        const char *after = field_end(text, end);
        return is_row_number(text, after, row + plain->table->numbers_from) ? after : NULL;
    }
    if (column == NULL) return field_end(text, end);
    eml_i128 integer;
    const char *after = take_value(field, text, end, &integer);
    if (after == NULL) return NULL;
    if (column->output == NULL && column->grid.column->uniform && integer != plain->table->first_row[column->cell])
        return NULL;
    if (field->group != EML_PLAIN_NO_GROUP) ones[field->group] += integer == field->one;
    eml_cells_set(&plain->table->rows.cells, row, column->cell, integer);
    return after;
}

static bool take_row(const eml_plain_rows *plain, const char *text, const char *end, size_t row) {
    uint32_t ones[GROUPS_MAX];
    for (size_t g = 0; g < plain->table->group_count; g++) ones[g] = 0;
    for (size_t f = 0; f < plain->count; f++) {
        if (f > 0 && (text == end || *text++ != ',')) return false;
        text = take_cell(plain, &plain->fields[f], text, end, row, ones);
        if (text == NULL) return false;
    }
    for (size_t g = 0; g < plain->table->group_count; g++)
        if (ones[g] != 1) return false;
    return text == end;
}

/* ----- Many ----- */

typedef struct lines_job {
    const eml_plain_rows *plain;
    const char *text;
    const uint32_t *starts;
    size_t row;
    bool *declined;
} lines_job;

static void read_lines(void *context, size_t first, size_t length) {
    const lines_job *job = context;
    for (size_t i = first; i < first + length; i++) {
        const char *text = job->text + job->starts[i], *end = job->text + job->starts[i + 1] - 1;
        if (end > text && *end == '\n' && end[-1] == '\r') end--;
        job->declined[i] = !take_row(job->plain, text, end, job->row + i);
    }
}

void eml_plain_rows_read(const eml_plain_rows *plain, const char *text, const uint32_t *starts, size_t count,
                         size_t row, bool *declined) {
    if (!plain->usable) {
        memset(declined, true, count);
        return;
    }
    lines_job job = {plain, text, starts, row, declined};
    eml_parallel_ranges(count, GRAIN, GRAIN * plain->count * FIELD_COST, read_lines, &job);
}
