/* eml_recheck on bundles whose makers state what is not so, with hashes that are right; and where inputs are rounded.
 */
#include <limits.h>
#include <stdlib.h>

#include "tests/unit/compiler_fixture.h"

#include "runtime/field/integer.h"
#include "runtime/statement/symbolic.h"
#include "runtime/table/tie.h"
#include "runtime/table/value.h"
#include "runtime/verify/recheck.h"
#include "runtime/verify/verify.h"

static const char affine[] =
    "model a\ninput public x in [0, 10]\ninput public y in [-4, 4]\ninput public n in [0, 9] integer\n"
    "output z within 0.01 = 0.3 * x - 1.7 * y + n\noutput e exact = 2 * n\n";

static eml_bundle made(fixture *f) {
    eml_bundle bundle;
    eml_pack(&f->passes.quant, &f->program, &f->abi, &bundle);
    return bundle;
}

/* Of a bundle that is changed: its hash is made anew. */
static eml_bundle made_again(eml_bundle *bundle) {
    eml_bundle again;
    char *report = bundle->report;
    eml_bundle_make(&bundle->program, &bundle->abi, report, &bundle->air_digest, &again);
    eml_free(report);
    return again;
}

static char *said(const eml_bundle *bundle, bool public_one, eml_style style, eml_answer right) {
    eml_buf bytes = {0};
    eml_bytes text;
    eml_error err = {0};
    if (public_one)
        eml_bundle_encode_public(bundle, &bytes);
    else
        eml_bundle_encode(bundle, &bytes);
    eml_answer answer = eml_recheck(&(eml_file){.bytes = bytes.data, .size = bytes.len}, style, &text, &err);
    if (answer != right) fail_msg("answer %d: %s", (int)answer, err.text);
    eml_buf_free(&bytes);
    return (char *)text.data; /* a NUL is behind it */
}

static void expect_bundle(eml_bundle *bundle, eml_answer answer, const char *says) {
    char *text = said(bundle, false, EML_STYLE_TEXT, answer);
    if (strstr(text, says) == NULL) fail_msg("not in it: %s\n%s", says, text);
    eml_bytes_free(&(eml_bytes){(uint8_t *)text, 0});
    eml_bundle_free(bundle);
}

/* What a maker changes. */
static void expect(const char *source, void (*change)(eml_bundle *), eml_answer answer, const char *says) {
    fixture f;
    fixture_compile(&f, source);
    eml_bundle bundle = made(&f);
    if (change != NULL) {
        change(&bundle);
        bundle = made_again(&bundle);
    }
    expect_bundle(&bundle, answer, says);
    fixture_free(&f);
}

static void tighter(eml_bundle *bundle) {
    mpq_div_2exp(bundle->abi.outputs[0].tolerance, bundle->abi.outputs[0].tolerance, 1);
}
static void looser(eml_bundle *bundle) {
    mpq_mul_2exp(bundle->abi.outputs[0].tolerance, bundle->abi.outputs[0].tolerance, 1);
}
static void no_error(eml_bundle *bundle) { mpq_set_ui(bundle->abi.outputs[0].tolerance, 0, 1); }
static void finer(eml_bundle *bundle) { mpq_div_2exp(bundle->abi.outputs[0].unit, bundle->abi.outputs[0].unit, 1); }
static void renamed(eml_bundle *bundle) { bundle->abi.outputs[0].name[0] = 'q'; }
static void no_report(eml_bundle *bundle) { bundle->report[0] = '\0'; }
static void other_delta(eml_bundle *bundle) {
    char *at = strstr(bundle->report, "\"delta_bits\": 0");
    memcpy(at, "\"delta_bits\": 1", strlen("\"delta_bits\": 1"));
}
static void no_outputs(eml_bundle *bundle) { strcpy(bundle->report, "{}"); }
static void other_lowest(eml_bundle *bundle) { strstr(bundle->report, "\"lowest\": \"-")[12] = ' '; }
static void other_highest(eml_bundle *bundle) { strstr(bundle->report, "\"highest\": \"")[12] = '7'; }

static void first_weight(eml_bundle *bundle, eml_fe weight) {
    size_t i = 0;
    while (bundle->program.code[i] != EML_OP_PUSH) i++;
    bundle->program.immediates[i / eml_shape_group(&bundle->program.shape)] = weight;
}
static void heavier(eml_bundle *bundle) { first_weight(bundle, eml_fe_from_u64(1000)); }
static void wrapping(eml_bundle *bundle) { first_weight(bundle, eml_fe_pow_u64_var(eml_fe_from_u64(2), 126)); }

