/* A matrix of field elements, row-major: cell (r, c) is cells[r * width + c]. Rows are what the prover hashes and what
 * a constraint reads; the transform's lanes are columns. An extension column is two neighbouring base
 * columns (a, b). */
#ifndef EML_FIELD_MATRIX_H
#define EML_FIELD_MATRIX_H

#include "runtime/field/f128.h"

typedef struct eml_matrix {
    eml_fe *cells; /* owned, from eml_alloc; rows * width elements */
    size_t rows, width;
} eml_matrix;

static inline eml_fe *eml_matrix_row(const eml_matrix *m, size_t row) { return m->cells + row * m->width; }

void eml_matrix_init(eml_matrix *m, size_t rows, size_t width); /* zeroed */
void eml_matrix_free(eml_matrix *m);

#endif
