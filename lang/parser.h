/* Inside the parser: the token cursor and what declarations (parser.c) and expressions (parse_expr.c) share.
 *
 * A function that meets an error reports it and returns NULL or false without reading further; the caller returns
 * likewise until the declaration loop, or the loop over the lines of a test, skips to a place where reading makes sense
 * again. */
#ifndef EML_LANG_PARSER_H
#define EML_LANG_PARSER_H

#include "lang/ast.h"
#include "lang/token.h"

typedef struct eml_parser {
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
} eml_parser;

eml_token eml_parser_peek(const eml_parser *p);
eml_token eml_parser_peek_second(const eml_parser *p); /* the one after; END after END */
eml_token eml_parser_advance(eml_parser *p);           /* END is never passed */
bool eml_parser_accept(eml_parser *p, eml_token_kind kind);
bool eml_parser_at_word(const eml_parser *p, const char *word); /* a plain name that means something here */
uint32_t eml_parser_last_end(const eml_parser *p);              /* where the token before the next one ends */

/* Reports code at the next token as "<expected>, found <it>". A broken token was reported by the lexer: nothing is
 * added then, and the result is NULL. */
eml_diag *eml_parser_unexpected(eml_parser *p, eml_diag_code code, const char *expected);
bool eml_parser_expect(eml_parser *p, eml_token_kind kind, const char *expected);
/* The bracket that closes opener; `expected` says what may stand here ("expected `,` or `]`"). */
bool eml_parser_close(eml_parser *p, eml_token opener, eml_token_kind closer, const char *expected);
bool eml_parser_name(eml_parser *p, eml_name *out);

eml_expr *eml_parse_expression(eml_parser *p);     /* NULL after an error */
eml_expr *eml_parse_csv(eml_parser *p);            /* at `csv (` */
bool eml_parse_dims(eml_parser *p, eml_dims *out); /* `[a, b]`, or nothing */

#endif
