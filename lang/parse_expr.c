/* Expressions; grammar.ebnf has the rules by the same names. */
#include "lang/parse_expr.h"

#include <string.h>

static eml_expr *new_expr(eml_cursor *p, eml_expr_kind kind, eml_span span) {
    eml_expr *expr = eml_arena_alloc(&p->ast->arena, 1, sizeof *expr);
    expr->kind = kind;
    expr->span = expr->op_span = span;
    expr->height = 1;
    return expr;
}

static const char *text_of(eml_cursor *p, eml_span span) {
    return eml_arena_strndup(&p->ast->arena, p->source->text + span.start, span.end - span.start);
}

static void push_item(eml_cursor *p, eml_expr *item) {
    p->items = eml_grow(p->items, &p->item_capacity, p->item_count + 1, sizeof(eml_expr *));
    p->items[p->item_count++] = item;
}

/* Moves the items pushed since mark into the arena. */
static eml_expr **take_items(eml_cursor *p, size_t mark, size_t *count) {
    *count = p->item_count - mark;
    eml_expr **items = eml_arena_alloc(&p->ast->arena, *count, sizeof(eml_expr *));
    if (*count > 0) memcpy(items, p->items + mark, *count * sizeof(eml_expr *));
    p->item_count = mark;
    return items;
}

static void raise_height(eml_expr *expr, const eml_expr *part) {
    if (part != NULL && expr->height <= part->height) expr->height = part->height + 1;
}

/* Ends expr at the last token read; false when it has become too high. */
static bool finish(eml_cursor *p, eml_expr *expr, eml_span where) {
    for (size_t i = 0; i < expr->count; i++) raise_height(expr, expr->items[i]);
    for (size_t i = 0; i < expr->subscript_count; i++) {
        raise_height(expr, expr->subscripts[i].lo);
        raise_height(expr, expr->subscripts[i].hi);
    }
    if (expr->height <= EML_HEIGHT_MAX) return true;
    eml_diag *diag = eml_diag_add(p->diags, EML_DIAG_PARSE_CHAIN, where,
                                  "this expression is a chain of more than %d operations", EML_HEIGHT_MAX);
    eml_diag_note(p->diags, diag, "split it with `let`, or write a sum of products as `dot` or `@`");
    return false;
}

/* Every rule that can contain itself passes here. */
static bool enter(eml_cursor *p) {
    if (p->nesting == EML_NESTING_MAX) {
        eml_diag_add(p->diags, EML_DIAG_PARSE_NESTING, eml_cursor_peek(p).span,
                     "expressions are nested more than %d deep here", EML_NESTING_MAX);
        return false;
    }
    p->nesting++;
    return true;
}

static eml_expr *parse_nested(eml_cursor *p) {
    if (!enter(p)) return NULL;
    eml_expr *expr = eml_parse_expression(p);
    p->nesting--;
    return expr;
}

/* Comma-separated items up to the closer, which is read too; a comma may follow the last one. They are left on the item
 * stack; false after an error. */
static bool parse_items(eml_cursor *p, eml_token opener, eml_token_kind closer, const char *expected) {
    while (eml_cursor_peek(p).kind != closer) {
        eml_expr *item = parse_nested(p);
        if (item == NULL) return false;
        push_item(p, item);
        if (!eml_cursor_accept(p, EML_TOKEN_COMMA)) break;
    }
    return eml_cursor_close(p, opener, closer, expected);
}

static eml_expr *parse_sequence(eml_cursor *p, eml_expr *expr, eml_token_kind closer, const char *expected) {
    size_t mark = p->item_count;
    eml_token opener = eml_cursor_advance(p);
    if (!parse_items(p, opener, closer, expected)) {
        p->item_count = mark;
        return NULL;
    }
    expr->items = take_items(p, mark, &expr->count);
    expr->span.end = eml_cursor_last_end(p);
    expr->op_span = expr->span;
    if (expr->count == 0 && expr->kind == EML_EXPR_LIST) {
        eml_diag_add(p->diags, EML_DIAG_PARSE_EMPTY, expr->span, "a list needs at least one item");
        return NULL;
    }
    return finish(p, expr, expr->span) ? expr : NULL;
}

