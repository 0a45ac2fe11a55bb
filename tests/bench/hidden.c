/* What hiding costs: dot products proved transparent and hidden, and hidden with and without committed inputs, run
 * after run in turn, one thread, `standard` preset. Medians of CPU seconds and of bytes; the first programs have as
 * many trace rows in both forms, the last ones are so small that the hidden form's least trace is what they pay for. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/base/parallel.h"
#include "runtime/stark/prover/prover.h"
#include "tests/support/fixture.h"

enum { PAIRS = 30 };

typedef struct form {
    test_fixture program;
    double seconds[PAIRS], bytes[PAIRS];
} form;

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seeds differ from run to run, so that the luck of grinding averages out. */
static void prove(form *f, int run) {
    eml_buf proof = {0};
    eml_matrix trace;
    eml_error err;
    const uint8_t seed[32] = {(uint8_t)run, 1};
    double start = cpu_seconds();
    test_fixture_trace(&f->program, (uint8_t)run, &trace);
    if (eml_stark_prove(&f->program.air, &f->program.claim, &trace, eml_preset_params(EML_PRESET_STANDARD), seed,
                        &proof, NULL, &err) != EML_OK)
        abort();
    f->seconds[run] = cpu_seconds() - start;
    f->bytes[run] = (double)proof.len;
    eml_buf_free(&proof);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double values[PAIRS]) {
    qsort(values, PAIRS, sizeof *values, compare);
    return (values[PAIRS / 2 - 1] + values[PAIRS / 2]) / 2;
}

static void pair(size_t terms, test_dot less, test_dot more) {
    static form plain, hidden;
    test_fixture_init_dot(&plain.program, terms, less);
    test_fixture_init_dot(&hidden.program, terms, more);
    test_fixture_keep_states(&hidden.program);
    for (int run = 0; run < PAIRS; run++) prove(&plain, run), prove(&hidden, run);
    double seconds[] = {median(plain.seconds), median(hidden.seconds)},
           bytes[] = {median(plain.bytes), median(hidden.bytes)};
    printf("%-13s %5zu terms: n = %u and %u; %.1f and %.1f ms, ratio %.3f; %.0f and %.0f bytes, ratio %.3f\n",
           hidden.program.name, terms, plain.program.air.shape.n, hidden.program.air.shape.n, 1e3 * seconds[0],
           1e3 * seconds[1], seconds[1] / seconds[0], bytes[0], bytes[1], bytes[1] / bytes[0]);
    fflush(stdout);
    test_fixture_free(&plain.program);
    test_fixture_free(&hidden.program);
}

int main(void) {
    eml_threads_set(1);
    for (size_t i = 0, terms[] = {64, 960, 4000, 8, 20}; i < sizeof terms / sizeof *terms; i++)
        pair(terms[i], TEST_DOT_PLAIN, TEST_DOT_HIDDEN);
    for (size_t i = 0, terms[] = {64, 960, 4000}; i < sizeof terms / sizeof *terms; i++)
        pair(terms[i], TEST_DOT_HIDDEN, TEST_DOT_COMMITTED);
    return 0;
}
