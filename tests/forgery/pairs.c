/* Two cells of a run changed at once, in one row or in two that follow each other, in models as the compiler emits
 * them: what one wrong cell hides another does not give back. */
#include "tests/forgery/cells.h"
#include "tests/forgery/compile_run.h"
#include "tests/support/cmocka.h"
#include "tests/support/random.h"

static const char *const models[] = {
    "model one\ninput public x in [0, 10] integer\noutput y exact = 3 * x\n",
    "model same\ninput public x in [0, 10] integer\noutput y exact = x\n",
    "model constant\ninput public x in [0, 10] integer\noutput y exact = x - x + 5\n",
    "model line\ninput public x in [-1, 1]\noutput y within 1e-6 = 0.731 * x - 2.5\n",
    "model sum\ninput public x[5] in [-10, 10] integer\noutput y exact = sum(x)\n",
    "model dot\ninput public x[3] in [0, 1]\noutput y within 1e-6 = 1.5 * x[0] - 2.25 * x[1] + 0.1 * x[2] + 7\n",
    "model wide\ninput public x[20] in [0, 1]\noutput y within 1e-3 = sum(x) + 2 * x[7] - 0.3 * x[11]\n",
    "model two\ninput public a, b in [0, 10] integer\noutput y exact = a + 2 * b\noutput z exact = a - b\n",
    "model matrix\ninput public x[3] in [0, 1]\nparam W[2, 3] = [[0.4, -1.2, 0.03], [0.11, 0.7, -0.02]]\n"
    "output y[2] within 1e-3 = W @ x + [3.5, 1.25]\n",
    "model area single row\ninput public a in [-10, 10] integer\ninput public b in [-1, 1]\n"
    "output y within 1e-6 = a * b + a + 0.5\n",
    "model square single row\ninput public x in [-3, 3] integer\noutput y exact = x * x + x + 1\n",
    "model weights\ninput public uniform w[2] in [-2, 2]\ninput public x[2] in [0, 10]\n"
    "output y within 1e-2 = dot(w, x) + w[0]\n",
    "model secret\ninput secret x in [0, 10] integer\noutput y exact = 3 * x\n",
    "model secret_same\ninput secret x in [0, 10] integer\noutput y exact = x\n",
    "model secret_dot\ninput secret x[3] in [0, 10]\noutput y within 1e-3 = 1.5 * x[0] - 2.25 * x[1] + x[2] + 7\n",
    "model secret_sum\ninput secret x[6] in [0, 10] integer\noutput y exact = sum(x) + 1\n",
    "model secret_two\ninput secret x[2] in [0, 10] integer\noutput y exact = x[0] - x[1]\noutput z exact = x[1]\n",
    "model mixed\ninput public a in [0, 10] integer\ninput secret x[2] in [0, 10] integer\n"
    "output y exact = 3 * x[0] + x[1] + 2 * a\noutput z exact = x[0] - x[1]\n",
    "model secret_weights\ninput public uniform w[2] in [-2, 2]\ninput secret x[2] in [0, 10]\n"
    "output y within 1e-2 = dot(w, x) + w[0]\n",
    "model vitals\ninput public age in [18, 99] integer\ninput secret v[3] in [0, 300]\n"
    "param W[2, 3] = [[0.4, -1.2, 0.03], [0.11, 0.7, -0.02]]\noutput y[2] within 0.01 = W @ v + 0.02 * age\n",
};
enum { MODELS = sizeof models / sizeof *models, BITS = 5, PAIRS_A_MODEL = 5000, SHIFT_MAX = 4 };

typedef struct cell {
    size_t row;
    uint32_t column;
} cell;

/* One column in four is an opcode bit, which would else be few. */
static uint32_t random_column(const eml_columns *columns) {
    if (test_random() % 4 == 0) return columns->bit4 + (uint32_t)(test_random() % BITS);
    return (uint32_t)(test_random() % columns->width);
}

/* Two cells before row T, in one row or in adjacent ones. */
static void random_cells(const run *honest, cell *a, cell *b) {
    uint32_t T = eml_shape_code_rows(&honest->program.shape);
    do {
        a->row = test_random() % T;
        b->row = a->row + test_random() % 2;
        a->column = random_column(&honest->air.columns);
        b->column = random_column(&honest->air.columns);
    } while (b->row == T || (a->row == b->row && a->column == b->column));
}

static eml_fe random_power(void) { return eml_fe_from_u64(UINT64_C(1) << test_random() % (SHIFT_MAX + 1)); }

/* Adds any two values; d 2^i and -d 2^k, which may cancel in an opcode word; or makes each value v 1 - v. */
static void change(eml_fe *a, eml_fe *b) {
    eml_fe d = test_random() % 2 ? EML_FE_ONE : test_random_fe();
    uint64_t kind = test_random() % 3;
    if (kind == 0) {
        *a = eml_fe_add(*a, d);
        *b = eml_fe_add(*b, test_random_fe());
    } else if (kind == 1) {
        *a = eml_fe_add(*a, eml_fe_mul(d, random_power()));
        *b = eml_fe_sub(*b, eml_fe_mul(d, random_power()));
    } else {
        *a = eml_fe_sub(EML_FE_ONE, *a);
        *b = eml_fe_sub(EML_FE_ONE, *b);
    }
}

static void try_pair(run *honest, size_t model, eml_fe2 alpha) {
    cell first, second;
    random_cells(honest, &first, &second);
    eml_fe *a = &eml_matrix_row(&honest->trace, first.row)[first.column], kept_a = *a;
    eml_fe *b = &eml_matrix_row(&honest->trace, second.row)[second.column], kept_b = *b;
    change(a, b);
    assert_false(eml_fe_eq(*a, kept_a) || eml_fe_eq(*b, kept_b));
    if (change_survives(honest, first.row, second.row, alpha))
        fail_msg("model %zu, row %zu column %u and row %zu column %u: unnoticed", model, first.row, first.column,
                 second.row, second.column);
    *a = kept_a;
    *b = kept_b;
}

static void test_pairs(void **state) {
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        run honest;
        compile_run(models[m], &honest);
        eml_fe2 alpha = test_random_fe2();
        assert_true(change_survives(&honest, 0, 0, alpha)); /* nothing is changed yet */
        for (size_t i = 0; i < PAIRS_A_MODEL; i++) try_pair(&honest, m, alpha);
        run_free(&honest);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
