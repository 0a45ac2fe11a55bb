#include "tests/negative/spans.h"

#include "runtime/base/memory.h"
#include "tests/support/cmocka.h"

typedef struct walker {
    const uint8_t *bytes;
    size_t at, length;
    spans *out;
} walker;

static size_t field(walker *w, field_kind kind, uint32_t tree, uint32_t index, size_t length) {
    assert_true(length <= w->length - w->at);
    w->out->items = eml_grow(w->out->items, &w->out->capacity, w->out->count + 1, sizeof *w->out->items);
    w->out->items[w->out->count++] = (span){kind, tree, index, w->at, length};
    w->at += length;
    return w->at - length;
}

static uint64_t integer(walker *w, field_kind kind, uint32_t tree, uint32_t index, size_t length) {
    size_t at = field(w, kind, tree, index, length);
    uint64_t value = 0;
    for (size_t i = length; i-- > 0;) value = value << 8 | w->bytes[at + i];
    return value;
}

/* Proofs in these tests have no length above 2^49: at most seven bytes, as many as the first byte's trailing zeros and
 * one. */
static uint64_t variable(walker *w, field_kind kind, uint32_t tree, uint32_t index) {
    assert_true(w->at < w->length && w->bytes[w->at] & 0x7f);
    unsigned length = (unsigned)__builtin_ctz(w->bytes[w->at]) + 1;
    return integer(w, kind, tree, index, length) >> length;
}

static void path(walker *w, uint32_t tree) {
    uint32_t digest = 0;
    field(w, FIELD_PATH_DEPTH, tree, 0, 1);
    uint32_t lists = (uint32_t)variable(w, FIELD_PATH_LISTS, tree, 0);
    for (uint32_t i = 0; i < lists; i++) {
        uint64_t count = variable(w, FIELD_PATH_LIST_LEN, tree, i);
        while (count-- > 0) field(w, FIELD_PATH_DIGEST, tree, digest++, 32);
    }
}

static void opening(walker *w, uint32_t tree, bool fixed_lengths) {
    uint64_t length = fixed_lengths ? integer(w, FIELD_VALUES_LEN, tree, 0, 4) : variable(w, FIELD_VALUES_LEN, tree, 0);
    for (uint32_t i = 0; i < length / EML_FE_BYTES; i++) field(w, FIELD_VALUE, tree, i, EML_FE_BYTES);
    if (fixed_lengths)
        integer(w, FIELD_PATH_LEN, tree, 0, 4);
    else
        variable(w, FIELD_PATH_LEN, tree, 0);
    path(w, tree);
}

static void frame(walker *w, uint32_t tree, size_t element) {
    uint64_t length = integer(w, FIELD_FRAME_LEN, tree, 0, 2) - 1;
    field(w, FIELD_FRAME_ROWS, tree, 0, 1);
    for (uint32_t i = 0; i < length / element; i++) field(w, FIELD_FRAME_VALUE, tree, i, element);
}

void spans_find(const uint8_t *bytes, size_t length, const eml_layout *layout, spans *out) {
    static const size_t context[] = {1, 1, 1, 1, 2, 1, 16};
    size_t element = eml_layout_element_bytes(layout);
    *out = (spans){0};
    walker w = {bytes, 0, length, out};
    for (uint32_t i = 0; i < sizeof context / sizeof *context; i++) field(&w, FIELD_CONTEXT, 0, i, context[i]);
    for (uint32_t i = 0; i < 10; i++) field(&w, FIELD_OPTION, 0, i, 1);
    variable(&w, FIELD_CONSTRAINTS, 0, 0);
    field(&w, FIELD_UNIQUE, 0, 0, 1);
    uint64_t commitments = integer(&w, FIELD_COMMITMENTS_LEN, 0, 0, 2) / 32;
    for (uint32_t i = 0; i < commitments; i++) field(&w, FIELD_COMMITMENT, 0, i, 32);
    opening(&w, 0, false);
    if (layout->aux_width) opening(&w, 1, false);
    opening(&w, 2, false);
    frame(&w, 0, element);
    frame(&w, 1, element);
    uint64_t layers = integer(&w, FIELD_LAYERS, 0, 0, 1);
    for (uint32_t i = 0; i < layers; i++) opening(&w, 3 + i, true);
    uint64_t remainder = integer(&w, FIELD_REMAINDER_LEN, 0, 0, 2);
    for (uint32_t i = 0; i < remainder / element; i++) field(&w, FIELD_REMAINDER, 0, i, element);
    field(&w, FIELD_PARTITIONS, 0, 0, 1);
    field(&w, FIELD_NONCE, 0, 0, 8);
    assert_int_equal(w.at, length);
}

const span *spans_get(const spans *all, field_kind kind, uint32_t tree, uint32_t index) {
    for (size_t i = 0; i < all->count; i++) {
        const span *s = &all->items[i];
        if (s->kind == kind && s->tree == tree && s->index == index) return s;
    }
    fail_msg("no field of kind %d, tree %u, index %u", kind, tree, index);
    return NULL;
}

void spans_free(spans *all) { eml_free(all->items); }
