#include "lang/ast.h"
#include "lang/token.h"

void eml_tokens_print(const eml_source *source, eml_buf *out) {
    eml_tokens tokens;
    eml_tokens_lex(source, NULL, &tokens);
    eml_tokens_drop_trivia(&tokens);
    eml_locator locator = {.source = source};
    for (size_t i = 0; i < tokens.count; i++) {
        eml_token token = tokens.items[i];
        uint32_t line, column;
        eml_locator_move(&locator, token.span.start, &line, &column);
        eml_buf_printf(out, "%u:%u %s", line, column, eml_token_kind_name(token.kind));
        if (token.kind != EML_TOKEN_NEWLINE && token.kind != EML_TOKEN_END) {
            eml_buf_put_u8(out, ' ');
            eml_buf_put(out, source->text + token.span.start, token.span.end - token.span.start);
        }
        eml_buf_put_u8(out, '\n');
    }
    eml_tokens_free(&tokens);
}
