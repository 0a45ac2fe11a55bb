/* --emit model: the affine model, one line a fact, exact rationals. */
#include "compiler/check/model.h"
#include "compiler/check/rational.h"

static void print_formula(const eml_formula *formula, const eml_formula_column *names, eml_buf *out) {
    eml_buf_put_text(out, " = ");
    eml_formula_print(formula, names, out);
}

static void print_words(const eml_words *words, eml_buf *out) {
    eml_buf_put_text(out, " in {");
    for (size_t k = 0; k < words->count; k++) eml_buf_printf(out, "%s\"%s\"", k > 0 ? ", " : "", words->items[k]->text);
    eml_buf_put_text(out, "}\n");
}

static void print_input(const eml_model_input *in, const eml_formula_column *names, eml_buf *out) {
    if (in->words != NULL) {
        eml_buf_printf(out, "input %s %s%s", in->name, eml_visibility_name(in->visibility),
                       in->uniform ? " uniform" : "");
        print_words(in->words, out);
        return;
    }
    eml_buf_printf(out, "%s %s %s%s in [", in->formula.count > 0 ? "derived" : "input", in->name,
                   eml_visibility_name(in->visibility), in->uniform ? " uniform" : "");
    eml_rational_print_dump(in->lo, out);
    eml_buf_put_text(out, ", ");
    eml_rational_print_dump(in->hi, out);
    eml_buf_put_text(out, "]");
    if (mpq_sgn(in->step) != 0) {
        eml_buf_put_text(out, " step ");
        eml_rational_print_dump(in->step, out);
    }
    if (in->has_frac) eml_buf_printf(out, " frac %ld", in->frac);
    if (in->formula.count > 0) print_formula(&in->formula, names, out);
    eml_buf_put_text(out, "\n");
}

static void print_group(const eml_model *model, const eml_model_group *group, eml_buf *out) {
    eml_buf_printf(out, "onehot %s: %s to %s\n", group->decl->name.text, model->inputs[group->first].name,
                   model->inputs[group->first + group->count - 1].name);
}

/* Of a hidden one what others know: dumps of a hidden model may be shown. */
static void print_coefficient(const eml_form_term *term, eml_buf *out) {
    if (term->hidden == NULL) {
        eml_rational_print_dump(term->coefficient, out);
        return;
    }
    eml_buf_put_text(out, "hidden in [");
    eml_rational_print_dump(term->hidden->lo, out);
    eml_buf_put_text(out, ", ");
    eml_rational_print_dump(term->hidden->hi, out);
    eml_buf_put_text(out, "]");
}

static void print_output(const eml_model *model, const eml_model_output *output, eml_buf *out) {
    eml_buf_printf(out, "output %s", output->name);
    if (output->exact) eml_buf_put_text(out, " exact");
    if (mpq_sgn(output->tolerance) != 0) {
        eml_buf_put_text(out, " within ");
        eml_rational_print_dump(output->tolerance, out);
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

static void print_results(const eml_model *model, eml_buf *out) {
    eml_formula_column *names = eml_alloc(model->output_count + model->result_count, sizeof *names);
    for (size_t i = 0; i < model->output_count; i++) names[i].name = model->outputs[i].name;
    for (size_t i = 0; i < model->result_count; i++) {
        const eml_model_result *result = &model->results[i];
        names[model->output_count + i].name = result->name;
        eml_buf_printf(out, "result %s", result->name);
        if (mpq_sgn(result->tolerance) != 0) {
            eml_buf_put_text(out, " within ");
            eml_rational_print_dump(result->tolerance, out);
        }
        print_formula(&result->formula, names, out);
        eml_buf_put_text(out, "\n");
    }
    eml_free(names);
}

void eml_model_print(const eml_model *model, eml_buf *out) {
    eml_buf_printf(out, "model %s%s\n", model->name == NULL ? "?" : model->name,
                   model->single_row ? " single row" : "");
    eml_arena arena = {0};
    eml_formula_column *names = eml_alloc(model->input_count, sizeof *names);
    for (size_t i = 0; i < model->input_count; i++)
        names[i] = eml_model_formula_column(model->inputs[i].name, model->inputs[i].words, &arena);
    for (size_t i = 0; i < model->input_count; i++) print_input(&model->inputs[i], names, out);
    for (size_t i = 0; i < model->group_count; i++) print_group(model, &model->groups[i], out);
    for (size_t i = 0; i < model->output_count; i++) print_output(model, &model->outputs[i], out);
    print_results(model, out);
    eml_free(names);
    eml_arena_free(&arena);
}
