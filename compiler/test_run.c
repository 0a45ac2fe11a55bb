/* eml test: every test block through the compiled program. */
#include <stdio.h>

#include "compiler/passes.h"
#include "compiler/check/rational.h"
#include "runtime/base/decimal.h"
#include "runtime/field/integer.h"
#include "runtime/text/text.h"
#include "runtime/vm/vm.h"
#include "runtime/table/computed.h"
#include "runtime/table/value.h"

typedef struct test_runner {
    const eml_compilation *compilation;
    const eml_test_prover *prover;
    bool json;
    eml_buf *report;
} test_runner;

/* ----- Tapes */

static eml_status encode_inputs(const eml_bundle *bundle, const eml_model_test *test, eml_fe *out, eml_error *err) {
    const eml_abi *abi = &bundle->abi;
    for (size_t i = 0; i < abi->input_count && !eml_input_is_derived(&abi->inputs[i]); i++) {
        eml_status status = eml_abi_encode_value(&abi->inputs[i], test->inputs[i], &out[i], err);
        if (status == EML_OK) continue;
        eml_error_prefix(err, "%s", abi->inputs[i].name);
        return status;
    }
    for (eml_visibility v = 0; v < EML_VISIBILITIES; v++) {
        eml_derivation derivation;
        size_t input = 0;
        eml_derivation_open(&derivation, abi, v);
        eml_status status = eml_derivation_fill(&derivation, out, &input, err);
        eml_derivation_close(&derivation);
        if (status == EML_OK) continue;
        eml_error_prefix(err, "%s", abi->inputs[input].name);
        return status;
    }
    return EML_OK;
}

static void read_outputs(const eml_bundle *bundle, const eml_outcome *outcome, eml_fe *out) {
    const eml_abi *abi = &bundle->abi;
    size_t stride = abi->encrypted_outputs ? EML_CT_ELEMENTS : 1;
    eml_fe inverse = abi->encrypted_outputs ? eml_fe_inv(bundle->program.shape.delta) : EML_FE_ONE;
    const eml_fe *results = abi->output_count == 1 ? outcome->stack : outcome->output_tape;
    for (size_t i = 0; i < abi->output_count; i++) {
        out[i] = eml_fe_mul(results[i * stride + stride - 1], inverse); /* the body is the last element */
    }
}

/* A secret value k stands as the noiseless ciphertext of masks 0 and body Delta * k. */
static eml_status run_row(const eml_bundle *bundle, const eml_model_test *test, eml_fe *outputs, eml_error *err) {
    const eml_abi *abi = &bundle->abi;
    eml_fe *inputs = eml_alloc(abi->input_count, sizeof *inputs);
    eml_status status = encode_inputs(bundle, test, inputs, err);
    if (status == EML_OK) {
        eml_fe delta = bundle->program.shape.delta, *public_tape = eml_abi_tape_of(abi, EML_PUBLIC, inputs, EML_FE_ONE);
        eml_fe *committed = eml_abi_tape_of(abi, EML_COMMITTED, inputs, EML_FE_ZERO);
        for (size_t i = 0; i < abi->input_count; i++) inputs[i] = eml_fe_mul(delta, inputs[i]);
        eml_fe *secret_tape = eml_abi_tape_of(abi, EML_SECRET, inputs, delta);
        eml_outcome outcome;
        eml_vm_run(&bundle->program,
                   &(eml_tapes){.public_tape = public_tape, .secret_tape = secret_tape, .committed = committed},
                   &outcome);
        read_outputs(bundle, &outcome, outputs);
        eml_outcome_free(&outcome);
        eml_free(public_tape);
        eml_free(secret_tape);
        eml_free(committed);
    }
    eml_free(inputs);
    return status;
}

/* ----- Comparison */

typedef struct shown_column {
    const char *name;
    mpq_srcptr unit, tolerance; /* of a result without one its bound */
} shown_column;

static shown_column column_at(const eml_quant *quant, size_t column) {
    const eml_model *model = quant->model;
    if (column < model->output_count)
        return (shown_column){model->outputs[column].name, quant->outputs[column].unit,
                              quant->outputs[column].tolerance};
    column -= model->output_count;
    bool given = mpq_sgn(model->results[column].tolerance) != 0;
    return (shown_column){model->results[column].name, quant->results[column].unit,
                          given ? model->results[column].tolerance : quant->results[column].bound};
}

/* Compares one output or result, as it is printed; describes a miss in *why. */
static bool matches(const eml_quant *quant, const eml_expectation *expected, eml_fe result, eml_buf *why) {
    shown_column output = column_at(quant, expected->output);
    mpq_t got, distance;
    mpq_inits(got, distance, NULL);
    eml_fe_to_mpz(result, mpq_numref(got));
    mpq_mul(got, got, output.unit);
    mpq_sub(distance, got, expected->value);
    mpq_abs(distance, distance);
    mpq_srcptr tolerance = expected->has_tolerance ? expected->tolerance : output.tolerance;
    bool good = mpq_cmp(distance, tolerance) <= 0;
    if (!good) {
        eml_buf_printf(why, "%s%s is ", why->len > 0 ? "; " : "", output.name);
        eml_rational_print_short(got, why);
        eml_buf_put_text(why, ", expected ");
        eml_rational_print_short(expected->value, why);
        eml_buf_put_text(why, " within ");
        eml_rational_print_short(tolerance, why);
    }
    mpq_clears(got, distance, NULL);
    return good;
}

/* ----- Proof */

