/* What proving costs: dot products of 64, 1024 and 4096 terms, plain and encrypted, `standard` preset, one thread and
 * all. The best of several runs. A line a program for people; with an argument, the number of threads, "name
 * seconds seconds-of-the-program-hash" lines for bench.py instead. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/base/parallel.h"
#include "runtime/stark/prover/prover.h"
#include "runtime/stark/verifier/verifier.h"
#include "tests/interop/programs.h"

static double total_seconds(const eml_prove_watch *watch) {
    double total = 0;
    for (int i = 0; i < EML_PROVE_PHASE_COUNT; i++) total += watch->seconds[i];
    return total;
}

enum { VERIFY_RUNS = 20 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The run with the least total, trace generation included. proof receives the last run's bytes. */
static eml_prove_watch prove(const test_fixture *f, unsigned threads, eml_buf *proof) {
    eml_prove_watch best = {.seconds = {1e9}};
    int runs = f->air.shape.n < 4096 ? 20 : 4;
    eml_threads_set(threads);
    for (int i = 0; i < runs; i++) {
        eml_prove_watch watch = {0};
        eml_matrix trace;
        eml_prove_enter(&watch, EML_PROVE_TRACE);
        test_fixture_trace(f, TEST_TRACE_SEED, &trace);
        proof->len = 0;
        eml_error err;
        if (eml_stark_prove(&f->air, &f->claim, &trace, eml_preset_params(EML_PRESET_STANDARD), test_aux_seed, proof,
                            &watch, &err) != EML_OK)
            abort();
        if (total_seconds(&watch) < total_seconds(&best)) best = watch;
    }
    return best;
}

/* The program hash: every cube root of the trace, taken once a program; a trace copies what it keeps. */
static double hash_program(test_fixture *f, unsigned threads) {
    double best = 1e9;
    eml_threads_set(threads);
    for (int i = 0; i < 3; i++) {
        eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
        double start = now();
        eml_program_sponge_digests(&f->program, digests);
        double seconds = now() - start;
        if (seconds < best) best = seconds;
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

static void print_run(const eml_prove_watch *watch, double hash, const test_fixture *f, unsigned threads) {
    double total = total_seconds(watch), rows = f->air.shape.n;
    printf("  %u thread%s %8.1f ms, %7.0f rows/s/thread, %5.2f us/row/thread:", threads,
           threads == 1 ? ": " : "s:", 1e3 * total, rows / total / threads, 1e6 * total * threads / rows);
    for (int phase = 0; phase < EML_PROVE_PHASE_COUNT; phase++)
        printf(" %s %.1f", eml_prove_phase_name((eml_prove_phase)phase), 1e3 * watch->seconds[phase]);
    printf("; program hash, once a program, %.1f ms\n", 1e3 * hash);
}

static void bench(test_fixture *f, unsigned threads, bool terse) {
    eml_buf proof = {0};
    eml_prove_watch one = prove(f, terse ? threads : 1, &proof);
    if (terse) {
        printf("%s %.6f %.6f\n", f->name, total_seconds(&one), hash_program(f, threads));
    } else {
        eml_security bits =
            eml_security_bits(eml_preset_params(EML_PRESET_STANDARD), f->air.shape.n, f->air.columns.width, 128);
        printf("%s: n = %u, %u + %u columns, proof %zu bytes (%u bits proven), verify %.2f ms, peak %.1f MB (%.2f "
               "KB/row)\n",
               f->name, f->air.shape.n, f->air.columns.width, f->air.columns.aux_width, proof.len, bits.proven,
               1e3 * verify(f, &proof), 1e-6 * (double)one.peak_bytes, 1e-3 * (double)one.peak_bytes / f->air.shape.n);
        print_run(&one, hash_program(f, 1), f, 1);
        if (threads > 1) {
            eml_prove_watch all = prove(f, threads, &proof);
            print_run(&all, hash_program(f, threads), f, threads);
        }
    }
    fflush(stdout);
    eml_buf_free(&proof);
}

int main(int argc, char **argv) {
    unsigned threads = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : eml_threads_get();
    for (size_t i = 0; i < INTEROP_BENCH_PROGRAMS; i++) {
        test_fixture f;
        interop_bench_init(&f, i);
        bench(&f, threads, argc > 1);
        test_fixture_free(&f);
    }
    return 0;
}
