/* Values and the evaluator's own state. */
#include "compiler/check/eval.h"

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
                                 .work_left = EML_WORK_MAX};
}

void eml_evaluator_free(eml_evaluator *evaluator) {
    for (size_t i = 0; evaluator->ast != NULL && i < evaluator->ast->decl_count; i++) {
        eml_value_free(&evaluator->values[i]);
    }
    eml_free(evaluator->values);
    eml_free(evaluator->extents);
    eml_free(evaluator->columns);
    *evaluator = (eml_evaluator){0};
}

void eml_column_name_print(const char *name, eml_extent extent, size_t element, eml_buf *out) {
    eml_buf_put_text(out, name);
    if (extent.rank == 1) eml_buf_printf(out, "[%zu]", element);
    if (extent.rank == 2) eml_buf_printf(out, "[%zu][%zu]", element / extent.dims[1], element % extent.dims[1]);
}

void eml_evaluator_column_name(const eml_evaluator *evaluator, uint32_t column, eml_buf *out) {
    const eml_row_column *slot = &evaluator->columns[column];
    eml_column_name_print(evaluator->ast->decls[slot->decl].name.text, evaluator->extents[slot->decl], slot->element,
                          out);
}
