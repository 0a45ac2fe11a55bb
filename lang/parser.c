/* Declarations: recursive descent with recovery at the ends of lines. */
#include <string.h>

#include "lang/parse_expr.h"

/* 1 ----- Recovery */

/* At a NEWLINE. */
static bool declaration_follows(const eml_cursor *p) {
    return eml_token_kind_role(eml_cursor_peek_second(p).kind) == EML_ROLE_DECLARES;
}

/* Goes to the end of the declaration in which an error was found: past any block, to a line end, and at the latest to
 * the line on which the next declaration starts. */
static void skip_declaration(eml_cursor *p) {
    size_t open = 0;
    for (;; eml_cursor_advance(p)) {
        eml_token_kind kind = eml_cursor_peek(p).kind;
        if (kind == EML_TOKEN_BRACE_OPEN) open++;
        if (kind == EML_TOKEN_BRACE_CLOSE && open > 0) open--;
        if (kind == EML_TOKEN_END) return;
        if (kind != EML_TOKEN_NEWLINE) continue;
        if (open == 0 || declaration_follows(p)) return;
    }
}

/* 2 ----- Declarations; each is called at its keyword */

static void add_decl(eml_cursor *p, eml_decl decl) {
    p->decls = eml_grow(p->decls, &p->decl_capacity, p->decl_count + 1, sizeof decl);
    p->decls[p->decl_count++] = decl;
}

static bool parse_model(eml_cursor *p) {
    eml_token keyword = eml_cursor_advance(p);
    eml_name name;
    p->model_seen = true;
    if (!eml_cursor_name(p, &name)) return false;
    if (p->ast->model.text != NULL) {
        eml_diag *diag = eml_diag_add(p->diags, EML_DIAG_PARSE_MODEL_TWICE, eml_cursor_span_from(p, keyword),
                                      "a file holds one model, and this is a second");
        eml_diag_note_at(p->diags, diag, p->ast->model.span, "the first is here");
        return false;
    }
    p->ast->model = name;
    if (!eml_cursor_accept_word(p, "single")) return true;
    p->ast->single_row = eml_cursor_accept_word(p, "row");
    if (!p->ast->single_row) eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, "expected `row` after `single`");
    return p->ast->single_row;
}

static bool parse_visibility(eml_cursor *p, eml_visibility *out) {
    for (*out = 0; *out < EML_VISIBILITIES; (*out)++)
        if (eml_cursor_accept_word(p, eml_visibility_name(*out))) return true;
    eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_VISIBILITY, "expected `public`, `secret` or `committed`");
    if (diag != NULL)
        eml_diag_note(p->diags, diag,
                      "every input says who sees its values: whoever verifies, who has the key, or who proves");
    return false;
}

/* The name, where some would begin with the column's. */
static bool named_before_column(eml_cursor *p, eml_name *out) {
    if (eml_cursor_peek(p).kind != EML_TOKEN_STRING) return eml_cursor_name(p, out);
    eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_NAME, "expected a name");
    if (diag != NULL) eml_diag_note(p->diags, diag, "first comes the model's own name for it: `x \"column\"`");
    return false;
}

/* STRING? */
static void parse_column(eml_cursor *p, eml_name *out) {
    eml_token token = eml_cursor_peek(p);
    if (!eml_cursor_accept(p, EML_TOKEN_STRING)) return;
    *out = (eml_name){eml_token_unescape(p->source, token, &p->ast->arena), token.span};
}

/* csv(..), behind `columns` */
static eml_expr *parse_columns(eml_cursor *p) {
    if (eml_at_csv(p)) return eml_parse_csv(p);
    eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV,
                          "expected `csv(\"file\", value \"column\")` with the names of the columns");
    return NULL;
}