/* Header and row of the columns of one kind. A value that is no finite decimal is written to 2^-20 of its
 * unit. */
static void print_csv(const eml_abi *abi, const eml_model_test *test, eml_visibility visibility, eml_buf *out) {
    mpq_t radius;
    mpq_init(radius);
    eml_buf row = {0};
    for (size_t i = 0; i < abi->input_count; i++) {
        if (abi->inputs[i].visibility != visibility || eml_input_is_derived(&abi->inputs[i])) continue;
        if (row.len > 0) eml_buf_put_text(&row, ",");
        if (out->len > 0) eml_buf_put_text(out, ",");
        eml_rows_put_name(abi->inputs[i].name, out);
        mpq_div_2exp(radius, abi->inputs[i].unit, 20);
        if (abi->inputs[i].word_count > 0)
            eml_rows_put_name(abi->inputs[i].words[mpz_get_ui(mpq_numref(test->inputs[i]))], &row);
        else
            eml_decimal_print_shortest(test->inputs[i], radius, &row);
    }
    if (row.len > 0) {
        eml_buf_put_text(out, "\n");
        eml_buf_put(out, row.data, row.len);
        eml_buf_put_text(out, "\n");
    }
    eml_buf_free(&row);
    mpq_clear(radius);
}

static eml_status prove_row(const test_runner *runner, const eml_model_test *test, eml_error *err) {
    const eml_bundle *bundle = &runner->compilation->bundle;
    eml_buf csv[EML_VISIBILITIES] = {0};
    for (eml_visibility v = 0; v < EML_VISIBILITIES; v++) print_csv(&bundle->abi, test, v, &csv[v]);
    eml_status status = runner->prover->prove(runner->prover->context, bundle, csv, err);
    for (eml_visibility v = 0; v < EML_VISIBILITIES; v++) eml_buf_free(&csv[v]);
    return status;
}

/* ----- Report */

static bool is_fault(eml_status status) { return eml_answer_of(status) == eml_answer_of(EML_ERR_INTERNAL); }

/* EML_ERR_NO: it fails, for the reason in *why; a fault of ours decides nothing. */
static eml_status run_test(const test_runner *runner, const eml_model_test *test, eml_buf *why, eml_error *fault) {
    const eml_bundle *bundle = &runner->compilation->bundle;
    const eml_abi *abi = &bundle->abi;
    eml_fe *outputs = eml_alloc(abi->output_count + abi->result_count, sizeof *outputs);
    eml_error err = {0};
    size_t column = 0;
    eml_status status = run_row(bundle, test, outputs, &err);
    if (status == EML_OK && abi->result_count > 0) {
        status = eml_results_of_row(abi, outputs, outputs + abi->output_count, &column, &err);
        if (status != EML_OK) eml_error_prefix(&err, "%s", abi->results[column].name);
    }
    for (size_t i = 0; status == EML_OK && i < test->expected_count; i++) {
        const eml_expectation *expected = &test->expected[i];
        matches(&runner->compilation->passes->quant, expected, outputs[expected->output], why);
    }
    if (status == EML_OK && why->len == 0 && runner->prover != NULL) status = prove_row(runner, test, &err);
    eml_free(outputs);
    if (is_fault(status)) return eml_fail(fault, status, "%s", err.text);
    if (status != EML_OK) eml_buf_put_text(why, err.text);
    return status == EML_OK && why->len == 0 ? EML_OK : EML_ERR_NO;
}

static void report_test(const test_runner *runner, size_t index, const eml_model_test *test, bool good, eml_buf *why) {
    eml_buf_put_u8(why, 0);
    if (runner->json) {
        eml_buf_put_text(runner->report, index > 0 ? ",\n {\"test\": " : "\n {\"test\": ");
        eml_text_put_json(test->test->title.text, runner->report);
        eml_buf_printf(runner->report, ", \"passed\": %s, \"reason\": ", good ? "true" : "false");
        eml_text_put_json((const char *)why->data, runner->report);
        eml_buf_put_text(runner->report, "}");
        return;
    }
    eml_buf_printf(runner->report, "%s %s%s%s\n", good ? "ok    " : "FAILED", test->test->title.text, good ? "" : ": ",
                   (const char *)why->data);
}

eml_status eml_compile_test(const eml_compilation *compilation, const eml_test_prover *prover, bool json,
                            eml_buf *report, eml_error *err) {
    const eml_model *model = &compilation->passes->model;
    test_runner runner = {compilation, prover, json, report};
    eml_status status = EML_OK;
    size_t failed = 0;
    if (json) eml_buf_put_text(report, "[");
    for (size_t i = 0; i < model->test_count && !is_fault(status); i++) {
        eml_buf why = {0};
        status = run_test(&runner, &model->tests[i], &why, err);
        failed += status != EML_OK;
        if (!is_fault(status)) report_test(&runner, i, &model->tests[i], status == EML_OK, &why);
        eml_buf_free(&why);
    }
    if (json) eml_buf_put_text(report, "\n]\n");
    if (is_fault(status)) return status;
    if (!json && model->test_count == 0)
        eml_buf_put_text(report, "no tests: the model has no block like test \"a name\" { x = 1; y = 2 within 0.1 }\n");
    else if (!json)
        eml_buf_printf(report, "%zu of %zu tests passed\n", model->test_count - failed, model->test_count);
    if (failed == 0) return EML_OK;
    return eml_fail(err, EML_ERR_NO, "%zu of %zu tests failed", failed, model->test_count);
}
