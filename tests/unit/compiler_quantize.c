/* The quantizer's promises, on random models against exact rationals: errors stay within the reported bound, the bound
 * within the tolerance, integers within their ranges, and one bit less would not do. */
#include "tests/unit/quantize_rows.h"

#include "runtime/bundle/abi.h"
#include "runtime/ciphertext/params.h"

enum { MODELS = 60, ROWS = 40, COLUMNS_MAX = 7 };

static void put_number(eml_buf *out, int exponent_span) {
    int exponent = (int)below((uint64_t)(2 * exponent_span + 1)) - exponent_span;
    eml_buf_printf(out, "%s%llu.%04llue%d", below(2) ? "-" : "", (unsigned long long)below(10),
                   (unsigned long long)below(10000), exponent);
}

/* Inputs of every kind, sizes from 1e-4 to 1e6, two outputs; products when the model is single row. */
static void put_model(eml_buf *out, bool secret, bool single_row) {
    size_t columns = 1 + below(COLUMNS_MAX);
    eml_buf_printf(out, "model random%s\n", single_row ? " single row" : "");
    for (size_t i = 0; i < columns; i++) {
        const char *kind[] = {"", " integer", " step 0.25", ""};
        int size = (int)below(11) - 4;
        bool grid = size >= 0;
        eml_buf_printf(out, "input %s x%zu in [-%llue%d, %llue%d]%s\n", secret && i == 0 ? "secret" : "public", i,
                       (unsigned long long)below(9), size, (unsigned long long)below(9) + 1, size,
                       grid ? kind[below(4)] : "");
    }
    eml_buf_put_text(out, "input public fixed in [3.25, 3.25]\n");
    for (int o = 0; o < 2; o++) {
        eml_buf_printf(out, "output y%d within 1e%d = ", o, (int)below(3) - 3);
        for (size_t i = 0; i < columns; i++) {
            put_number(out, 3);
            eml_buf_printf(out, " * x%zu %s ", i, single_row && below(3) == 0 ? "* (fixed + 0.5) +" : "+");
        }
        put_number(out, 4);
        if (single_row) eml_buf_put_text(out, " + fixed * x0 / 7 + 0.001 * x0 * x0");
        eml_buf_put_text(out, " + fixed / 3\n");
    }
    eml_buf_put_u8(out, 0);
}

/* Random models; those that do not fit must be refused for want of bits, or because a coefficient would be lost, and
 * most must fit. */
static void check_models(bool secret, bool single_row) {
    int fitting = 0;
    for (int i = 0; i < MODELS; i++) {
        eml_buf text = {0};
        put_model(&text, secret, single_row);
        fixture f;
        if (fixture_quantize(&f, (const char *)text.data, -1)) {
            fitting++;
            for (int row = 0; row < ROWS; row++) check_row(&f, NULL);
        } else {
            assert_true(fixture_reports(&f, secret ? EML_DIAG_BUDGET : EML_DIAG_OVERFLOW) ||
                        fixture_reports(&f, EML_DIAG_COEFFICIENT_VANISHED));
        }
        fixture_free(&f);
        eml_buf_free(&text);
    }
    assert_true(fitting > MODELS / 4);
}

static void test_plain_models(void **unused) {
    (void)unused;
    check_models(false, false);
}

static void test_single_row_products(void **unused) {
    (void)unused;
    check_models(false, true);
}

static void test_secret_models(void **unused) {
    (void)unused;
    check_models(true, false);
}

/* ----- Chosen cases */

static void assert_integer(const mpz_t value, long expected) { assert_int_equal(mpz_cmp_si(value, expected), 0); }

static void test_exact_decimals(void **unused) {
    (void)unused;
    fixture f;
    assert_true(fixture_quantize(&f,
                                 "model m\ninput public a in [0, 10] step 0.1\ninput public b in [-3, 3] integer\n"
                                 "output y exact = 0.25 * a - 1.5 * b + 2\n",
                                 -1));
    const eml_quant_output *y = &f.passes.quant.outputs[0];
    assert_int_equal(mpq_cmp_ui(y->unit, 1, 1000), 0); /* 0.25 * 0.1 = 0.025 */
    assert_int_equal(mpq_sgn(y->bound), 0);
    assert_integer(y->weights[0], 25);
    assert_integer(y->weights[1], -1500);
    assert_integer(y->weights[2], 3250); /* 2 + 0.25 * 5 */
    fixture_free(&f);
}

static void test_offset_saves_bits(void **unused) {
    (void)unused;
    fixture f;
    assert_true(fixture_quantize(
        &f, "model m\ninput public year in [1947, 1962] integer\noutput y within 1e-3 = 1829.15 * year\n", -1));
    assert_integer(f.passes.quant.inputs[0].lo, -7);
    assert_integer(f.passes.quant.inputs[0].hi, 8);
    fixture_free(&f);
}

