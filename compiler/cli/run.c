#include "compiler/cli/cli.h"

static eml_answer run(const eml_cli_args *args, eml_session *session, eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    eml_status status = eml_cli_check_terminal(session, path, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_answer answer = eml_session_run(session, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_cli_outputs outputs = {.session = session,
                               .style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT};
    eml_file_content file = eml_cli_outputs_file(&outputs, path);
    return eml_cli_outputs_answer(&outputs, eml_files_write(&file, 1, err));
}

int eml_cli_run(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = eml_cli_check_writable(eml_cli_value(args, EML_CLI_OUTPUT), &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_session *session;
    eml_answer answer = eml_cli_open_session(args, &session, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    answer = run(args, session, &err);
    eml_session_free(session);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
