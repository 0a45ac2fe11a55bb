/* The programs that benchmarks prove: plain and encrypted dot products (docs/performance.md). */
#ifndef EML_TESTS_INTEROP_PROGRAMS_H
#define EML_TESTS_INTEROP_PROGRAMS_H

#include "tests/support/fixture.h"

static const struct interop_bench {
    const char *name;
    size_t terms;
    bool encrypted;
} interop_bench[] = {
    {"plain-64", 64, false},        {"encrypted-64", 64, true},  {"plain-1024", 1024, false},
    {"encrypted-1024", 1024, true}, {"plain-4096", 4096, false}, {"encrypted-4096", 4096, true},
};
enum { INTEROP_BENCH_PROGRAMS = sizeof interop_bench / sizeof *interop_bench };

static inline void interop_bench_init(test_fixture *f, size_t i) {
    test_fixture_init_dot(f, interop_bench[i].terms, interop_bench[i].encrypted);
    f->name = interop_bench[i].name;
}

#endif
