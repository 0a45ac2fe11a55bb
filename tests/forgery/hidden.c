/* The forger of the hidden form: what the exempt rows allow, and what they must not. */
#include <string.h>

#include "runtime/air/air.h"
#include "runtime/stark/prover/prover.h"
#include "runtime/stark/verifier/verifier.h"
#include "tests/support/cmocka.h"
#include "tests/support/fixture.h"
#include "tests/support/random.h"

enum { FIRST_HIDDEN = TEST_FIRST_HIDDEN, LAST_UNCOMMITTED = TEST_FIRST_COMMITTED - 1 };

static void init(test_fixture *f, size_t i, eml_matrix *trace) {
    test_fixture_init(f, test_programs[i].name, test_programs[i].assembly);
    assert_true(eml_shape_is_hidden(&f->air.shape));
    test_fixture_trace(f, TEST_TRACE_SEED, trace);
}

static const char *check(const test_fixture *f, const eml_matrix *trace, size_t *row) {
    eml_matrix aux;
    const eml_fe2 alpha = test_random_fe2();
    eml_air_build_aux(&f->air, trace, alpha, test_aux_seed, &aux);
    const char *violated = eml_air_check_trace(&f->air, &f->claim, trace, &aux, alpha, row);
    eml_matrix_free(&aux);
    return violated;
}

/* Every main cell up to row n - k, where the last enforced transition arrives, but for the cells of that row that
 * nothing reads any more. One changed cell each, 1,500 of them. */
static void test_every_cell_counts(void **state) {
    (void)state;
    for (size_t i = FIRST_HIDDEN; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        eml_matrix trace;
        size_t row;
        init(&f, i, &trace);
        assert_null(check(&f, &trace, &row));
        size_t enforced = trace.rows - eml_shape_exempt(&f.air.shape);
        for (size_t k = 0; k < 1500; k++) {
            eml_fe *cell = eml_matrix_row(&trace, test_random() % enforced) + test_random() % trace.width;
            eml_fe kept = *cell;
            *cell = eml_fe_add(kept, EML_FE_ONE);
            if (check(&f, &trace, &row) == NULL)
                fail_msg("%s: cell %zu of the trace can be changed", f.name, (size_t)(cell - trace.cells));
            *cell = kept;
        }
        eml_matrix_free(&trace);
        test_fixture_free(&f);
    }
}

/* Values smuggled into the free rows: whatever stands there, constraints and claim are what they were. */
static void test_free_rows_are_free(void **state) {
    (void)state;
    for (size_t i = FIRST_HIDDEN; i < TEST_PROGRAMS; i++) {
        test_fixture f;
        eml_matrix trace;
        size_t row;
        init(&f, i, &trace);
        for (size_t r = trace.rows - eml_shape_free_rows(&f.air.shape); r < trace.rows; r++)
            for (size_t c = 1; c < trace.width; c++) eml_matrix_row(&trace, r)[c] = test_random_fe();
        assert_null(check(&f, &trace, &row));
        /* One row above them something is fixed. */
        eml_fe *last = eml_matrix_row(&trace, trace.rows - eml_shape_exempt(&f.air.shape));
        last[f.air.columns.stack] = eml_fe_add(last[f.air.columns.stack], EML_FE_ONE);
        assert_non_null(check(&f, &trace, &row));
        eml_matrix_free(&trace);
        test_fixture_free(&f);
    }
}

/* With 257 exempt rows of 512 transitions would stop at row 255, before T = 320, and a final stack of the forger's
 * choice would pass every check that is left. The form has one number, and no header can say another. */
static void test_more_exempt_rows(void **state) {
    (void)state;
    test_fixture f;
    eml_matrix trace;
    size_t row;
    init(&f, LAST_UNCOMMITTED, &trace);
    assert_int_equal(trace.rows, 512);
    uint32_t T = eml_shape_code_rows(&f.air.shape), false_row = (uint32_t)trace.rows - 257;
    f.claim.stack[0] = eml_fe_add(f.claim.stack[0], EML_FE_ONE);
    for (uint32_t r = false_row + 1; r <= T; r++) eml_matrix_row(&trace, r)[f.air.columns.stack] = f.claim.stack[0];
    assert_null(eml_air_check_rows(&f.air, &f.claim, &trace, NULL, EML_FE2_ZERO, T, T, &row));
    assert_null(eml_air_check_rows(&f.air, &f.claim, &trace, NULL, EML_FE2_ZERO, 0, false_row, &row));
    assert_non_null(check(&f, &trace, &row));
    for (uint32_t form = 0; form < 600; form++) {
        eml_error err;
        eml_shape shape = f.air.shape;
        shape.form = form;
        shape.salted = 0;
        assert_int_equal(eml_shape_check(&shape, &err) == EML_OK, form < EML_FORM_COUNT);
        assert_true(form >= EML_FORM_COUNT || eml_shape_exempt(&shape) == (form ? 176 : 2));
    }
    eml_matrix_free(&trace);
    test_fixture_free(&f);
}

static eml_reject judge(const eml_air *air, const eml_claim *claim, const eml_buf *proof) {
    eml_preset seen;
    return eml_stark_verify(air, claim, proof->data, proof->len, (1u << EML_PRESET_COUNT) - 1, &seen);
}

/* A transparent proof where the header says hidden, and the other way round: the shapes of the proofs differ. */
static void test_forms_do_not_pass_for_each_other(void **state) {
    (void)state;
    test_fixture f;
    eml_matrix trace;
    init(&f, LAST_UNCOMMITTED, &trace);
    eml_matrix_free(&trace);
    eml_buf proof = {0};
    test_fixture_prove(&f, EML_PRESET_TEST, &proof);
    assert_int_equal(judge(&f.air, &f.claim, &proof), EML_REJECT_NONE);
    eml_claim other = f.claim;
    other.shape.form = EML_FORM_TRANSPARENT;
    other.shape.salted = 0;
    eml_air transparent;
    eml_air_build(&other.shape, &transparent);
    assert_int_equal(judge(&transparent, &other, &proof), EML_REJECT_AUX_WIDTH);
    assert_int_equal(judge(&f.air, &other, &proof), EML_REJECT_CLAIM_SHAPE);
    eml_air_free(&transparent);
    eml_buf_free(&proof);
    test_fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_counts),
        cmocka_unit_test(test_free_rows_are_free),
        cmocka_unit_test(test_more_exempt_rows),
        cmocka_unit_test(test_forms_do_not_pass_for_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