/* NAME dims STRING? (, NAME dims STRING?)*: one declaration each, that have their range still to come. */
static bool parse_input_names(eml_cursor *p, const eml_decl *common) {
    do {
        eml_decl decl = *common;
        if (!named_before_column(p, &decl.name) || !eml_parse_dims(p, &decl.dims)) return false;
        parse_column(p, &decl.column);
        if (eml_cursor_accept_word(p, "columns") && (decl.column_list = parse_columns(p)) == NULL) return false;
        add_decl(p, decl);
    } while (eml_cursor_accept(p, EML_TOKEN_COMMA));
    return true;
}

/* Of an input also a file, with an end for each element. */
static eml_expr *parse_end(eml_cursor *p, const eml_decl *decl) {
    return decl->kind == EML_DECL_INPUT && eml_at_csv(p) ? eml_parse_csv(p) : eml_parse_expression(p);
}

static bool parse_range(eml_cursor *p, const char *reason, eml_decl *out) {
    if (!eml_cursor_accept(p, EML_TOKEN_IN)) {
        eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_RANGE, "expected the range, `in [lo, hi]`");
        if (diag != NULL) eml_diag_note(p->diags, diag, "%s", reason);
        return false;
    }
    eml_token opener = eml_cursor_peek(p);
    if (out->kind == EML_DECL_INPUT && eml_cursor_accept(p, EML_TOKEN_BRACE_OPEN))
        return eml_parse_words(p, opener, &out->words);
    if (!eml_cursor_accept(p, EML_TOKEN_BRACKET_OPEN)) {
        eml_diag *diag =
            eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, "expected `[` and the two ends of the range");
        if (diag != NULL && opener.kind == EML_TOKEN_PAREN_OPEN)
            eml_diag_note(p->diags, diag,
                          "both ends belong to the range: for more than 0 begin it at the least value that can come");
        return false;
    }
    return (out->lo = parse_end(p, out)) != NULL &&
           eml_cursor_expect(p, EML_TOKEN_COMMA, "expected `,` between the ends of the range") &&
           (out->hi = parse_end(p, out)) != NULL &&
           eml_cursor_close(p, opener, EML_TOKEN_BRACKET_CLOSE, "expected an operator or `]`");
}

/* `onehot`, which says all that a range would. */
static bool parse_onehot(eml_cursor *p, eml_decl *out) {
    eml_token word = eml_cursor_peek(p);
    if (!eml_cursor_accept_word(p, "onehot")) return false;
    static const char *const ends[] = {"0", "1"};
    eml_expr *made[2];
    for (int i = 0; i < 2; i++) {
        made[i] = eml_arena_alloc(&p->ast->arena, 1, sizeof *made[i]);
        *made[i] = (eml_expr){.kind = EML_EXPR_NUMBER, .span = word.span, .op_span = word.span, .text = ends[i]};
        made[i]->height = 1;
    }
    out->lo = made[0];
    out->hi = made[1];
    out->onehot = out->integer = true;
    return true;
}

static bool report_clause(eml_cursor *p, const char *message) {
    eml_diag_add(p->diags, EML_DIAG_PARSE_CLAUSE_TWICE, eml_cursor_peek(p).span, "%s", message);
    return false;
}

static bool parse_input_clauses(eml_cursor *p, eml_decl *out) {
    for (;;) {
        bool integer = eml_cursor_at_word(p, "integer"), step = eml_cursor_at_word(p, "step");
        if ((integer || step) && (out->integer || out->step != NULL))
            return report_clause(p, "an input is `integer` or has one `step`");
        if (eml_cursor_at_word(p, "onehot"))
            return report_clause(p, "`onehot` stands in place of the range: its columns are 0 or 1");
        if (eml_cursor_at_word(p, "frac") && out->frac != NULL) return report_clause(p, "an input has one `frac`");
        if (eml_cursor_accept_word(p, "integer")) {
            out->integer = true;
        } else if (eml_cursor_accept_word(p, "step")) {
            if ((out->step = eml_parse_expression(p)) == NULL) return false;
        } else if (eml_cursor_accept_word(p, "frac")) {
            if ((out->frac = eml_parse_expression(p)) == NULL) return false;
        } else {
            return true;
        }
    }
}