/* A word and the string behind it. */
static bool csv_option(eml_cursor *p, const char *word, const char **out) {
    if (!eml_cursor_accept_word(p, word)) return false;
    eml_token text = eml_cursor_peek(p);
    if (!eml_cursor_expect(p, EML_TOKEN_STRING, "expected a text in quotes")) return false;
    *out = eml_token_unescape(p->source, text, &p->ast->arena);
    return true;
}

/* `of x` or `at "row"` */
static bool csv_rows(eml_cursor *p, eml_csv_pick *pick) {
    if (eml_cursor_at_word(p, "at")) return csv_option(p, "at", &pick->at);
    if (!eml_cursor_accept_word(p, "of")) {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV,
                              "expected `of` and an input, or `at` and the name of a row in quotes");
        return false;
    }
    eml_name name;
    if (!eml_cursor_name(p, &name)) return false;
    pick->of = name.text;
    pick->of_span = name.span;
    return true;
}

/* `, value "estimate"` and `, name "term" of x` */
static bool csv_options(eml_cursor *p, eml_csv_pick *pick) {
    if (!eml_cursor_accept(p, EML_TOKEN_COMMA)) return true;
    if (!eml_cursor_at_word(p, "value")) {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV, "expected `value` and the name of a column in quotes");
        return false;
    }
    if (!csv_option(p, "value", &pick->value)) return false;
    if (!eml_cursor_accept(p, EML_TOKEN_COMMA)) return true;
    if (!eml_cursor_at_word(p, "name")) {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV, "expected `name` and the name of a column in quotes");
        return false;
    }
    return csv_option(p, "name", &pick->name) && csv_rows(p, pick);
}

eml_expr *eml_parse_csv(eml_cursor *p) {
    eml_token word = eml_cursor_advance(p), opener = eml_cursor_advance(p);
    eml_token path = eml_cursor_peek(p);
    if (path.kind != EML_TOKEN_STRING) {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_CSV, "`csv` takes the path of a file in quotes");
        return NULL;
    }
    eml_cursor_advance(p);
    eml_csv_pick *pick = eml_arena_alloc(&p->ast->arena, 1, sizeof *pick);
    if (!csv_options(p, pick) || !eml_cursor_close(p, opener, EML_TOKEN_PAREN_CLOSE, "expected `)`")) return NULL;
    eml_expr *expr = new_expr(p, EML_EXPR_CSV, (eml_span){word.span.start, eml_cursor_last_end(p)});
    expr->text = eml_token_unescape(p->source, path, &p->ast->arena);
    expr->pick = pick;
    return expr;
}

bool eml_at_csv(const eml_cursor *p) {
    return eml_cursor_at_word(p, "csv") && eml_cursor_peek_second(p).kind == EML_TOKEN_PAREN_OPEN;
}

static eml_expr *parse_name(eml_cursor *p) {
    bool call = eml_cursor_peek_second(p).kind == EML_TOKEN_PAREN_OPEN;
    if (call && eml_cursor_at_word(p, "csv")) {
        eml_diag_add(p->diags, EML_DIAG_PARSE_CSV, eml_cursor_peek(p).span,
                     "`csv(...)` can only be the whole value of a `param`, or an end of an input's range");
        return NULL;
    }
    eml_token word = eml_cursor_advance(p);
    eml_expr *expr = new_expr(p, call ? EML_EXPR_CALL : EML_EXPR_NAME, word.span);
    expr->text = text_of(p, word.span);
    return call ? parse_sequence(p, expr, EML_TOKEN_PAREN_CLOSE, "expected `,` or `)`") : expr;
}

static eml_expr *parse_parenthesized(eml_cursor *p) {
    eml_token opener = eml_cursor_advance(p);
    eml_expr *expr = parse_nested(p);
    if (expr == NULL || !eml_cursor_close(p, opener, EML_TOKEN_PAREN_CLOSE, "expected an operator or `)`")) return NULL;
    expr->span = (eml_span){opener.span.start, eml_cursor_last_end(p)};
    return expr;
}

static eml_expr *parse_number(eml_cursor *p) {
    eml_token number = eml_cursor_advance(p);
    eml_expr *expr = new_expr(p, EML_EXPR_NUMBER, number.span);
    expr->text = text_of(p, number.span);
    return expr;
}

static eml_expr *parse_string(eml_cursor *p) {
    eml_token token = eml_cursor_advance(p);
    eml_expr *expr = new_expr(p, EML_EXPR_STRING, token.span);
    expr->text = eml_token_unescape(p->source, token, &p->ast->arena);
    return expr;
}

