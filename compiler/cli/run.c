#include "compiler/cli/cli.h"

static eml_answer run(const eml_cli_args *args, eml_session *session, eml_bytes *outputs, eml_error *err) {
    eml_status status = eml_cli_check_terminal(session, eml_cli_value(args, EML_CLI_OUTPUT), err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_answer answer = eml_session_run(session, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    return eml_session_outputs(session, style, outputs, err);
}

int eml_cli_run(const eml_cli_args *args) {
    eml_error err = {0};
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    eml_status status = eml_cli_check_writable(path, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_session *session;
    eml_answer answer = eml_cli_open_session(args, &session, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_bytes outputs = {0};
    answer = run(args, session, &outputs, &err);
    if (answer == EML_ANSWER_YES) answer = eml_answer_of(eml_cli_write(path, outputs.data, outputs.size, &err));
    eml_bytes_free(&outputs);
    eml_session_free(session);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
