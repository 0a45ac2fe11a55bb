/* The lexer. re2c makes the token automaton; the bodies of comments and strings are scanned by hand, where each bad byte
 * is worth a message of its own. */
#include "lang/token.h"

#include <string.h>

#include "runtime/text/text.h"

typedef struct lexer {
    const eml_source *source;
    eml_diags *diags; /* NULL: silent */
    const char *next, *end;
    eml_tokens *out;
} lexer;

static eml_span span_of(const lexer *lex, const char *from, const char *to) {
    return (eml_span){(uint32_t)(from - lex->source->text), (uint32_t)(to - lex->source->text)};
}

static void emit(lexer *lex, eml_token_kind kind, const char *from) {
    eml_tokens *out = lex->out;
    out->items = eml_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
    out->items[out->count++] = (eml_token){kind, span_of(lex, from, lex->next), false};
}

static bool is_control(char c) { return (unsigned char)c < 0x20 || c == 0x7f; }

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Skips the run of bytes from next that are part of no UTF-8 sequence, and reports it. */
static void skip_stray_bytes(lexer *lex) {
    const char *from = lex->next;
    while (lex->next < lex->end && eml_utf8_decode(lex->next, (size_t)(lex->end - lex->next), NULL) == 0) lex->next++;
    if (lex->diags == NULL) return;
    size_t count = (size_t)(lex->next - from);
    eml_diag *diag = eml_diag_add(lex->diags, EML_DIAG_LEX_UTF8, span_of(lex, from, lex->next),
                                  count == 1 ? "byte 0x%02X is not UTF-8" : "bytes from 0x%02X on are not UTF-8",
                                  (unsigned)(unsigned char)*from);
    eml_diag_note(lex->diags, diag, "save the file as UTF-8");
}

static void skip_control(lexer *lex) {
    const char *from = lex->next++;
    if (lex->diags == NULL) return;
    eml_diag_add(lex->diags, EML_DIAG_LEX_CONTROL, span_of(lex, from, lex->next),
                 "control character U+%04X is not allowed here", (unsigned)(unsigned char)*from);
}

/* One character of a comment or string. False when it is bad, and then it was reported. */
static bool skip_character(lexer *lex) {
    size_t length = eml_utf8_decode(lex->next, (size_t)(lex->end - lex->next), NULL);
    if (length == 0) {
        skip_stray_bytes(lex);
        return false;
    }
    if (is_control(*lex->next) && *lex->next != '\t') {
        skip_control(lex);
        return false;
    }
    lex->next += length;
    return true;
}

static bool at_line_end(const lexer *lex) {
    if (lex->next == lex->end || *lex->next == '\n') return true;
    return *lex->next == '\r' && lex->next + 1 < lex->end && lex->next[1] == '\n';
}

static void comment(lexer *lex, const char *from) {
    while (!at_line_end(lex)) skip_character(lex);
    emit(lex, EML_TOKEN_COMMENT, from);
}

static bool skip_escape(lexer *lex) {
    const char *from = lex->next++;
    if (!at_line_end(lex) && strchr("\"\\nt", *lex->next) != NULL && *lex->next != '\0') {
        lex->next++;
        return true;
    }
    if (lex->diags != NULL) {
        const char *to = lex->next;
        if (!at_line_end(lex)) to += eml_utf8_decode(to, (size_t)(lex->end - to), NULL);
        eml_diag_add(lex->diags, EML_DIAG_LEX_ESCAPE, span_of(lex, from, to),
                     "unknown escape; a string knows \\\" \\\\ \\n and \\t");
    }
    return false;
}

static void string(lexer *lex, const char *from) {
    bool good = true;
    while (!at_line_end(lex) && *lex->next != '"')
        if (!(*lex->next == '\\' ? skip_escape(lex) : skip_character(lex))) good = false;
    if (at_line_end(lex)) {
        if (lex->diags != NULL)
            eml_diag_add(lex->diags, EML_DIAG_LEX_STRING_OPEN, span_of(lex, from, lex->next),
                         "string without its closing `\"` on the same line");
        good = false;
    } else {
        lex->next++;
    }
    emit(lex, good ? EML_TOKEN_STRING : EML_TOKEN_BROKEN, from);
}

