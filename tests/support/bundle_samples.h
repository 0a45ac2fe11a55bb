/* Small programs with ABIs of every sort, as bundles and proof files: what tests of the file formats start from. */
#ifndef EML_TESTS_BUNDLE_SAMPLES_H
#define EML_TESTS_BUNDLE_SAMPLES_H

#include "runtime/bundle/bundle.h"
#include "runtime/bundle/proof_file.h"

typedef enum test_sample {
    TEST_SAMPLE_RAW,       /* assembly without names */
    TEST_SAMPLE_PLAIN,     /* two public inputs, one output on the stack */
    TEST_SAMPLE_SEVERAL,   /* a uniform and a varying input, two outputs on the output tape */
    TEST_SAMPLE_ENCRYPTED, /* a secret and a public input, an encrypted output, `one` on both tapes */
    TEST_SAMPLE_HIDDEN,    /* two public inputs and an output on the stack; a hidden vector and a hidden scalar */
    TEST_SAMPLE_COMMITTED, /* a public and two committed inputs, two outputs on the output tape; one row */
    TEST_SAMPLES,
} test_sample;

extern const char *const test_sample_names[TEST_SAMPLES];

/* The process ends with a message when a sample does not assemble. The AIR digest is 32 times 0xa1. */
void test_sample_bundle(test_sample sample, eml_bundle *out);
/* The same program's proof file: 3 slots (1 when raw or committed), statement 32 times 0x5e, the STARK proof is the
 * bytes 0 to 7. */
void test_sample_proof(test_sample sample, eml_proof_file *out);

#endif
