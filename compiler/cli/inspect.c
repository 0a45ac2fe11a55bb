#include "compiler/cli/cli.h"

int eml_cli_inspect(const eml_cli_args *args) {
    eml_error err = {0};
    eml_bytes text;
    eml_file file = {.path = args->operands[0]};
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    bool values = eml_cli_has(args, EML_CLI_VALUES);
    eml_answer answer = values ? eml_opening_row(&file, style, &text, &err) : eml_inspect(&file, style, &text, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_status status = eml_cli_write(NULL, text.data, text.size, &err);
    eml_bytes_wipe(&text);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