static bool parse_input_rest(eml_cursor *p, eml_decl *common) {
    if (!parse_visibility(p, &common->visibility)) return false;
    /* `uniform` may also be the name of the input. */
    if (eml_cursor_at_word(p, "uniform") && eml_cursor_peek_second(p).kind == EML_TOKEN_NAME)
        common->uniform = eml_cursor_accept_word(p, "uniform");
    if (!parse_input_names(p, common)) return false;
    return parse_onehot(p, common) ||
           (parse_range(p, "the range decides how many bits a value needs, and is checked at run time", common) &&
            parse_input_clauses(p, common));
}

static bool parse_input(eml_cursor *p) {
    eml_token keyword = eml_cursor_advance(p);
    eml_decl common = {.kind = EML_DECL_INPUT};
    size_t first = p->decl_count;
    if (!parse_input_rest(p, &common)) {
        p->decl_count = first;
        return false;
    }
    common.span = eml_cursor_span_from(p, keyword);
    for (size_t i = first; i < p->decl_count; i++) {
        eml_name name = p->decls[i].name;
        eml_name column = p->decls[i].column;
        eml_expr *list = p->decls[i].column_list;
        eml_dims dims = p->decls[i].dims;
        p->decls[i] = common;
        p->decls[i].name = name;
        p->decls[i].column = column;
        p->decls[i].column_list = list;
        p->decls[i].dims = dims;
    }
    return true;
}

static eml_expr *parse_param_value(eml_cursor *p) {
    if (!eml_at_csv(p)) return eml_parse_expression(p);
    eml_expr *csv = eml_parse_csv(p);
    if (csv == NULL || eml_cursor_at_line_end(p)) return csv;
    eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV, "`csv(...)` must be the whole value of the `param`");
    return NULL;
}

/* Hides what stands from start to the next declaration, comments too: what went wrong may have ended a value early. */
static void hide_rest(eml_cursor *p, uint32_t start) {
    eml_cursor ahead = *p;
    while (eml_cursor_peek(&ahead).kind != EML_TOKEN_END &&
           !(eml_cursor_peek(&ahead).kind == EML_TOKEN_NEWLINE && declaration_follows(&ahead)))
        eml_cursor_advance(&ahead);
    uint32_t end = eml_cursor_peek(&ahead).span.start;
    if (end > start) eml_diags_hide(p->diags, (eml_span){start, end});
}

/* "hiden", or `in` without `hidden` */
static bool at_misspelt_hidden(const eml_cursor *p) {
    return eml_cursor_peek(p).kind == EML_TOKEN_IN || eml_cursor_peek(p).kind == EML_TOKEN_NAME;
}

static bool expect_value(eml_cursor *p) {
    if (eml_cursor_accept(p, EML_TOKEN_EQUALS)) return true;
    bool misspelt = at_misspelt_hidden(p);
    eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, "expected `=` and the value of the param");
    if (diag != NULL && misspelt)
        eml_diag_note(p->diags, diag, "before it may stand `hidden in [lo, hi]`, which keeps the value from others");
    return false;
}

/* Up to the value. */
static bool parse_param_head(eml_cursor *p, eml_decl *out) {
    if (!eml_cursor_name(p, &out->name) || !eml_parse_dims(p, &out->dims)) return false;
    out->hidden = eml_cursor_accept_word(p, "hidden");
    return (!out->hidden || parse_range(p, "units and bounds of a hidden param are worked out from its range", out)) &&
           expect_value(p);
}

/* Hides the value of a param whose head went wrong at the next token, if it may have been meant to be hidden. */
static void hide_after_head(eml_cursor *p, bool hidden) {
    bool word = at_misspelt_hidden(p);
    uint32_t start = word ? eml_cursor_peek(p).span.end : eml_cursor_last_end(p);
    eml_cursor ahead = *p;
    while (!eml_cursor_at_line_end(&ahead) && !eml_cursor_at_word(&ahead, "hidden")) eml_cursor_advance(&ahead);
    if (hidden || word || eml_cursor_at_word(&ahead, "hidden")) hide_rest(p, start);
}

