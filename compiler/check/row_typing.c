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

static const eml_decl *decl_of(const eml_evaluator *evaluator, uint32_t column) {
    size_t decl = eml_evaluator_column(evaluator, column).decl;
    return decl == SIZE_MAX ? NULL : &evaluator->ast->decls[decl];
}

static void note_declarations(eml_evaluator *evaluator, eml_diag *diag, uint32_t a, uint32_t b) {
    const eml_decl *first = decl_of(evaluator, a), *second = decl_of(evaluator, b);
    if (first != NULL)
        eml_diag_note_at(evaluator->diags, diag, first->name.span, "`%s` is declared here", first->name.text);
    if (first == second || second == NULL) return;
    eml_diag_note_at(evaluator->diags, diag, second->name.span, "`%s` is declared here", second->name.text);
}

static void refuse_degree(eml_evaluator *evaluator, const eml_expr *node) {
    eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_DEGREE, node->op_span,
                 "a product of inputs of different owners has at most two of them as factors");
}

static void refuse_secret(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_SECRET, node->op_span,
                                  "`%s` and `%s` are both secret: ciphertexts can be added and scaled, not multiplied",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    eml_diag_note(evaluator->diags, diag,
                  "who encrypts can compute the product of secret inputs alone: multiply them by themselves, without "
                  "what is added to them here");
}

static void refuse_committed(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_COMMITTED, node->op_span,
                                  "`%s` and `%s` are both committed: a proof reads each committed value once for each "
                                  "output, and in order",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    eml_diag_note(evaluator->diags, diag, "have the product committed to as an input of its own");
}

static void refuse_varying(eml_evaluator *evaluator, const eml_expr *node, uint32_t a, uint32_t b) {
    eml_diag *diag = eml_diag_add(evaluator->diags, EML_DIAG_PRODUCT_VARYING, node->op_span,
                                  "`%s` and `%s` both vary from row to row, and nobody has both in plain",
                                  column_text(evaluator, a), column_text(evaluator, b));
    note_declarations(evaluator, diag, a, b);
    eml_diag_note(evaluator->diags, diag,
                  "declare the public factor `uniform` if it has one value for all rows, or the model `single row`");
}

typedef enum pair_typing { PAIR_FINE, PAIR_SECRET, PAIR_COMMITTED, PAIR_VARYING } pair_typing;

static pair_typing type_pair(const eml_evaluator *evaluator, uint32_t a, uint32_t b) {
    eml_row_column first = eml_evaluator_column(evaluator, a), second = eml_evaluator_column(evaluator, b);
    if (first.visibility == EML_SECRET && second.visibility == EML_SECRET) return PAIR_SECRET;
    if (first.visibility == EML_COMMITTED && second.visibility == EML_COMMITTED) return PAIR_COMMITTED;
    if (!evaluator->results && (evaluator->ast->single_row || first.uniform || second.uniform)) return PAIR_FINE;
    return PAIR_VARYING;
}

/* The first pair of terms that the program cannot multiply. */
typedef struct bad_pair {
    bool found, degree;
    pair_typing typing;
    uint32_t a, b;
} bad_pair;

static bad_pair find_bad(const eml_evaluator *evaluator, const eml_form *a, const eml_form *b) {
    for (size_t i = 0; i < a->count; i++) {
        eml_monomial left = a->terms[i].monomial;
        for (size_t j = 0; j < b->count; j++) {
            eml_monomial right = b->terms[j].monomial;
            if (eml_monomial_degree(left) + eml_monomial_degree(right) > 2)
                return (bad_pair){.found = true, .degree = true};
            if (left.first == EML_NO_INPUT || right.first == EML_NO_INPUT) continue;
            pair_typing typing = type_pair(evaluator, left.first, right.first);
            if (typing != PAIR_FINE) return (bad_pair){true, false, typing, left.first, right.first};
        }
    }
    return (bad_pair){0};
}

bool eml_row_typing_allows(const eml_evaluator *evaluator, const eml_form *a, const eml_form *b) {
    return eml_form_is_constant(a) || eml_form_is_constant(b) || !find_bad(evaluator, a, b).found;
}

void eml_row_typing_refuse(eml_evaluator *evaluator, const eml_expr *node, const eml_form *a, const eml_form *b) {
    bad_pair bad = find_bad(evaluator, a, b);
    if (bad.degree)
        refuse_degree(evaluator, node);
    else if (bad.typing == PAIR_SECRET)
        refuse_secret(evaluator, node, bad.a, bad.b);
    else if (bad.typing == PAIR_COMMITTED)
        refuse_committed(evaluator, node, bad.a, bad.b);
    else
        refuse_varying(evaluator, node, bad.a, bad.b);
}
