/* Every forgery of traces.c is proved, with no checks, and the verifier refuses the proof at the out-of-domain point:
 * the forged rows make the composition no polynomial of the degree that was committed. The prover that people have
 * notices the same, and sends nothing. */
#include "runtime/stark/verifier/verifier.h"
#include "tests/forgery/forge.h"
#include "tests/support/cmocka.h"
#include "tests/support/unchecked.h"

static const uint8_t seed[32] = {3};

static eml_reject prove_and_verify(const eml_claim *claim, eml_matrix *trace_take, eml_preset preset) {
    eml_air air;
    eml_buf proof = {0};
    eml_preset seen;
    eml_air_build(&claim->shape, &air);
    test_prove_unchecked(&air, claim, trace_take, eml_preset_params(preset), seed, &proof);
    eml_reject reject = eml_stark_verify(&air, claim, proof.data, proof.len, 1u << preset, &seen);
    eml_buf_free(&proof);
    eml_air_free(&air);
    return reject;
}

static void refuse_all(eml_preset preset) {
    for (size_t i = 0; i < forgery_count(); i++) {
        forgery forged;
        forgery_build(i, &forged);
        eml_reject reject = prove_and_verify(&forged.claim, &forged.trace, preset);
        print_message("# %s (%s): %s\n", forged.name, forged.violated, eml_reject_name(reject));
        assert_int_equal(reject, EML_REJECT_OUT_OF_DOMAIN);
        forgery_free(&forged);
    }
}

static void test_refused_test_preset(void **state) {
    (void)state;
    refuse_all(EML_PRESET_TEST);
}

static void test_refused_standard_preset(void **state) {
    (void)state;
    refuse_all(EML_PRESET_STANDARD);
}

static void test_prover_notices(void **state) {
    (void)state;
    for (size_t i = 0; i < forgery_count(); i++) {
        forgery forged;
        eml_air air;
        eml_buf proof = {0};
        eml_error err;
        forgery_build(i, &forged);
        eml_air_build(&forged.claim.shape, &air);
        eml_status status = eml_stark_prove(&air, &forged.claim, &forged.trace, eml_preset_params(EML_PRESET_TEST),
                                            seed, &proof, NULL, &err);
        assert_int_equal(status, EML_ERR_INTERNAL);
        assert_int_equal(proof.len, 0);
        assert_string_equal(err.text,
                            "the proof would be refused: the constraints do not hold at the out-of-domain point");
        eml_air_free(&air);
        forgery_free(&forged);
    }
}

/* The same way from an honest run is accepted: what is refused above is the forgery. */
static void test_honest_accepted(void **state) {
    (void)state;
    run honest;
    run_build("push.3\nread\nmul\npush.4\nadd\nwrite\n", &honest);
    assert_int_equal(prove_and_verify(&honest.claim, &honest.trace, EML_PRESET_TEST), EML_REJECT_NONE);
    run_free(&honest);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused_test_preset),
        cmocka_unit_test(test_refused_standard_preset),
        cmocka_unit_test(test_prover_notices),
        cmocka_unit_test(test_honest_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
