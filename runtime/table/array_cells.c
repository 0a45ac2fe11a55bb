#include "runtime/table/array_cells.h"

#include <math.h>
#include <string.h>

#include "runtime/base/binary64.h"
#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"

/* Rows that a thread takes at once, and about what a cell of one takes. */
enum { GRAIN = 256, CELL_COST = 3 };

/* ----- Rounding in doubles ----- */

/* The double nearest to value; false: there is none. */
static bool nearest_double(const mpq_t value, double *out) {
    mpq_t number;
    mpq_init(number);
    bool found = eml_binary64_nearest(value, number);
    if (found) *out = mpq_get_d(number);
    mpq_clear(number);
    return found;
}

static bool constants_of(const eml_input_column *column, eml_rounding *out) {
    mpq_t ratio, shift;
    mpq_inits(ratio, shift, NULL);
    mpq_inv(ratio, column->unit);
    mpq_mul(shift, column->offset, ratio);
    bool found = nearest_double(ratio, &out->ratio) && nearest_double(shift, &out->shift) &&
                 nearest_double(column->lo, &out->lo) && nearest_double(column->hi, &out->hi);
    mpq_clears(ratio, shift, NULL);
    return found;
}

/* x stands for a decimal X that reads back as it: |X - x| <= half an ulp, 2^-(bits + 1) |x| or what the smallest have,
 * 2^-150 of floats and 2^-1075 of doubles. (X - offset) / unit is
 * computed with three roundings, of ratio, shift and their product, and one of the difference, of 2^-52 each at most,
 * however the machine rounds. So the error is at most (2^-(bits + 1) + 2^-49) |x| ratio + 2^-49 |shift|, where |x|
 * ratio is at most what it is at an end of the range, and 2^-40 is more than what underflows. When that is small, all
 * are below 2^48.
 *
 * Ends: a decimal reads back as the double nearest to it, and so does each end; then x > lo means X >= lo. Floats,
 * which lo is none of, have a margin. Within the range, rounding gives nothing beyond the integers of the ends. */
eml_rounding eml_rounding_of(const eml_input_column *column, unsigned bits) {
    eml_rounding out = {0};
    if (column->exact || mpq_sgn(column->step) != 0 || column->word_count > 0 || !constants_of(column, &out))
        return (eml_rounding){0};
    double most = fmax(fabs(out.lo), fabs(out.hi)), half_ulp = ldexp(1, -(int)bits - 1);
    double error = (half_ulp + 0x1p-49) * most * out.ratio + 0x1p-49 * fabs(out.shift) + 0x1p-40;
    if (bits != 52) {
        double margin = 4 * half_ulp * most + 0x1p-149;
        error += 0x1p-149 * out.ratio;
        out.lo += margin;
        out.hi -= margin;
    }
    out.sure = 0.5 - error;
    out.usable = error < 0.25 && out.ratio < 0x1p900;
    return out;
}

#define NEAREST_INTEGER 0x1.8p52 /* added to |t| < 2^51, it leaves no fraction; its bits are counted on from */

static int64_t bits_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* open[i]: k[i] is nothing. */
static void round_many(const eml_rounding *rounding, const double *x, size_t count, int64_t *k, bool *open) {
    const eml_rounding r = *rounding;
    for (size_t i = 0; i < count; i++) {
        double t = x[i] * r.ratio - r.shift, moved = t + NEAREST_INTEGER;
        k[i] = (int64_t)((uint64_t)bits_of(moved) - (uint64_t)bits_of(NEAREST_INTEGER));
        open[i] = !((fabs(t - (moved - NEAREST_INTEGER)) <= r.sure) & (x[i] > r.lo) & (x[i] < r.hi));
    }
}

static void load_many(const eml_array_view *array, size_t first, size_t count, double *x) {
    const uint8_t *place = array->values + (ptrdiff_t)first * array->stride;
    if (array->type == EML_ARRAY_FLOAT) {
        float value;
        for (size_t i = 0; i < count; i++, place += array->stride) {
            memcpy(&value, place, sizeof value);
            x[i] = (double)value;
        }
    } else if (array->stride == sizeof *x) {
        memcpy(x, place, count * sizeof *x);
    } else {
        for (size_t i = 0; i < count; i++, place += array->stride) memcpy(&x[i], place, sizeof *x);
    }
}

/* Into a column's cells of a piece, from place `at` on. */
static void store_many(uint8_t *cells, unsigned width, size_t at, const int64_t *k, size_t count) {
    if (width == 4)
        for (size_t i = 0; i < count; i++) ((int32_t *)(void *)cells)[at + i] = (int32_t)k[i];
    else if (width == 8)
        memcpy((int64_t *)(void *)cells + at, k, count * sizeof *k);
    else
        for (size_t i = 0; i < count; i++) ((eml_i128 *)(void *)cells)[at + i] = k[i];
}

/* ----- One value ----- */

enum { NUMBER_TEXT = 64 };

/* A number as a CSV file has it; how many bytes. */
static size_t put_number(const eml_plain_number *number, char out[NUMBER_TEXT]) {
    char digits[NUMBER_TEXT];
    size_t at = sizeof digits;
    uint64_t m = number->m;
    for (unsigned put = 0; m > 0 || put <= number->places; put++, m /= 10) {
        if (put == number->places && put > 0) digits[--at] = '.';
        digits[--at] = (char)('0' + m % 10);
    }
    if (number->negative) digits[--at] = '-';
    memcpy(out, digits + at, sizeof digits - at);
    return sizeof digits - at;
}