static void delta_text(eml_bundle *bundle) {
    memcpy(strstr(bundle->report, "\"delta_bits\": 0"), "\"delta_bits\":[]", strlen("\"delta_bits\":[]"));
}
static void fewer_outputs(eml_bundle *bundle) { strcpy(bundle->report, "{\"outputs\": [], \"delta_bits\": 0}"); }
static void narrower(eml_bundle *bundle) {
    eml_input_column *derived = &bundle->abi.inputs[bundle->abi.input_count - 1];
    mpq_div_2exp(derived->hi, derived->hi, 1);
}
/* No square is there. */
static void between(eml_bundle *bundle) {
    eml_input_column *derived = &bundle->abi.inputs[bundle->abi.input_count - 1];
    mpq_set_ui(derived->lo, 2, 1);
    mpq_set_ui(derived->hi, 3, 1);
}
static void to_product(eml_bundle *bundle) {
    size_t i = eml_shape_code_rows(&bundle->program.shape);
    while (bundle->program.code[i - 1] != EML_OP_ADD) i--;
    bundle->program.code[i - 1] = EML_OP_MUL;
}

static void test_what_is_stated(void **state) {
    (void)state;
    expect(affine, NULL, EML_ANSWER_YES, "all that can be checked agrees");
    expect(affine, NULL, EML_ANSWER_YES, "on trust  that the weights are the model's");
    /* A range that ends half-way between two integers has the farther one. */
    expect("model t\ninput public x in [-0.5, 0.5] frac 0\noutput y within 1 = x\n", NULL, EML_ANSWER_YES,
           "output y: in [-1, 1]; within 0.5");
    expect(affine, tighter, EML_ANSWER_NO, "differs   output z: ");
    expect(affine, no_error, EML_ANSWER_NO, "exact; rounding of inputs makes an error of");
    expect(affine, looser, EML_ANSWER_NO, "says something else of output z");
    expect(affine, finer, EML_ANSWER_NO, "says something else of output z");
    expect(affine, renamed, EML_ANSWER_NO, "says something else of output q");
    expect(affine, no_report, EML_ANSWER_YES, "on trust  there is no report");
    expect(affine, other_delta, EML_ANSWER_NO, "is not about these outputs");
    expect(affine, delta_text, EML_ANSWER_NO, "is not about these outputs");
    expect(affine, fewer_outputs, EML_ANSWER_NO, "is not about these outputs");
    /* A derived input's range may be one that was declared: rows outside are not taken. */
    static const char square[] = "model d\ninput public x in [0, 4] integer\noutput z within 0.1 = x^2\n";
    expect(square, narrower, EML_ANSWER_NO, "agrees    output z: in [0, 8]; exact\ndiffers   the report");
    expect(square, between, EML_ANSWER_NO, "on trust  output z: in [2, 3]; exact; at no row that was tried");
    expect(affine, no_outputs, EML_ANSWER_NO, "is not about these outputs");
    expect(affine, other_lowest, EML_ANSWER_NO, "says something else of output z");
    expect(affine, other_highest, EML_ANSWER_NO, "says something else of output z");
}

static void test_what_is_computed(void **state) {
    (void)state;
    expect(affine, heavier, EML_ANSWER_NO, "differs   output z: ");
    expect(affine, wrapping, EML_ANSWER_NO, "more than a field element's sign tells");
    expect("model u single row\ninput public x, y, z in [1, 2] integer\noutput q exact = x * y + y * z\n", to_product,
           EML_ANSWER_YES, "this compiler makes no such code");
    /* What is in the clear has Delta in it, what is encrypted not. */
    expect("model s\ninput secret a in [0, 4] integer\ninput public b in [-3, 5] integer\noutput y exact = 2 * a - 3 * "
           "b + 1\n",
           NULL, EML_ANSWER_YES, "output y: in [-14, 18]; exact");
}

