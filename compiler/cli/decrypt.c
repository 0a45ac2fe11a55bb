#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_require(args, EML_CLI_SECRET, err));
    EML_TRY(eml_cli_require(args, EML_CLI_INPUT, err));
    if (eml_cli_is_stdout(eml_cli_value(args, EML_CLI_SECRET)))
        return eml_fail(err, EML_ERR_INPUT, "--secret names a file: keys are not read from standard input");
    if (args->counts[EML_CLI_INPUT] > 1)
        return eml_fail(err, EML_ERR_INPUT, "--input was given twice: one file holds the encrypted outputs");
    if (eml_cli_has(args, EML_CLI_JSON)) EML_TRY(eml_cli_require(args, EML_CLI_OUTPUT, err));
    return eml_cli_check_writable(eml_cli_value(args, EML_CLI_OUTPUT), err);
}

static eml_answer read_passphrase(const eml_cli_args *args, const eml_file *key, eml_passphrase *out, eml_error *err) {
    bool locked = false;
    eml_answer answer = eml_key_locked(key, &locked, err);
    if (answer != EML_ANSWER_YES || !locked) return answer;
    return eml_answer_of(eml_cli_read_passphrase(args, false, out, err));
}

static eml_answer decrypt(const eml_cli_args *args, eml_bytes *rows, eml_bytes *noise, eml_error *err) {
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    eml_decrypt_request request = {.secret_key = {.path = eml_cli_value(args, EML_CLI_SECRET)},
                                   .ciphertext = {.path = eml_cli_value(args, EML_CLI_INPUT)},
                                   .style = style,
                                   .noise_style = style};
    eml_session *session;
    eml_answer answer = eml_cli_load_bundle(args, &session, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_passphrase passphrase = {""};
    answer = read_passphrase(args, &request.secret_key, &passphrase, err);
    request.passphrase = passphrase.text[0] == '\0' ? NULL : passphrase.text;
    if (answer == EML_ANSWER_YES) answer = eml_session_decrypt(session, &request, rows, noise, err);
    explicit_bzero(&passphrase, sizeof passphrase);
    eml_session_free(session);
    return answer;
}

/* Rows for nobody but the caller (mode 0600); the noise, which is for the key's owner too, only when asked for. */
static eml_status write_results(const eml_cli_args *args, const eml_bytes *rows, const eml_bytes *noise,
                                eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    EML_TRY(eml_file_write(path == NULL ? "-" : path, rows->data, rows->size, EML_FILE_SECRET, err));
    if (eml_cli_has(args, EML_CLI_JSON) && !eml_cli_is_stdout(path))
        return eml_cli_write(NULL, noise->data, noise->size, err);
    if (eml_cli_has(args, EML_CLI_VERBOSE)) fwrite(noise->data, 1, noise->size, stderr);
    return EML_OK;
}

int eml_cli_decrypt(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_bytes rows = {0}, noise = {0};
    eml_answer answer = decrypt(args, &rows, &noise, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    status = write_results(args, &rows, &noise, &err);
    eml_bytes_wipe(&rows);
    eml_bytes_wipe(&noise);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