static bool take_text(const eml_plain_field *field, const char *text, size_t length, eml_i128 *integer) {
    char padded[NUMBER_TEXT + EML_PLAIN_PADDING] = {0};
    eml_plain_number number;
    if (length < NUMBER_TEXT) {
        memcpy(padded, text, length);
        if (eml_plain_scan(padded, &number) == padded + length && eml_plain_take(field, &number, integer)) return true;
    }
    return eml_plain_take_rest(field, text, length, integer);
}

static bool take_number(const eml_plain_field *field, const eml_plain_number *number, eml_i128 *integer) {
    char text[NUMBER_TEXT];
    return eml_plain_take(field, number, integer) ||
           eml_plain_take_rest(field, text, put_number(number, text), integer);
}

static bool take_value(const eml_plain_field *field, const eml_array_value *value, eml_i128 *integer) {
    eml_plain_number number;
    switch (value->kind) {
    case EML_VALUE_WORD: return take_text(field, value->text, value->length, integer);
    case EML_VALUE_INTEGER:
    case EML_VALUE_BINARY: return eml_array_number(value, &number) && take_number(field, &number, integer);
    default: return false;
    }
}

static bool take_at(const eml_array_field *field, size_t row, eml_i128 *integer) {
    if (field->words == NULL) {
        eml_array_value value = eml_array_at(field->array, row);
        return take_value(&field->plain, &value, integer);
    }
    size_t index;
    bool broken;
    if (!eml_array_index(field->array, row, &index, &broken) || !field->words[index].taken) return false;
    *integer = field->words[index].integer;
    return true;
}

/* ----- Columns ----- */

/* Words are looked up once. */
static eml_array_word *words_of(const eml_plain_field *field, const eml_array_view *dictionary) {
    eml_array_word *out = eml_alloc(dictionary->rows, sizeof *out);
    for (size_t w = 0; w < dictionary->rows; w++) {
        eml_array_value value = eml_array_at(dictionary, w);
        out[w].taken = take_value(field, &value, &out[w].integer);
    }
    return out;
}

void eml_array_field_open(eml_array_field *field, const eml_array_view *array, const eml_table_column *column) {
    *field = (eml_array_field){.array = array};
    if (column == NULL) return;
    eml_plain_field_open(&field->plain, column);
    if (array->dictionary != NULL) field->words = words_of(&field->plain, array->dictionary);
    if (column->output != NULL) return;
    if (array->type == EML_ARRAY_DOUBLE) field->rounding = eml_rounding_of(column->grid.column, 52);
    if (array->type == EML_ARRAY_FLOAT) field->rounding = eml_rounding_of(column->grid.column, 23);
}

void eml_array_field_close(eml_array_field *field) {
    eml_plain_field_close(&field->plain);
    eml_free(field->words);
    *field = (eml_array_field){0};
}

/* What rounding leaves open is taken one by one. */
static void read_column(const eml_array_field *field, const eml_table *table, size_t first, size_t count,
                        bool *declined) {
    double x[GRAIN];
    int64_t k[GRAIN];
    bool open[GRAIN];
    const eml_cells *cells = &table->rows.cells;
    size_t cell = field->plain.column->cell;
    memset(open, true, count);
    if (field->rounding.usable) {
        load_many(field->array, first, count, x);
        round_many(&field->rounding, x, count, k, open);
        for (size_t i = 0; field->array->validity != NULL && i < count; i++)
            open[i] = open[i] || eml_array_is_null(field->array, first + i);
        store_many(eml_cells_at(cells, first, cell), cells->widths[cell], first % cells->piece_rows, k, count);
    }
    for (size_t i = 0; i < count; i++) {
        eml_i128 integer;
        if (!open[i]) continue;
        if (take_at(field, first + i, &integer))
            eml_cells_set(cells, first + i, cell, integer);
        else
            declined[i] = true;
    }
}

static void check_uniform(const eml_table *table, size_t cell, size_t first, size_t count, bool *declined) {
    const eml_cells *cells = &table->rows.cells;
    eml_cells_view view = {eml_cells_at(cells, first, cell), cells->widths[cell]};
    for (size_t i = 0; i < count; i++)
        if (eml_cells_view_at(view, first % cells->piece_rows + i) != table->first_row[cell]) declined[i] = true;
}

/* ----- Many rows ----- */

typedef struct rows_job {
    const eml_array_field *fields;
    size_t field_count;
    const eml_table *table;
    size_t first;
    bool *declined;
} rows_job;

/* Of one piece. */
static void read_rows(const rows_job *job, size_t first, size_t count) {
    bool *declined = job->declined + (first - job->first);
    memset(declined, false, count);
    for (size_t f = 0; f < job->field_count; f++) {
        const eml_table_column *column = job->fields[f].plain.column;
        if (column == NULL) continue;
        read_column(&job->fields[f], job->table, first, count, declined);
        if (column->output == NULL && column->grid.column->uniform)
            check_uniform(job->table, column->cell, first, count, declined);
    }
}

static void read_range(void *context, size_t first, size_t length) {
    const rows_job *job = context;
    size_t piece_rows = job->table->rows.cells.piece_rows, count;
    for (size_t row = job->first + first, end = row + length; row < end; row += count) {
        count = piece_rows - row % piece_rows;
        if (count > end - row) count = end - row;
        read_rows(job, row, count);
    }
}

void eml_array_cells_read(const eml_array_field *fields, size_t field_count, const eml_table *table, size_t first,
                          size_t count, bool *declined) {
    rows_job job = {fields, field_count, table, first, declined};
    eml_parallel_ranges(count, GRAIN, GRAIN * field_count * CELL_COST, read_range, &job);
}
