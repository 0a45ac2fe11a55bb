#include "runtime/field/matrix.h"

#include <assert.h>
#include <stdint.h>

#include "runtime/base/memory.h"

void eml_matrix_init(eml_matrix *m, size_t rows, size_t width) {
    assert(width == 0 || rows <= SIZE_MAX / sizeof(eml_fe) / width);
    *m = (eml_matrix){.cells = eml_alloc(rows * width, sizeof(eml_fe)), .rows = rows, .width = width};
}

void eml_matrix_free(eml_matrix *m) {
    eml_free(m->cells);
    *m = (eml_matrix){0};
}
