/* Composition coefficients are drawn in Winterfell's order: transition constraints, then assertions as
 * BoundaryConstraints sorts them (air/src/air/boundary/mod.rs), whatever shape the program has. */
#include "tests/support/cmocka.h"

#include "runtime/stark/composition.h"

static bool comes_before(const eml_assertion *x, const eml_assertion *y) {
    if (x->auxiliary != y->auxiliary) return y->auxiliary;
    return x->row != y->row ? x->row < y->row : x->column < y->column;
}

/* The place of an assertion in Winterfell's order. */
static size_t rank_of(const eml_air *air, size_t index) {
    size_t rank = 0;
    for (size_t i = 0; i < air->assertion_count; i++)
        rank += comes_before(&air->assertions[i], &air->assertions[index]);
    return rank;
}

static void check_order(const eml_shape *shape) {
    eml_air air;
    eml_coin coin, again;
    eml_coefficients coefficients;
    eml_air_build(shape, &air);
    eml_coin_init(&coin, &EML_FE_ONE, 1, 2);
    again = coin;
    eml_coefficients_draw(&coin, &air, &coefficients);

    size_t transitions = air.main_count + air.aux_count, total = transitions + air.assertion_count;
    eml_fe2 *drawn = eml_alloc(total, sizeof *drawn);
    for (size_t i = 0; i < total; i++) drawn[i] = eml_coin_draw(&again);
    for (size_t i = 0; i < transitions; i++) assert_true(eml_fe2_eq(coefficients.transition[i], drawn[i]));
    for (size_t i = 0; i < air.assertion_count; i++)
        assert_true(eml_fe2_eq(coefficients.boundary[i], drawn[transitions + rank_of(&air, i)]));
    assert_int_equal(coin.counter, again.counter);
    eml_free(drawn);
    eml_coefficients_free(&coefficients);
    eml_air_free(&air);
}

static void test_coefficient_order(void **state) {
    (void)state;
    static const eml_shape shapes[] = {
        {.n = 32, .W = 2, .S = 1},
        {.n = 64, .W = 3, .S = 4, .public_len = 9},
        {.n = 64, .W = 16, .S = 2, .public_len = 2, .secret_len = 3, .output_len = 7, .delta = {12345, 6789}},
        {.n = 32, .W = 11, .S = 4, .public_len = 1, .secret_len = 1, .delta = {5, 0}},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) check_order(&shapes[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_coefficient_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
