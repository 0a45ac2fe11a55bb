/* Every forgery of traces.c violates the constraint that the table names, first; what it starts from violates none. */
#include <string.h>

#include "tests/forgery/forge.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static const uint8_t seed[32] = {3};

static const char *violated_by(const eml_claim *claim, const eml_matrix *trace, size_t *row) {
    eml_air air;
    eml_air_build(&claim->shape, &air);
    eml_fe2 alpha = test_random_fe2();
    eml_matrix aux;
    eml_air_build_aux(&air, trace, alpha, seed, &aux);
    const char *label = eml_air_check_trace(&air, claim, trace, &aux, alpha, row);
    static char copy[64];
    if (label) strncpy(copy, label, sizeof copy - 1);
    eml_matrix_free(&aux);
    eml_air_free(&air);
    return label ? copy : NULL;
}

static void test_forgeries(void **state) {
    (void)state;
    size_t row, failures = 0;
    for (size_t i = 0; i < forgery_count(); i++) {
        forgery forged;
        forgery_build(i, &forged);
        const char *label = violated_by(&forged.claim, &forged.trace, &row);
        if (!label || strcmp(label, forged.violated) != 0) {
            print_message("# %s: violates %s at row %zu, not %s\n", forged.name, label ? label : "nothing", row,
                          forged.violated);
            failures++;
        }
        forgery_free(&forged);
    }
    assert_int_equal(failures, 0);
}

/* Without the forged rows' constraints nothing else is violated: the forgeries are consistent, so each one shows that
 * its constraint is needed. */
static void test_consistent(void **state) {
    (void)state;
    for (size_t i = 0; i < forgery_count(); i++) {
        forgery forged;
        forgery_build(i, &forged);
        eml_air air;
        eml_air_build(&forged.claim.shape, &air);
        size_t violated_rows = 0, row;
        for (size_t r = 0; r + 2 < forged.trace.rows; r++)
            violated_rows +=
                eml_air_check_rows(&air, &forged.claim, &forged.trace, NULL, EML_FE2_ZERO, r, r + 1, &row) != NULL;
        if (violated_rows > 4) fail_msg("%s: %zu rows violate something", forged.name, violated_rows);
        eml_air_free(&air);
        forgery_free(&forged);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forgeries), cmocka_unit_test(test_consistent)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
