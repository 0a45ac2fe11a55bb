#include "tests/negative/subject.h"

#include <string.h>

#include "tests/support/cmocka.h"

#define TERM                                                                                                           \
    "read\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\nread\nadd\n"

const char subject_long_program[] =
    ".sponges 1\n.delta 9\nread2\nread\nsmul\nread\nsadd\nwrite2\npush.1\n" TERM TERM TERM TERM TERM TERM
    "write\npush.2\n";

void subject_init(subject *s, const char *name, const char *assembly, eml_preset preset) {
    *s = (subject){.preset = preset};
    test_fixture_init(&s->fixture, name, assembly);
    s->layout = eml_layout_of(&s->fixture.air, eml_preset_params(preset));
    test_fixture_prove(&s->fixture, preset, &s->proof);
    spans_find(s->proof.data, s->proof.len, &s->layout, &s->fields);
    assert_int_equal(subject_verify(s, s->proof.data, s->proof.len), EML_REJECT_NONE);
}

void subject_free(subject *s) {
    spans_free(&s->fields);
    eml_buf_free(&s->proof);
    test_fixture_free(&s->fixture);
}

eml_reject subject_verify(const subject *s, const uint8_t *bytes, size_t length) {
    eml_preset seen;
    return eml_stark_verify(&s->fixture.air, &s->fixture.claim, bytes, length, 1u << s->preset, &seen);
}

void subject_expect(const subject *s, const uint8_t *bytes, size_t length, eml_reject expected, const char *what) {
    eml_reject reject = subject_verify(s, bytes, length);
    if (reject != expected)
        fail_msg("%s, %s: expected %s, got %s", s->fixture.name, what, eml_reject_name(expected),
                 eml_reject_name(reject));
}

void subject_expect_splice(const subject *s, const span *field, const void *bytes, size_t length, eml_reject expected,
                           const char *what) {
    eml_buf mutant = {0};
    size_t end = field->offset + field->length;
    eml_buf_put(&mutant, s->proof.data, field->offset);
    eml_buf_put(&mutant, bytes, length);
    eml_buf_put(&mutant, s->proof.data + end, s->proof.len - end);
    subject_expect(s, mutant.data, mutant.len, expected, what);
    eml_buf_free(&mutant);
}

void subject_expect_flip(const subject *s, const span *field, size_t bit, eml_reject expected, const char *what) {
    s->proof.data[field->offset + bit / 8] ^= (uint8_t)(1 << bit % 8);
    subject_expect(s, s->proof.data, s->proof.len, expected, what);
    s->proof.data[field->offset + bit / 8] ^= (uint8_t)(1 << bit % 8);
}
