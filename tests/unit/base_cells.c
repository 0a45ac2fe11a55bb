/* Tables of integers: what is written is read, in memory and from the temporary file, by cell, column and piece. */
#include "tests/support/cmocka.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/cells.h"
#include "runtime/base/temporary.h"
#include "runtime/base/memory.h"
#include "tests/support/random.h"

enum { COLUMNS = 3 };
static const uint8_t widths[COLUMNS] = {8, 4, 16};

/* The ends of a width's range too. */
static eml_i128 cell(size_t row, size_t column) {
    uint64_t mixed = (row * COLUMNS + column + 1) * UINT64_C(0x9e3779b97f4a7c15);
    eml_i128 wide = (eml_i128)((eml_u128)mixed << 64 | mixed * mixed);
    if (row % 7 == 0) wide = row % 2 == 0 ? (eml_i128)1 << 126 : -((eml_i128)1 << 126);
    switch (widths[column]) {
    case 4: return row % 7 == 0 ? (row % 2 == 0 ? INT32_MAX : INT32_MIN) : (int32_t)wide;
    case 8: return row % 7 == 0 ? (row % 2 == 0 ? INT64_MAX : INT64_MIN) : (int64_t)wide;
    default: return wide;
    }
}

static void fill(eml_cells *cells, size_t from, size_t to, size_t step) {
    for (size_t r = from; r < to; r += step) {
        size_t end = r + step < to ? r + step : to;
        eml_cells_reserve(cells, end);
        for (size_t i = r; i < end; i++)
            for (size_t c = 0; c < COLUMNS; c++) eml_cells_set(cells, i, c, cell(i, c));
        assert_int_equal(eml_cells_seal(cells, end, NULL), EML_OK);
    }
}

static void check(const eml_cells *cells, size_t rows) {
    uint8_t *scratch = eml_alloc_raw(1, EML_PIECE_COLUMN_BYTES), *whole = eml_alloc_raw(1, cells->piece_bytes);
    size_t seen = 0;
    for (size_t p = 0; p < eml_cells_pieces(cells); p++) {
        eml_cells_view views[COLUMNS];
        assert_true(eml_cells_piece(cells, p, whole, views));
        for (size_t c = 0; c < COLUMNS; c++) {
            eml_cells_view view = eml_cells_column(cells, p, c, scratch);
            assert_int_equal(view.width, widths[c]);
            for (size_t i = 0; i < eml_cells_piece_rows(cells, p); i++) {
                eml_i128 one, want = cell(seen + i, c);
                assert_true(eml_cells_view_at(view, i) == want && eml_cells_view_at(views[c], i) == want);
                assert_true(i % 97 != 0 || (eml_cells_get(cells, seen + i, c, &one) && one == want));
            }
        }
        seen += eml_cells_piece_rows(cells, p);
    }
    assert_int_equal(seen, rows);
    assert_int_equal(cells->rows, rows);
    eml_free(scratch);
    eml_free(whole);
}

static void reads_what_was_written(size_t resident_max, bool stays, size_t expect, size_t rows, size_t step,
                                   bool file) {
    eml_cells cells;
    eml_cells_init(&cells, COLUMNS, widths, stays);
    cells.resident_max = resident_max;
    eml_cells_expect(&cells, expect);
    fill(&cells, 0, rows, step);
    assert_int_equal(cells.file != NULL, file);
    check(&cells, rows);
    fill(&cells, rows, rows + 5, 1); /* and more after reading */
    check(&cells, rows + 5);
    eml_cells_free(&cells);
}

static void in_memory_and_in_a_file(void **state) {
    (void)state;
    enum { MANY = 5 * EML_PIECE_ROWS + 17 };
    static const size_t steps[] = {1, 100, EML_PIECE_ROWS, MANY};
    for (size_t s = 0; s < 4; s++) {
        reads_what_was_written(SIZE_MAX, false, SIZE_MAX, MANY, steps[s], false);
        reads_what_was_written(0, false, SIZE_MAX, MANY, steps[s], true);
        reads_what_was_written(2 * 28 * EML_PIECE_ROWS, false, SIZE_MAX, MANY, steps[s], true);
        reads_what_was_written(0, true, SIZE_MAX, MANY, steps[s], false); /* secrets */
        reads_what_was_written(0, false, 9, 1000, steps[s], true);        /* small pieces */
    }
    reads_what_was_written(0, false, SIZE_MAX, 3, 1, false); /* less than a piece is always in memory */
}

static void widths_of_ranges(void **state) {
    (void)state;
    assert_int_equal(eml_cells_width(0), 4);
    assert_int_equal(eml_cells_width(INT32_MAX), 4);
    assert_int_equal(eml_cells_width((eml_u128)INT32_MAX + 1), 8);
    assert_int_equal(eml_cells_width(INT64_MAX), 8);
    assert_int_equal(eml_cells_width((eml_u128)INT64_MAX + 1), 16);
}

/* A table of very many columns has pieces of few rows; one like it has as many. */
static void wide_tables(void **state) {
    (void)state;
    enum { WIDE = 1 << 18 };
    eml_cells cells, like;
    eml_cells_init(&cells, WIDE, NULL, false);
    assert_int_equal(cells.piece_rows, 4);
    eml_cells_init_like(&like, 2, &cells);
    assert_int_equal(like.piece_rows, 4);
    eml_cells_reserve(&cells, 1);
    eml_cells_set(&cells, 0, WIDE - 1, -7);
    assert_int_equal(eml_cells_seal(&cells, 1, NULL), EML_OK);
    eml_i128 found;
    assert_true(eml_cells_get(&cells, 0, WIDE - 1, &found) && found == -7);
    eml_cells_free(&like);
    eml_cells_free(&cells);
}

/* What is cut off behind our back is no number. */
static void unreadable(void **state) {
    (void)state;
    eml_cells cells;
    eml_error err = {0};
    eml_cells_init(&cells, COLUMNS, widths, false);
    cells.resident_max = 0;
    fill(&cells, 0, 3 * EML_PIECE_ROWS, EML_PIECE_ROWS);
    assert_int_equal(ftruncate(*cells.file, (off_t)cells.piece_bytes), 0);
    uint8_t *scratch = eml_alloc_raw(1, cells.piece_bytes);
    eml_cells_view views[COLUMNS];
    eml_i128 one;
    assert_non_null(eml_cells_column(&cells, 0, 2, scratch).cells);
    assert_null(eml_cells_column(&cells, 1, 0, scratch).cells);
    assert_false(eml_cells_piece(&cells, 2, scratch, views));
    assert_false(eml_cells_get(&cells, 2 * EML_PIECE_ROWS, 0, &one));
    assert_int_equal(eml_temporary_unreadable(&err), EML_ERR_IO);
    assert_string_equal(err.text, "the temporary file with the table cannot be read");
    eml_free(scratch);
    eml_cells_free(&cells);
}

/* A folder that cannot be written to is passed over, as is one that does not exist. */
static void folders(void **state) {
    (void)state;
    setenv("TMPDIR", "/nonexistent/folder", 1);
    reads_what_was_written(0, false, SIZE_MAX, 2 * EML_PIECE_ROWS, EML_PIECE_ROWS, true);
    unsetenv("TMPDIR");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory_and_in_a_file),
        cmocka_unit_test(widths_of_ranges),
        cmocka_unit_test(wide_tables),
        cmocka_unit_test(unreadable),
        cmocka_unit_test(folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
