#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

int eml_cli_disasm(const eml_cli_args *args) {
    eml_error err = {0};
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    eml_status status = eml_cli_check_writable(path, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_session *session;
    eml_answer answer = eml_cli_open_session(args, &session, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_bytes text;
    answer = eml_session_disassemble(session, &text, &err);
    if (answer == EML_ANSWER_YES) {
        eml_file_access access = eml_session_hidden(session) ? EML_FILE_SECRET : EML_FILE_ORDINARY;
        answer = eml_answer_of(eml_file_write(path == NULL ? "-" : path, text.data, text.size, access, &err));
        eml_bytes_wipe(&text);
    }
    eml_session_free(session);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
