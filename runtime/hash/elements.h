/* BLAKE3 over field elements: their canonical bytes, one after the other. */
#ifndef EML_HASH_ELEMENTS_H
#define EML_HASH_ELEMENTS_H

#include "runtime/field/f128.h"
#include "runtime/hash/blake3.h"

/* For public data: the time shows whether all elements are canonical, which mostly spares a copy. */
void eml_blake3_update_elements_var(eml_blake3 *hasher, const eml_fe *elements, size_t count);

#endif
