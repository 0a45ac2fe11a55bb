/* eml fmt. Works on tokens, so that comments stay where they are: the writer's line breaks inside brackets and beside
 * operators are kept, everything else (blanks, indentation, empty lines, the lines of a test) becomes canonical. The
 * tokens that the parser reads stay the same but for `;` and newlines, which part the lines of a test alike; so does
 * the AST. */
#include "lang/ast.h"
#include "lang/token.h"

enum {
    INDENT = 4,
    LEVELS_MAX = 8,  /* deeper brackets are not indented further, or nesting would square the size of the text */
    OPEN_MAX = 1024, /* what parses has at most EML_NESTING_MAX and a few */
};

typedef struct writer {
    const eml_source *source;
    eml_buf *out;
    size_t start;                 /* where our part of out begins */
    eml_token_kind before;        /* the last token written that is no comment; NEWLINE at the start of a statement */
    eml_token_kind before_before; /* and the one before it */
    size_t open;                  /* brackets () and [] that are open */
    uint8_t levels[OPEN_MAX];     /* by bracket: the indentation of the line on which it was opened */
    uint8_t level;                /* of this line, without the block's */
    bool words;                   /* inside the { } of a category */
    bool in_block;                /* inside { } */
    bool block_start;             /* nothing written since { */
    bool line_empty;              /* nothing written on this line yet */
    bool line_complete;           /* only a comment may follow on this line */
    bool gap;                     /* an empty line is due before the next one */
} writer;

/* Can a value end with this token? Then a sign after it is an operator, and a bracket after it an index. */
static bool ends_value(eml_token_kind kind) {
    return kind == EML_TOKEN_NAME || kind == EML_TOKEN_NUMBER || kind == EML_TOKEN_STRING ||
           eml_token_kind_role(kind) == EML_ROLE_CLOSES;
}

static bool blank_before(const writer *w, eml_token_kind kind) {
    eml_token_role role = eml_token_kind_role(kind);
    bool after_sign = (w->before == EML_TOKEN_MINUS || w->before == EML_TOKEN_PLUS) && !ends_value(w->before_before);
    if (w->words && (w->before == EML_TOKEN_BRACE_OPEN || kind == EML_TOKEN_BRACE_CLOSE)) return false;
    if (eml_token_kind_role(w->before) == EML_ROLE_OPENS || w->before == EML_TOKEN_COLON || after_sign) return false;
    if (kind == EML_TOKEN_CARET || w->before == EML_TOKEN_CARET) return false;
    if (role == EML_ROLE_CLOSES || kind == EML_TOKEN_COMMA) return false;
    if (kind == EML_TOKEN_COLON) return w->before == EML_TOKEN_COMMA;
    if (kind == EML_TOKEN_PAREN_OPEN) return w->before != EML_TOKEN_NAME;
    if (kind == EML_TOKEN_BRACKET_OPEN) return !ends_value(w->before);
    return true;
}

static void end_line(writer *w) {
    if (!w->line_empty) eml_buf_put_u8(w->out, '\n');
    w->line_empty = true;
    w->line_complete = false;
}

static void end_statement(writer *w) {
    w->open = 0;
    w->words = false;
    w->before = w->before_before = EML_TOKEN_NEWLINE;
}

/* A line inside a bracket stands one level deeper than the line of the bracket, its closer on the same level; one after
 * an operator one level deeper than its statement. */
static uint8_t line_level(const writer *w, eml_token_kind first) {
    if (w->open == 0) return w->before == EML_TOKEN_NEWLINE ? 0 : 1;
    uint8_t level = w->levels[(w->open < OPEN_MAX ? w->open : OPEN_MAX) - 1];
    return eml_token_kind_role(first) == EML_ROLE_CLOSES || level == LEVELS_MAX ? level : (uint8_t)(level + 1);
}

static void start_line(writer *w, eml_token_kind first) {
    if (w->gap && w->out->len > w->start) eml_buf_put_u8(w->out, '\n');
    w->level = line_level(w, first);
    for (int i = 0; i < (w->level + w->in_block) * INDENT; i++) eml_buf_put_u8(w->out, ' ');
    w->gap = w->line_empty = w->block_start = false;
}

static void put_comment(writer *w, eml_token token) {
    const char *text = w->source->text + token.span.start;
    size_t length = token.span.end - token.span.start;
    while (text[length - 1] == ' ' || text[length - 1] == '\t') length--;
    if (w->line_empty)
        start_line(w, EML_TOKEN_COMMENT);
    else
        eml_buf_put_text(w->out, "  ");
    eml_buf_put(w->out, text, length);
    w->line_complete = true;
}

static void put_token(writer *w, eml_token token) {
    if (w->line_complete) end_line(w);
    if (w->line_empty)
        start_line(w, token.kind);
    else if (blank_before(w, token.kind))
        eml_buf_put_u8(w->out, ' ');
    eml_buf_put(w->out, w->source->text + token.span.start, token.span.end - token.span.start);
    eml_token_role role = eml_token_kind_role(token.kind);
    if (role == EML_ROLE_OPENS) {
        if (w->open < OPEN_MAX) w->levels[w->open] = w->level;
        w->open++;
    }
    if (role == EML_ROLE_CLOSES && w->open > 0) w->open--;
    w->before_before = w->before;
    w->before = token.kind;
}

static void put_newline(writer *w, eml_token token) {
    /* An empty line stays between statements, but not at the start of a block. */
    if (w->line_empty && !w->line_complete && w->before == EML_TOKEN_NEWLINE && !w->block_start) w->gap = true;
    end_line(w);
    if (token.ends) end_statement(w);
}

/* Braces after `in` hold words on a line; others a block of lines. */
static bool put_words_brace(writer *w, eml_token token) {
    bool opens = token.kind == EML_TOKEN_BRACE_OPEN;
    if (opens ? w->before != EML_TOKEN_IN : !w->words) return false;
    put_token(w, token);
    w->words = opens;
    return true;
}

static void put_brace(writer *w, eml_token token) {
    bool opens = token.kind == EML_TOKEN_BRACE_OPEN;
    if (put_words_brace(w, token)) return;
    if (!opens) {
        end_line(w);
        end_statement(w);
        w->gap = w->in_block = false;
    }
    put_token(w, token);
    end_statement(w);
    w->line_complete = true;
    w->in_block = w->block_start = opens;
}

void eml_format(const eml_source *source, eml_buf *out) {
    eml_tokens tokens;
    eml_tokens_lex(source, NULL, &tokens);
    writer w = {.source = source, .out = out, .start = out->len, .line_empty = true};
    end_statement(&w);
    for (size_t i = 0; i < tokens.count; i++) {
        eml_token token = tokens.items[i];
        switch (token.kind) {
        case EML_TOKEN_NEWLINE: put_newline(&w, token); break;
        case EML_TOKEN_COMMENT: put_comment(&w, token); break;
        case EML_TOKEN_BRACE_OPEN:
        case EML_TOKEN_BRACE_CLOSE: put_brace(&w, token); break;
        case EML_TOKEN_SEMICOLON: /* the next line of the test starts a line */
            end_statement(&w);
            w.line_complete = true;
            break;
        case EML_TOKEN_END: end_line(&w); break;
        default: put_token(&w, token); break;
        }
    }
    eml_tokens_free(&tokens);
}
