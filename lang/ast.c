/* --emit ast. */
#include "lang/ast.h"

static void put_expr(const eml_expr *expr, eml_buf *out);

static void put_string(const char *text, eml_buf *out) {
    eml_buf_put_u8(out, '"');
    for (; *text != '\0'; text++) {
        char escaped = *text == '\n' ? 'n' : *text == '\t' ? 't' : *text == '"' || *text == '\\' ? *text : '\0';
        if (escaped != '\0') eml_buf_put_u8(out, '\\');
        eml_buf_put_u8(out, (uint8_t)(escaped != '\0' ? escaped : *text));
    }
    eml_buf_put_u8(out, '"');
}

static void put_items(eml_expr *const *items, size_t count, eml_buf *out) {
    for (size_t i = 0; i < count; i++) {
        eml_buf_put_u8(out, ' ');
        put_expr(items[i], out);
    }
}

static void put_subscript(const eml_subscript *subscript, eml_buf *out) {
    if (!subscript->slice) {
        put_expr(subscript->lo, out);
        return;
    }
    eml_buf_put_text(out, "(slice ");
    if (subscript->lo != NULL) put_expr(subscript->lo, out);
    eml_buf_put_u8(out, ':');
    if (subscript->hi != NULL) put_expr(subscript->hi, out);
    eml_buf_put_u8(out, ')');
}

static void put_csv(const eml_expr *expr, eml_buf *out) {
    const struct {
        const char *word, *text;
    } options[] = {{"value", expr->pick->value}, {"name", expr->pick->name}, {"at", expr->pick->at}};
    eml_buf_put_text(out, "(csv ");
    put_string(expr->text, out);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].text == NULL) continue;
        eml_buf_printf(out, " %s ", options[i].word);
        put_string(options[i].text, out);
    }
    if (expr->pick->of != NULL) eml_buf_printf(out, " of %s", expr->pick->of);
}

/* One line; recursion is bounded by EML_HEIGHT_MAX. */
static void put_expr(const eml_expr *expr, eml_buf *out) {
    static const char *const heads[] = {
        [EML_EXPR_LIST] = "list",       [EML_EXPR_NEGATE] = "negate",
        [EML_EXPR_ADD] = "add",         [EML_EXPR_SUB] = "sub",
        [EML_EXPR_MUL] = "mul",         [EML_EXPR_DIV] = "div",
        [EML_EXPR_MATMUL] = "matmul",   [EML_EXPR_POWER] = "power",
        [EML_EXPR_CALL] = "call ",      [EML_EXPR_INDEX] = "index",
        [EML_EXPR_EQUAL] = "equal",     [EML_EXPR_NOT_EQUAL] = "not-equal",
        [EML_EXPR_LESS] = "less",       [EML_EXPR_LESS_EQUAL] = "less-equal",
        [EML_EXPR_GREATER] = "greater", [EML_EXPR_GREATER_EQUAL] = "greater-equal",
        [EML_EXPR_AND] = "and",         [EML_EXPR_OR] = "or",
        [EML_EXPR_NOT] = "not",         [EML_EXPR_IF] = "if",
    };
    switch (expr->kind) {
    case EML_EXPR_NUMBER:
    case EML_EXPR_NAME: eml_buf_put_text(out, expr->text); return;
    case EML_EXPR_STRING: put_string(expr->text, out); return;
    case EML_EXPR_CSV: put_csv(expr, out); break;
    default:
        eml_buf_printf(out, "(%s", heads[expr->kind]);
        if (expr->kind == EML_EXPR_CALL) eml_buf_put_text(out, expr->text);
        put_items(expr->items, expr->count, out);
        break;
    }
    for (size_t i = 0; i < expr->subscript_count; i++) {
        eml_buf_put_u8(out, ' ');
        put_subscript(&expr->subscripts[i], out);
    }
    eml_buf_put_u8(out, ')');
}

/* A line "  (label e...)", or nothing when there are none. */
static void put_part(const char *label, eml_expr *const *items, size_t count, eml_buf *out) {
    if (count == 0 || items[0] == NULL) return;
    eml_buf_printf(out, "\n  (%s", label);
    put_items(items, count, out);
    eml_buf_put_u8(out, ')');
}

static void put_decl(const eml_decl *decl, eml_buf *out) {
    static const char *const heads[] = {
        [EML_DECL_INPUT] = "input",   [EML_DECL_PARAM] = "param",   [EML_DECL_LET] = "let",
        [EML_DECL_DERIVE] = "derive", [EML_DECL_OUTPUT] = "output", [EML_DECL_RESULT] = "result"};
    eml_buf_printf(out, "(%s %s", heads[decl->kind], decl->name.text);
    if (decl->kind == EML_DECL_INPUT) eml_buf_printf(out, " %s", eml_visibility_name(decl->visibility));
    if (decl->hidden) eml_buf_put_text(out, " hidden");
    if (decl->uniform) eml_buf_put_text(out, " uniform");
    if (decl->onehot) eml_buf_put_text(out, " onehot");
    if (decl->integer) eml_buf_put_text(out, " integer");
    if (decl->exact) eml_buf_put_text(out, " exact");
    if (decl->column.text != NULL) {
        eml_buf_put_text(out, "\n  (column ");
        put_string(decl->column.text, out);
        eml_buf_put_u8(out, ')');
    }
    put_part("columns", (eml_expr *[]){decl->column_list}, 1, out);
    put_part("dims", decl->dims.items, decl->dims.count, out);
    put_part("in", (eml_expr *[]){decl->lo, decl->hi}, 2, out);
    put_part("words", decl->words.items, decl->words.count, out);
    put_part("step", &decl->step, 1, out);
    put_part("frac", &decl->frac, 1, out);
    put_part("within", &decl->tolerance, 1, out);
    if (decl->link.text != NULL) eml_buf_printf(out, "\n  (as %s)", decl->link.text);
    put_part("value", &decl->value, 1, out);
    eml_buf_put_text(out, ")\n");
}

static void put_test(const eml_test *test, eml_buf *out) {
    eml_buf_put_text(out, "(test ");
    put_string(test->title.text, out);
    for (size_t i = 0; i < test->assign_count; i++) {
        const eml_assign *assign = &test->assigns[i];
        eml_buf_printf(out, "\n  (%s ", assign->name.text);
        put_expr(assign->value, out);
        if (assign->tolerance != NULL) {
            eml_buf_put_text(out, " (within ");
            put_expr(assign->tolerance, out);
            eml_buf_put_u8(out, ')');
        }
        eml_buf_put_u8(out, ')');
    }
    eml_buf_put_text(out, ")\n");
}

void eml_ast_print(const eml_ast *ast, eml_buf *out) {
    if (ast->model.text != NULL)
        eml_buf_printf(out, "(model %s%s)\n", ast->model.text, ast->single_row ? " single-row" : "");
    for (size_t i = 0; i < ast->decl_count; i++) put_decl(&ast->decls[i], out);
    for (size_t i = 0; i < ast->test_count; i++) put_test(&ast->tests[i], out);
}
