#include "compiler/cli/cli.h"

int eml_cli_test(const eml_cli_args *args) {
    eml_error err = {0};
    eml_compile_options options;
    eml_status status = eml_cli_set_threads(args, &err);
    if (status == EML_OK) status = eml_cli_compile_options(args, &options, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_compilation compilation = {0};
    status = eml_compile(args->operands[0], &options, &compilation, &err);
    eml_cli_render(args, &compilation.diags);
    eml_buf report = {0};
    if (status == EML_OK) {
        status = eml_compile_test(&compilation, eml_cli_has(args, EML_CLI_PROVE), eml_cli_has(args, EML_CLI_JSON),
                                  &report, &err);
        eml_error print_err;
        eml_status printed = eml_cli_print(&report, &print_err);
        if (printed != EML_OK) status = printed, err = print_err;
    }
    if (status != EML_OK && err.text[0] != '\0') eml_cli_fail(args, status, &err);
    eml_buf_free(&report);
    eml_compilation_free(&compilation);
    return eml_status_exit(status);
}
