/* Proofs are the same bytes whatever kernels and however many threads made them. Built as `native` and `emulated` like
 * field.c; the emulated program has an eml_cpu_flags of its own that grants whatever the mask asks for. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "runtime/base/cpu.h"
#include "runtime/base/parallel.h"
#include "tests/support/fixture.h"

#ifdef EMULATED
static unsigned granted = EML_CPU_ALL;
unsigned eml_cpu_flags(void) { return granted; }
void eml_cpu_set_mask(unsigned allowed) { granted = allowed; }
#endif

static void prove_dot(test_dot kind, eml_preset preset, eml_buf *proof) {
    test_fixture fixture;
    test_fixture_init_dot(&fixture, 130, kind); /* 1024 rows: several tiles, narrow transforms, sponge segments */
    test_fixture_prove(&fixture, preset, proof);
    test_fixture_free(&fixture);
}

static void test_same_bytes(void **state) {
    (void)state;
    for (test_dot kind = TEST_DOT_PLAIN; kind <= TEST_DOT_HIDDEN; kind++) {
        for (eml_preset preset = EML_PRESET_STANDARD; preset <= EML_PRESET_TEST; preset += EML_PRESET_TEST) {
            eml_buf expected = {0};
            eml_cpu_set_mask(0);
            eml_threads_set(1);
            prove_dot(kind, preset, &expected);
            for (unsigned mask = 0; mask <= EML_CPU_ALL; mask++) {
                eml_buf got = {0};
                eml_cpu_set_mask(mask);
                eml_threads_set(1 + mask % 3);
                prove_dot(kind, preset, &got);
                if (got.len != expected.len || memcmp(got.data, expected.data, got.len) != 0)
                    fail_msg("mask %u with %u threads gives another proof", mask, 1 + mask % 3);
                eml_buf_free(&got);
            }
            eml_buf_free(&expected);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