static bool parse_param(eml_cursor *p) {
    eml_decl decl = {.kind = EML_DECL_PARAM};
    eml_token keyword = eml_cursor_advance(p);
    if (!parse_param_head(p, &decl)) {
        hide_after_head(p, decl.hidden);
        return false;
    }
    uint32_t value = eml_cursor_last_end(p);
    bool file = eml_cursor_at_word(p, "csv"); /* whose name is nothing to hide */
    if (decl.hidden && !file) hide_rest(p, value);
    decl.value = parse_param_value(p);
    if (decl.hidden && file && decl.value == NULL) hide_rest(p, value);
    if (decl.value == NULL) return false;
    decl.span = eml_cursor_span_from(p, keyword);
    add_decl(p, decl);
    return true;
}

/* (in [lo, hi])? (frac F)? */
static bool parse_pins(eml_cursor *p, eml_decl *out) {
    if (eml_cursor_peek(p).kind == EML_TOKEN_IN && !parse_range(p, "", out)) return false;
    return !eml_cursor_accept_word(p, "frac") || (out->frac = eml_parse_expression(p)) != NULL;
}

/* `let` or `derive` */
static bool parse_let(eml_cursor *p, eml_decl_kind kind) {
    eml_decl decl = {.kind = kind};
    eml_token keyword = eml_cursor_advance(p);
    if (!eml_cursor_name(p, &decl.name)) return false;
    decl.dims.span = (eml_span){decl.name.span.end, decl.name.span.end};
    if (eml_cursor_peek(p).kind == EML_TOKEN_BRACKET_OPEN) {
        eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, "expected `=`");
        eml_diag_note(p->diags, diag, "a `%s` has the shape of its value and declares none",
                      kind == EML_DECL_LET ? "let" : "derive");
        return false;
    }
    if (!eml_cursor_expect(p, EML_TOKEN_EQUALS,
                           kind == EML_DECL_LET ? "expected `=` and the value of the let"
                                                : "expected `=` and what is derived") ||
        (decl.value = eml_parse_expression(p)) == NULL || (kind == EML_DECL_DERIVE && !parse_pins(p, &decl)))
        return false;
    decl.span = eml_cursor_span_from(p, keyword);
    add_decl(p, decl);
    return true;
}

static bool parse_output_clauses(eml_cursor *p, eml_decl *out) {
    for (;;) {
        bool within = eml_cursor_peek(p).kind == EML_TOKEN_WITHIN;
        if ((within || eml_cursor_at_word(p, "exact")) && (out->exact || out->tolerance != NULL))
            return report_clause(p, "an output is `exact` or has one tolerance, `within`");
        if (eml_cursor_peek(p).kind == EML_TOKEN_AS && out->link.text != NULL)
            return report_clause(p, "an output has one link, `as`");
        if (out->kind == EML_DECL_OUTPUT && eml_cursor_accept_word(p, "exact")) {
            out->exact = true;
        } else if (eml_cursor_accept(p, EML_TOKEN_WITHIN)) {
            if ((out->tolerance = eml_parse_expression(p)) == NULL) return false;
        } else if (out->kind == EML_DECL_OUTPUT && eml_cursor_accept(p, EML_TOKEN_AS)) {
            if (!eml_cursor_name(p, &out->link)) return false;
        } else {
            return true;
        }
    }
}

static bool parse_output(eml_cursor *p, eml_decl_kind kind) {
    eml_decl decl = {.kind = kind};
    eml_token keyword = eml_cursor_advance(p);
    if (!named_before_column(p, &decl.name) || !eml_parse_dims(p, &decl.dims)) return false;
    parse_column(p, &decl.column);
    if (!parse_output_clauses(p, &decl) ||
        !eml_cursor_expect(p, EML_TOKEN_EQUALS,
                           kind == EML_DECL_RESULT ? "expected `=` and the value of the result"
                                                   : "expected `=` and the value of the output") ||
        (decl.value = eml_parse_expression(p)) == NULL)
        return false;
    decl.span = eml_cursor_span_from(p, keyword);
    add_decl(p, decl);
    return true;
}

