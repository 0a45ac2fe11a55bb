/* Commitments to inputs: what binds a committed tape to the values that an issuer vouches for (docs/vm-and-air.md). */
#ifndef EML_ISA_COMMITMENT_H
#define EML_ISA_COMMITMENT_H

#include "runtime/isa/program.h"

/* C = the first two elements of s after: s = (0, 0, count, 0); for the pairs salts, schema, (values 0, 1), (values 2,
 * 3), ..., the last with a 0 where count is odd: s = permutation(s), then the pair is added to s0, s1; at the end s =
 * permutation(s). salts: two uniform elements, as secret as the values, which without them could be guessed from C.
 * count >= 1. */
void eml_commitment_of(const eml_fe schema[EML_RESCUE_DIGEST], const eml_fe salts[2], const eml_fe *values,
                       size_t count, eml_fe commitment[EML_RESCUE_DIGEST]);

/* The same in a trace: the data sponge absorbs a pair in each cycle of 16 rows, zeros when there are no more, and C
 * stands in row eml_shape_commitment_row. It is one long chain of cube roots, about 2 us a row. */

/* The index-th pair. */
void eml_commitment_pair(const eml_shape *shape, const eml_fe salts[2], const eml_fe *values, uint64_t index,
                         eml_fe pair[EML_RESCUE_RATE]);
void eml_data_sponge_start(const eml_shape *shape, eml_fe state[EML_RESCUE_WIDTH]); /* of row 0 */
/* states[0] is that of row `first`: -> states[1] to states[count], of the rows after it. */
void eml_data_sponge_run(const eml_shape *shape, const eml_fe salts[2], const eml_fe *values, uint32_t first,
                         uint32_t count, eml_fe (*states)[EML_RESCUE_WIDTH]);

#endif
