#include <string.h>

#include "compiler/cli/cli.h"

static eml_status check(const eml_cli_args *args, eml_error *err) {
    if (eml_cli_has(args, EML_CLI_SECRET) == eml_cli_has(args, EML_CLI_PUBLIC))
        return eml_fail(err, EML_ERR_INPUT,
                        "one key encrypts: --secret KEY, when it is yours, so that decrypting can tell your "
                        "ciphertexts from those of "
                        "others, or --public KEY");
    if (eml_cli_has(args, EML_CLI_SECRET)) EML_TRY(eml_cli_check_key_path(args, err));
    EML_TRY(eml_cli_require_needed(args, err));
    if (args->counts[EML_CLI_INPUT] > 1)
        return eml_fail(err, EML_ERR_INPUT, "--input was given twice: one table holds the secret inputs");
    return eml_cli_check_writable(eml_cli_value(args, EML_CLI_OUTPUT), err);
}

static eml_answer encrypt_with(const eml_cli_args *args, const eml_session *session, const char *passphrase,
                               eml_bytes *ciphertext, eml_error *err) {
    eml_encrypt_request request = {.secret_key = {.path = eml_cli_value(args, EML_CLI_SECRET)},
                                   .passphrase = passphrase,
                                   .public_key = {.path = eml_cli_value(args, EML_CLI_PUBLIC)},
                                   .rows = {.path = eml_cli_value(args, EML_CLI_INPUT)},
                                   .allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA)};
    return eml_session_encrypt(session, &request, ciphertext, err);
}

static eml_answer encrypt(const eml_cli_args *args, eml_bytes *ciphertext, eml_error *err) {
    eml_session *session;
    eml_answer answer = eml_cli_load_bundle(args, &session, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_passphrase passphrase = {""};
    if (eml_cli_has(args, EML_CLI_SECRET)) answer = eml_cli_unlock(args, &passphrase, err);
    if (answer == EML_ANSWER_YES)
        answer = encrypt_with(args, session, passphrase.text[0] == '\0' ? NULL : passphrase.text, ciphertext, err);
    explicit_bzero(&passphrase, sizeof passphrase);
    eml_session_free(session);
    return answer;
}

static eml_status write_ciphertext(const eml_cli_args *args, const eml_bytes *ciphertext, eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_OUTPUT);
    EML_TRY(eml_cli_write(path, ciphertext->data, ciphertext->size, err));
    return eml_cli_is_stdout(path) ? EML_OK : eml_cli_print_inspection(args, ciphertext, err);
}

int eml_cli_encrypt(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_bytes ciphertext = {0};
    eml_answer answer = encrypt(args, &ciphertext, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    status = write_ciphertext(args, &ciphertext, &err);
    eml_bytes_free(&ciphertext);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
