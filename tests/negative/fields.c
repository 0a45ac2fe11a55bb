/* Every field of a valid proof is changed, one at a time, and the verifier must give exactly the reason that the field
 * calls for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/stark/verifier/phases.h"
#include "tests/negative/subject.h"
#include "tests/support/cmocka.h"

/* Changing these makes the coin draw otherwise; with proof of work the nonce then no longer fits. */
static const eml_reject coin_changed = EML_REJECT_GRINDING;

static const eml_reject values_size[] = {EML_REJECT_MAIN_VALUES, EML_REJECT_AUX_VALUES, EML_REJECT_CONSTRAINT_VALUES};
static const eml_reject opening[] = {EML_REJECT_MAIN_OPENING, EML_REJECT_AUX_OPENING, EML_REJECT_CONSTRAINT_OPENING};

static eml_reject values_size_of(uint32_t tree) { return tree < 3 ? values_size[tree] : EML_REJECT_FRI_VALUES; }
static eml_reject opening_of(uint32_t tree) { return tree < 3 ? opening[tree] : EML_REJECT_FRI_OPENING; }

static eml_reject context_reason(uint32_t index) {
    static const eml_reject reasons[] = {
        EML_REJECT_MAIN_WIDTH,   EML_REJECT_AUX_WIDTH, EML_REJECT_AUX_CHALLENGES,
        EML_REJECT_TRACE_LENGTH, EML_REJECT_FIELD, /* metadata length: what follows shifts */
        EML_REJECT_FIELD,        EML_REJECT_FIELD};
    return reasons[index];
}

static eml_reject commitment_reason(const subject *s, uint32_t index) {
    uint32_t matrices = s->layout.aux_width ? 3 : 2;
    if (index < matrices) return EML_REJECT_OUT_OF_DOMAIN;
    return index == matrices + s->layout.fri_layers ? EML_REJECT_REMAINDER_COMMITMENT : coin_changed;
}

/* Whether a constraint or assertion reads the trace column at the next row (all are read at the current one). */
static bool next_is_read(const eml_air *air, uint32_t column) {
    for (size_t i = 0; i < air->node_count; i++) {
        const eml_node *node = &air->nodes[i];
        uint32_t first = node->kind == EML_NODE_AUX ? air->columns.width : 0;
        if ((node->kind == EML_NODE_MAIN || node->kind == EML_NODE_AUX) && node->b == 1 && first + node->a == column)
            return true;
    }
    return false;
}

static eml_reject frame_reason(const subject *s, const span *field) {
    uint32_t width = field->tree == 0 ? s->layout.main_width + s->layout.aux_width : s->layout.composition_width;
    if (field->index < width) return EML_REJECT_OUT_OF_DOMAIN;
    bool read = field->tree == 0 && next_is_read(&s->fixture.air, field->index - width);
    return read ? EML_REJECT_OUT_OF_DOMAIN : coin_changed;
}

/* The reason when the lowest bit of the field flips. */
static eml_reject reason_of(const subject *s, const span *field) {
    switch (field->kind) {
    case FIELD_CONTEXT: return context_reason(field->index);
    case FIELD_OPTION: return EML_REJECT_PRESET;
    case FIELD_UNIQUE: return EML_REJECT_MAIN_VALUES; /* still a possible number, but not of these values */
    case FIELD_COMMITMENTS_LEN: return EML_REJECT_COMMITMENT_COUNT;
    case FIELD_COMMITMENT: return commitment_reason(s, field->index);
    case FIELD_VALUE: return opening_of(field->tree);
    case FIELD_PATH_DEPTH: return EML_REJECT_OPENING_SHAPE;
    case FIELD_PATH_DIGEST: return opening_of(field->tree);
    case FIELD_FRAME_LEN:
    case FIELD_FRAME_ROWS: return EML_REJECT_OOD_SHAPE;
    case FIELD_FRAME_VALUE: return frame_reason(s, field);
    case FIELD_LAYERS: return EML_REJECT_FRI_LAYER_COUNT;
    case FIELD_REMAINDER_LEN: return EML_REJECT_REMAINDER_LENGTH;
    case FIELD_REMAINDER: return EML_REJECT_REMAINDER_COMMITMENT;
    case FIELD_PARTITIONS: return EML_REJECT_FRI_PARTITIONS;
    case FIELD_NONCE: return EML_REJECT_GRINDING;
    default: return EML_REJECT_NONE; /* lengths: test_lengths */
    }
}

static bool holds_elements(field_kind kind) {
    return kind == FIELD_VALUE || kind == FIELD_FRAME_VALUE || kind == FIELD_REMAINDER;
}

