/* The driver: what a failing compilation leaves, and pinned options. */
#include "tests/unit/compiler_fixture.h"

#include "runtime/base/file.h"

static const char path[] = "compiler_driver_test.eml";

static eml_status compile(const char *text, uint32_t sponges, eml_compilation *out) {
    eml_error err;
    assert_int_equal(eml_file_write(path, text, strlen(text), EML_FILE_ORDINARY, &err), EML_OK);
    eml_compile_options options = {.delta_bits = -1, .sponges = sponges};
    eml_status status = eml_compile(path, &options, out, &err);
    remove(path);
    return status;
}

static const char good[] = "model m\ninput public x in [0, 1]\noutput y within 1e-3 = 2.5 * x + 1\n"
                           "test \"one\" {\n x = 0.5\n y = 2.25\n}\n";

static bool can_emit(const eml_compilation *compilation, eml_emit kind) {
    eml_buf out = {0};
    eml_error err;
    eml_status status = eml_compile_emit(compilation, kind, &out, &err);
    assert_true((status == EML_OK) == (out.len > 0));
    eml_buf_free(&out);
    return status == EML_OK;
}

static void test_every_artifact(void **unused) {
    (void)unused;
    eml_compilation c = {0};
    assert_int_equal(compile(good, 0, &c), EML_OK);
    for (int kind = 0; kind < EML_EMIT_COUNT; kind++) assert_true(can_emit(&c, (eml_emit)kind));
    eml_compilation_free(&c);
}

static void test_stages_before_an_error_can_be_dumped(void **unused) {
    (void)unused;
    eml_compilation c = {0};
    assert_int_equal(compile("model m\ninput public x in [0, 1e30]\noutput y within 1e-30 = 1.1 * x\n", 0, &c),
                     EML_ERR_INPUT);
    assert_true(can_emit(&c, EML_EMIT_MODEL));
    assert_false(can_emit(&c, EML_EMIT_QUANT));
    eml_compilation_free(&c);
    assert_int_equal(compile("model m\noutput y = z\n", 0, &c), EML_ERR_INPUT);
    assert_true(can_emit(&c, EML_EMIT_AST));
    assert_false(can_emit(&c, EML_EMIT_MODEL));
    eml_compilation_free(&c);
}

static void test_pinned_sponges(void **unused) {
    (void)unused;
    for (uint32_t sponges = 1; sponges <= 4; sponges *= 2) {
        eml_compilation c = {0};
        assert_int_equal(compile(good, sponges, &c), EML_OK);
        assert_int_equal(c.bundle.program.shape.S, sponges);
        eml_compilation_free(&c);
    }
    eml_compilation c = {0};
    assert_int_equal(compile(good, 3, &c), EML_ERR_INPUT);
    assert_int_equal(c.diags.items[0].code, EML_DIAG_PROGRAM_LONG);
    eml_compilation_free(&c);
}

static void test_missing_file(void **unused) {
    (void)unused;
    eml_compilation c = {0};
    eml_compile_options options = {.delta_bits = -1};
    eml_error err = {0};
    assert_int_equal(eml_compile("no/such/file.eml", &options, &c, &err), EML_ERR_IO);
    assert_int_not_equal(err.text[0], 0);
    eml_compilation_free(&c);
}

/* The prover of a test sees the row as CSV, and its refusal fails the test. */
static eml_status fake_prove(void *context, const eml_bundle *bundle, const eml_buf csv[EML_VISIBILITIES],
                             eml_error *err) {
    (void)bundle;
    assert_int_equal(csv[EML_SECRET].len, 0);
    assert_int_equal(csv[EML_PUBLIC].len, 6);
    assert_memory_equal(csv[EML_PUBLIC].data, "x\n0.5\n", 6);
    return *(bool *)context ? EML_OK : eml_fail(err, EML_ERR_NO, "refused");
}

static void test_prover_is_asked(void **unused) {
    (void)unused;
    eml_compilation c = {0};
    assert_int_equal(compile(good, 0, &c), EML_OK);
    for (int accept = 0; accept < 2; accept++) {
        bool answer = accept == 1;
        eml_test_prover prover = {fake_prove, &answer};
        eml_buf report = {0};
        eml_error err;
        assert_int_equal(eml_compile_test(&c, &prover, accept == 0, &report, &err), answer ? EML_OK : EML_ERR_NO);
        eml_buf_free(&report);
    }
    eml_compilation_free(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_artifact),  cmocka_unit_test(test_stages_before_an_error_can_be_dumped),
        cmocka_unit_test(test_pinned_sponges),  cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_prover_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