/* What no other command takes either, but as answers to this question. */
static void test_contradictions(void **state) {
    (void)state;
    fixture f;
    fixture_compile(&f, affine);
    eml_bundle bundle = made(&f);
    bundle.air_digest.bytes[3] ^= 1;
    expect_bundle(&bundle, EML_ANSWER_NO, "differs   (memory): the bundle's AIR digest");
    fixture_free(&f);
    fixture_compile(&f, affine);
    bundle = made(&f);
    bundle.hash.digest[0] = EML_FE_ONE;
    expect_bundle(&bundle, EML_ANSWER_NO, "the program hash is not that of header, ABI and code");
    fixture_free(&f);
    fixture_compile(&f, affine);
    bundle = made(&f);
    bundle.digests[0][0] = EML_FE_ONE;
    expect_bundle(&bundle, EML_ANSWER_NO, "sponge digest 0 is not that of the code");
    fixture_free(&f);
    fixture_compile(&f, affine);
    bundle = made(&f);
    size_t i = 0;
    while (bundle.program.code[i] != EML_OP_MUL) i++;
    bundle.program.code[i] = EML_OP_ADD; /* a constant and a value that varies */
    bundle = made_again(&bundle);
    expect_bundle(&bundle, EML_ANSWER_NO, "refused (types)");
    fixture_free(&f);
}

/* The text of an owner's bundle is the same whatever the weights are but for the hash; the public one has no code. */
static void test_hidden_weights(void **state) {
    (void)state;
    char *texts[2];
    const char *weights[] = {"2.5", "-0.001"};
    for (size_t i = 0; i < 2; i++) {
        char source[256];
        snprintf(source, sizeof source,
                 "model h\ninput public x in [0, 1]\nparam w hidden in [-5, 5] = %s\noutput y within 0.01 = w * x\n",
                 weights[i]);
        fixture f;
        fixture_compile(&f, source);
        eml_bundle bundle = made(&f);
        texts[i] = said(&bundle, false, EML_STYLE_JSON, EML_ANSWER_YES);
        char *hash = strstr(texts[i], "program hash ");
        memset(hash + strlen("program hash "), '.', EML_PROGRAM_HASH_HEX);
        char *text = said(&bundle, true, EML_STYLE_TEXT, EML_ANSWER_YES);
        assert_non_null(strstr(text, "there is no code here"));
        assert_null(strstr(text, "that the weights are"));
        eml_bytes_free(&(eml_bytes){(uint8_t *)text, 0});
        eml_bundle_free(&bundle);
        fixture_free(&f);
    }
    assert_string_equal(texts[0], texts[1]);
    for (size_t i = 0; i < 2; i++) eml_bytes_free(&(eml_bytes){(uint8_t *)texts[i], 0});
}

static void test_no_bundle(void **state) {
    (void)state;
    eml_bytes text;
    eml_error err = {0};
    eml_file file = {.bytes = (const uint8_t *)"x", .size = 1};
    assert_int_equal(eml_recheck(&file, EML_STYLE_TEXT, &text, &err), EML_ANSWER_INPUT);
    assert_int_equal(err.code, EML_CODE_FORMAT);
}

/* ----- Symbols */

static void expect_symbols(const char *code, size_t terms) {
    eml_program program = {0};
    eml_error err = {0};
    eml_assembly assembly;
    if (eml_asm_parse(code, strlen(code), &assembly, &err) != EML_OK ||
        eml_program_lay_out(&assembly.list, &assembly.layout, &program, &err) != EML_OK)
        fail_msg("%s", err.text);
    eml_instructions_free(&assembly.list);
    const uint32_t columns[] = {0, 1, 2, 3, 4, 5};
    eml_symbolic_tapes tapes = {columns, columns, columns, 1};
    eml_symbolic found;
    size_t row = SIZE_MAX;
    bool good = eml_symbolic_run(&program, &tapes, &found, &row);
    assert_int_equal(good, terms > 0);
    if (good) {
        eml_symbolic_normalise(&found.outputs[0]);
        assert_int_equal(found.outputs[0].count, terms);
        eml_symbolic_free(&found);
    }
    eml_program_free(&program);
}

static void test_symbols(void **state) {
    (void)state;
    expect_symbols("read\nread\nadd\nread\nmul\n", 2);
    expect_symbols("read\nread\nadd\nread\nread\nadd\nmul\n", 0); /* two sums */
    expect_symbols("read\nread\nmul\nread\nmul\n", 1);
    expect_symbols("read\nread\nmul\nread\nmul\nread\nmul\n", 0); /* four symbols */
    expect_symbols("read2\nread\nread\nadd\nsmul\n", 0);
    expect_symbols("read2\nread\nsmul\n", 1);
    eml_symbolic_term term = eml_symbolic_constant(EML_FE_ONE);
    for (uint32_t i = 0; i < 4; i++) assert_int_equal(eml_symbolic_multiply(&term, eml_symbol_of(i, 0)), i < 3);
}

