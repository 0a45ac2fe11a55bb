/* An ABI's inputs as a part of other CBOR files: docs/formats.md, "ABI". */
#ifndef EML_BUNDLE_ABI_INPUTS_H
#define EML_BUNDLE_ABI_INPUTS_H

#include "runtime/bundle/abi.h"
#include "runtime/bundle/cbor_io.h"

/* The array alone; inputs of a kind that is said elsewhere are written as public ones. */
void eml_abi_put_inputs(eml_buf *out, const eml_abi *abi);
/* Appends to abi's inputs, of which there are none. */
void eml_abi_read_inputs(eml_cbor_reader *reader, eml_abi *abi);

#endif
