/* What proving costs: dot products of 64, 1024 and 4096 terms, plain and encrypted, `standard` preset, one thread and all. The
 * best of several runs. A line a program for people; with an argument, "name seconds" lines (one thread) for bench.py instead. */
#include <stdio.h>
#include <time.h>

#include "runtime/base/parallel.h"
#include "runtime/stark/prover/prover.h"
#include "runtime/stark/verifier/verifier.h"
#include "tests/interop/programs.h"

enum { VERIFY_RUNS = 20 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The run with the least total, trace generation included. proof receives the last run's bytes. */
static eml_prove_stats prove(const test_fixture *f, unsigned threads, eml_buf *proof) {
    eml_prove_stats best = {.total = 1e9};
    int runs = f->air.shape.n < 4096 ? 20 : 4;
    eml_threads_set(threads);
    for (int i = 0; i < runs; i++) {
        eml_prove_stats stats;
        eml_matrix trace;
        double start = now();
        test_fixture_trace(f, TEST_TRACE_SEED, &trace);
        double traced = now() - start;
        proof->len = 0;
        eml_stark_prove(&f->air, &f->claim, &trace, eml_preset_params(EML_PRESET_STANDARD), test_aux_seed, proof,
                        &stats);
        stats.trace = traced;
        stats.total += traced;
        if (stats.total < best.total) best = stats;
    }
    return best;
}

static double verify(const test_fixture *f, const eml_buf *proof) {
    double best = 1e9;
    eml_preset seen;
    for (int i = 0; i < VERIFY_RUNS; i++) {
        double start = now();
        eml_reject reject =
            eml_stark_verify(&f->air, &f->claim, proof->data, proof->len, 1u << EML_PRESET_STANDARD, &seen);
        double seconds = now() - start;
        if (reject != EML_REJECT_NONE) fprintf(stderr, "%s: refused: %s\n", f->name, eml_reject_name(reject));
        if (seconds < best) best = seconds;
    }
    return best;
}

static void print_run(const eml_prove_stats *s, const test_fixture *f, unsigned threads) {
    double ms = 1e3, rows = f->air.shape.n;
    printf("  %u thread%s %8.1f ms, %7.0f rows/s/thread, %5.2f us/row: trace %.1f, extend %.1f, commit %.1f, auxiliary "
           "%.1f, "
           "constraints %.1f, composition %.1f, deep %.1f, fri %.1f, grinding %.1f, queries %.1f\n",
           threads, threads == 1 ? ": " : "s:", ms * s->total, rows / s->total / threads,
           1e6 * s->total * threads / rows, ms * s->trace, ms * s->extend, ms * s->commit, ms * s->auxiliary,
           ms * s->constraints, ms * s->composition, ms * s->deep, ms * s->fri, ms * s->grinding, ms * s->queries);
}

static void bench(const test_fixture *f, unsigned threads, bool terse) {
    eml_buf proof = {0};
    eml_prove_stats one = prove(f, 1, &proof);
    if (terse) {
        printf("%s %.6f\n", f->name, one.total);
    } else {
        eml_security bits =
            eml_security_bits(eml_preset_params(EML_PRESET_STANDARD), f->air.shape.n, f->air.columns.width, 1);
        printf("%s: n = %u, %u + %u columns, proof %zu bytes (%u bits proven), verify %.2f ms, peak %.1f MB (%.2f "
               "KB/row)\n",
               f->name, f->air.shape.n, f->air.columns.width, f->air.columns.aux_width, proof.len, bits.proven,
               1e3 * verify(f, &proof), 1e-6 * (double)one.peak_bytes, 1e-3 * (double)one.peak_bytes / f->air.shape.n);
        print_run(&one, f, 1);
        if (threads > 1) {
            eml_prove_stats all = prove(f, threads, &proof);
            print_run(&all, f, threads);
        }
    }
    fflush(stdout);
    eml_buf_free(&proof);
}

int main(int argc, char **argv) {
    (void)argv;
    unsigned threads = eml_threads_get();
    for (size_t i = 0; i < INTEROP_BENCH_PROGRAMS; i++) {
        test_fixture f;
        interop_bench_init(&f, i);
        bench(&f, threads, argc > 1);
        test_fixture_free(&f);
    }
    return 0;
}
