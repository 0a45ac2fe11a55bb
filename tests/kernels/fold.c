/* FRI folding kernels against the C definition: foldings of 2 to 16, ranges of every length. Built as `native` and
 * `emulated` like field.c. */
#include <string.h>

#include "tests/support/cmocka.h"

#include "runtime/stark/prover/fold_rows.h"
#include "tests/kernels/rivals.h"
#include "tests/support/random.h"

typedef struct rival {
    const char *name;
    unsigned needs;
    eml_fold_rows_fn *fold_rows;
} rival;

static const rival rivals[] = {
    {"avx2", EML_CPU_AVX2, eml_fold_rows_avx2},
    {"avx512", EML_CPU_AVX512_IFMA, eml_fold_rows_avx512},
};
enum { RIVALS = sizeof rivals / sizeof rivals[0], ROWS = 32 };

static void compare(const rival *r, uint32_t folding, size_t first, size_t count) {
    static eml_fe from[2 * ROWS * EML_FRI_FOLDING_MAX], expected[2 * ROWS], got[2 * ROWS];
    test_random_elements(from, 2 * ROWS * folding);
    memset(expected, 0x5a, sizeof expected); /* rows outside the range must stay */
    memset(got, 0x5a, sizeof got);
    eml_fold fold;
    eml_fold_init(&fold, folding, test_random_fe2());
    eml_fold_rows job = {.fold = &fold,
                         .from = from,
                         .to = expected,
                         .rows = ROWS,
                         .inverse_offset = test_random_fe(),
                         .inverse_generator = test_random_fe()};
    eml_fold_rows_c(&job, first, count);
    job.to = got;
    r->fold_rows(&job, first, count);
    for (size_t i = 0; i < 2 * ROWS; i++)
        if (!eml_fe_eq(got[i], expected[i])) fail_msg("%s differs at row %zu, folding %u", r->name, i / 2, folding);
}

static void test_folding(void **state) {
    (void)state;
    for (size_t r = 0; r < RIVALS; r++) {
        if (!rival_runs_here(rivals[r].needs)) continue;
        for (uint32_t folding = 2; folding <= EML_FRI_FOLDING_MAX; folding *= 2)
            for (size_t count = 0; count <= ROWS; count++) compare(&rivals[r], folding, ROWS - count, count);
    }
}

int main(void) {
    for (size_t i = 0; i < RIVALS; i++) rival_note_missing(rivals[i].name, rivals[i].needs);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_folding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
