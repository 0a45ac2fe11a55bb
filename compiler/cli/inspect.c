#include "compiler/cli/cli.h"

int eml_cli_inspect(const eml_cli_args *args) {
    eml_error err = {0};
    eml_bytes text;
    eml_file file = {.path = args->operands[0]};
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    bool values = eml_cli_has(args, EML_CLI_VALUES), recheck = eml_cli_has(args, EML_CLI_RECHECK);
    if (values && recheck) {
        eml_status usage = eml_fail_as(&err, EML_ERR_INPUT, EML_CODE_USAGE,
                                       "--values is for openings and --recheck for bundles: give one of them");
        return eml_cli_fail(args, usage, &err);
    }
    eml_answer answer = values    ? eml_opening_row(&file, style, &text, &err)
                        : recheck ? eml_recheck(&file, style, &text, &err)
                                  : eml_inspect(&file, style, &text, &err);
    bool told = answer == EML_ANSWER_YES || (recheck && answer == EML_ANSWER_NO);
    if (!told) return eml_cli_fail_answer(args, answer, &err);
    /* What is wrong is told with the name of the file, which may steer a terminal. */
    eml_buf said = {.data = text.data, .len = text.size};
    eml_status status = recheck ? eml_cli_print(&said, &err) : eml_cli_write(NULL, text.data, text.size, &err);
    eml_bytes_wipe(&text);
    return status == EML_OK ? (int)answer : eml_cli_fail(args, status, &err);
}