/* 3 ----- Tests */

static bool at_assign_end(const eml_cursor *p) {
    eml_token_kind kind = eml_cursor_peek(p).kind;
    return eml_cursor_at_line_end(p) || kind == EML_TOKEN_SEMICOLON || kind == EML_TOKEN_BRACE_CLOSE;
}

static bool parse_assign(eml_cursor *p) {
    eml_assign assign = {0};
    if (!eml_cursor_name(p, &assign.name) || !eml_cursor_expect(p, EML_TOKEN_EQUALS, "expected `=` and a value") ||
        (assign.value = eml_parse_expression(p)) == NULL)
        return false;
    if (eml_cursor_accept(p, EML_TOKEN_WITHIN) && (assign.tolerance = eml_parse_expression(p)) == NULL) return false;
    if (!at_assign_end(p)) {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_TRAILING, "expected the end of the line, `;` or `}`");
        return false;
    }
    p->assigns = eml_grow(p->assigns, &p->assign_capacity, p->assign_count + 1, sizeof assign);
    p->assigns[p->assign_count++] = assign;
    return true;
}

/* From after `{` to after `}`; recovers from errors in its lines by itself. */
static void parse_test_body(eml_cursor *p, eml_token opener) {
    for (;;) {
        while (eml_cursor_peek(p).kind == EML_TOKEN_SEMICOLON ||
               (eml_cursor_peek(p).kind == EML_TOKEN_NEWLINE && !declaration_follows(p)))
            eml_cursor_advance(p);
        if (eml_cursor_accept(p, EML_TOKEN_BRACE_CLOSE)) return;
        if (eml_cursor_at_line_end(p)) {
            eml_cursor_report_unclosed(p, opener);
            return;
        }
        if (!parse_assign(p))
            while (!at_assign_end(p)) eml_cursor_advance(p);
    }
}

static bool parse_test(eml_cursor *p) {
    eml_token keyword = eml_cursor_advance(p), title = eml_cursor_peek(p);
    eml_test test = {.title = {.span = title.span}};
    if (!eml_cursor_expect(p, EML_TOKEN_STRING, "expected the title of the test in quotes")) return false;
    test.title.text = eml_token_unescape(p->source, title, &p->ast->arena);
    eml_token opener = eml_cursor_peek(p);
    if (!eml_cursor_expect(p, EML_TOKEN_BRACE_OPEN, "expected `{` after the title")) return false;
    p->assign_count = 0;
    parse_test_body(p, opener);
    test.span = eml_cursor_span_from(p, keyword);
    test.assigns = eml_arena_alloc(&p->ast->arena, p->assign_count, sizeof *test.assigns);
    if (p->assign_count > 0) memcpy(test.assigns, p->assigns, p->assign_count * sizeof *test.assigns);
    test.assign_count = p->assign_count;
    p->tests = eml_grow(p->tests, &p->test_capacity, p->test_count + 1, sizeof test);
    p->tests[p->test_count++] = test;
    return true;
}

/* 4 ----- The file */

/* At the word that a line begins with: the keyword that may be meant; NULL: none. */
static const char *nearest_keyword(const eml_cursor *p) {
    static const char *const keywords[] = {
#define TOKEN(KIND, spelling, ROLE) EML_ROLE_##ROLE == EML_ROLE_DECLARES ? (spelling) : "",
#include "lang/token.def"
#undef TOKEN
    };
    eml_token token = eml_cursor_peek(p);
    if (token.kind != EML_TOKEN_NAME) return NULL;
    char *word = eml_copy_text(p->source->text + token.span.start, token.span.end - token.span.start);
    for (char *c = word; *c != '\0'; c++) *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    const char *nearest = eml_diag_nearest(word, keywords, sizeof keywords / sizeof *keywords);
    eml_free(word);
    return nearest;
}

