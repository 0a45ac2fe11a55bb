/* What the primitives cost: nanoseconds an operation on one thread, with the portable code and with each set of kernels
 * that this CPU has. The best of several runs, because other work on the machine only ever adds time. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/base/cpu.h"
#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"
#include "runtime/field/vector.h"
#include "runtime/hash/blake3.h"
#include "runtime/hash/merkle.h"
#include "runtime/hash/rescue_prime.h"
#include "tests/support/random.h"

enum { RUNS = 7, ELEMENTS = 4096, MULS = 1 << 20, NTT_LOG2 = 14, NTT_WIDTH = 37, ROWS = 1024, ROW_BYTES = 37 * 16 };

static eml_fe elements[ELEMENTS], others[ELEMENTS];
static eml_fe2 pairs[ELEMENTS];
static eml_matrix matrix;
static uint8_t rows[ROWS * ROW_BYTES];
static eml_digest digests[ROWS];
static volatile uint64_t sink; /* results go here, so that nothing is optimised away */

static void multiply_throughput(void) {
    for (size_t round = 0; round < MULS / ELEMENTS; round++) {
        for (size_t i = 0; i < ELEMENTS; i++) elements[i] = eml_fe_mul(elements[i], others[i]);
    }
}

static void multiply_latency(void) {
    eml_fe x = elements[0];
    for (size_t i = 0; i < MULS; i++) x = eml_fe_square(x);
    sink = x.lo;
}

static void add_sub(void) {
    for (size_t round = 0; round < MULS / ELEMENTS / 2; round++) {
        for (size_t i = 0; i < ELEMENTS; i++) {
            eml_fe a = elements[i], b = others[i];
            elements[i] = eml_fe_add(a, b);
            others[i] = eml_fe_sub(a, b);
        }
    }
}

static void multiply_extension(void) {
    for (size_t i = 0; i < ELEMENTS; i++) pairs[i] = eml_fe2_mul(pairs[i], pairs[ELEMENTS - 1 - i]);
}

static void dot_product(void) { sink = eml_fe_dot(elements, others, ELEMENTS).lo; }
static void invert(void) { elements[0] = eml_fe_inv(elements[0]); }
static void invert_batch(void) { eml_fe_batch_inv(elements, ELEMENTS); }
static void invert_batch_extension(void) { eml_fe2_batch_inv(pairs, ELEMENTS); }
static void cube_root(void) { elements[0] = eml_fe_cube_root(elements[0]); }
static void cube_root_many(void) { eml_fe_cube_root_many(elements, ELEMENTS); }
static void interpolate(void) { eml_ntt_interpolate(&matrix, elements[0]); }
static void permute(void) { eml_rescue_permute(elements); }
static void hash_rows(void) { eml_blake3_hash_many(rows, ROW_BYTES, ROW_BYTES, ROWS, digests); }
static void hash_nodes(void) { eml_blake3_hash_many(rows, 64, 64, ROWS, digests); }
static void find_nonce(void) { sink = eml_blake3_find_nonce(digests, 0, ROWS, UINT32_MAX); }
static void hash_message(void) { digests[0] = eml_blake3_hash(rows, sizeof rows); }

typedef struct measurement {
    const char *name;
    void (*run)(void);
    size_t operations; /* in one run */
    bool has_kernels;
} measurement;

static const measurement measurements[] = {
    {"multiply, independent", multiply_throughput, MULS, false},
    {"square, each waits for the last", multiply_latency, MULS, false},
    {"add or subtract", add_sub, MULS, false},
    {"multiply in the extension", multiply_extension, ELEMENTS, false},
    {"dot product, a term", dot_product, ELEMENTS, false},
    {"inverse", invert, 1, false},
    {"inverse, in a batch", invert_batch, ELEMENTS, false},
    {"inverse in the extension, in a batch", invert_batch_extension, ELEMENTS, false},
    {"cube root", cube_root, 1, false},
    {"cube root, of many", cube_root_many, ELEMENTS, true},
    {"transform of 2^14 x 37, a butterfly", interpolate, (size_t)NTT_LOG2 *NTT_WIDTH << (NTT_LOG2 - 1), true},
    {"Rescue-Prime permutation", permute, 1, true},
    {"BLAKE3 of a row of 592 bytes", hash_rows, ROWS, true},
    {"BLAKE3 of a node of 64 bytes", hash_nodes, ROWS, true},
    {"BLAKE3 of a nonce, proof of work", find_nonce, ROWS, true},
    {"BLAKE3 of a message of 592 KiB, a KiB", hash_message, sizeof rows / 1024, true},
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Runs are repeated until they take a millisecond. */
static double nanoseconds(const measurement *m) {
    double best = 1e30;
    m->run();
    for (size_t i = 0; i < RUNS; i++) {
        double start = seconds(), elapsed;
        size_t repeats = 0;
        do {
            m->run();
            repeats++;
        } while ((elapsed = seconds() - start) < 1e-3);
        double each = elapsed / (double)repeats / (double)m->operations;
        if (each < best) best = each;
    }
    return 1e9 * best;
}

static void measure_all(const char *kernels, unsigned mask, bool kernels_only) {
    eml_cpu_set_mask(mask);
    printf("%s\n", kernels);
    for (size_t i = 0; i < sizeof measurements / sizeof *measurements; i++) {
        if (kernels_only && !measurements[i].has_kernels) continue;
        printf("  %-40s %10.2f ns\n", measurements[i].name, nanoseconds(&measurements[i]));
    }
}

int main(void) {
    for (size_t i = 0; i < ELEMENTS; i++) {
        elements[i] = test_random_fe();
        others[i] = test_random_fe();
        pairs[i] = test_random_fe2();
    }
    for (size_t i = 0; i < sizeof rows; i++) rows[i] = (uint8_t)test_random();
    eml_matrix_init(&matrix, (size_t)1 << NTT_LOG2, NTT_WIDTH);
    for (size_t i = 0; i < matrix.rows * matrix.width; i++) matrix.cells[i] = test_random_fe();
    eml_threads_set(1);

    unsigned flags = eml_cpu_flags();
    measure_all("portable", 0, false);
    if (flags & EML_CPU_AVX2) measure_all("AVX2", EML_CPU_AVX2, true);
    if (flags & EML_CPU_AVX512_IFMA) measure_all("AVX-512 IFMA", EML_CPU_ALL, true);
    eml_matrix_free(&matrix);
    return 0;
}
