#include <string.h>

#include "lang/cursor.h"

/* Tokens. */

eml_token eml_cursor_peek(const eml_cursor *p) { return p->tokens.items[p->next]; }

eml_token eml_cursor_peek_second(const eml_cursor *p) {
    return p->tokens.items[p->next + 1 < p->tokens.count ? p->next + 1 : p->next];
}

eml_token eml_cursor_advance(eml_cursor *p) {
    eml_token token = eml_cursor_peek(p);
    if (token.kind != EML_TOKEN_END) p->next++;
    return token;
}

bool eml_cursor_accept(eml_cursor *p, eml_token_kind kind) {
    if (eml_cursor_peek(p).kind != kind) return false;
    eml_cursor_advance(p);
    return true;
}

bool eml_cursor_at_word(const eml_cursor *p, const char *word) {
    eml_token token = eml_cursor_peek(p);
    return token.kind == EML_TOKEN_NAME && eml_token_is(p->source, token, word);
}

bool eml_cursor_accept_word(eml_cursor *p, const char *word) {
    if (!eml_cursor_at_word(p, word)) return false;
    eml_cursor_advance(p);
    return true;
}

uint32_t eml_cursor_last_end(const eml_cursor *p) { return p->next == 0 ? 0 : p->tokens.items[p->next - 1].span.end; }

eml_span eml_cursor_span_from(const eml_cursor *p, eml_token first) {
    return (eml_span){first.span.start, eml_cursor_last_end(p)};
}

bool eml_cursor_at_line_end(const eml_cursor *p) {
    eml_token_kind kind = eml_cursor_peek(p).kind;
    return kind == EML_TOKEN_NEWLINE || kind == EML_TOKEN_END;
}

/* What went wrong. */

static bool touch(eml_token left, eml_token right) { return left.span.end == right.span.start; }

/* "0,5", the comma at this token. */
static bool is_decimal_comma(const eml_cursor *p, size_t at) {
    const eml_token *items = p->tokens.items;
    return at > 0 && items[at - 1].kind == EML_TOKEN_NUMBER && items[at].kind == EML_TOKEN_COMMA &&
           items[at + 1].kind == EML_TOKEN_NUMBER && touch(items[at - 1], items[at]) && touch(items[at], items[at + 1]);
}

