/* --emit model-json and quant-json: what --emit model and quant say in words, for programs (docs/formats.md). Numbers
 * are exact: strings with a decimal or p/q. Of what is hidden only what others know stands there. */
#include "compiler/check/model.h"
#include "compiler/emit/json.h"
#include "compiler/quant/quantize.h"
#include "runtime/bundle/abi.h"

/* ----- Pieces of both */

static void put_bool(const char *key, bool value, eml_buf *out) {
    eml_buf_printf(out, "\"%s\": %s", key, value ? "true" : "false");
}

static void put_names(eml_monomial monomial, const eml_model_input *inputs, eml_buf *out) {
    const uint32_t factors[] = {monomial.first, monomial.second};
    eml_buf_put_text(out, "\"inputs\": [");
    for (size_t f = 0; f < 2; f++) {
        if (factors[f] == EML_NO_INPUT) continue;
        if (f > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(inputs[factors[f]].name, out);
    }
    eml_buf_put_text(out, "]");
}

/* ----- The model */

static void model_input(const eml_model_input *in, const eml_formula_column *names, eml_buf *out) {
    eml_json_put_text("name", in->name, out);
    eml_buf_printf(out, ", \"visibility\": \"%s\", ", eml_visibility_name(in->visibility));
    put_bool("uniform", in->uniform, out);
    if (in->words != NULL) {
        eml_buf_put_text(out, ", \"words\": [");
        for (size_t k = 0; k < in->words->count; k++) {
            if (k > 0) eml_buf_put_text(out, ", ");
            eml_text_put_json(in->words->items[k]->text, out);
        }
        eml_buf_put_text(out, "]");
        return;
    }
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("lo", in->lo, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("hi", in->hi, out);
    if (mpq_sgn(in->step) != 0) {
        eml_buf_put_text(out, ", ");
        eml_json_put_rational("step", in->step, out);
    }
    if (in->has_frac) eml_buf_printf(out, ", \"frac\": %ld", in->frac);
    if (in->formula.count > 0) eml_formula_put_json(&in->formula, names, out);
}

static void model_groups(const eml_model *model, eml_buf *out) {
    if (model->group_count == 0) return;
    eml_json_begin(", \"onehot\"", out);
    for (size_t g = 0; g < model->group_count; g++) {
        const eml_model_group *group = &model->groups[g];
        eml_json_item(g, out);
        eml_json_put_text("name", group->decl->name.text, out);
        eml_buf_put_text(out, ", \"inputs\": [");
        for (size_t i = 0; i < group->count; i++) {
            if (i > 0) eml_buf_put_text(out, ", ");
            eml_text_put_json(model->inputs[group->first + i].name, out);
        }
        eml_buf_put_text(out, "]}");
    }
    eml_json_end(out);
}

static void model_term(const eml_form_term *term, const eml_model_input *inputs, eml_buf *out) {
    put_names(term->monomial, inputs, out);
    eml_buf_put_text(out, ", ");
    if (term->hidden == NULL) {
        eml_json_put_rational("coefficient", term->coefficient, out);
        return;
    }
    eml_buf_put_text(out, "\"hidden\": {");
    eml_json_put_rational("lo", term->hidden->lo, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("hi", term->hidden->hi, out);
    eml_buf_put_text(out, "}");
}

static void model_output(const eml_model *model, const eml_model_output *output, eml_buf *out) {
    eml_json_put_text("name", output->name, out);
    eml_buf_put_text(out, ", ");
    put_bool("exact", output->exact, out);
    if (mpq_sgn(output->tolerance) != 0) {
        eml_buf_put_text(out, ", ");
        eml_json_put_rational("within", output->tolerance, out);
    }
    if (output->decl->link.text != NULL) {
        eml_buf_put_text(out, ", ");
        eml_json_put_text("link", output->decl->link.text, out);
    }
    eml_json_begin(", \"terms\"", out);
    for (size_t i = 0; i < output->form.count; i++) {
        eml_json_item(i, out);
        model_term(&output->form.terms[i], model->inputs, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
}

static void model_results(const eml_model *model, eml_buf *out) {
    eml_formula_column *names = eml_alloc(model->output_count + model->result_count, sizeof *names);
    for (size_t i = 0; i < model->output_count; i++) names[i].name = model->outputs[i].name;
    eml_json_begin(", \"results\"", out);
    for (size_t i = 0; i < model->result_count; i++) {
        const eml_model_result *result = &model->results[i];
        names[model->output_count + i].name = result->name;
        eml_json_item(i, out);
        eml_json_put_text("name", result->name, out);
        if (mpq_sgn(result->tolerance) != 0) {
            eml_buf_put_text(out, ", ");
            eml_json_put_rational("within", result->tolerance, out);
        }
        eml_formula_put_json(&result->formula, names, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    eml_free(names);
}

static void begin_model(const eml_model *model, eml_buf *out) {
    eml_buf_put_text(out, "{");
    eml_json_put_text("model", model->name == NULL ? "" : model->name, out);
}

void eml_model_print_json(const eml_model *model, eml_buf *out) {
    eml_arena arena = {0};
    eml_formula_column *names = eml_alloc(model->input_count, sizeof *names);
    for (size_t i = 0; i < model->input_count; i++)
        names[i] = eml_model_formula_column(model->inputs[i].name, model->inputs[i].words, &arena);
    begin_model(model, out);
    eml_buf_put_text(out, ", ");
    put_bool("single_row", model->single_row, out);
    eml_buf_put_text(out, ", ");
    put_bool("encrypted", model->encrypted, out);
    eml_json_begin(", \"inputs\"", out);
    for (size_t i = 0; i < model->input_count; i++) {
        eml_json_item(i, out);
        model_input(&model->inputs[i], names, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    model_groups(model, out);
    eml_json_begin(", \"outputs\"", out);
    for (size_t i = 0; i < model->output_count; i++) {
        eml_json_item(i, out);
        model_output(model, &model->outputs[i], out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    model_results(model, out);
    eml_buf_put_text(out, "}\n");
    eml_free(names);
    eml_arena_free(&arena);
}

/* ----- The fixed-point model */

static void quant_input(const eml_model_input *in, const eml_quant_input *q, eml_buf *out) {
    eml_json_put_text("name", in->name, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("offset", q->offset, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("unit", q->unit, out);
    eml_buf_put_text(out, ", ");
    put_bool("rounded", mpq_sgn(q->rounding) != 0, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_integer("lo", q->lo, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_integer("hi", q->hi, out);
}

static void quant_term(const eml_quant *quant, const eml_quant_output *q, size_t term, eml_buf *out) {
    put_names(q->centred.terms[term].monomial, quant->model->inputs, out);
    eml_buf_put_text(out, ", ");
    if (q->centred.terms[term].hidden == NULL) {
        eml_json_put_integer("weight", q->weights[term], out);
        return;
    }
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    eml_quant_weight_range(quant, q, term, lo, hi);
    eml_buf_put_text(out, "\"hidden\": {");
    eml_json_put_integer("lo", lo, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_integer("hi", hi, out);
    eml_buf_put_text(out, "}");
    mpz_clears(lo, hi, NULL);
}

static void quant_output(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_output *q = &quant->outputs[index];
    mpq_t bound;
    mpq_init(bound);
    eml_quant_stated_bound(q, bound);
    eml_json_put_text("name", quant->model->outputs[index].name, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("unit", q->unit, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("error_bound", bound, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_integer("lo", q->lo, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_integer("hi", q->hi, out);
    eml_json_begin(", \"terms\"", out);
    for (size_t i = 0; i < q->centred.count; i++) {
        eml_json_item(i, out);
        quant_term(quant, q, i, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    mpq_clear(bound);
}

static void quant_result(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_result *q = &quant->results[index];
    mpq_t bound;
    mpq_init(bound);
    eml_rational_ceil_digits(q->bound, 3, bound);
    eml_json_put_text("name", quant->model->results[index].name, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("unit", q->unit, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("error_bound", bound, out);
    mpq_clear(bound);
}

void eml_quant_print_json(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    begin_model(model, out);
    eml_buf_printf(out, ", \"delta_bits\": %u", quant->delta_bits);
    eml_json_begin(", \"inputs\"", out);
    for (size_t i = 0; i < model->input_count; i++) {
        eml_json_item(i, out);
        quant_input(&model->inputs[i], &quant->inputs[i], out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    eml_json_begin(", \"outputs\"", out);
    for (size_t i = 0; i < model->output_count; i++) {
        eml_json_item(i, out);
        quant_output(quant, i, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    eml_json_begin(", \"results\"", out);
    for (size_t i = 0; i < model->result_count; i++) {
        eml_json_item(i, out);
        quant_result(quant, i, out);
        eml_buf_put_text(out, "}");
    }
    eml_json_end(out);
    eml_buf_put_text(out, "}\n");
}
