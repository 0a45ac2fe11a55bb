/* Rows of a quantized model against exact rationals. */
#ifndef EML_TESTS_QUANTIZE_ROWS_H
#define EML_TESTS_QUANTIZE_ROWS_H

#include "tests/unit/compiler_fixture.h"

#include "compiler/check/rational.h"
#include "runtime/field/integer.h"
#include "runtime/vm/vm.h"

static uint64_t state = 1;

static inline uint64_t below(uint64_t limit) { return fixture_random(&state) % limit; }

/* A value of the column: an end of its range, or something inside (on the grid, if there is one). */
static inline void pick_value(const eml_model_input *in, mpq_t out) {
    mpq_t part;
    mpq_init(part);
    mpq_set_ui(part, below(3) == 0 ? below(2) * 1000003 : below(1000004), 1000003);
    mpq_canonicalize(part);
    mpq_sub(out, in->hi, in->lo);
    mpq_mul(out, out, part);
    mpq_add(out, out, in->lo);
    if (mpq_sgn(in->step) != 0) {
        mpq_div(out, out, in->step);
        mpz_cdiv_q(mpq_numref(out), mpq_numref(out), mpq_denref(out));
        mpz_set_ui(mpq_denref(out), 1);
        mpq_mul(out, out, in->step);
        if (mpq_cmp(out, in->hi) > 0) mpq_sub(out, out, in->step);
    }
    mpq_clear(part);
}

static inline void quantized_input(const eml_quant_input *q, const mpq_t value, mpz_t out) {
    mpq_t steps;
    mpq_init(steps);
    mpq_sub(steps, value, q->offset);
    mpq_div(steps, steps, q->unit);
    eml_rational_round(steps, out);
    assert_true(!eml_quant_on_own_grid(q) || mpz_cmp_ui(mpq_denref(steps), 1) == 0);
    mpq_clear(steps);
    assert_true(mpz_cmp(out, q->lo) >= 0 && mpz_cmp(out, q->hi) <= 0);
}

static inline void exact_prediction(const eml_form *form, mpq_t *values, mpq_t out) {
    mpq_t term;
    mpq_init(term);
    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i < form->count; i++) {
        eml_monomial m = form->terms[i].monomial;
        mpq_set(term, form->terms[i].coefficient);
        if (m.first != EML_NO_INPUT) mpq_mul(term, term, values[m.first]);
        if (m.second != EML_NO_INPUT) mpq_mul(term, term, values[m.second]);
        mpq_add(out, out, term);
    }
    mpq_clear(term);
}

static inline void quantized_prediction(const eml_quant_output *output, mpz_t *integers, mpz_t out) {
    mpz_t term;
    mpz_init(term);
    mpz_set_ui(out, 0);
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_monomial m = output->centred.terms[i].monomial;
        mpz_set(term, output->weights[i]);
        if (m.first != EML_NO_INPUT) mpz_mul(term, term, integers[m.first]);
        if (m.second != EML_NO_INPUT) mpz_mul(term, term, integers[m.second]);
        mpz_add(out, out, term);
    }
    mpz_clear(term);
    assert_true(mpz_cmp(out, output->lo) >= 0 && mpz_cmp(out, output->hi) <= 0);
}

/* The program's result in the row. */
static inline void check_result(const eml_bundle *bundle, mpz_t *integers, size_t output, const mpz_t expected) {
    const eml_abi *abi = &bundle->abi;
    eml_fe *inputs = eml_alloc(abi->input_count, sizeof *inputs);
    for (size_t i = 0; i < abi->input_count; i++) inputs[i] = eml_fe_from_mpz(integers[i]);
    eml_fe *tape = eml_abi_tape_of(abi, false, inputs, EML_FE_ONE);
    eml_outcome outcome;
    eml_vm_run(&bundle->program, &(eml_tapes){.public_tape = tape, .secret_tape = NULL}, &outcome);
    eml_fe got = abi->output_count == 1 ? outcome.stack[0] : outcome.output_tape[output];
    assert_true(eml_fe_eq(got, eml_fe_from_mpz(expected)));
    eml_outcome_free(&outcome);
    eml_free(tape);
    eml_free(inputs);
}

/* A random row: what the model makes of it in integers is within the bound of what it is exactly; the program of a
 * bundle, unless NULL, makes the same. */
static inline void check_row(const fixture *f, const eml_bundle *bundle) {
    const eml_model *model = &f->passes.model;
    const eml_quant *quant = &f->passes.quant;
    mpq_t *values = eml_rationals_new(model->input_count), exact, got;
    mpz_t *integers = eml_alloc(model->input_count, sizeof *integers), m;
    mpq_inits(exact, got, NULL);
    mpz_init(m);
    for (size_t i = 0; i < model->input_count; i++) {
        mpz_init(integers[i]);
        pick_value(&model->inputs[i], values[i]);
        quantized_input(&quant->inputs[i], values[i], integers[i]);
    }
    for (size_t i = 0; i < model->output_count; i++) {
        exact_prediction(&model->outputs[i].form, values, exact);
        quantized_prediction(&quant->outputs[i], integers, m);
        if (bundle != NULL) check_result(bundle, integers, i, m);
        mpq_set_z(got, m);
        mpq_mul(got, got, quant->outputs[i].unit);
        mpq_sub(got, got, exact);
        mpq_abs(got, got);
        assert_true(mpq_cmp(got, quant->outputs[i].bound) <= 0);
        assert_true(mpq_cmp(quant->outputs[i].bound, quant->outputs[i].tolerance) <= 0);
    }
    for (size_t i = 0; i < model->input_count; i++) mpz_clear(integers[i]);
    eml_free(integers);
    eml_rationals_free(values, model->input_count);
    mpq_clears(exact, got, NULL);
    mpz_clear(m);
}

#endif
