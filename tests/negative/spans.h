/* The fields of a proof's bytes, found by walking the documented format (docs/formats.md), independently of the
 * library's decoder: what mutation tests aim at. */
#ifndef EML_TESTS_NEGATIVE_SPANS_H
#define EML_TESTS_NEGATIVE_SPANS_H

#include "runtime/stark/layout.h"

typedef enum field_kind {
    FIELD_CONTEXT,     /* index: 0 main width, 1 aux width, 2 challenges, 3 log n, 4 meta length, 5 modulus length, 6
                          modulus */
    FIELD_OPTION,      /* index: 0 .. 9 */
    FIELD_CONSTRAINTS, /* variable-length integer */
    FIELD_UNIQUE,
    FIELD_COMMITMENTS_LEN,
    FIELD_COMMITMENT, /* index */
    FIELD_VALUES_LEN, /* tree: 0 main, 1 aux, 2 composition, 3 + i FRI layer i, likewise below */
    FIELD_VALUE,      /* one element; index: its number */
    FIELD_PATH_LEN,
    FIELD_PATH_DEPTH,
    FIELD_PATH_LISTS,
    FIELD_PATH_LIST_LEN,
    FIELD_PATH_DIGEST,
    FIELD_FRAME_LEN, /* tree: 0 trace, 1 composition */
    FIELD_FRAME_ROWS,
    FIELD_FRAME_VALUE, /* index: element of the extension */
    FIELD_LAYERS,
    FIELD_REMAINDER_LEN,
    FIELD_REMAINDER,
    FIELD_PARTITIONS,
    FIELD_NONCE,
} field_kind;

typedef struct span {
    field_kind kind;
    uint32_t tree, index;
    size_t offset, length;
} span;

typedef struct spans {
    span *items;
    size_t count, capacity;
} spans;

/* bytes must be a whole proof of that layout: anything else ends the test. */
void spans_find(const uint8_t *bytes, size_t length, const eml_layout *layout, spans *out);
/* The first span of that kind, tree and index. */
const span *spans_get(const spans *all, field_kind kind, uint32_t tree, uint32_t index);
void spans_free(spans *all);

#endif
