/* Pass 4, slot typing: one proof covers all rows only if every output is linear in what varies from row to row
 * (docs/soundness.md), and the VM cannot multiply ciphertexts. */
#include "compiler/check/eval.h"

static const char *column_text(eml_evaluator *evaluator, uint32_t column) {
    eml_buf name = {0};
    eml_evaluator_column_name(evaluator, column, &name);
    const char *text = eml_arena_strndup(&evaluator->diags->arena, (const char *)name.data, name.len);
    eml_buf_free(&name);
    return text;
}

static void note_declarations(eml_evaluator *evaluator, eml_diag *diag, uint32_t a, uint32_t b) {
    const eml_decl *first = &evaluator->ast->decls[evaluator->columns[a].decl];
    const eml_decl *second = &evaluator->ast->decls[evaluator->columns[b].decl];
    eml_diag_note_at(evaluator->diags, diag, first->name.span, "`%s` is declared here", first->name.text);
    if (first == second) return;
    eml_diag_note_at(evaluator->diags, diag, second->name.span, "`%s` is declared here", second->name.text);
}

static bool refuse_degree(eml_evaluator *evaluator, const eml_expr *node) {
    eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_DEGREE, node->op_span,
                 "a product has at most two inputs as factors; compute powers as input columns of their own");
    return false;
}

static bool refuse_secret(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_SECRET, node->op_span,
                                  "`%s` and `%s` are both secret: ciphertexts can be added and scaled, not multiplied",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    return false;
}

static bool refuse_committed(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_COMMITTED, node->op_span,
                                  "`%s` and `%s` are both committed: a proof reads each committed value once for each "
                                  "output, and in order",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    eml_diag_note(evaluator->diags, diag, "have the product committed to as an input of its own");
    return false;
}

static bool refuse_varying(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_VARYING, node->op_span,
                                  "`%s` and `%s` both vary from row to row, and a model must be linear in what varies",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    const eml_row_column *columns = evaluator->columns;
    if (columns[a].visibility == EML_PUBLIC || columns[b].visibility == EML_PUBLIC) {
        eml_diag_note(
            evaluator->diags, diag,
            "give the product as an input column of its own; or declare a public factor `uniform` if it has one value "
            "for all rows, or the model `single row`");
    }
    return false;
}

static bool allow_pair(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    const eml_row_column *first = &evaluator->columns[a], *second = &evaluator->columns[b];
    if (first->visibility == EML_SECRET && second->visibility == EML_SECRET)
        return refuse_secret(evaluator, node, a, b);
    if (first->visibility == EML_COMMITTED && second->visibility == EML_COMMITTED)
        return refuse_committed(evaluator, node, a, b);
    if (evaluator->ast->single_row || first->uniform || second->uniform) return true;
    return refuse_varying(evaluator, node, a, b);
}

bool eml_row_typing_allows(eml_evaluator *evaluator, const eml_expr *node, const eml_form *a, const eml_form *b) {
    if (eml_form_is_constant(a) || eml_form_is_constant(b)) return true;
    for (size_t i = 0; i < a->count; i++) {
        eml_monomial left = a->terms[i].monomial;
        for (size_t j = 0; j < b->count; j++) {
            eml_monomial right = b->terms[j].monomial;
            if (eml_monomial_degree(left) + eml_monomial_degree(right) > 2) return refuse_degree(evaluator, node);
            bool both = left.first != EML_NO_INPUT && right.first != EML_NO_INPUT;
            if (both && !allow_pair(evaluator, node, left.first, right.first)) return false;
        }
    }
    return true;
}
