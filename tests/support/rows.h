/* Cells of a table by their place, row after row. */
#ifndef TESTS_SUPPORT_ROWS_H
#define TESTS_SUPPORT_ROWS_H

#include <stdlib.h>

#include "runtime/field/integer.h"
#include "runtime/table/rows.h"

static inline eml_fe test_cell(const eml_rows *rows, size_t i) {
    eml_i128 integer;
    size_t columns = rows->cells.columns;
    if (!eml_cells_get(&rows->cells, i / columns, i % columns, &integer)) abort();
    return eml_fe_of_signed(integer);
}

#endif
