/* The last row of a trace holds random values: Winterfell's degree checks need columns of full degree. */
#ifndef EML_AIR_LAST_ROW_H
#define EML_AIR_LAST_ROW_H

#include "runtime/field/f128.h"

/* count elements from BLAKE3's extended output on the seed; label separates the uses of one seed. */
void eml_last_row_fill(const char *label, const uint8_t seed[32], eml_fe *cells, size_t count);

#endif
