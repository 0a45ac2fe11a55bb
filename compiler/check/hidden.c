/* Pass 5, hidden params: their constants become hidden coefficients (affine.h), and what would give them away is
 * refused. No message has a value. */
#include "compiler/check/model.h"
#include "compiler/check/rational.h"

static bool read_interval(eml_evaluator *ev, const eml_decl *decl, eml_hidden *out) {
    bool good = eml_eval_number(ev, decl->lo, "the low end of a range", out->lo);
    good = eml_eval_number(ev, decl->hi, "the high end of a range", out->hi) && good;
    if (!good || mpq_cmp(out->lo, out->hi) < 0) return good;
    eml_diag_add(ev->diags, EML_DIAG_HIDDEN_RANGE, (eml_span){decl->lo->span.start, decl->hi->span.end},
                 "the low end of a hidden param's range is below its high end, or everybody knows the value");
    return false;
}

static bool check_element(eml_evaluator *ev, const eml_decl *decl, const eml_value *value, size_t element,
                          const mpq_t number, const eml_hidden *range) {
    if (mpq_cmp(number, range->lo) >= 0 && mpq_cmp(number, range->hi) <= 0) return true;
    eml_buf name = {0};
    eml_column_name_print(decl->name.text, value->extent, element, &name);
    eml_diag *diag =
        eml_diag_add(ev->diags, EML_DIAG_HIDDEN_RANGE, (eml_span){decl->lo->span.start, decl->hi->span.end},
                     "the value of `%.*s` is not in this range", (int)name.len, (const char *)name.data);
    eml_diag_note(ev->diags, diag, "others know of a hidden param that its values are in here; the value is not shown");
    eml_buf_free(&name);
    return false;
}

/* Everybody may know the ranges alone, so the one would have to be worked out from the other. */
static bool check_source(eml_evaluator *ev, const eml_decl *decl, const eml_form *form) {
    const eml_form_term *term = eml_form_find_hidden(form);
    if (term == NULL) return true;
    const eml_name *other = &ev->ast->decls[term->hidden->param].name;
    eml_diag *diag =
        eml_diag_add(ev->diags, EML_DIAG_HIDDEN_RANGE, decl->name.span,
                     "`%s` follows from `%s`, which is hidden in a range of its own", decl->name.text, other->text);
    eml_diag_note_at(ev->diags, diag, other->span,
                     "what follows from it is hidden too: leave `hidden in` out of the other one");
    return false;
}

/* All elements, or none: one message is enough. */
static bool hide_elements(eml_evaluator *ev, const eml_decl *decl, eml_hidden *range, eml_value *value) {
    mpq_t number;
    mpq_init(number);
    bool good = true;
    for (size_t i = 0; good && i < eml_extent_elements(value->extent); i++) {
        eml_form *form = &value->items[i];
        eml_form_constant(form, number);
        good = check_source(ev, decl, form) && check_element(ev, decl, value, i, number, range);
        if (!good) break;
        range->element = (uint32_t)i;
        eml_form_free(form);
        eml_form_append_hidden(form, number, range);
    }
    mpq_clear(number);
    return good;
}

static void append(eml_model *model, const eml_decl *decl, const eml_value *value, const eml_hidden *range) {
    size_t capacity = model->hidden_count;
    model->hidden = eml_grow(model->hidden, &capacity, model->hidden_count + 1, sizeof *model->hidden);
    eml_model_hidden *hidden = &model->hidden[model->hidden_count++];
    *hidden = (eml_model_hidden){.decl = decl, .index = range->param, .extent = value->extent};
    mpq_inits(hidden->lo, hidden->hi, NULL);
    mpq_set(hidden->lo, range->lo);
    mpq_set(hidden->hi, range->hi);
}

bool eml_model_hide(eml_evaluator *ev, eml_model *model, size_t index, eml_value *value) {
    const eml_decl *decl = &ev->ast->decls[index];
    eml_hidden range = {.param = (uint32_t)index};
    mpq_inits(range.lo, range.hi, NULL);
    bool good = read_interval(ev, decl, &range) && hide_elements(ev, decl, &range, value);
    if (good) append(model, decl, value, &range);
    mpq_clears(range.lo, range.hi, NULL);
    return good;
}

static void refuse_secret(eml_evaluator *ev, const eml_model *model) {
    const eml_decl *param = model->hidden[0].decl;
    eml_diag *diag =
        eml_diag_add(ev->diags, EML_DIAG_HIDDEN_SECRET, param->name.span,
                     "`%s` cannot be hidden in a model with secret inputs: an output's ciphertext is a sum "
                     "of the inputs' ciphertexts, and whoever has both solves for the coefficients",
                     param->name.text);
    for (size_t i = 0; i < model->input_count; i++) {
        if (model->inputs[i].visibility != EML_SECRET) continue;
        eml_diag_note_at(ev->diags, diag, model->inputs[i].decl->name.span,
                         "secret here: make it `public`, or the param not hidden");
        return;
    }
}

void eml_model_check_hidden(eml_evaluator *ev, const eml_model *model) {
    if (model->hidden_count > 0 && model->encrypted) refuse_secret(ev, model);
    const eml_decl *last = NULL; /* one message for a vector */
    for (size_t i = 0; i < model->output_count; i++) {
        const eml_model_output *output = &model->outputs[i];
        const eml_form_term *term = eml_form_find_hidden(&output->form);
        if (!output->exact || term == NULL || output->decl == last) continue;
        last = output->decl;
        const eml_decl *param = &ev->ast->decls[term->hidden->param];
        eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_HIDDEN_EXACT, output->decl->name.span,
                                      "`%s` cannot be exact: its unit would tell of what the hidden `%s` is a multiple",
                                      output->name, param->name.text);
        eml_diag_note(ev->diags, diag, "give it a tolerance with `within`");
    }
}