/* Standard preset: a proof with every kind of field. */
static void test_every_field(void **state) {
    (void)state;
    static const uint8_t too_big[EML_FE_BYTES] = {1,    0,    0,    0,    0,    0xd3, 0xff, 0xff,
                                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}; /* p */
    subject s;
    size_t tried = 0;
    subject_init(&s, "fields", subject_long_program, EML_PRESET_STANDARD);
    assert_true(s.layout.aux_width == 3 && s.layout.fri_layers == 1);
    for (size_t i = 0; i < s.fields.count; i++) {
        const span *field = &s.fields.items[i];
        char what[64];
        snprintf(what, sizeof what, "field %d, tree %u, index %u", field->kind, field->tree, field->index);
        eml_reject reason = reason_of(&s, field);
        if (reason == EML_REJECT_NONE) continue;
        subject_expect_flip(&s, field, 0, reason, what);
        tried++;
        if (!holds_elements(field->kind)) continue;
        span element = *field;
        element.length = EML_FE_BYTES;
        subject_expect_splice(&s, &element, too_big, sizeof too_big, EML_REJECT_ELEMENT, what);
    }
    print_message("# %zu fields changed\n", tried);
    subject_free(&s);
}

/* A variable-length integer in its shortest form; values below 2^14. */
static size_t encode(uint32_t value, uint8_t out[2]) {
    bool one = value < 128;
    uint32_t encoded = one ? value << 1 | 1 : (value << 1 | 1) << 1;
    out[0] = (uint8_t)encoded;
    out[1] = (uint8_t)(encoded >> 8);
    return one ? 1 : 2;
}

static void expect_length(const subject *s, const span *field, uint32_t value, eml_reject expected, const char *what) {
    uint8_t bytes[2];
    subject_expect_splice(s, field, bytes, encode(value, bytes), expected, what);
}

/* The whole path of a tree, with its length, is replaced. */
static void expect_path(const subject *s, uint32_t tree, const void *path, size_t length, eml_reject expected,
                        const char *what) {
    uint8_t bytes[16] = {(uint8_t)length};
    size_t head = tree < 3 ? encode((uint32_t)length, bytes) : 4;
    span whole = *spans_get(&s->fields, FIELD_PATH_LEN, tree, 0);
    for (size_t i = 0; i < s->fields.count; i++) {
        const span *field = &s->fields.items[i];
        if (field->kind == FIELD_PATH_DIGEST && field->tree == tree)
            whole.length = field->offset + field->length - whole.offset;
    }
    if (length > 0) memcpy(bytes + head, path, length);
    subject_expect_splice(s, &whole, bytes, head + length, expected, what);
}

/* A byte more in a path's block than its lists take. */
static void test_longer_path(const subject *s, const span *length_of_path) {
    size_t length = (size_t)eml_le_get(s->proof.data + length_of_path->offset, 4);
    span whole = *length_of_path;
    whole.length += length;
    uint8_t *bytes = calloc(whole.length + 1, 1);
    eml_le_put(bytes, length + 1, 4);
    memcpy(bytes + 4, s->proof.data + whole.offset + 4, length);
    subject_expect_splice(s, &whole, bytes, whole.length + 1, EML_REJECT_OPENING_SHAPE, "a byte left in a path");
    free(bytes);
}