static bool report_unknown(eml_cursor *p) {
    enum { ODD_SHOWN = 8 };
    const char *nearest = nearest_keyword(p);
    p->unknown_seen = true;
    /* Another kind of text has nothing but such lines. */
    if (nearest == NULL && p->odd_lines++ >= ODD_SHOWN) {
        p->diags->errors++;
        p->diags->dropped++;
        return false;
    }
    eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_DECLARATION, "expected a declaration");
    if (diag == NULL) return false;
    if (eml_token_kind_role(eml_cursor_peek(p).kind) == EML_ROLE_CONTINUES)
        eml_diag_note(p->diags, diag, "to go on with the line above, write it at the end of that line");
    if (eml_cursor_peek(p).kind != EML_TOKEN_NAME) return false;
    eml_cursor_advance(p);
    if (nearest != NULL)
        eml_diag_note(p->diags, diag, "did you mean `%s`?", nearest);
    else if (eml_cursor_peek(p).kind == EML_TOKEN_EQUALS)
        eml_diag_note(p->diags, diag, "write `param` before a constant, `let` before any other value");
    else
        eml_diag_note(p->diags, diag,
                      "a declaration starts with `model`, `input`, `param`, `let`, `derive`, `output`, `result` or "
                      "`test`");
    return false;
}

static bool parse_declaration(eml_cursor *p) {
    switch (eml_cursor_peek(p).kind) {
    case EML_TOKEN_MODEL: return parse_model(p);
    case EML_TOKEN_INPUT: return parse_input(p);
    case EML_TOKEN_PARAM: return parse_param(p);
    case EML_TOKEN_LET: return parse_let(p, EML_DECL_LET);
    case EML_TOKEN_DERIVE: return parse_let(p, EML_DECL_DERIVE);
    case EML_TOKEN_OUTPUT: return parse_output(p, EML_DECL_OUTPUT);
    case EML_TOKEN_RESULT: return parse_output(p, EML_DECL_RESULT);
    case EML_TOKEN_TEST: return parse_test(p);
    default: return report_unknown(p);
    }
}

static void parse_file(eml_cursor *p) {
    while (eml_cursor_peek(p).kind != EML_TOKEN_END) {
        if (eml_cursor_accept(p, EML_TOKEN_NEWLINE)) continue;
        bool good = parse_declaration(p);
        if (good && !eml_cursor_at_line_end(p))
            eml_cursor_unexpected(p, EML_DIAG_PARSE_TRAILING, "expected the end of the line after this declaration");
        p->nesting = 0;
        skip_declaration(p);
    }
    /* A misspelt line may well be the model's. */
    if (p->model_seen || p->unknown_seen) return;
    eml_diag *diag = eml_diag_add(p->diags, EML_DIAG_PARSE_MODEL_MISSING, (eml_span){0, 0}, "the file names no model");
    eml_diag_note(p->diags, diag, "start it with a line such as `model prices`");
}

static void *to_arena(eml_arena *arena, void *array, size_t count, size_t size) {
    void *copy = eml_arena_alloc(arena, count, size);
    if (count > 0) memcpy(copy, array, count * size);
    eml_free(array);
    return copy;
}

void eml_parse(const eml_source *source, eml_diags *diags, eml_ast *out) {
    *out = (eml_ast){0};
    eml_cursor p = {.source = source, .diags = diags, .ast = out};
    eml_tokens_lex(source, diags, &p.tokens);
    eml_tokens_drop_trivia(&p.tokens);
    parse_file(&p);
    out->decls = to_arena(&out->arena, p.decls, p.decl_count, sizeof *p.decls);
    out->decl_count = p.decl_count;
    out->tests = to_arena(&out->arena, p.tests, p.test_count, sizeof *p.tests);
    out->test_count = p.test_count;
    eml_tokens_free(&p.tokens);
    eml_free(p.assigns);
    eml_free(p.items);
    eml_free(p.subscripts);
}

void eml_ast_free(eml_ast *ast) {
    eml_arena_free(&ast->arena);
    *ast = (eml_ast){0};
}
