#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

static eml_status check_trust(const eml_cli_args *args, eml_error *err) {
    static const eml_cli_option given[] = {EML_CLI_SENT, EML_CLI_PROOF, EML_CLI_PUBLIC_INPUT, EML_CLI_TRUST_SENDER};
    if (!eml_cli_has(args, EML_CLI_UNVERIFIED)) {
        if (eml_cli_has(args, EML_CLI_SENT) && eml_cli_has(args, EML_CLI_PROOF)) return EML_OK;
        return eml_fail(err, EML_ERR_INPUT,
                        "--%s FILE is missing: decrypting verifies first, because whoever made other outputs can take "
                        "the secret key from "
                        "what they decrypt to; --unverified decrypts without",
                        eml_cli_has(args, EML_CLI_SENT) ? "proof" : "sent");
    }
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (eml_cli_has(args, given[i]))
            return eml_fail(err, EML_ERR_INPUT, "--unverified does not look at --%s: leave one of them out",
                            eml_cli_options[given[i]].name);
    return EML_OK;
}

static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_require_needed(args, err));
    EML_TRY(eml_cli_check_key_path(args, err));
    if (args->counts[EML_CLI_INPUT] > 1)
        return eml_fail(err, EML_ERR_INPUT, "--input was given twice: one file holds the encrypted outputs");
    EML_TRY(check_trust(args, err));
    if (eml_cli_has(args, EML_CLI_JSON)) EML_TRY(eml_cli_require(args, EML_CLI_OUTPUT, err));
    return eml_cli_check_writable(eml_cli_value(args, EML_CLI_OUTPUT), err);
}

static eml_answer decrypt_with(const eml_cli_args *args, const eml_session *session, const char *passphrase,
                               eml_bytes *rows, eml_bytes *noise, eml_error *err) {
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    eml_decrypt_request request = {.secret_key = {.path = eml_cli_value(args, EML_CLI_SECRET)},
                                   .passphrase = passphrase,
                                   .ciphertext = {.path = eml_cli_value(args, EML_CLI_INPUT)},
                                   .sent = {.path = eml_cli_value(args, EML_CLI_SENT)},
                                   .public_input = {.path = eml_cli_value(args, EML_CLI_PUBLIC_INPUT)},
                                   .allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA),
                                   .proof = {.path = eml_cli_value(args, EML_CLI_PROOF)},
                                   .trust = eml_cli_has(args, EML_CLI_UNVERIFIED)     ? EML_TRUST_EVERYONE
                                            : eml_cli_has(args, EML_CLI_TRUST_SENDER) ? EML_TRUST_SENDER
                                                                                      : EML_TRUST_PROOF,
                                   .exact = eml_cli_has(args, EML_CLI_EXACT),
                                   .style = style,
                                   .noise_style = style};
    return eml_session_decrypt(session, &request, rows, noise, err);
}

static eml_answer decrypt(const eml_cli_args *args, eml_bytes *rows, eml_bytes *noise, eml_error *err) {
    eml_session *session;
    eml_answer answer = eml_cli_load_bundle(args, &session, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_passphrase passphrase = {""};
    answer = eml_cli_unlock(args, &passphrase, err);
    if (answer == EML_ANSWER_YES)
        answer = decrypt_with(args, session, passphrase.text[0] == '\0' ? NULL : passphrase.text, rows, noise, err);
    explicit_bzero(&passphrase, sizeof passphrase);
    eml_session_free(session);
    return answer;
}

/* What the caller has chosen to believe. */
static void warn(const eml_cli_args *args) {
    eml_error note = {0};
    if (eml_cli_has(args, EML_CLI_UNVERIFIED))
        eml_fail(&note, EML_OK,
                 "note: nothing was verified; if somebody else made these ciphertexts, they can take your secret key "
                 "from the predictions: "
                 "show them to nobody");
    else if (eml_cli_has(args, EML_CLI_TRUST_SENDER))
        eml_fail(&note, EML_OK,
                 "note: whoever made the ciphertexts that were sent can take your secret key from the predictions; "
                 "that they follow from "
                 "those ciphertexts was verified");
    if (note.text[0] != '\0') eml_cli_say(args->command->name, &note);
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
    warn(args);
    status = write_results(args, &rows, &noise, &err);
    eml_bytes_wipe(&rows);
    eml_bytes_wipe(&noise);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
