/* Translation validation catches every single change of a compiled program that changes what it computes. */
#include "tests/unit/compiler_fixture.h"

static const char plain[] = "model plain\n"
                            "input public x[3] in [-1, 1]\n"
                            "input public uniform u in [0, 9] integer\n"
                            "output a within 1e-3 = 1.5 * x[0] - 2.1 * x[1] + 3.3\n"
                            "output b within 1e-3 = u * x[2] + u + 0.7 * x[0]\n";
static const char encrypted[] = "model encrypted\n"
                                "input secret x[2] in [-1, 1]\n"
                                "input public age in [0, 99] integer\n"
                                "input public uniform u in [0, 9] integer\n"
                                "output a within 1e-3 = 1.5 * x[0] - 2.1 * x[1] + 3.3 + 0.1 * age\n"
                                "output b within 1e-3 = u * x[1] + 0.7 * x[0] - u\n";
static const char single[] = "model one\ninput secret x[2] in [-1, 1]\noutput a within 1e-3 = x[0] - 2.1 * x[1]\n";

static void check_corruptions(const char *text) {
    fixture f;
    fixture_compile(&f, text);
    eml_error err;
    assert_int_equal(fixture_validate(&f, &err), EML_OK);
    const eml_shape *shape = &f.program.shape;
    size_t tried = 0;
    for (size_t i = 0; i < eml_shape_code_rows(shape) / eml_shape_group(shape); i++) {
        eml_fe was = f.program.immediates[i];
        if (eml_fe_is_zero(was)) continue;
        f.program.immediates[i] = eml_fe_add(was, EML_FE_ONE);
        assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
        f.program.immediates[i] = was;
        tried++;
    }
    for (size_t i = 0; i < shape->public_len; i++) {
        uint32_t *entry = &f.passes.lowered.public_tape.items[i], was = *entry;
        *entry = was == 0 ? 1 : 0;
        assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
        *entry = was;
    }
    for (size_t i = 0; i < shape->secret_len; i++) {
        uint32_t *entry = &f.passes.lowered.secret_tape.items[i], was = *entry;
        *entry = was ^ 1;
        assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
        *entry = was;
    }
    /* MUL <-> ADD keeps the stack's depth and changes the value. */
    for (size_t i = 0; i < eml_shape_code_rows(shape); i++) {
        uint8_t was = f.program.code[i];
        if (was != EML_OP_MUL && was != EML_OP_ADD) continue;
        f.program.code[i] = was == EML_OP_MUL ? EML_OP_ADD : EML_OP_MUL;
        assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
        f.program.code[i] = was;
        tried++;
    }
    assert_true(tried > 0);
    assert_int_equal(fixture_validate(&f, &err), EML_OK);
    fixture_free(&f);
}

static void test_plain(void **unused) {
    (void)unused;
    check_corruptions(plain);
}

static void test_encrypted(void **unused) {
    (void)unused;
    check_corruptions(encrypted);
}

static void test_single_encrypted(void **unused) {
    (void)unused;
    check_corruptions(single);
}

static void test_wrong_delta(void **unused) {
    (void)unused;
    fixture f;
    eml_error err;
    fixture_compile(&f, encrypted);
    f.program.shape.delta = eml_fe_add(f.program.shape.delta, EML_FE_ONE);
    assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
    fixture_free(&f);
}

static void test_dropped_output(void **unused) {
    (void)unused;
    fixture f;
    eml_error err;
    fixture_compile(&f, plain);
    f.passes.model.output_count = 1;
    assert_int_equal(fixture_validate(&f, &err), EML_ERR_INTERNAL);
    f.passes.model.output_count = 2;
    fixture_free(&f);
}

/* One group of four a term with S = 4 (docs/vm-and-air.md): what a row costs. */
static void test_four_rows_a_term(void **unused) {
    (void)unused;
    eml_buf text = {0};
    eml_buf_put_text(&text, "model wide\ninput public x[200] in [-1, 1] step 0.01\noutput y exact = 0.5");
    for (int i = 0; i < 200; i++) eml_buf_printf(&text, " + %d.37 * x[%d]", i + 1, i);
    eml_buf_put_text(&text, "\n");
    eml_buf_put_u8(&text, 0);
    fixture f;
    fixture_compile(&f, (const char *)text.data);
    assert_int_equal(f.passes.lowered.code.count, 201 * 4 - 1);
    assert_int_equal(f.program.shape.S, 4);
    assert_int_equal(f.program.shape.n, 1024);
    assert_int_equal(f.program.shape.W, 3);
    fixture_free(&f);
    eml_buf_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_encrypted),
        cmocka_unit_test(test_single_encrypted),
        cmocka_unit_test(test_wrong_delta),
        cmocka_unit_test(test_dropped_output),
        cmocka_unit_test(test_four_rows_a_term),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