static void number_malformed(lexer *lex, const char *from) {
    if (lex->diags != NULL) {
        eml_diag *diag = eml_diag_add(lex->diags, EML_DIAG_LEX_NUMBER, span_of(lex, from, lex->next),
                                      "malformed number `%.*s`", (int)(lex->next - from), from);
        eml_diag_note(lex->diags, diag, "a number is decimal digits with at most one `.`, then an optional exponent "
                                        "such as `e-3`; a product needs its `*`");
    }
    emit(lex, EML_TOKEN_BROKEN, from);
}

/* Characters that word processors or other languages have in place of those that are meant. */
static const struct {
    const char *typed, *meant;
} lookalikes[] = {
    {"\u2212", "-"}, {"\u2013", "-"}, {"\u00d7", "*"}, {"\u22c5", "*"},
    {"\u00f7", "/"}, {"\u201c", "\""}, {"\u201d", "\""}, {"\u00a0", " "}, /* the last does not break a line */
    {"'", "\""},
};

static const char *meant_by(const char *character, size_t length) {
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
        if (strlen(lookalikes[i].typed) == length && memcmp(lookalikes[i].typed, character, length) == 0)
            return lookalikes[i].meant;
    return NULL;
}

/* A character of another script, with the rest of its word: an error a letter would be too many. */
static void foreign_word(lexer *lex, const char *from) {
    size_t length = 0;
    do {
        lex->next += length;
        length = eml_utf8_decode(lex->next, (size_t)(lex->end - lex->next), NULL);
    } while (length > 1 || (length == 1 && is_name_byte(*lex->next)));
    if (lex->diags != NULL)
        eml_diag_add(lex->diags, EML_DIAG_LEX_UNEXPECTED, span_of(lex, from, lex->next),
                     "unexpected `%.*s`; names are made of ASCII letters, digits and `_`", (int)(lex->next - from),
                     from);
}

static void stray_character(lexer *lex, const char *from, size_t length) {
    const char *meant = meant_by(from, length);
    lex->next += length;
    if (lex->diags == NULL) return;
    eml_diag *diag = eml_diag_add(lex->diags, EML_DIAG_LEX_UNEXPECTED, span_of(lex, from, lex->next),
                                  "unexpected character `%.*s`", (int)length, from);
    if (meant != NULL) eml_diag_note(lex->diags, diag, "did you mean `%s`?", meant);
    if (*from == '.') eml_diag_note(lex->diags, diag, "names are made of ASCII letters, digits and `_`");
}

static void unexpected(lexer *lex, const char *from) {
    size_t length = eml_utf8_decode(from, (size_t)(lex->end - from), NULL);
    lex->next = from;
    if (length == 0)
        skip_stray_bytes(lex);
    else if (is_control(*from))
        skip_control(lex);
    else if (length == 1 || meant_by(from, length) != NULL)
        stray_character(lex, from, length);
    else
        foreign_word(lex, from);
    emit(lex, EML_TOKEN_BROKEN, from);
}

static eml_token_kind word_kind(const lexer *lex, const char *from) {
    eml_token word = {EML_TOKEN_NAME, span_of(lex, from, lex->next), false};
    for (int kind = 0; kind < EML_TOKEN_KIND_COUNT; kind++) {
        if (eml_token_kind_is_word((eml_token_kind)kind) &&
            eml_token_is(lex->source, word, eml_token_kind_spelling((eml_token_kind)kind)))
            return (eml_token_kind)kind;
    }
    return EML_TOKEN_NAME;
}