static eml_expr *parse_primary(eml_cursor *p) {
    eml_token token = eml_cursor_peek(p);
    switch (token.kind) {
    case EML_TOKEN_NUMBER: return parse_number(p);
    case EML_TOKEN_NAME: return parse_name(p);
    case EML_TOKEN_STRING: return parse_string(p);
    case EML_TOKEN_PAREN_OPEN: return parse_parenthesized(p);
    case EML_TOKEN_BRACKET_OPEN:
        return parse_sequence(p, new_expr(p, EML_EXPR_LIST, token.span), EML_TOKEN_BRACKET_CLOSE,
                              "expected `,` or `]`");
    default: break;
    }
    if (eml_token_kind_is_word(token.kind)) {
        eml_name name;
        eml_cursor_name(p, &name); /* says that it is a keyword */
    } else {
        eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPRESSION, "expected an expression");
    }
    return NULL;
}

/* `e`, `lo:hi`, `lo:`, `:hi` or `:` */
static bool parse_subscript(eml_cursor *p, eml_subscript *out) {
    *out = (eml_subscript){.span = eml_cursor_peek(p).span};
    if (eml_cursor_peek(p).kind != EML_TOKEN_COLON && (out->lo = parse_nested(p)) == NULL) return false;
    if (eml_cursor_accept(p, EML_TOKEN_COLON)) {
        eml_token_kind kind = eml_cursor_peek(p).kind;
        out->slice = true;
        if (kind != EML_TOKEN_COMMA && kind != EML_TOKEN_BRACKET_CLOSE && (out->hi = parse_nested(p)) == NULL)
            return false;
    }
    out->span.end = eml_cursor_last_end(p);
    return true;
}

static bool parse_subscripts(eml_cursor *p, eml_token opener) {
    do {
        eml_subscript subscript;
        if (!parse_subscript(p, &subscript)) return false;
        p->subscripts = eml_grow(p->subscripts, &p->subscript_capacity, p->subscript_count + 1, sizeof *p->subscripts);
        p->subscripts[p->subscript_count++] = subscript;
    } while (eml_cursor_accept(p, EML_TOKEN_COMMA));
    return eml_cursor_close(p, opener, EML_TOKEN_BRACKET_CLOSE, "expected `:`, `,` or `]`");
}

/* False after reporting empty brackets. */
static bool not_empty(eml_cursor *p, const char *message) {
    if (eml_cursor_peek_second(p).kind != EML_TOKEN_BRACKET_CLOSE) return true;
    eml_span span = {eml_cursor_peek(p).span.start, eml_cursor_peek_second(p).span.end};
    eml_diag_add(p->diags, EML_DIAG_PARSE_EMPTY, span, "%s", message);
    return false;
}

static eml_expr *parse_index(eml_cursor *p, eml_expr *base) {
    size_t mark = p->subscript_count;
    if (!not_empty(p, "brackets after a value need an index or a slice")) return NULL;
    eml_token opener = eml_cursor_advance(p);
    if (!parse_subscripts(p, opener)) {
        p->subscript_count = mark;
        return NULL;
    }
    eml_expr *expr = new_expr(p, EML_EXPR_INDEX, (eml_span){base->span.start, eml_cursor_last_end(p)});
    size_t item_mark = p->item_count;
    push_item(p, base);
    expr->items = take_items(p, item_mark, &expr->count);
    expr->subscript_count = p->subscript_count - mark;
    expr->subscripts = eml_arena_alloc(&p->ast->arena, expr->subscript_count, sizeof *expr->subscripts);
    memcpy(expr->subscripts, p->subscripts + mark, expr->subscript_count * sizeof *expr->subscripts);
    p->subscript_count = mark;
    return finish(p, expr, expr->span) ? expr : NULL;
}

static eml_expr *parse_postfix(eml_cursor *p) {
    eml_expr *expr = parse_primary(p);
    while (expr != NULL && eml_cursor_peek(p).kind == EML_TOKEN_BRACKET_OPEN) expr = parse_index(p, expr);
    return expr;
}

static eml_expr *new_binary(eml_cursor *p, eml_expr_kind kind, eml_token oper, eml_expr *left, eml_expr *right) {
    eml_expr *expr = new_expr(p, kind, (eml_span){left->span.start, right->span.end});
    size_t mark = p->item_count;
    push_item(p, left);
    push_item(p, right);
    expr->items = take_items(p, mark, &expr->count);
    expr->op_span = oper.span;
    return finish(p, expr, oper.span) ? expr : NULL;
}

