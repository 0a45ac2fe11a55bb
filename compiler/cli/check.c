#include "compiler/cli/cli.h"

/* witness: whether to tell those. */
static void print_json(bool ok, const eml_compilation *compilation, bool witness, eml_buf *out) {
    eml_buf_printf(out, "{\"ok\": %s, \"diagnostics\": ", ok ? "true" : "false");
    eml_diags_render_json(&compilation->diags, out);
    while (out->len > 0 && out->data[out->len - 1] == '\n') out->len--;
    if (witness) {
        eml_buf_put_text(out, ", \"witness\": ");
        eml_compile_witness_json(compilation, out);
    }
    eml_buf_put_text(out, "}\n");
}

int eml_cli_check(const eml_cli_args *args) {
    eml_error err = {0};
    eml_compile_options options;
    eml_status status = eml_cli_compile_options(args, &options, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_compilation compilation = {0};
    eml_cli_progress_begin("reading");
    status = eml_compile_check(args->operands[0], &options, &compilation, &err);
    eml_cli_progress_end();
    eml_buf text = {0};
    if (status != EML_OK && err.text[0] != '\0')
        eml_cli_fail(args, status, &err);
    else
        eml_cli_render(args, &compilation.diags);
    bool verbose = eml_cli_has(args, EML_CLI_VERBOSE);
    if (verbose) eml_cli_progress_begin("witness rows");
    if (err.text[0] == '\0' && eml_cli_has(args, EML_CLI_JSON))
        print_json(status == EML_OK, &compilation, verbose && status == EML_OK, &text);
    if (status == EML_OK && text.len == 0) {
        eml_buf_printf(&text, "%s: ok\n", args->operands[0]);
        if (verbose) eml_compile_budget(&compilation, &text);
    }
    eml_cli_progress_end();
    eml_error print_err;
    eml_status printed = eml_cli_print(&text, &print_err);
    if (printed != EML_OK) eml_cli_fail(args, printed, &print_err);
    eml_buf_free(&text);
    eml_compilation_free(&compilation);
    return (int)eml_answer_of(status != EML_OK ? status : printed);
}
