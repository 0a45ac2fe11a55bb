/* The programs that benchmarks prove: plain, encrypted and hidden dot products (docs/performance.md). */
#ifndef EML_TESTS_INTEROP_PROGRAMS_H
#define EML_TESTS_INTEROP_PROGRAMS_H

#include "tests/support/fixture.h"

static const struct interop_bench {
    const char *name;
    size_t terms;
    test_dot kind;
} interop_bench[] = {
    {"plain-64", 64, TEST_DOT_PLAIN},
    {"hidden-64", 64, TEST_DOT_HIDDEN},
    {"encrypted-64", 64, TEST_DOT_ENCRYPTED},
    {"plain-1024", 1024, TEST_DOT_PLAIN},
    {"hidden-1024", 1024, TEST_DOT_HIDDEN},
    {"encrypted-1024", 1024, TEST_DOT_ENCRYPTED},
    {"plain-4096", 4096, TEST_DOT_PLAIN},
    {"hidden-4096", 4096, TEST_DOT_HIDDEN},
    {"encrypted-4096", 4096, TEST_DOT_ENCRYPTED},
    {"plain-8", 8, TEST_DOT_PLAIN},
    {"hidden-8", 8, TEST_DOT_HIDDEN},
};
enum { INTEROP_BENCH_PROGRAMS = sizeof interop_bench / sizeof *interop_bench };

static inline void interop_bench_init(test_fixture *f, size_t i) {
    test_fixture_init_dot(f, interop_bench[i].terms, interop_bench[i].kind);
    f->name = interop_bench[i].name;
}

#endif
