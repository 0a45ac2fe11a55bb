#include "compiler/cli/cli.h"

int eml_cli_inspect(const eml_cli_args *args) {
    eml_error err = {0};
    eml_bytes text;
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    eml_answer answer = eml_inspect(&(eml_file){.path = args->operands[0]}, style, &text, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_status status = eml_cli_write(NULL, text.data, text.size, &err);
    eml_bytes_free(&text);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