/* Inputs are at the ties, outputs where their sum says. */
static void test_jump(void **state) {
    (void)state;
    fixture f;
    fixture_compile(&f, "model j single row\ninput public x in [0, 10] frac 0\ninput public y in [-4, 4] frac 0\n"
                        "input public n in [0, 9] integer\noutput z within 8 = x * y + 3 * n\n");
    eml_bundle bundle = made(&f);
    eml_rechecked r;
    eml_recheck_open(&bundle, &r);
    assert_true(r.known);
    eml_recheck_measure(&r, 0);
    assert_true(eml_recheck_moves(&r, 0) && eml_recheck_moves(&r, 1) && !eml_recheck_moves(&r, 2));
    /* x between 9 and 10, y between 3 and 4 or their opposites. */
    assert_int_equal(mpz_get_si(r.k_above[0]), 10);
    assert_int_equal(labs(mpz_get_si(r.k_below[1]) + mpz_get_si(r.k_above[1])), 7);
    mpq_t jump;
    mpq_init(jump);
    mpq_set_si(jump, 10 * 4 - 9 * 3, 2);
    if (!mpq_equal(jump, r.jump)) fail_msg("%g, not %g", mpq_get_d(r.jump), mpq_get_d(jump));
    mpq_clear(jump);
    eml_recheck_close(&r);
    eml_bundle_free(&bundle);
    fixture_free(&f);
}

/* ----- Ties */

static void expect_tie(const char *lo, const char *hi, const char *unit, bool highest, long k) {
    eml_input_column column = {.name = (char[]){"x"}};
    mpq_t below, above;
    eml_fe integer;
    mpq_inits(column.lo, column.hi, column.offset, column.unit, column.step, below, above, NULL);
    mpq_set_str(column.lo, lo, 10);
    mpq_set_str(column.hi, hi, 10);
    mpq_set_str(column.unit, unit, 10);
    bool found = eml_tie_find(&column, highest, below, above);
    assert_int_equal(found, k != LONG_MAX);
    if (found) {
        assert_true(mpq_cmp(column.lo, below) <= 0 && mpq_cmp(below, above) < 0 && mpq_cmp(above, column.hi) <= 0);
        assert_int_equal(eml_abi_encode_value(&column, below, &integer, NULL), EML_OK);
        assert_true(
            eml_fe_eq(integer, k < 0 ? eml_fe_neg(eml_fe_from_u64((uint64_t)-k)) : eml_fe_from_u64((uint64_t)k)));
        assert_int_equal(eml_abi_encode_value(&column, above, &integer, NULL), EML_OK);
        k++;
        assert_true(
            eml_fe_eq(integer, k < 0 ? eml_fe_neg(eml_fe_from_u64((uint64_t)-k)) : eml_fe_from_u64((uint64_t)k)));
        mpq_sub(above, above, below);
        mpq_div(above, above, column.unit);
        mpq_mul_2exp(above, above, 29);
        assert_true(mpq_cmp_ui(above, 1, 1) <= 0);
    }
    mpq_clears(column.lo, column.hi, column.offset, column.unit, column.step, below, above, NULL);
}

static void test_ties(void **state) {
    (void)state;
    expect_tie("0", "10", "1", true, 9);
    expect_tie("0", "10", "1", false, 0);
    expect_tie("-10", "-3", "1", true, -4);
    expect_tie("-10", "-3", "1", false, -10);
    expect_tie("1/2", "11/2", "1", true, 4); /* ends that are ties themselves have nothing beyond */
    expect_tie("1/2", "11/2", "1", false, 1);
    expect_tie("3/4", "5/4", "1", true, LONG_MAX);
    expect_tie("-1/4", "1/4", "2/7", true, 0);
    expect_tie("-1/4", "1/4", "2/7", false, -1);
    expect_tie("2", "2", "1/9", true, LONG_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_stated), cmocka_unit_test(test_what_is_computed),
        cmocka_unit_test(test_contradictions), cmocka_unit_test(test_hidden_weights),
        cmocka_unit_test(test_no_bundle),      cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_jump),           cmocka_unit_test(test_ties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
