/* Commitments to inputs: what binds a committed tape to the values that an issuer vouches for (docs/vm-and-air.md). */
#ifndef EML_ISA_COMMITMENT_H
#define EML_ISA_COMMITMENT_H

#include "runtime/hash/rescue_prime.h"

/* C = the first two elements of s after: s = (0, 0, count, 0); for the pairs salts, schema, (values 0, 1), (values 2,
 * 3), ..., the last with a 0 where count is odd: s = permutation(s), then the pair is added to s0, s1; at the end s =
 * permutation(s). salts: two uniform elements, as secret as the values, which without them could be guessed from C.
 * count >= 1. */
void eml_commitment_of(const eml_fe schema[EML_RESCUE_DIGEST], const eml_fe salts[2], const eml_fe *values,
                       size_t count, eml_fe commitment[EML_RESCUE_DIGEST]);

#endif
