/* What bundle and proof file share: the program's header, sponge digests and ABI in CBOR. */
#ifndef EML_BUNDLE_HEADER_H
#define EML_BUNDLE_HEADER_H

#include "runtime/bundle/abi.h"
#include "runtime/bundle/cbor_io.h"
#include "runtime/isa/program.h"

void eml_header_put_elements(eml_buf *out, const eml_fe *elements, size_t count); /* a byte string, 16 bytes each */
/* Exactly count canonical elements into out. */
void eml_header_elements(eml_cbor_reader *reader, eml_fe *out, size_t count);

void eml_header_put_shape(eml_buf *out, const eml_shape *shape);
void eml_header_shape(eml_cbor_reader *reader, eml_shape *out); /* passes eml_shape_check */

/* The first S sponges' digests; the rest are zero. */
void eml_header_put_digests(eml_buf *out, const eml_shape *shape, const eml_fe *digests);
void eml_header_digests(eml_cbor_reader *reader, const eml_shape *shape,
                        eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST]);

void eml_header_put_abi(eml_buf *out, const eml_abi *abi);  /* a byte string that holds the ABI's own encoding */
void eml_header_abi(eml_cbor_reader *reader, eml_abi *out); /* out is empty on failure */

#endif