/* Nothing is promised silently: a tolerance is proposed, for all elements of a vector the least. */
static void test_missing_tolerance(void **unused) {
    (void)unused;
    static const char *const models[][2] = {
        {"output y = 2 * x\n", "`within 0.00001` is about"}, /* 60e-6 -> 1e-5 */
        {"output y[2] = [2 * x, 0.1 * x]\n", "`within 0.000001` is about"},
        {"output z exact = x\noutput y as logistic = 7 + 0 * x\n", "`within 0.000001` is about"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        fixture f;
        char text[200];
        snprintf(text, sizeof text, "model m\ninput public x in [0, 30] integer\n%s", models[i][0]);
        assert_false(fixture_quantize(&f, text, -1));
        assert_int_equal(f.diags.errors, 1);
        assert_int_equal(f.diags.items[0].code, EML_DIAG_TOLERANCE_MISSING);
        if (strstr(f.diags.items[0].notes[0].text, models[i][1]) == NULL)
            fail_msg("%s", f.diags.items[0].notes[0].text);
        fixture_free(&f);
    }
}

/* Every digit tells of committed inputs: outputs have the coarsest units that keep the tolerance, whatever rows cost.
 */
static void test_committed_units(void **unused) {
    (void)unused;
    static const struct {
        const char *text;
        long numerator, denominator; /* of the unit of the first output */
    } models[] = {
        {"input committed a, b, c, d in [0, 10] integer\noutput y within 1e-5 = a + b + c + d\n", 1, 1},
        {"input committed a, b, c, d in [0, 10] integer\noutput y within 0.01 = 20 * (a + b + c + d)\n", 10, 1},
        {"input committed a, b in [0, 200000] step 100\ninput public c in [1000, 900000] step 100\n"
         "output y within 1 = 0.002 * a - 0.003 * b - 0.0001 * c + 50\n",
         1, 10},
        {"input committed a in [0, 500000] step 0.01\noutput y within 50 = 0.03 * a\n", 1, 10000}, /* the step's */
        {"input committed a in [0, 500000] step 1000\noutput y within 100 = 0.03171 * a\n", 1, 10},
        {"input committed a, b in [0, 1000] integer\noutput y within 1 = 0.25 * a + 0.3333 * b\n", 1,
         1000}, /* 33 for 33.33 misses 3.3 */
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        fixture f;
        char text[400];
        snprintf(text, sizeof text, "model m\n%s", models[i].text);
        assert_true(fixture_quantize(&f, text, -1));
        const eml_quant_output *y = &f.passes.quant.outputs[0];
        if (mpq_cmp_si(y->unit, models[i].numerator, (unsigned long)models[i].denominator) != 0)
            fail_msg("%s: unit %g", models[i].text, mpq_get_d(y->unit));
        assert_true(mpq_cmp(y->bound, y->tolerance) <= 0);
        fixture_free(&f);
    }
}

/* Outputs up to (p - 1) / 2 = 170141183460469231731687278976872480768 fit. */
static void test_overflow_edge(void **unused) {
    (void)unused;
    fixture f;
    assert_true(fixture_quantize(&f,
                                 "model m\ninput public x in [0, 1] integer\n"
                                 "output y exact = 170141183460469231731687278976872480767 * x + 1\n",
                                 -1));
    fixture_free(&f);
    assert_false(fixture_quantize(&f,
                                  "model m\ninput public x in [0, 1] integer\n"
                                  "output y exact = 170141183460469231731687278976872480767 * x + 2\n",
                                  -1));
    assert_true(fixture_reports(&f, EML_DIAG_OVERFLOW));
    fixture_free(&f);
}

/* At the smallest Delta the noise bound holds with the decryption margin, one bit less it does not; pinning works. */
static void test_delta_is_smallest(void **unused) {
    (void)unused;
    const char *text =
        "model m\ninput secret x[3] in [-1, 1]\noutput y within 1e-4 = dot([1.5, -2.25, 7.1], x) + 0.3\n";
    fixture f;
    assert_true(fixture_quantize(&f, text, -1));
    const eml_quant *quant = &f.passes.quant;
    mpz_t noise, delta;
    mpz_inits(noise, delta, NULL);
    mpz_mul_ui(noise, quant->outputs[0].secret_l1, EML_LATTICE_NOISE_BOUND);
    mpz_mul_ui(noise, noise, 16);
    mpz_ui_pow_ui(delta, 2, quant->delta_bits);
    mpz_mul_ui(delta, delta, 7);
    assert_true(mpz_cmp(noise, delta) < 0);
    mpz_fdiv_q_2exp(delta, delta, 1);
    assert_true(mpz_cmp(noise, delta) >= 0);
    mpz_clears(noise, delta, NULL);
    int smallest = (int)quant->delta_bits;
    fixture_free(&f);
    assert_true(fixture_quantize(&f, text, smallest + 5));
    assert_int_equal(f.passes.quant.delta_bits, smallest + 5);
    fixture_free(&f);
    assert_false(fixture_quantize(&f, text, smallest - 1));
    assert_true(fixture_reports(&f, EML_DIAG_BUDGET));
    fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_models),      cmocka_unit_test(test_single_row_products),
        cmocka_unit_test(test_secret_models),     cmocka_unit_test(test_exact_decimals),
        cmocka_unit_test(test_offset_saves_bits), cmocka_unit_test(test_missing_tolerance),
        cmocka_unit_test(test_committed_units),   cmocka_unit_test(test_overflow_edge),
        cmocka_unit_test(test_delta_is_smallest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
