#include "runtime/hash/elements.h"

#include "runtime/base/memory.h"

enum { ELEMENTS_AT_ONCE = 1 << 16 }; /* 1 MiB, because updates want to be long */

/* Whether the elements' memory is their encoding: little-endian words of canonical values. */
static bool are_encoded(const eml_fe *elements, size_t count) {
    bool excess = false;
    for (size_t i = 0; i < count; i++) excess |= !eml_fe_is_canonical(elements[i]);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && !excess;
}

void eml_blake3_update_elements_var(eml_blake3 *hasher, const eml_fe *elements, size_t count) {
    if (are_encoded(elements, count)) {
        eml_blake3_update(hasher, elements, count * EML_FE_BYTES);
        return;
    }
    size_t room = count < ELEMENTS_AT_ONCE ? count : ELEMENTS_AT_ONCE;
    uint8_t *bytes = eml_alloc_raw(room, EML_FE_BYTES);
    for (size_t step; count > 0; count -= step, elements += step) {
        step = count < room ? count : room;
        for (size_t i = 0; i < step; i++) eml_fe_to_bytes(elements[i], bytes + i * EML_FE_BYTES);
        eml_blake3_update(hasher, bytes, step * EML_FE_BYTES);
    }
    eml_free(bytes);
}