static void test_lengths(void **state) {
    (void)state;
    static const uint8_t huge[9] = {0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, long_one[] = {0x06, 0};
    static const uint8_t meta[] = {1, 0, 42};
    subject s;
    subject_init(&s, "lengths", subject_long_program, EML_PRESET_STANDARD);
    subject_expect_splice(&s, spans_get(&s.fields, FIELD_CONTEXT, 0, 4), meta, sizeof meta, EML_REJECT_TRACE_META,
                          "metadata");
    const span *constraints = spans_get(&s.fields, FIELD_CONSTRAINTS, 0, 0),
               *unique = spans_get(&s.fields, FIELD_UNIQUE, 0, 0);
    expect_length(&s, constraints, s.layout.constraint_count + 1, EML_REJECT_CONSTRAINT_COUNT, "constraints");
    subject_expect_splice(&s, constraints, huge, sizeof huge, EML_REJECT_CONSTRAINT_COUNT, "constraints");
    subject_expect_splice(&s, constraints, long_one, sizeof long_one, EML_REJECT_LENGTH_ENCODING, "constraints");
    subject_expect_splice(&s, unique, &(uint8_t){0}, 1, EML_REJECT_QUERY_COUNT, "no queries");
    subject_expect_splice(&s, unique, &(uint8_t){60}, 1, EML_REJECT_QUERY_COUNT, "too many queries");
    subject_expect(&s, s.proof.data, spans_get(&s.fields, FIELD_LAYERS, 0, 0)->offset, EML_REJECT_TRUNCATED,
                   "no number of FRI layers");
    for (uint32_t tree = 0; tree < 4; tree++) {
        const span *values = spans_get(&s.fields, FIELD_VALUES_LEN, tree, 0);
        const span *path = spans_get(&s.fields, FIELD_PATH_LEN, tree, 0);
        if (tree == 3) {
            subject_expect_flip(&s, values, 0, EML_REJECT_FRI_VALUES, "FRI values");
            subject_expect_splice(&s, values, "\0\0\0", 4, EML_REJECT_FRI_VALUES, "FRI values");
            subject_expect_splice(&s, values, "\0\x3c\0", 4, EML_REJECT_FRI_VALUES, "60 rows of FRI values");
            subject_expect(&s, s.proof.data, values->offset + 3, EML_REJECT_TRUNCATED, "FRI values");
            span rest = *values; /* no values, then a path of one byte */
            rest.offset += 4, rest.length = s.proof.len - rest.offset;
            subject_expect_splice(&s, &rest, "\1\0\0\0\xff", 5, EML_REJECT_TRUNCATED, "FRI values");
            subject_expect_splice(&s, path, "\xff\xff\xff\xff", 4, EML_REJECT_TRUNCATED, "FRI path");
            subject_expect(&s, s.proof.data, path->offset + 3, EML_REJECT_TRUNCATED, "FRI path");
            test_longer_path(&s, path);
        } else {
            expect_length(&s, values, 16, values_size_of(tree), "values");
            subject_expect_splice(&s, values, huge, sizeof huge, values_size_of(tree), "values");
            subject_expect_splice(&s, path, huge, sizeof huge, EML_REJECT_TRUNCATED, "path");
            subject_expect_splice(&s, path, long_one, sizeof long_one, EML_REJECT_LENGTH_ENCODING, "path");
        }
        const span *lists = spans_get(&s.fields, FIELD_PATH_LISTS, tree, 0);
        const span *list = spans_get(&s.fields, FIELD_PATH_LIST_LEN, tree, 0);
        expect_length(&s, lists, 0, EML_REJECT_OPENING_SHAPE, "no lists");
        expect_length(&s, lists, 60, EML_REJECT_OPENING_SHAPE, "too many lists");
        subject_expect_splice(&s, lists, huge, sizeof huge, EML_REJECT_OPENING_SHAPE, "far too many lists");
        expect_length(&s, list, 15, EML_REJECT_OPENING_SHAPE, "list deeper than the tree");
        const uint8_t depth = s.proof.data[spans_get(&s.fields, FIELD_PATH_DEPTH, tree, 0)->offset];
        expect_path(&s, tree, NULL, 0, EML_REJECT_TRUNCATED, "no path");
        expect_path(&s, tree, &depth, 1, EML_REJECT_TRUNCATED, "no number of lists");
        expect_path(&s, tree, (uint8_t[]){depth, 1}, 2, EML_REJECT_OPENING_SHAPE, "a path of no lists");
        expect_path(&s, tree, (uint8_t[]){depth, 3}, 2, EML_REJECT_TRUNCATED, "a list that is not there");
    }
    subject_free(&s);
}

/* Rows that no tree has: whatever the commitment is, and if it were the zeros that an implied root begins with. */
static void test_malformed_opening(void **state) {
    (void)state;
    uint8_t row[EML_FE_BYTES] = {0};
    const eml_digest zero = {{0}};
    size_t length = 1;
    eml_digest digest = {{0}};
    const eml_opened_rows rows = {
        row, sizeof row, {.list_len = &length, .lists = 1, .digests = &digest, .digest_count = 1}};
    assert_false(eml_verifier_rows_committed(&rows, sizeof row, &(size_t){0}, 1, 4, &zero));
}

/* Every proper prefix is truncated; every extension has bytes left over. */
static void test_cut_and_appended(void **state) {
    (void)state;
    subject s;
    subject_init(&s, "cut", test_programs[0].assembly, EML_PRESET_TEST);
    for (size_t length = 0; length < s.proof.len; length++)
        subject_expect(&s, s.proof.data, length, EML_REJECT_TRUNCATED, "cut");
    assert_true(s.proof.len < 0xffff);
    subject_expect_splice(&s, spans_get(&s.fields, FIELD_CONTEXT, 0, 4), "\xff\xff", 2, EML_REJECT_TRUNCATED,
                          "metadata");
    eml_buf_put_u8(&s.proof, 0);
    subject_expect(&s, s.proof.data, s.proof.len, EML_REJECT_TRAILING_BYTES, "appended");
    subject_free(&s);
}

/* No bit that can be flipped: one in every byte, another in each round. */
static void test_every_byte(void **state) {
    (void)state;
    subject s;
    subject_init(&s, "bytes", test_programs[0].assembly, EML_PRESET_TEST);
    for (size_t i = 0; i < s.proof.len; i++) {
        s.proof.data[i] ^= (uint8_t)(1 << i % 8);
        if (subject_verify(&s, s.proof.data, s.proof.len) == EML_REJECT_NONE)
            fail_msg("bit %zu of byte %zu is free", i % 8, i);
        s.proof.data[i] ^= (uint8_t)(1 << i % 8);
    }
    print_message("# %zu bytes\n", s.proof.len);
    subject_free(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field),       cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_malformed_opening), cmocka_unit_test(test_cut_and_appended),
        cmocka_unit_test(test_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
