/* Tokens: what the lexer makes of a source and the parser and formatter read. */
#ifndef EML_LANG_TOKEN_H
#define EML_LANG_TOKEN_H

#include "lang/diag.h"
#include "lang/source.h"

typedef enum eml_token_kind {
#define TOKEN(KIND, spelling, ROLE) EML_TOKEN_##KIND,
#include "lang/token.def"
#undef TOKEN
    EML_TOKEN_KIND_COUNT
} eml_token_kind;

typedef enum eml_token_role {
    EML_ROLE_PLAIN,
    EML_ROLE_VARIES,
    EML_ROLE_CONTINUES,
    EML_ROLE_INFIX,
    EML_ROLE_OPENS,
    EML_ROLE_CLOSES,
    EML_ROLE_DECLARES,
    EML_ROLE_RESERVED,
    EML_ROLE_INFIX_WORD,
} eml_token_role;

typedef struct eml_token {
    eml_token_kind kind;
    eml_span span;
    bool ends; /* a NEWLINE that ends a declaration or a line of a test */
} eml_token;

/* The last item is always END, with an empty span at the end of the text. Free with eml_tokens_free. */
typedef struct eml_tokens {
    eml_token *items;
    size_t count, capacity;
} eml_tokens;

/* Every token, comment and newline of source. Broken ones are reported into diags (NULL: silently) and become BROKEN.
 *
 * Newlines: a NEWLINE has `ends` set unless it stands inside () or [], or the token before or after it is a
 * binary operator, or the one before `=` or `,`; but before a word that starts a declaration it always ends, whatever
 * is still open, so that a forgotten bracket spoils one declaration only. Of several newlines in a row only the first
 * can end. */
void eml_tokens_lex(const eml_source *source, eml_diags *diags, eml_tokens *out);

/* Drops comments and the newlines that end nothing: what the parser reads. */
void eml_tokens_drop_trivia(eml_tokens *tokens);

void eml_tokens_free(eml_tokens *tokens);

const char *eml_token_kind_name(eml_token_kind kind);     /* "PAREN_OPEN" */
const char *eml_token_kind_spelling(eml_token_kind kind); /* "(" */
eml_token_role eml_token_kind_role(eml_token_kind kind);
/* Whether it is a word that is no name; whether it stands between two operands, so that no newline beside it ends
 * anything. */
bool eml_token_kind_is_word(eml_token_kind kind);
bool eml_token_kind_is_infix(eml_token_kind kind);
bool eml_token_is(const eml_source *source, eml_token token, const char *text);

/* The bytes that a STRING token stands for, NUL-terminated, in arena. */
const char *eml_token_unescape(const eml_source *source, eml_token token, eml_arena *arena);

#endif