/* Reads one token, comment, newline or run of blanks. False at the end of the text. */
static bool step(lexer *lex) {
    const char *from = lex->next, *marker;
    /*!re2c
        re2c:api = custom;
        re2c:api:style = free-form;
        re2c:define:YYCTYPE = "unsigned char";
        re2c:define:YYPEEK = "(unsigned char)*lex->next";
        re2c:define:YYSKIP = "++lex->next;";
        re2c:define:YYBACKUP = "marker = lex->next;";
        re2c:define:YYRESTORE = "lex->next = marker;";
        re2c:yyfill:enable = 0;

        digits = [0-9]+;
        number = (digits ("." [0-9]*)? | "." digits) ([eE] [+-]? digits)?;

        [ \t]+                   { return true; }
        "\r"? "\n"               { emit(lex, EML_TOKEN_NEWLINE, from); return true; }
        "#"                      { comment(lex, from); return true; }
        "\""                     { string(lex, from); return true; }
        [A-Za-z_][A-Za-z0-9_]*   { emit(lex, word_kind(lex, from), from); return true; }
        number                   { emit(lex, EML_TOKEN_NUMBER, from); return true; }
        number [A-Za-z0-9_.]+    { number_malformed(lex, from); return true; }
        "+"                      { emit(lex, EML_TOKEN_PLUS, from); return true; }
        "-"                      { emit(lex, EML_TOKEN_MINUS, from); return true; }
        "*"                      { emit(lex, EML_TOKEN_STAR, from); return true; }
        "/"                      { emit(lex, EML_TOKEN_SLASH, from); return true; }
        "@"                      { emit(lex, EML_TOKEN_AT, from); return true; }
        "^"                      { emit(lex, EML_TOKEN_CARET, from); return true; }
        "=="                     { emit(lex, EML_TOKEN_EQUAL, from); return true; }
        "!="                     { emit(lex, EML_TOKEN_NOT_EQUAL, from); return true; }
        "<"                      { emit(lex, EML_TOKEN_LESS, from); return true; }
        "<="                     { emit(lex, EML_TOKEN_LESS_EQUAL, from); return true; }
        ">"                      { emit(lex, EML_TOKEN_GREATER, from); return true; }
        ">="                     { emit(lex, EML_TOKEN_GREATER_EQUAL, from); return true; }
        "="                      { emit(lex, EML_TOKEN_EQUALS, from); return true; }
        ","                      { emit(lex, EML_TOKEN_COMMA, from); return true; }
        ":"                      { emit(lex, EML_TOKEN_COLON, from); return true; }
        ";"                      { emit(lex, EML_TOKEN_SEMICOLON, from); return true; }
        "("                      { emit(lex, EML_TOKEN_PAREN_OPEN, from); return true; }
        ")"                      { emit(lex, EML_TOKEN_PAREN_CLOSE, from); return true; }
        "["                      { emit(lex, EML_TOKEN_BRACKET_OPEN, from); return true; }
        "]"                      { emit(lex, EML_TOKEN_BRACKET_CLOSE, from); return true; }
        "{"                      { emit(lex, EML_TOKEN_BRACE_OPEN, from); return true; }
        "}"                      { emit(lex, EML_TOKEN_BRACE_CLOSE, from); return true; }
        "\x00"                   { if (from == lex->end) { lex->next = from; return false; }
                                   unexpected(lex, from); return true; }
        *                        { unexpected(lex, from); return true; }
    */
}

static bool goes_on_after(eml_token_kind kind) {
    return eml_token_kind_role(kind) == EML_ROLE_CONTINUES || eml_token_kind_is_infix(kind);
}

/* Sets `ends`; see eml_tokens_lex. */
static void mark_line_ends(eml_tokens *tokens) {
    size_t open = 0;
    eml_token_kind before = EML_TOKEN_NEWLINE; /* the last token that is no comment */
    for (size_t i = 0; i < tokens->count; i++) {
        eml_token *token = &tokens->items[i];
        if (token->kind == EML_TOKEN_COMMENT) continue;
        if (token->kind == EML_TOKEN_NEWLINE) {
            while (tokens->items[i + 1].kind == EML_TOKEN_NEWLINE || tokens->items[i + 1].kind == EML_TOKEN_COMMENT) i++;
            eml_token_role next = eml_token_kind_role(tokens->items[i + 1].kind);
            if (next == EML_ROLE_DECLARES) open = 0;
            bool goes_on = open > 0 || goes_on_after(before) || eml_token_kind_is_infix(tokens->items[i + 1].kind);
            token->ends = before != EML_TOKEN_NEWLINE && (next == EML_ROLE_DECLARES || !goes_on);
            continue;
        }
        before = token->kind;
        eml_token_role role = eml_token_kind_role(before);
        if (role == EML_ROLE_OPENS) open++;
        if (role == EML_ROLE_CLOSES && open > 0) open--;
        if (before == EML_TOKEN_BRACE_OPEN || before == EML_TOKEN_BRACE_CLOSE) open = 0;
    }
}

void eml_tokens_lex(const eml_source *source, eml_diags *diags, eml_tokens *out) {
    *out = (eml_tokens){0};
    lexer lex = {source, diags, source->text, source->text + source->length, out};
    while (step(&lex)) {}
    emit(&lex, EML_TOKEN_END, lex.next);
    mark_line_ends(out);
}
