/* A valid proof shown with another claim, or under another program's constraint set. */
#include "tests/negative/subject.h"
#include "tests/support/cmocka.h"

static eml_reject verify_claim(const subject *s, const eml_claim *claim) {
    eml_preset seen;
    return eml_stark_verify(&s->fixture.air, claim, s->proof.data, s->proof.len, 1u << s->preset, &seen);
}

static void expect_changed(const subject *s, eml_fe *value) {
    eml_fe kept = *value;
    *value = eml_fe_add(kept, EML_FE_ONE);
    assert_int_equal(verify_claim(s, &s->fixture.claim), EML_REJECT_OUT_OF_DOMAIN);
    *value = kept;
}

/* Digests, final stack, the three tapes: every element counts. Another representative of the same element does not. */
static void test_every_value(void **state) {
    (void)state;
    for (size_t i = 4; i < TEST_PROGRAMS; i++) {
        subject s;
        subject_init(&s, test_programs[i].name, test_programs[i].assembly, EML_PRESET_TEST);
        eml_claim *claim = &s.fixture.claim;
        const eml_shape *shape = &claim->shape;
        for (size_t k = 0; k < (size_t)EML_RESCUE_DIGEST * shape->S; k++)
            expect_changed(&s, &claim->digests[k / 2][k % 2]);
        for (size_t k = 0; k < shape->W; k++) expect_changed(&s, &claim->stack[k]);
        for (size_t k = 0; k < shape->public_len; k++) expect_changed(&s, &s.fixture.public_tape[k]);
        for (size_t k = 0; k < EML_CT_ELEMENTS * shape->secret_len; k++) expect_changed(&s, &s.fixture.secret_tape[k]);
        for (size_t k = 0; k < shape->output_len; k++) expect_changed(&s, &s.fixture.outcome.output_tape[k]);
        claim->stack[shape->W - 1] = (eml_fe){EML_FE_P_LO, EML_FE_P_HI}; /* 0 */
        assert_int_equal(verify_claim(&s, claim), EML_REJECT_NONE);
        subject_free(&s);
    }
}

static void test_shape(void **state) {
    (void)state;
    subject s;
    subject_init(&s, "shape", test_programs[4].assembly, EML_PRESET_TEST);
    eml_claim claims[7];
    for (size_t i = 0; i < 7; i++) claims[i] = s.fixture.claim;
    claims[0].shape.n *= 2;
    claims[1].shape.W++;
    claims[2].shape.S = 1;
    claims[3].shape.public_len--;
    claims[4].shape.secret_len++;
    claims[5].shape.output_len--;
    claims[6].shape.delta = eml_fe_from_u64(77);
    for (size_t i = 0; i < 7; i++) assert_int_equal(verify_claim(&s, &claims[i]), EML_REJECT_CLAIM_SHAPE);
    subject_free(&s);
}

/* Programs i's proof for program k's claim: always refused, whatever the shapes have in common. */
static void test_other_programs(void **state) {
    (void)state;
    subject subjects[TEST_PROGRAMS];
    for (size_t i = 0; i < TEST_PROGRAMS; i++)
        subject_init(&subjects[i], test_programs[i].name, test_programs[i].assembly, EML_PRESET_TEST);
    for (size_t i = 0; i < TEST_PROGRAMS; i++)
        for (size_t k = 0; k < TEST_PROGRAMS; k++) {
            eml_reject reject = subject_verify(&subjects[k], subjects[i].proof.data, subjects[i].proof.len);
            assert_int_equal(reject == EML_REJECT_NONE, i == k);
        }
    for (size_t i = 0; i < TEST_PROGRAMS; i++) subject_free(&subjects[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_value),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_other_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
