#include <string.h>

#include "compiler/cli/cli.h"
#include "lang/ast.h"

/* Formats source into *out; EML_ERR_INPUT, after its diagnostics, when it does not parse. */
static eml_status format(const eml_cli_args *args, const eml_source *source, eml_buf *out) {
    eml_diags diags;
    eml_ast ast;
    eml_diags_init(&diags, source);
    eml_parse(source, &diags, &ast);
    bool parsed = diags.errors == 0;
    if (parsed)
        eml_format(source, out);
    else
        eml_cli_render(args, &diags);
    eml_ast_free(&ast);
    eml_diags_free(&diags);
    return parsed ? EML_OK : EML_ERR_INPUT;
}

/* One file. *changed is set when its canonical form is another. */
static eml_status format_file(const eml_cli_args *args, const char *path, bool *changed, eml_error *err) {
    eml_source source;
    EML_TRY(eml_source_read(path, &source, err));
    eml_buf text = {0};
    eml_status status = format(args, &source, &text);
    bool differs = status == EML_OK && (text.len != source.length || memcmp(text.data, source.text, text.len) != 0);
    bool check = eml_cli_has(args, EML_CLI_CHECK), filter = strcmp(path, "-") == 0;
    if (status == EML_OK && !check && (differs || filter)) status = eml_cli_write(path, text.data, text.len, err);
    if (status == EML_OK && check && differs) {
        eml_buf line = {0};
        eml_buf_printf(&line, "%s\n", path);
        status = eml_cli_print(&line, err);
        eml_buf_free(&line);
    }
    *changed |= differs;
    eml_buf_free(&text);
    eml_source_free(&source);
    return status;
}

int eml_cli_fmt(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status worst = eml_cli_check_diagnostics(args, &err);
    if (worst != EML_OK) return eml_cli_fail(args, worst, &err);
    bool changed = false;
    for (size_t i = 0; i < args->operand_count; i++) {
        err.text[0] = '\0';
        eml_status status = format_file(args, args->operands[i], &changed, &err);
        if (status != EML_OK && err.text[0] != '\0') eml_cli_fail(args, status, &err);
        if (status > worst) worst = status;
    }
    if (worst == EML_OK && changed && eml_cli_has(args, EML_CLI_CHECK)) worst = EML_ERR_NO;
    return (int)eml_answer_of(worst);
}
