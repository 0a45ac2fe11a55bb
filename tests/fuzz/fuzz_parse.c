/* Any bytes: parse, render what was said, print the dumps. When they parse: formatting keeps the AST, and formatting
 * twice is formatting once. */
#include <string.h>

#include "lang/ast.h"
#include "tests/fuzz/fuzz.h"

/* Enough for every rule; longer inputs only slow the search down. */
enum { SIZE_MAX_TRIED = 64 << 10 };

static bool same(const eml_buf *a, const eml_buf *b) {
    return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Parses, renders and dumps text; true when it has no errors. */
static bool parse(const char *text, size_t length, eml_source *source, eml_buf *printed) {
    static eml_diags diags;
    eml_ast ast;
    eml_buf rendered = {0};
    eml_source_from_text("fuzz.eml", text, length, source);
    eml_diags_init(&diags, source);
    eml_parse(source, &diags, &ast);
    eml_diags_render(&diags, true, &rendered);
    eml_diags_render_json(&diags, &rendered);
    eml_tokens_print(source, &rendered);
    eml_ast_print(&ast, printed);
    bool good = diags.errors == 0;
    FUZZ_REQUIRE(good == (diags.count == 0)); /* the parser gives no warnings */
    FUZZ_REQUIRE(!good || ast.model.text != NULL);
    eml_buf_free(&rendered);
    eml_ast_free(&ast);
    eml_diags_free(&diags);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > SIZE_MAX_TRIED) return 0;
    eml_source source, formatted_source;
    eml_buf printed = {0}, formatted = {0}, printed_again = {0}, formatted_again = {0};
    bool good = parse(size == 0 ? "" : (const char *)data, size, &source, &printed);
    eml_format(&source, &formatted);
    if (good) {
        FUZZ_REQUIRE(parse((const char *)formatted.data, formatted.len, &formatted_source, &printed_again));
        FUZZ_REQUIRE(same(&printed, &printed_again));
        eml_format(&formatted_source, &formatted_again);
        FUZZ_REQUIRE(same(&formatted, &formatted_again));
        eml_source_free(&formatted_source);
    }
    eml_source_free(&source);
    eml_buf_free(&printed);
    eml_buf_free(&formatted);
    eml_buf_free(&printed_again);
    eml_buf_free(&formatted_again);
    return 0;
}
