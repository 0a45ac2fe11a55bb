/* BLAKE3 kernels against the C definition: every length of one chunk, every count around the number of lanes, odd
 * strides and alignments. Built as `native` and `emulated` like field.c. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "tests/kernels/rivals.h"
#include "runtime/hash/blake3_core.h"

typedef struct rival {
    const char *name;
    unsigned needs;
    eml_blake3_chunks_fn *chunks;
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_blake3_chunks_avx2},
    {"avx512", EML_CPU_AVX512, eml_blake3_chunks_avx512},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0], COUNT_MAX = 37, PAD = 5 };

static uint8_t bytes[COUNT_MAX * (EML_BLAKE3_CHUNK + PAD) + 64];

static void compare(const rival *r, size_t offset, size_t stride, size_t length, size_t count) {
    eml_digest expected[COUNT_MAX + 1], got[COUNT_MAX + 1];
    memset(expected, 0x5a, sizeof expected); /* digests past count must stay */
    memset(got, 0x5a, sizeof got);
    eml_blake3_chunks_c(bytes + offset, stride, length, count, expected);
    r->chunks(bytes + offset, stride, length, count, got);
    if (memcmp(expected, got, sizeof got) != 0)
        fail_msg("%s differs: length %zu, count %zu, stride %zu", r->name, length, count, stride);
}

static void test_lengths(void **state) {
    (void)state;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t length = 0; length <= EML_BLAKE3_CHUNK; length++)
            compare(&rivals[i], length % 64, length + length % PAD, length, 17);
    }
}

static void test_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < RIVALS; i++) {
        if (!rival_runs_here(rivals[i].needs)) continue;
        for (size_t count = 0; count <= COUNT_MAX; count++) {
            compare(&rivals[i], count, 64, 64, count);
            compare(&rivals[i], 0, 592, 592, count);
            compare(&rivals[i], 1, 0, 100, count); /* one message many times */
        }
    }
}

int main(void) {
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lengths), cmocka_unit_test(test_counts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
