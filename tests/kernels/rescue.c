/* Rescue-Prime round kernels against the C definition, for every number of states and all rounds. Built as `native` and
 * `emulated` like field.c. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "runtime/hash/rescue_rounds.h"
#include "tests/kernels/rivals.h"
#include "tests/support/random.h"

typedef struct rival {
    const char *name;
    unsigned needs;
    eml_rescue_rounds_fn *rounds;
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_rescue_rounds_avx2},
    {"avx512", EML_CPU_AVX512_IFMA, eml_rescue_rounds_avx512},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0], STATES = 9 };

static void test_rounds(void **state) {
    (void)state;
    for (size_t r = 0; r < RIVALS; r++) {
        if (!rival_runs_here(rivals[r].needs)) continue;
        for (size_t count = 0; count <= STATES; count++) {
            for (unsigned first = 0; first < EML_RESCUE_ROUNDS; first++) {
                eml_fe expected[STATES][EML_RESCUE_WIDTH], got[STATES][EML_RESCUE_WIDTH];
                unsigned rounds[STATES];
                for (size_t i = 0; i < STATES; i++) rounds[i] = (unsigned)((first + 4 * i) % EML_RESCUE_ROUNDS);
                test_random_elements(expected[0], STATES * EML_RESCUE_WIDTH);
                memcpy(got, expected, sizeof got);
                eml_rescue_rounds_c(expected, rounds, count);
                rivals[r].rounds(got, rounds, count);
                for (size_t i = 0; i < STATES; i++)
                    for (size_t k = 0; k < EML_RESCUE_WIDTH; k++)
                        if (!eml_fe_eq(got[i][k], expected[i][k]))
                            fail_msg("%s differs at state %zu", rivals[r].name, i);
            }
        }
    }
}

int main(void) {
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
