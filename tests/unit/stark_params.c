/* Presets and their bits (docs/soundness.md), layouts, and proof bytes there and back. */
#include <string.h>

#include "runtime/stark/hiding.h"
#include "runtime/stark/proof.h"
#include "runtime/stark/reject.h"
#include "tests/support/cmocka.h"
#include "tests/support/fixture.h"

static void test_presets(void **state) {
    (void)state;
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) {
        eml_preset found = EML_PRESET_COUNT;
        eml_stark_params params = *eml_preset_params(i);
        assert_true(eml_preset_by_name(params.name, &found));
        assert_int_equal(found, i);
        assert_true(eml_preset_by_params(&params, &found));
        assert_int_equal(found, i);
        params.queries++;
        assert_false(eml_preset_by_params(&params, &found));
    }
    eml_preset untouched = EML_PRESET_HIGH;
    assert_false(eml_preset_by_name("Standard", &untouched));
    assert_int_equal(untouched, EML_PRESET_HIGH);
}

/* The interop suite compares these with Winterfell's own answers. */
static void test_security(void **state) {
    (void)state;
    static const struct {
        eml_preset preset;
        uint32_t n;
        uint32_t most;
        eml_security bits;
    } cases[] = {
        {EML_PRESET_STANDARD, 1 << 12, 128, {104, 128, 16}}, {EML_PRESET_STANDARD, 1 << 20, 128, {104, 128, 16}},
        {EML_PRESET_STANDARD, 1 << 24, 128, {104, 128, 16}}, {EML_PRESET_HIGH, 1 << 12, 128, {128, 128, 9}},
        {EML_PRESET_HIGH, 1 << 16, 128, {128, 128, 9}},      {EML_PRESET_HIGH, 1 << 12, 119, {119, 119, 0}},
        {EML_PRESET_STANDARD, 64, 98, {98, 98, 11}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eml_security bits = eml_security_bits(eml_preset_params(cases[i].preset), cases[i].n, 37, cases[i].most);
        print_message("# %s, n = %u: %u proven, %u conjectured\n", eml_preset_params(cases[i].preset)->name, cases[i].n,
                      bits.proven, bits.conjectured);
        assert_int_equal(bits.proven, cases[i].bits.proven);
        assert_int_equal(bits.conjectured, cases[i].bits.conjectured);
        assert_int_equal(bits.proof_of_work, cases[i].bits.proof_of_work);
    }
}

static void test_valid(void **state) {
    (void)state;
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++) assert_true(eml_stark_params_valid(eml_preset_params(i)));
    static const eml_stark_params others[] = {
        {"no blowup", 0, 59, 16, 8, 127, 2},     {"blowup 1", 1, 59, 16, 8, 127, 2},
        {"blowup 6", 6, 59, 16, 8, 127, 2},      {"blowup 256", 256, 59, 16, 8, 127, 2},
        {"no queries", 8, 0, 16, 8, 127, 2},     {"256 queries", 8, 256, 16, 8, 127, 2},
        {"33 bits", 8, 59, 33, 8, 127, 2},       {"folding 1", 8, 59, 16, 1, 127, 2},
        {"folding 6", 8, 59, 16, 6, 127, 2},     {"folding 32", 8, 59, 16, 32, 127, 2},
        {"remainder 126", 8, 59, 16, 8, 126, 2}, {"remainder 511", 8, 59, 16, 8, 511, 2},
        {"extension 0", 8, 59, 16, 8, 127, 0},   {"extension 3", 8, 59, 16, 8, 127, 3},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (eml_stark_params_valid(&others[i])) fail_msg("%s is valid", others[i].name);
}

static void test_layout(void **state) {
    (void)state;
    test_fixture f;
    test_fixture_init_dot(&f, 400, TEST_DOT_PLAIN); /* n = 2048 */
    eml_layout layout = eml_layout_of(&f.air, eml_preset_params(EML_PRESET_STANDARD));
    assert_int_equal(layout.n, 2048);
    assert_int_equal(layout.ce_blowup, 4);
    assert_int_equal(layout.composition_width, 3);
    assert_int_equal(layout.fri_layers, 2);
    assert_int_equal(layout.domain[0], 16384);
    assert_int_equal(layout.domain[2], 256);
    assert_int_equal(layout.remainder, 32);
    test_fixture_free(&f);
}

/* Decoding and encoding gives the same bytes, for every program and preset. */
static void test_round_trip(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        test_fixture_init(&f, test_programs[i].name, test_programs[i].assembly);
        for (eml_preset preset = 0; preset < EML_PRESET_COUNT; preset++) {
            const eml_stark_params *params = eml_preset_params(preset);
            eml_layout layout = eml_layout_of(&f.air, params);
            eml_buf bytes = {0}, again = {0};
            test_fixture_prove(&f, preset, &bytes);
            eml_reader reader = {bytes.data, bytes.len};
            eml_proof_context context;
            eml_stark_proof proof;
            assert_int_equal(eml_proof_context_decode(&reader, &context), EML_REJECT_NONE);
            assert_int_equal(eml_stark_proof_decode(&reader, &layout, &proof), EML_REJECT_NONE);
            eml_stark_proof_encode(&proof, &layout, params, &again);
            assert_int_equal(again.len, bytes.len);
            assert_memory_equal(again.data, bytes.data, bytes.len);
            eml_stark_proof_free(&proof);
            eml_buf_free(&bytes);
            eml_buf_free(&again);
        }
        test_fixture_free(&f);
    }
}

static void test_hiding(void **state) {
    (void)state;
    eml_shape shape = {.n = 512, .S = 1, .W = 2, .form = EML_FORM_HIDDEN, .salted = 1};
    for (eml_preset i = 0; i < EML_PRESET_COUNT; i++)
        assert_int_equal(eml_hiding_of(eml_preset_params(i), &shape),
                         i == EML_PRESET_TEST ? EML_HIDING_NO_PRESET : EML_HIDING_COMPLETE);
    eml_stark_params params = *eml_preset_params(EML_PRESET_STANDARD);
    params.queries = 80;
    assert_int_equal(eml_hiding_of(&params, &shape), EML_HIDING_COMPLETE);
    params.queries++;
    assert_int_equal(eml_hiding_of(&params, &shape), EML_HIDING_NO_PRESET);
    const eml_stark_params *standard = eml_preset_params(EML_PRESET_STANDARD);
    shape.salted = 0;
    assert_int_equal(eml_hiding_of(standard, &shape), EML_HIDING_NO_SALTS);
    shape.form = EML_FORM_TRANSPARENT;
    assert_int_equal(eml_hiding_of(standard, &shape), EML_HIDING_NO_FORM);
    for (eml_hiding hiding = 0; hiding < EML_HIDINGS; hiding++)
        assert_int_equal(eml_hiding_weakness(hiding) != NULL,
                         hiding == EML_HIDING_NO_PRESET || hiding == EML_HIDING_NO_SALTS);
}

static void test_rejections_have_words(void **state) {
    (void)state;
#define REJECT(NAME, name, sentence)                                                                                   \
    assert_string_equal(eml_reject_name(EML_REJECT_##NAME), name);                                                     \
    assert_string_equal(eml_reject_sentence(EML_REJECT_##NAME), sentence);
#include "runtime/stark/reject.def"
#undef REJECT
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_presets),
        cmocka_unit_test(test_security),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_hiding),
        cmocka_unit_test(test_rejections_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
