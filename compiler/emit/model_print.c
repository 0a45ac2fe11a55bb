/* --emit model: the affine model, one line a fact, exact rationals. */
#include "compiler/check/model.h"
#include "runtime/base/decimal.h"

static void print_input(const eml_model_input *in, eml_buf *out) {
    eml_buf_printf(out, "input %s %s%s in [", in->name, eml_visibility_name(in->visibility),
                   in->uniform ? " uniform" : "");
    eml_decimal_print_exact(in->lo, out);
    eml_buf_put_text(out, ", ");
    eml_decimal_print_exact(in->hi, out);
    eml_buf_put_text(out, "]");
    if (mpq_sgn(in->step) != 0) {
        eml_buf_put_text(out, " step ");
        eml_decimal_print_exact(in->step, out);
    }
    if (in->has_frac) eml_buf_printf(out, " frac %ld", in->frac);
    eml_buf_put_text(out, "\n");
}

/* Of a hidden one what others know: dumps of a hidden model may be shown. */
static void print_coefficient(const eml_form_term *term, eml_buf *out) {
    if (term->hidden == NULL) {
        eml_decimal_print_exact(term->coefficient, out);
        return;
    }
    eml_buf_put_text(out, "hidden in [");
    eml_decimal_print_exact(term->hidden->lo, out);
    eml_buf_put_text(out, ", ");
    eml_decimal_print_exact(term->hidden->hi, out);
    eml_buf_put_text(out, "]");
}

static void print_output(const eml_model *model, const eml_model_output *output, eml_buf *out) {
    eml_buf_printf(out, "output %s", output->name);
    if (output->exact) eml_buf_put_text(out, " exact");
    if (mpq_sgn(output->tolerance) != 0) {
        eml_buf_put_text(out, " within ");
        eml_decimal_print_exact(output->tolerance, out);
    }
    if (output->decl->link.text != NULL) eml_buf_printf(out, " as %s", output->decl->link.text);
    eml_buf_put_text(out, "\n");
    for (size_t i = 0; i < output->form.count; i++) {
        const eml_form_term *term = &output->form.terms[i];
        eml_buf_put_text(out, "    ");
        print_coefficient(term, out);
        if (term->monomial.first != EML_NO_INPUT)
            eml_buf_printf(out, " * %s", model->inputs[term->monomial.first].name);
        if (term->monomial.second != EML_NO_INPUT) {
            eml_buf_printf(out, " * %s", model->inputs[term->monomial.second].name);
        }
        eml_buf_put_text(out, "\n");
    }
}

void eml_model_print(const eml_model *model, eml_buf *out) {
    eml_buf_printf(out, "model %s%s\n", model->name == NULL ? "?" : model->name,
                   model->single_row ? " single row" : "");
    for (size_t i = 0; i < model->input_count; i++) print_input(&model->inputs[i], out);
    for (size_t i = 0; i < model->output_count; i++) print_output(model, &model->outputs[i], out);
}
