/* Pass 2, shapes: scalars, vectors and matrices, and which operations fit which. */
#ifndef EML_COMPILER_CHECK_SHAPE_H
#define EML_COMPILER_CHECK_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

/* rank 0: one scalar; 1: dims[0] elements; 2: dims[0] rows of dims[1], row-major. Unused dims are 1. */
typedef struct eml_extent {
    unsigned rank;
    size_t dims[2];
} eml_extent;

enum { EML_ELEMENTS_MAX = 1 << 22, EML_EXTENT_TEXT = 64 };

#define EML_SCALAR ((eml_extent){0, {1, 1}})

size_t eml_extent_elements(eml_extent extent);
bool eml_extent_equal(eml_extent a, eml_extent b);
/* "a scalar", "a vector of 3", "a 2 x 3 matrix": as a message says it. Returns out. */
const char *eml_extent_text(eml_extent extent, char out[EML_EXTENT_TEXT]);

/* Elementwise operations: equal shapes, or one side a scalar. */
bool eml_extent_elementwise(eml_extent a, eml_extent b, eml_extent *out);
/* a @ b: [m, k] @ [k, n], [m, k] @ [k], [k] @ [k, n], [k] @ [k]. */
bool eml_extent_product(eml_extent a, eml_extent b, eml_extent *out);

#endif