/* A word that means something after a value. */
static bool is_clause(const eml_cursor *p, eml_token token) {
    static const char *const words[] = {"hidden", "exact", "integer", "step", "frac", "single", "uniform"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (eml_token_is(p->source, token, words[i])) return true;
    return false;
}

static bool ends_value(eml_token token) {
    return token.kind == EML_TOKEN_NUMBER || token.kind == EML_TOKEN_NAME ||
           eml_token_kind_role(token.kind) == EML_ROLE_CLOSES;
}

/* What people write who come from other languages, where it shows: "2**3", "0,5", "1.5 x", "x.1". before: the token
 * before the one that was not expected. */
static const char *hint(const eml_cursor *p, eml_token before, eml_token found) {
    bool number = before.kind == EML_TOKEN_NUMBER;
    if (found.kind == EML_TOKEN_STAR && before.kind == EML_TOKEN_STAR && touch(before, found))
        return "a power is written `^`";
    if (found.kind == EML_TOKEN_COMMA &&
        (is_decimal_comma(p, p->next) || (p->next > 1 && is_decimal_comma(p, p->next - 2))))
        return "a number has a decimal point, and no commas";
    if (found.kind == EML_TOKEN_MINUS && before.kind == EML_TOKEN_NAME && touch(before, found))
        return "names are made of ASCII letters, digits and `_`";
    eml_token_kind after = eml_cursor_peek_second(p).kind;
    if (found.kind == EML_TOKEN_SEMICOLON && (after == EML_TOKEN_NEWLINE || after == EML_TOKEN_END))
        return "a declaration ends with its line";
    if (found.kind == EML_TOKEN_NUMBER && before.kind == EML_TOKEN_NAME && touch(before, found))
        return "names are made of ASCII letters, digits and `_`";
    bool ends = number || eml_token_kind_role(before.kind) == EML_ROLE_CLOSES;
    if (ends_value(before) && found.kind == EML_TOKEN_IF) return "a choice is written `if c then a else b`";
    bool begins = (found.kind == EML_TOKEN_NAME && !is_clause(p, found)) || found.kind == EML_TOKEN_NUMBER ||
                  found.kind == EML_TOKEN_PAREN_OPEN;
    return ends && begins ? "a product needs its `*`" : NULL;
}

/* Of hidden values not even their kinds are told. */
static eml_diag *add_hint(eml_cursor *p, eml_diag *diag) {
    eml_token found = eml_cursor_peek(p);
    if (diag == NULL || p->next == 0 || eml_diags_is_hidden(p->diags, found.span)) return diag;
    eml_token before = p->tokens.items[p->next - 1];
    bool one_line = memchr(p->source->text + before.span.end, '\n', found.span.start - before.span.end) == NULL;
    const char *text = one_line ? hint(p, before, found) : NULL;
    if (text != NULL) eml_diag_note(p->diags, diag, "%s", text);
    return diag;
}

eml_diag *eml_cursor_unexpected(eml_cursor *p, eml_diag_code code, const char *expected) {
    enum { QUOTED_MAX = 40 };
    eml_token token = eml_cursor_peek(p);
    uint32_t length = token.span.end - token.span.start;
    if (token.kind == EML_TOKEN_BROKEN) return NULL;
    if (eml_cursor_at_line_end(p)) {
        eml_span span = {token.span.start, token.span.start};
        return eml_diag_add(p->diags, code, span, "%s, found %s", expected, eml_token_kind_spelling(token.kind));
    }
    bool quoted = token.kind != EML_TOKEN_STRING && length <= QUOTED_MAX;
    eml_diag *diag = eml_diag_add(p->diags, code, token.span, quoted ? "%s, found `%.*s`" : "%s, found %.*s", expected,
                                  quoted ? (int)length : 64,
                                  quoted ? p->source->text + token.span.start : eml_token_kind_spelling(token.kind));
    return add_hint(p, diag);
}

bool eml_cursor_expect(eml_cursor *p, eml_token_kind kind, const char *expected) {
    if (eml_cursor_accept(p, kind)) return true;
    eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, expected);
    return false;
}

void eml_cursor_report_unclosed(eml_cursor *p, eml_token opener) {
    eml_diag_add(p->diags, EML_DIAG_PARSE_UNCLOSED, opener.span, "this `%s` is not closed",
                 eml_token_kind_spelling(opener.kind));
}

bool eml_cursor_close(eml_cursor *p, eml_token opener, eml_token_kind closer, const char *expected) {
    if (eml_cursor_accept(p, closer)) return true;
    if (eml_cursor_at_line_end(p)) {
        eml_cursor_report_unclosed(p, opener);
        return false;
    }
    eml_diag *diag = eml_cursor_unexpected(p, EML_DIAG_PARSE_EXPECTED, expected);
    if (diag != NULL)
        eml_diag_note_at(p->diags, diag, opener.span, "to close this `%s`", eml_token_kind_spelling(opener.kind));
    return false;
}

bool eml_cursor_name(eml_cursor *p, eml_name *out) {
    eml_token token = eml_cursor_peek(p);
    if (token.kind == EML_TOKEN_NAME) {
        eml_cursor_advance(p);
        out->text =
            eml_arena_strndup(&p->ast->arena, p->source->text + token.span.start, token.span.end - token.span.start);
        out->span = token.span;
        return true;
    }
    if (eml_token_kind_is_word(token.kind))
        eml_diag_add(p->diags, EML_DIAG_PARSE_RESERVED, token.span, "`%s` is a keyword and cannot be a name",
                     eml_token_kind_spelling(token.kind));
    else
        eml_cursor_unexpected(p, EML_DIAG_PARSE_NAME, "expected a name");
    return false;
}
