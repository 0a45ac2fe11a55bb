#include "runtime/hash/elements.h"

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"

/* Elements that are encoded at once, 1 MiB, because updates want to be long; and by one job, some tens of microseconds. */
enum { ELEMENTS_AT_ONCE = 1 << 16, ELEMENTS_A_JOB = 1 << 13 };

typedef struct encoding {
    const eml_fe *elements;
    uint8_t *bytes;
} encoding;

static void encode(void *context, size_t first, size_t count) {
    const encoding *e = context;
    for (size_t i = first; i < first + count; i++) eml_fe_to_bytes(e->elements[i], e->bytes + i * EML_FE_BYTES);
}

void eml_blake3_update_elements(eml_blake3 *hasher, const eml_fe *elements, size_t count) {
    size_t room = count < ELEMENTS_AT_ONCE ? count : ELEMENTS_AT_ONCE;
    uint8_t *bytes = eml_alloc_raw(room, EML_FE_BYTES);
    for (size_t step; count > 0; count -= step, elements += step) {
        step = count < room ? count : room;
        eml_parallel_ranges(step, ELEMENTS_A_JOB, encode, &(encoding){elements, bytes});
        eml_blake3_update(hasher, bytes, step * EML_FE_BYTES);
    }
    eml_free(bytes);
}
