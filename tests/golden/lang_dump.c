/* lang_dump (tokens|ast|err|json|fmt) FILE: one dump of the front end, for the golden tests. The path in messages is
 * the file's last component, so that they do not depend on where the tree is. */
#include <stdio.h>
#include <string.h>

#include "lang/ast.h"

static void dump(const char *kind, const eml_source *source, eml_buf *out) {
    static eml_diags diags;
    eml_ast ast;
    eml_diags_init(&diags, source);
    eml_parse(source, &diags, &ast);
    if (strcmp(kind, "tokens") == 0) eml_tokens_print(source, out);
    if (strcmp(kind, "ast") == 0) eml_ast_print(&ast, out);
    if (strcmp(kind, "err") == 0) eml_diags_render(&diags, false, out);
    if (strcmp(kind, "json") == 0) eml_diags_render_json(&diags, out);
    if (strcmp(kind, "fmt") == 0) eml_format(source, out);
    eml_ast_free(&ast);
    eml_diags_free(&diags);
}

int main(int argc, char **argv) {
    eml_source read, source;
    eml_error err;
    if (argc != 3) return 2;
    if (eml_source_read(argv[2], &read, &err) != EML_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 2;
    }
    const char *slash = strrchr(argv[2], '/');
    eml_source_from_text(slash == NULL ? argv[2] : slash + 1, read.text, read.length, &source);
    eml_buf out = {0};
    dump(argv[1], &source, &out);
    fwrite(out.data, 1, out.len, stdout);
    eml_buf_free(&out);
    eml_source_free(&source);
    eml_source_free(&read);
    return 0;
}