static eml_expr *new_unary(eml_cursor *p, eml_expr_kind kind, eml_token oper, eml_expr *operand) {
    eml_expr *expr = new_expr(p, kind, (eml_span){oper.span.start, operand->span.end});
    size_t mark = p->item_count;
    push_item(p, operand);
    expr->items = take_items(p, mark, &expr->count);
    expr->op_span = oper.span;
    return finish(p, expr, oper.span) ? expr : NULL;
}

static eml_expr *parse_unary(eml_cursor *p);

/* Tighter than the sign before it, looser than the one behind it: -x^2 is -(x^2), 2^-1 one half, and 2^3^2 is 2^9. */
static eml_expr *parse_power(eml_cursor *p) {
    eml_expr *base = parse_postfix(p);
    if (base == NULL || eml_cursor_peek(p).kind != EML_TOKEN_CARET) return base;
    if (!enter(p)) return NULL;
    eml_token oper = eml_cursor_advance(p);
    eml_expr *exponent = parse_unary(p);
    p->nesting--;
    return exponent == NULL ? NULL : new_binary(p, EML_EXPR_POWER, oper, base, exponent);
}

/* A plus leaves nothing in the tree. */
static eml_expr *parse_unary(eml_cursor *p) {
    eml_token_kind kind = eml_cursor_peek(p).kind;
    if (kind != EML_TOKEN_MINUS && kind != EML_TOKEN_PLUS) return parse_power(p);
    if (!enter(p)) return NULL;
    eml_token sign = eml_cursor_advance(p);
    eml_expr *operand = parse_unary(p);
    p->nesting--;
    return operand == NULL || kind == EML_TOKEN_PLUS ? operand : new_unary(p, EML_EXPR_NEGATE, sign, operand);
}

static bool product_kind(eml_token_kind token, eml_expr_kind *out) {
    switch (token) {
    case EML_TOKEN_STAR: *out = EML_EXPR_MUL; return true;
    case EML_TOKEN_SLASH: *out = EML_EXPR_DIV; return true;
    case EML_TOKEN_AT: *out = EML_EXPR_MATMUL; return true;
    default: return false;
    }
}

static bool sum_kind(eml_token_kind token, eml_expr_kind *out) {
    switch (token) {
    case EML_TOKEN_PLUS: *out = EML_EXPR_ADD; return true;
    case EML_TOKEN_MINUS: *out = EML_EXPR_SUB; return true;
    default: return false;
    }
}

/* One level of left-associative operators over the next tighter level. */
static eml_expr *parse_level(eml_cursor *p, bool (*level)(eml_token_kind, eml_expr_kind *),
                             eml_expr *(*tighter)(eml_cursor *)) {
    eml_expr *left = tighter(p);
    eml_expr_kind kind;
    while (left != NULL && level(eml_cursor_peek(p).kind, &kind)) {
        eml_token oper = eml_cursor_advance(p);
        eml_expr *right = tighter(p);
        left = right == NULL ? NULL : new_binary(p, kind, oper, left, right);
    }
    return left;
}

static eml_expr *parse_product(eml_cursor *p) { return parse_level(p, product_kind, parse_unary); }

static eml_expr *parse_sum(eml_cursor *p) { return parse_level(p, sum_kind, parse_product); }

static bool comparison_kind(eml_token_kind token, eml_expr_kind *out) {
    switch (token) {
    case EML_TOKEN_EQUAL: *out = EML_EXPR_EQUAL; return true;
    case EML_TOKEN_NOT_EQUAL: *out = EML_EXPR_NOT_EQUAL; return true;
    case EML_TOKEN_LESS: *out = EML_EXPR_LESS; return true;
    case EML_TOKEN_LESS_EQUAL: *out = EML_EXPR_LESS_EQUAL; return true;
    case EML_TOKEN_GREATER: *out = EML_EXPR_GREATER; return true;
    case EML_TOKEN_GREATER_EQUAL: *out = EML_EXPR_GREATER_EQUAL; return true;
    default: return false;
    }
}

