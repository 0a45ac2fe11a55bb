/* Pass 5, committed inputs: their integers are bound to a commitment that knows no model, so what is declared of an
 * input alone decides what its integers mean. */
#include "compiler/check/model.h"

bool eml_model_check_committed_input(eml_evaluator *ev, const eml_decl *decl) {
    if (decl->visibility != EML_COMMITTED) return true;
    if (decl->uniform) {
        eml_diag_add(ev->diags, EML_DIAG_COMMITTED_UNIFORM, decl->name.span,
                     "a committed input is never uniform: a proof is about one row");
        return false;
    }
    if (decl->integer || decl->step != NULL || decl->frac != NULL) return true;
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_COMMITTED_GRID, decl->name.span,
                                  "`%s` is committed, so it declares which numbers it takes: `integer`, `step 0.01` or "
                                  "`frac 10`",
                                  decl->name.text);
    eml_diag_note(ev->diags, diag,
                  "who commits knows no model: the value has the same integer in every model that declares the same");
    return false;
}

static const eml_decl *first_of(const eml_model *model, eml_visibility visibility) {
    for (size_t i = 0; i < model->input_count; i++)
        if (model->inputs[i].visibility == visibility) return model->inputs[i].decl;
    return NULL;
}

void eml_model_check_committed(eml_evaluator *ev, const eml_model *model) {
    const eml_decl *committed = first_of(model, EML_COMMITTED), *secret = first_of(model, EML_SECRET);
    if (committed == NULL || secret == NULL) return;
    eml_diag *diag = eml_diag_add(ev->diags, EML_DIAG_COMMITTED_SECRET, committed->name.span,
                                  "`%s` is committed, so the prover knows it, but other inputs are secret from him: a "
                                  "model has one or the other",
                                  committed->name.text);
    eml_diag_note_at(ev->diags, diag, secret->name.span, "`%s` is secret here", secret->name.text);
}
