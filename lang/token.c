#include "lang/token.h"

#include <string.h>

#include "lang/ast.h"

static const struct {
    const char *name, *spelling;
    eml_token_role role;
} kinds[] = {
#define TOKEN(KIND, spelling, ROLE) {#KIND, spelling, EML_ROLE_##ROLE},
#include "lang/token.def"
#undef TOKEN
};

const char *eml_token_kind_name(eml_token_kind kind) { return kinds[kind].name; }
const char *eml_token_kind_spelling(eml_token_kind kind) { return kinds[kind].spelling; }
eml_token_role eml_token_kind_role(eml_token_kind kind) { return kinds[kind].role; }

bool eml_token_kind_is_word(eml_token_kind kind) {
    eml_token_role role = kinds[kind].role;
    return role == EML_ROLE_DECLARES || role == EML_ROLE_RESERVED || role == EML_ROLE_INFIX_WORD;
}

bool eml_token_kind_is_infix(eml_token_kind kind) {
    return kinds[kind].role == EML_ROLE_INFIX || kinds[kind].role == EML_ROLE_INFIX_WORD;
}

bool eml_token_is(const eml_source *source, eml_token token, const char *text) {
    size_t length = token.span.end - token.span.start;
    return strlen(text) == length && memcmp(source->text + token.span.start, text, length) == 0;
}

const char *eml_token_unescape(const eml_source *source, eml_token token, eml_arena *arena) {
    const char *next = source->text + token.span.start + 1, *end = source->text + token.span.end - 1;
    char *text = eml_arena_alloc(arena, (size_t)(end - next) + 1, 1), *to = text;
    while (next < end) {
        char c = *next++;
        if (c == '\\') {
            c = *next++; /* the lexer lets no other escapes pass: \" \\ \n \t */
            if (c == 'n') c = '\n';
            if (c == 't') c = '\t';
        }
        *to++ = c;
    }
    return text;
}

void eml_tokens_drop_trivia(eml_tokens *tokens) {
    size_t kept = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        eml_token token = tokens->items[i];
        if (token.kind == EML_TOKEN_COMMENT || (token.kind == EML_TOKEN_NEWLINE && !token.ends)) continue;
        tokens->items[kept++] = token;
    }
    tokens->count = kept;
}

void eml_tokens_free(eml_tokens *tokens) {
    eml_free(tokens->items);
    *tokens = (eml_tokens){0};
}
