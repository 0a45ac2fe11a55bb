/* Values and the evaluator's own state. */
#include "compiler/check/derive.h"

eml_value eml_value_new(eml_extent extent) {
    return (eml_value){.extent = extent, .items = eml_alloc(eml_extent_elements(extent), sizeof(eml_form))};
}

void eml_value_own(eml_value *value) {
    if (!value->borrowed) return;
    eml_value copy = eml_value_new(value->extent);
    for (size_t i = 0; i < eml_extent_elements(copy.extent); i++) eml_form_copy(&copy.items[i], &value->items[i]);
    *value = copy;
}

void eml_value_free(eml_value *value) {
    if (value->items != NULL && !value->borrowed) {
        for (size_t i = 0; i < eml_extent_elements(value->extent); i++) eml_form_free(&value->items[i]);
        eml_free(value->items);
    }
    *value = (eml_value){0};
}

void eml_evaluator_init(eml_evaluator *evaluator, const eml_names *names, eml_diags *diags) {
    size_t count = names->ast->decl_count;
    *evaluator = (eml_evaluator){.names = names,
                                 .ast = names->ast,
                                 .diags = diags,
                                 .values = eml_alloc(count, sizeof(eml_value)),
                                 .extents = eml_alloc(count, sizeof(eml_extent)),
                                 .firsts = eml_alloc(count, sizeof(size_t)),
                                 .work_left = EML_WORK_MAX};
}

static void free_derived(eml_evaluator *ev) {
    for (size_t i = 0; i < ev->derived.count; i++) {
        eml_formula_free(&ev->derived.items[i].formula);
        eml_buf_free(&ev->derived.items[i].code);
        eml_pins *pins = ev->derived.items[i].pins;
        if (pins != NULL) mpq_clears(pins->lo, pins->hi, NULL);
        eml_free(pins);
    }
    eml_free(ev->derived.items);
    eml_free(ev->derived.slots);
    ev->derived = (eml_derivations){0};
}

void eml_evaluator_free(eml_evaluator *evaluator) {
    for (size_t i = 0; evaluator->ast != NULL && i < evaluator->ast->decl_count; i++) {
        eml_value_free(&evaluator->values[i]);
    }
    eml_free(evaluator->values);
    eml_free(evaluator->extents);
    eml_free(evaluator->columns);
    eml_free(evaluator->firsts);
    free_derived(evaluator);
    *evaluator = (eml_evaluator){0};
}

void eml_column_name_print(const char *name, eml_extent extent, size_t element, eml_buf *out) {
    eml_buf_put_text(out, name);
    if (extent.rank == 1) eml_buf_printf(out, "[%zu]", element);
    if (extent.rank == 2) eml_buf_printf(out, "[%zu][%zu]", element / extent.dims[1], element % extent.dims[1]);
}

/* The declaration among outputs or results that has the column, and which of its elements that is. */
static eml_row_column shown_column(const eml_evaluator *evaluator, eml_decl_kind kind, size_t column) {
    eml_row_column found = {.visibility = EML_PUBLIC, .decl = SIZE_MAX};
    for (size_t i = 0; i < evaluator->ast->decl_count; i++) {
        if (evaluator->ast->decls[i].kind != kind || evaluator->firsts[i] > column) continue;
        if (evaluator->extents[i].dims[0] * evaluator->extents[i].dims[1] <= column - evaluator->firsts[i]) continue;
        found.decl = i;
        found.element = column - evaluator->firsts[i];
    }
    return found;
}

eml_row_column eml_evaluator_column(const eml_evaluator *evaluator, uint32_t column) {
    if (column >= EML_COLUMN_RESULT) return shown_column(evaluator, EML_DECL_RESULT, column - EML_COLUMN_RESULT);
    if (column >= EML_COLUMN_OUTPUT) return shown_column(evaluator, EML_DECL_OUTPUT, column - EML_COLUMN_OUTPUT);
    if (column >= EML_COLUMN_DERIVED) return evaluator->derived.items[column - EML_COLUMN_DERIVED].column;
    return evaluator->columns[column];
}

void eml_evaluator_column_name(const eml_evaluator *evaluator, uint32_t column, eml_buf *out) {
    eml_row_column slot = eml_evaluator_column(evaluator, column);
    if (slot.decl == SIZE_MAX)
        eml_buf_put_text(out, "what is derived");
    else
        eml_column_name_print(evaluator->ast->decls[slot.decl].name.text, evaluator->extents[slot.decl], slot.element,
                              out);
}

bool eml_eval_refuse_hidden(eml_evaluator *ev, const eml_expr *expr, const char *what, const eml_form *form) {
    const eml_form_term *term = eml_form_find_hidden(form);
    if (term == NULL) return false;
    const eml_decl *param = &ev->ast->decls[term->hidden->param];
    eml_diag *diag =
        eml_diag_add(ev->diags, EML_DIAG_HIDDEN_SHOWN, expr->span,
                     "%s depends on the hidden param `%s`, and everybody may see it", what, param->name.text);
    eml_diag_note_at(ev->diags, diag, param->name.span, "hidden here: only coefficients of outputs may depend on it");
    return true;
}
