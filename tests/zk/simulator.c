/* The simulator (docs/zero-knowledge.md): from the claim alone, true or false, without any witness, it writes proofs
 * that the verifier accepts when the coin is programmed (programmed_coin.h), and refuses when it is not. What it writes
 * for the openings is uniform but for what the checks ask: so a hidden proof shows nothing but the claim, as far as its
 * openings are uniform too, which the masks are for. */
#include "runtime/stark/verifier/verifier.h"
#include "tests/support/cmocka.h"
#include "tests/support/fixture.h"
#include "tests/support/random.h"
#include "tests/zk/programmed_coin.h"
#include "tests/zk/simulated.h"

static eml_reject judge(const eml_air *air, const eml_claim *claim, const eml_buf *proof) {
    eml_preset seen;
    return eml_stark_verify(air, claim, proof->data, proof->len, 1u << EML_PRESET_STANDARD, &seen);
}

/* Bytes of the simulated proof. */
static size_t check(const eml_air *air, const eml_claim *claim) {
    eml_buf proof = {0};
    programmed_coin = true;
    simulate(air, claim, &proof);
    assert_int_equal(judge(air, claim, &proof), EML_REJECT_NONE);
    proof.data[proof.len / 2] ^= 1; /* the verifier is the real one in all but the coin */
    assert_int_not_equal(judge(air, claim, &proof), EML_REJECT_NONE);
    proof.data[proof.len / 2] ^= 1;
    programmed_coin = false;
    assert_int_equal(judge(air, claim, &proof), EML_REJECT_OUT_OF_DOMAIN);
    programmed_coin = true;
    size_t length = proof.len;
    eml_buf_free(&proof);
    return length;
}

/* The programs of the fixtures that are hidden; their claims, and false ones. */
static void test_simulator(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        test_fixture_init(&f, test_programs[i].name, test_programs[i].assembly);
        if (eml_shape_is_hidden(&f.air.shape)) {
            size_t simulated = check(&f.air, &f.claim);
            eml_buf honest = {0};
            test_fixture_prove(&f, EML_PRESET_STANDARD, &honest);
            assert_int_equal(honest.len, simulated); /* the length is a function of shape and positions */
            eml_buf_free(&honest);
            f.claim.stack[0] = eml_fe_add(f.claim.stack[0], EML_FE_ONE);
            f.public_tape[1] = test_random_fe();
            check(&f.air, &f.claim);
        }
        test_fixture_free(&f);
    }
}

/* An honest proof is accepted by the same verifier with the real coin. */
static void test_honest(void **state) {
    (void)state;
    test_fixture f;
    eml_buf proof = {0};
    const test_program *last = &test_programs[TEST_PROGRAMS - 1];
    programmed_coin = false;
    test_fixture_init(&f, last->name, last->assembly);
    test_fixture_prove(&f, EML_PRESET_STANDARD, &proof);
    assert_int_equal(judge(&f.air, &f.claim, &proof), EML_REJECT_NONE);
    eml_buf_free(&proof);
    test_fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_simulator), cmocka_unit_test(test_honest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
