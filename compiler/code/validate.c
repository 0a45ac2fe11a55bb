#include "compiler/code/validate.h"

#include <assert.h>

#include "runtime/field/integer.h"
#include "runtime/statement/symbolic.h"

/* Element `part` (0: plain) of the output that the model asks for. */
static eml_symbolic_form expected_form(const eml_quant *quant, const eml_quant_output *output, unsigned part,
                                       eml_fe delta) {
    const eml_model_input *inputs = quant->model->inputs;
    eml_symbolic_form form = {0};
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_monomial monomial = output->centred.terms[i].monomial;
        bool secret = eml_quant_is_secret(quant, monomial);
        if (!secret && part != 0 && part != EML_BODY_PART) continue;
        eml_symbolic_term term = eml_symbolic_constant(eml_fe_from_mpz(output->weights[i]));
        if (!secret && part == EML_BODY_PART) term.coefficient = eml_fe_mul(term.coefficient, delta);
        uint32_t columns[2] = {monomial.first, monomial.second};
        bool varies = false, good = true;
        for (int j = 0; j < 2; j++) {
            if (columns[j] == EML_NO_INPUT) continue;
            varies = varies || !inputs[columns[j]].uniform;
            unsigned of = inputs[columns[j]].visibility == EML_SECRET ? part : 0;
            good = eml_symbolic_multiply(&term, eml_symbol_of(columns[j], of)) && good;
        }
        if (!varies) good = eml_symbolic_multiply(&term, eml_symbol_of(EML_TAPE_ONE, 0)) && good;
        assert(good); /* two inputs, or one of them and `one` */
        (void)good;
        eml_symbolic_append(&form, term);
    }
    eml_symbolic_normalise(&form);
    return form;
}

static bool forms_equal(eml_symbolic_form *a, const eml_symbolic_form *b) {
    eml_symbolic_normalise(a);
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = eml_symbolic_compare(&a->terms[i], &b->terms[i]) == 0 &&
                eml_fe_eq(a->terms[i].coefficient, b->terms[i].coefficient);
    }
    return equal;
}

/* Delta as the model has it: not by the function that lowering calls. */
static eml_fe delta_of(const eml_quant *quant) {
    mpz_t delta;
    mpz_init(delta);
    if (quant->delta_bits > 0) mpz_ui_pow_ui(delta, 2, quant->delta_bits);
    eml_fe element = eml_fe_from_mpz(delta);
    mpz_clear(delta);
    return element;
}

static eml_status compare(const eml_quant *quant, eml_symbolic *found, eml_error *err) {
    const eml_model *model = quant->model;
    size_t parts = model->encrypted ? EML_CT_ELEMENTS : 1, elements = parts * model->output_count;
    eml_fe delta = delta_of(quant);
    if (found->count != elements || found->written != (model->output_count == 1 ? 0 : elements)) {
        return eml_fail(err, EML_ERR_INTERNAL, "translation validation: the program leaves another number of results");
    }
    for (size_t i = 0; i < elements; i++) {
        unsigned part = model->encrypted ? (unsigned)(i % parts) + 1 : 0;
        eml_symbolic_form expected = expected_form(quant, &quant->outputs[i / parts], part, delta);
        bool equal = forms_equal(&found->outputs[i], &expected);
        eml_symbolic_free_form(&expected);
        if (equal) continue;
        return eml_fail(err, EML_ERR_INTERNAL,
                        "translation validation: the program does not compute `%s` as the model does",
                        model->outputs[i / parts].name);
    }
    return EML_OK;
}

eml_status eml_validate(const eml_quant *quant, const eml_program *program, const eml_lowered *tapes, eml_error *err) {
    eml_symbolic_tapes plan = {tapes->public_tape.items, tapes->secret_tape.items, tapes->committed.items,
                               tapes->committed.count};
    eml_symbolic found;
    size_t row;
    if (!eml_fe_eq(program->shape.delta, delta_of(quant)))
        return eml_fail(err, EML_ERR_INTERNAL, "translation validation: the program has another Delta than the model");
    if (!eml_symbolic_run(program, &plan, &found, &row))
        return eml_fail(err, EML_ERR_INTERNAL, "translation validation: row %zu (%s) multiplies two sums", row,
                        eml_op_name(program->code[row]));
    eml_status status = compare(quant, &found, err);
    eml_symbolic_free(&found);
    return status;
}
