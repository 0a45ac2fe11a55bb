/* Programs with tapes, run: what tests of the prover and verifier start from. */
#ifndef EML_TESTS_FIXTURE_H
#define EML_TESTS_FIXTURE_H

#include "runtime/air/air.h"
#include "runtime/stark/params.h"
#include "runtime/vm/vm.h"

typedef struct test_fixture {
    const char *name;
    eml_program program;
    eml_air air;
    eml_fe *public_tape, *secret_tape, *committed; /* random elements */
    eml_fe commitment_salts[2];
    eml_fe (*commitment_states)[EML_RESCUE_WIDTH]; /* NULL: made with each trace */
    eml_outcome outcome;
    eml_claim claim; /* the truth about this run */
} test_fixture;

/* Assembly text (docs/cli.md) and what it exercises. */
typedef struct test_program {
    const char *name, *assembly;
} test_program;
enum { TEST_PROGRAMS = 11, TEST_FIRST_HIDDEN = 7, TEST_FIRST_COMMITTED = 9 };
extern const test_program test_programs[TEST_PROGRAMS];

/* Its tapes. */
eml_tapes test_fixture_tapes(const test_fixture *fixture);

/* Lays the assembly out and runs it on random tapes; the process ends with a message when it does not assemble. */
void test_fixture_init(test_fixture *fixture, const char *name, const char *assembly);
/* A dot product of `terms` terms: plain or hidden (PUSH READ MUL ADD), hidden with every second input committed (READ3)
 * or encrypted (READ2 PUSH SMUL ADD2), four sponges. */
typedef enum test_dot { TEST_DOT_PLAIN, TEST_DOT_ENCRYPTED, TEST_DOT_HIDDEN, TEST_DOT_COMMITTED } test_dot;
void test_fixture_init_dot(test_fixture *fixture, size_t terms, test_dot kind);
/* Of a program with a committed tape: makes the data sponge's states once for all traces, as a session does. */
void test_fixture_keep_states(test_fixture *fixture);
void test_fixture_free(test_fixture *fixture);

/* Seeds of the random rows: fixed, so that proofs are the same in every run. */
enum { TEST_TRACE_SEED = 1 };
extern const uint8_t test_aux_seed[32];

/* The trace of the run (the caller's); its random rows come from seed. */
void test_fixture_trace(const test_fixture *fixture, uint8_t seed, eml_matrix *trace);
/* Proves the claim of the run. */
void test_fixture_prove(const test_fixture *fixture, eml_preset preset, eml_buf *proof);

#endif
