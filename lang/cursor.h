/* The cursor of the parser: the tokens still to be read, and what has been read so far. Expressions (parse_expr.c) and,
 * above them, declarations (parser.c) move it.
 *
 * A function that meets an error reports it and returns NULL or false without reading further; the caller returns
 * likewise until the declaration loop, or the loop over the lines of a test, skips to a place where reading makes sense
 * again. */
#ifndef EML_LANG_CURSOR_H
#define EML_LANG_CURSOR_H

#include "lang/ast.h"
#include "lang/token.h"

typedef struct eml_cursor {
    const eml_source *source;
    eml_diags *diags;
    eml_ast *ast;
    eml_tokens tokens; /* without trivia */
    size_t next;
    unsigned nesting; /* of the expression being read, at most EML_NESTING_MAX */

    /* Items read so far of the lists being read, innermost last. */
    eml_expr **items;
    size_t item_count, item_capacity;
    eml_subscript *subscripts;
    size_t subscript_count, subscript_capacity;

    /* Declarations, tests and lines of the current test read so far; moved into the arena when complete. */
    eml_decl *decls;
    size_t decl_count, decl_capacity;
    eml_test *tests;
    size_t test_count, test_capacity;
    eml_assign *assigns;
    size_t assign_count, assign_capacity;

    bool model_seen, unknown_seen; /* a `model` keyword; a line that starts no declaration */
    size_t odd_lines;              /* such lines that are no misspelt keyword's */
} eml_cursor;

eml_token eml_cursor_peek(const eml_cursor *p);
eml_token eml_cursor_peek_second(const eml_cursor *p); /* the one after; END after END */
eml_token eml_cursor_advance(eml_cursor *p);           /* END is never passed */
bool eml_cursor_accept(eml_cursor *p, eml_token_kind kind);
bool eml_cursor_at_word(const eml_cursor *p, const char *word); /* a plain name that means something here */
bool eml_cursor_accept_word(eml_cursor *p, const char *word);
bool eml_cursor_at_line_end(const eml_cursor *p);
uint32_t eml_cursor_last_end(const eml_cursor *p); /* where the token before the next one ends */

eml_span eml_cursor_span_from(const eml_cursor *p, eml_token first); /* first to the last token read */

/* Reports code at the next token as "<expected>, found <it>". A broken token was reported by the lexer: nothing is
 * added then, and the result is NULL. */
eml_diag *eml_cursor_unexpected(eml_cursor *p, eml_diag_code code, const char *expected);
bool eml_cursor_expect(eml_cursor *p, eml_token_kind kind, const char *expected);
/* The bracket that closes opener; `expected` says what may stand here ("expected `,` or `]`"). */
bool eml_cursor_close(eml_cursor *p, eml_token opener, eml_token_kind closer, const char *expected);
void eml_cursor_report_unclosed(eml_cursor *p, eml_token opener);
bool eml_cursor_name(eml_cursor *p, eml_name *out);

#endif
