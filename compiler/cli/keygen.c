#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_require_needed(args, err));
    const char *secret = eml_cli_value(args, EML_CLI_SECRET), *public = eml_cli_value(args, EML_CLI_PUBLIC);
    if (eml_cli_is_stdout(secret))
        return eml_fail(err, EML_ERR_INPUT, "--secret names a file: keys are not written to standard output");
    EML_TRY(eml_file_check_writable(secret, EML_FILE_NEW_SECRET, err));
    return eml_cli_check_writable(public, err);
}

/* The public file last: where it is, its secret key is too. */
static eml_status write_pair(const eml_cli_args *args, const eml_bytes *secret, const eml_bytes *public,
                             eml_error *err) {
    const char *public_path = eml_cli_value(args, EML_CLI_PUBLIC);
    eml_file_content files[] = {
        {.path = eml_cli_value(args, EML_CLI_SECRET),
         .bytes = secret->data,
         .count = secret->size,
         .access = EML_FILE_NEW_SECRET},
        {.path = public_path, .bytes = public->data, .count = public->size, .access = EML_FILE_ORDINARY},
    };
    EML_TRY(eml_files_write(files, 2, err));
    return eml_cli_is_stdout(public_path) ? EML_OK : eml_cli_print_inspection(args, public, err);
}

int eml_cli_keygen(const eml_cli_args *args) {
    eml_error err = {0};
    eml_passphrase passphrase = {""};
    bool locked = eml_cli_gives_passphrase(args);
    eml_status status = check(args, &err);
    if (status == EML_OK && locked) status = eml_cli_read_passphrase(args, true, &passphrase, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_bytes secret = {0}, public = {0};
    eml_answer answer = eml_keygen(locked ? passphrase.text : NULL, &secret, &public, &err);
    explicit_bzero(&passphrase, sizeof passphrase);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    status = write_pair(args, &secret, &public, &err);
    eml_bytes_wipe(&secret);
    eml_bytes_free(&public);
    return status == EML_OK ? 0 : eml_cli_fail(args, status, &err);
}
