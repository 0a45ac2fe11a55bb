/* The rows' weights: r_i is bytes 16 i to 16 i + 15, little-endian, mod p, of BLAKE3's derive_key output "eml v2 row
 * weights" over the statement's digest. A statement about one row has r_0 = 1, so that its tapes are the row itself. */
#ifndef EML_STATEMENT_WEIGHTS_H
#define EML_STATEMENT_WEIGHTS_H

#include "runtime/field/f128.h"
#include "runtime/hash/blake3.h"

typedef struct eml_row_weights {
    eml_blake3 stream;
    bool one_row;
} eml_row_weights;

void eml_row_weights_init(eml_row_weights *weights, const eml_digest *statement, uint64_t rows);
/* out[i] = r_(first + i), canonical. first is a multiple of 4: four weights are a block of the stream. */
void eml_row_weights_read(const eml_row_weights *weights, uint64_t first, size_t count, eml_fe *out);

#endif
