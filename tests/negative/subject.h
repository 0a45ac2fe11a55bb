/* A valid proof to mutate, its fields, and one way to ask the verifier. Counts which rejections were seen. */
#ifndef EML_TESTS_NEGATIVE_SUBJECT_H
#define EML_TESTS_NEGATIVE_SUBJECT_H

#include "runtime/stark/verifier/verifier.h"
#include "tests/negative/spans.h"
#include "tests/support/fixture.h"

typedef struct subject {
    test_fixture fixture;
    eml_preset preset;
    eml_layout layout;
    eml_buf proof;
    spans fields;
} subject;

/* A program with a FRI layer and all three tapes; and one without auxiliary columns and FRI layers. */
extern const char subject_long_program[];

void subject_init(subject *s, const char *name, const char *assembly, eml_preset preset);
void subject_free(subject *s);

eml_reject subject_verify(const subject *s, const uint8_t *bytes, size_t length);
/* Asserts the verifier's exact answer to these bytes. what: for the message. */
void subject_expect(const subject *s, const uint8_t *bytes, size_t length, eml_reject expected, const char *what);
/* The same for the proof with the span's bytes replaced. */
void subject_expect_splice(const subject *s, const span *field, const void *bytes, size_t length, eml_reject expected,
                           const char *what);
/* The same with one bit of the span flipped. */
void subject_expect_flip(const subject *s, const span *field, size_t bit, eml_reject expected, const char *what);

#endif
