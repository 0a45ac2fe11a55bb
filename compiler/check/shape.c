#include "compiler/check/shape.h"

#include <stdio.h>

size_t eml_extent_elements(eml_extent extent) { return extent.dims[0] * extent.dims[1]; }

bool eml_extent_equal(eml_extent a, eml_extent b) {
    return a.rank == b.rank && a.dims[0] == b.dims[0] && a.dims[1] == b.dims[1];
}

const char *eml_extent_text(eml_extent extent, char out[EML_EXTENT_TEXT]) {
    switch (extent.rank) {
    case 0: snprintf(out, EML_EXTENT_TEXT, "a scalar"); break;
    case 1: snprintf(out, EML_EXTENT_TEXT, "a vector of %zu", extent.dims[0]); break;
    default: snprintf(out, EML_EXTENT_TEXT, "a %zu x %zu matrix", extent.dims[0], extent.dims[1]); break;
    }
    return out;
}

bool eml_extent_elementwise(eml_extent a, eml_extent b, eml_extent *out) {
    if (b.rank == 0 || eml_extent_equal(a, b)) {
        *out = a;
        return true;
    }
    if (a.rank == 0) *out = b;
    return a.rank == 0;
}

bool eml_extent_product(eml_extent a, eml_extent b, eml_extent *out) {
    if (a.rank == 0 || b.rank == 0 || a.dims[a.rank - 1] != b.dims[0]) return false;
    *out = EML_SCALAR;
    if (a.rank == 2) out->dims[out->rank++] = a.dims[0];
    if (b.rank == 2) out->dims[out->rank++] = b.dims[1];
    return true;
}