/* One: a < b < c would not mean what it means elsewhere. */
static eml_expr *parse_comparison(eml_cursor *p) {
    eml_expr *left = parse_sum(p);
    eml_expr_kind kind;
    if (left == NULL || !comparison_kind(eml_cursor_peek(p).kind, &kind)) return left;
    eml_token oper = eml_cursor_advance(p);
    eml_expr *right = parse_sum(p);
    if (right == NULL) return NULL;
    if (comparison_kind(eml_cursor_peek(p).kind, &(eml_expr_kind){0})) {
        eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, "a comparison has two sides");
        if (diag != NULL) eml_diag_note(p->diags, diag, "write `a < b and b < c`");
        return NULL;
    }
    return new_binary(p, kind, oper, left, right);
}

static eml_expr *parse_not(eml_cursor *p) {
    if (eml_cursor_peek(p).kind != EML_TOKEN_NOT) return parse_comparison(p);
    if (!enter(p)) return NULL;
    eml_token word = eml_cursor_advance(p);
    eml_expr *operand = parse_not(p);
    p->nesting--;
    return operand == NULL ? NULL : new_unary(p, EML_EXPR_NOT, word, operand);
}

static bool and_kind(eml_token_kind token, eml_expr_kind *out) {
    *out = EML_EXPR_AND;
    return token == EML_TOKEN_AND;
}

static bool or_kind(eml_token_kind token, eml_expr_kind *out) {
    *out = EML_EXPR_OR;
    return token == EML_TOKEN_OR;
}

static eml_expr *parse_and(eml_cursor *p) { return parse_level(p, and_kind, parse_not); }

/* `if c then a else b`, at the word. */
static eml_expr *parse_if(eml_cursor *p) {
    size_t mark = p->item_count;
    eml_token word = eml_cursor_advance(p);
    eml_expr *part = parse_nested(p);
    if (part != NULL) push_item(p, part);
    if (part != NULL && eml_cursor_expect(p, EML_TOKEN_THEN, "expected `then` and the value where the condition holds"))
        part = parse_nested(p);
    else
        part = NULL;
    if (part != NULL) push_item(p, part);
    if (part != NULL && eml_cursor_expect(p, EML_TOKEN_ELSE, "expected `else` and the value where it does not"))
        part = parse_nested(p);
    else
        part = NULL;
    if (part == NULL) {
        p->item_count = mark;
        return NULL;
    }
    push_item(p, part);
    eml_expr *expr = new_expr(p, EML_EXPR_IF, (eml_span){word.span.start, part->span.end});
    expr->items = take_items(p, mark, &expr->count);
    expr->op_span = word.span;
    return finish(p, expr, word.span) ? expr : NULL;
}

eml_expr *eml_parse_expression(eml_cursor *p) {
    return eml_cursor_peek(p).kind == EML_TOKEN_IF ? parse_if(p) : parse_level(p, or_kind, parse_and);
}

bool eml_parse_words(eml_cursor *p, eml_token opener, eml_words *out) {
    size_t mark = p->item_count;
    while (eml_cursor_peek(p).kind == EML_TOKEN_STRING) {
        push_item(p, parse_string(p));
        if (!eml_cursor_accept(p, EML_TOKEN_COMMA)) break;
    }
    if (!eml_cursor_close(p, opener, EML_TOKEN_BRACE_CLOSE, "expected a category in quotes, or `}`")) {
        p->item_count = mark;
        return false;
    }
    out->items = take_items(p, mark, &out->count);
    out->span = (eml_span){opener.span.start, eml_cursor_last_end(p)};
    if (out->count > 0) return true;
    eml_diag_add(p->diags, EML_DIAG_PARSE_EMPTY, out->span, "a category needs at least one word");
    return false;
}

bool eml_parse_dims(eml_cursor *p, eml_dims *out) {
    *out = (eml_dims){.span = {eml_cursor_last_end(p), eml_cursor_last_end(p)}};
    if (eml_cursor_peek(p).kind != EML_TOKEN_BRACKET_OPEN) return true;
    if (!not_empty(p, "a vector has one dimension, `[3]`, and a matrix two, `[2, 3]`")) return false;
    size_t mark = p->item_count;
    eml_token opener = eml_cursor_advance(p);
    if (!parse_items(p, opener, EML_TOKEN_BRACKET_CLOSE, "expected `,` or `]`")) {
        p->item_count = mark;
        return false;
    }
    out->items = take_items(p, mark, &out->count);
    out->span = (eml_span){opener.span.start, eml_cursor_last_end(p)};
    return true;
}
