/* Forgeries of encrypted programs as the compiler emits them: every cell counts, and no ciphertext instruction lets any
 * of its five elements be another one. The public proof of concept checked their sum only. */
#include "tests/forgery/compile_run.h"

#include <stdio.h>
#include <string.h>

#include "runtime/isa/instructions.h"
#include "tests/forgery/cells.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static const uint8_t seed[32] = {9};

static const char *const models[] = {
    "model dot\ninput secret x[3] in [0, 10]\noutput y within 1e-3 = 1.5 * x[0] - 2.25 * x[1] + x[2] + 7\n",
    "model several\ninput public a in [0, 10] integer\ninput secret x[2] in [0, 10] integer\n"
    "output y exact = 3 * x[0] + x[1] + 2 * a\noutput z exact = x[0] - x[1]\n",
    "model weights\ninput public uniform w[2] in [-2, 2]\ninput secret x[2] in [0, 10]\n"
    "output y within 1e-2 = dot(w, x) + w[0]\n",
};
enum { MODELS = sizeof models / sizeof *models };

static void test_every_cell(void **state) {
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        run honest;
        compile_run(models[m], &honest);
        assert_every_cell_counts(&honest);
        run_free(&honest);
    }
}

/* ----- ciphertexts with the right sum ----- */

/* What catches a ciphertext that the instruction at row leaves with element i changed: its own constraint, or for READ2
 * the tape's. */
static void assert_caught(const run *forged, size_t row, uint32_t i) {
    eml_fe2 alpha = test_random_fe2();
    eml_matrix aux;
    size_t where;
    char expected[16];
    eml_air_build_aux(&forged->air, &forged->trace, alpha, seed, &aux);
    const char *label = eml_air_check_trace(&forged->air, &forged->claim, &forged->trace, &aux, alpha, &where);
    bool read = forged->program.code[row] == EML_OP_READ2;
    if (read)
        strcpy(expected, "acc_ct at T");
    else
        snprintf(expected, sizeof expected, "stack.s%u", i);
    if (label == NULL) fail_msg("%s at row %zu, element %u: unnoticed", eml_op_name(forged->program.code[row]), row, i);
    assert_string_equal(label, expected);
    if (!read) assert_int_equal(where, row);
    eml_matrix_free(&aux);
}

/* Adds d to element i of the ciphertext on the stack after the row and takes it from element j; runs on from there and
 * claims the result. */
static void forge_pair(run *forged, size_t row, uint32_t i, uint32_t j, eml_fe d) {
    eml_fe *stack = eml_matrix_row(&forged->trace, row + 1) + forged->air.columns.stack;
    stack[i] = eml_fe_add(stack[i], d);
    stack[j] = eml_fe_sub(stack[j], d);
    forge_stack(&forged->air, &forged->trace, row + 2);
    run_restate(forged);
}

static bool leaves_ciphertext(uint8_t op) {
    return op == EML_OP_READ2 || op == EML_OP_SMUL || op == EML_OP_ADD2 || op == EML_OP_SADD;
}

static void test_elements_not_sums(void **state) {
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        run honest;
        compile_run(models[m], &honest);
        uint32_t T = eml_shape_code_rows(&honest.program.shape);
        bool seen[32] = {false};
        run_free(&honest);
        for (size_t row = 0; row < T; row++)
            for (uint32_t i = 0; i + 1 < EML_CT_ELEMENTS; i++) {
                run forged;
                compile_run(models[m], &forged);
                uint8_t op = forged.program.code[row];
                if (leaves_ciphertext(op)) {
                    seen[op] = true;
                    forge_pair(&forged, row, i, EML_CT_ELEMENTS - 1, test_random_fe());
                    assert_caught(&forged, row, i);
                }
                run_free(&forged);
            }
        assert_true(seen[EML_OP_READ2] && seen[EML_OP_SMUL] && seen[EML_OP_ADD2] && seen[EML_OP_SADD]);
    }
}

/* Each element of each written ciphertext, or of the one on the final stack. */
static void test_claimed_elements(void **state) {
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        run honest;
        compile_run(models[m], &honest);
        const eml_shape *shape = &honest.program.shape;
        size_t count = shape->output_len > 0 ? shape->output_len : EML_CT_ELEMENTS;
        for (size_t k = 0; k < count; k++) {
            eml_fe *claimed = shape->output_len > 0 ? &honest.tapes[2][k] : &honest.claim.stack[k], kept = *claimed;
            *claimed = eml_fe_add(kept, EML_FE_ONE);
            eml_fe2 alpha = test_random_fe2();
            eml_matrix aux;
            size_t where;
            eml_air_build_aux(&honest.air, &honest.trace, alpha, seed, &aux);
            assert_non_null(eml_air_check_trace(&honest.air, &honest.claim, &honest.trace, &aux, alpha, &where));
            eml_matrix_free(&aux);
            *claimed = kept;
        }
        run_free(&honest);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell), cmocka_unit_test(test_elements_not_sums),
                                       cmocka_unit_test(test_claimed_elements)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
