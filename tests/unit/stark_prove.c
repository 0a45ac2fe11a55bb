#include "tests/support/cmocka.h"

#include "runtime/stark/verifier/verifier.h"
#include "tests/support/fixture.h"

static void prove_and_verify(const test_program *program, eml_preset preset) {
    test_fixture f;
    eml_buf proof = {0};
    eml_preset seen = EML_PRESET_COUNT;
    test_fixture_init(&f, program->name, program->assembly);
    test_fixture_prove(&f, preset, &proof);
    eml_reject reject = eml_stark_verify(&f.air, &f.claim, proof.data, proof.len, 1u << preset, &seen);
    print_message("# %s, %s: n = %u, %zu bytes: %s\n", program->name, eml_preset_params(preset)->name, f.air.shape.n,
                  proof.len, eml_reject_name(reject));
    assert_int_equal(reject, EML_REJECT_NONE);
    assert_int_equal(seen, preset);
    eml_buf_free(&proof);
    test_fixture_free(&f);
}

static void test_every_program_and_preset(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_PROGRAMS; i++)
        for (eml_preset preset = 0; preset < EML_PRESET_COUNT; preset++) prove_and_verify(&test_programs[i], preset);
}

/* Proofs are functions of their inputs: no time, no address, no thread count. */
static void test_deterministic(void **state) {
    (void)state;
    test_fixture f;
    eml_buf first = {0}, second = {0};
    test_fixture_init(&f, test_programs[5].name, test_programs[5].assembly);
    test_fixture_prove(&f, EML_PRESET_STANDARD, &first);
    test_fixture_prove(&f, EML_PRESET_STANDARD, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    eml_buf_free(&first);
    eml_buf_free(&second);
    test_fixture_free(&f);
}

/* Of a committed tape: with the data sponge's states at hand, as in a session, the trace is the same, and they pass
 * the commitment. */
static void test_kept_states(void **state) {
    (void)state;
    for (size_t i = TEST_FIRST_COMMITTED; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        eml_matrix made, copied;
        test_fixture_init(&f, test_programs[i].name, test_programs[i].assembly);
        test_fixture_trace(&f, TEST_TRACE_SEED, &made);
        test_fixture_keep_states(&f);
        test_fixture_trace(&f, TEST_TRACE_SEED, &copied);
        assert_memory_equal(made.cells, copied.cells, made.rows * made.width * sizeof *made.cells);
        const eml_fe *at = f.commitment_states[eml_shape_commitment_row(&f.air.shape)];
        for (size_t j = 0; j < EML_RESCUE_DIGEST; j++) assert_true(eml_fe_eq(at[j], f.claim.commitment[j]));
        eml_matrix_free(&made);
        eml_matrix_free(&copied);
        test_fixture_free(&f);
    }
}

/* A preset that the caller did not accept is refused, and still named. */
static void test_preset_must_be_accepted(void **state) {
    (void)state;
    test_fixture f;
    eml_buf proof = {0};
    eml_preset seen = EML_PRESET_COUNT;
    test_fixture_init(&f, test_programs[0].name, test_programs[0].assembly);
    test_fixture_prove(&f, EML_PRESET_TEST, &proof);
    unsigned safe = 1u << EML_PRESET_STANDARD | 1u << EML_PRESET_HIGH;
    assert_int_equal(eml_stark_verify(&f.air, &f.claim, proof.data, proof.len, safe, &seen), EML_REJECT_PRESET);
    assert_int_equal(seen, EML_PRESET_TEST);
    eml_stark_params params;
    assert_true(eml_stark_peek_params(proof.data, proof.len, &params));
    assert_string_equal(params.name, "test");
    assert_false(eml_stark_peek_params(proof.data, 20, &params));
    assert_false(eml_stark_peek_params(proof.data, 33, &params)); /* only the number of constraints is missing */
    proof.data[26] = 3;                                           /* the extension's degree, which no preset has */
    assert_false(eml_stark_peek_params(proof.data, proof.len, &params));
    eml_buf_free(&proof);
    test_fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_program_and_preset),
        cmocka_unit_test(test_deterministic),
        cmocka_unit_test(test_kept_states),
        cmocka_unit_test(test_preset_must_be_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
