/* Numbers in few bytes: what the ABI's lists are made of. Each has one spelling, and a reader accepts no other. */
#ifndef EML_BUNDLE_PACKED_H
#define EML_BUNDLE_PACKED_H

#include <gmp.h>

#include "runtime/base/bytes.h"

/* Seven bits a byte, the lowest first; all but the last byte have the top bit set, and the last is 0 only in 0 itself.
 */
void eml_packed_put_uint(eml_buf *out, uint64_t value);
bool eml_packed_uint(eml_reader *reader, uint64_t max, uint64_t *out);

/* Signed: 0, -1, 1, -2, ... as 0, 1, 2, 3, ... |value| < 2^62. */
void eml_packed_put_int(eml_buf *out, int64_t value);
bool eml_packed_int(eml_reader *reader, int64_t max, int64_t *out); /* |*out| <= max < 2^62 */

/* A rational (+-) p * 2^e / q, p and q odd and without a common factor: 4 * (bytes of p) + 2 * (q > 1) + (negative),
 * then e (signed), p, and when q > 1 the number of its bytes and q; p and q little-endian without zero bytes at the
 * end. Zero is 0 alone. A dyadic number of 80 bits takes 12 or 13 bytes. */
enum { EML_PACKED_BYTES_MAX = 512, EML_PACKED_EXPONENT_MAX = 4096 };
void eml_packed_put_rational(eml_buf *out, const mpq_t value); /* within those limits */
bool eml_packed_rational(eml_reader *reader, mpq_t out);       /* out is initialised */

#endif
