/* Where passphrases come from: --passphrase-file, EML_PASSPHRASE, or the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

static const char variable[] = "EML_PASSPHRASE";

static const char *from_environment(void) {
    const char *value = getenv(variable);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

bool eml_cli_gives_passphrase(const eml_cli_args *args) {
    return eml_cli_has(args, EML_CLI_PASSPHRASE) || eml_cli_has(args, EML_CLI_PASSPHRASE_FILE) ||
           from_environment() != NULL;
}

static eml_status take(const char *text, size_t length, eml_passphrase *out, eml_error *err) {
    if (length == 0) return eml_fail(err, EML_ERR_INPUT, "the passphrase is empty");
    if (length > EML_PASSPHRASE_MAX)
        return eml_fail(err, EML_ERR_INPUT, "the passphrase is longer than %d bytes", EML_PASSPHRASE_MAX);
    if (memchr(text, '\0', length) != NULL) return eml_fail(err, EML_ERR_INPUT, "the passphrase holds a zero byte");
    memcpy(out->text, text, length);
    out->text[length] = '\0';
    return EML_OK;
}

/* The file's first line. */
static eml_status from_file(const char *path, eml_passphrase *out, eml_error *err) {
    enum { FILE_MAX = 4096 };
    eml_buf file = {0};
    eml_status status = eml_file_read(path, FILE_MAX, &file, err);
    if (status == EML_OK) {
        const char *text = (const char *)file.data;
        size_t length = 0;
        while (length < file.len && text[length] != '\n' && text[length] != '\r') length++;
        status = take(text, length, out, err);
        if (status != EML_OK) eml_error_prefix(err, "%s", path);
    }
    if (file.data != NULL) explicit_bzero(file.data, file.len);
    eml_buf_free(&file);
    return status;
}

/* One line from the terminal, which does not show it. */
static eml_status ask(int terminal, const char *prompt, eml_passphrase *out, eml_error *err) {
    struct termios shown, hidden;
    if (tcgetattr(terminal, &shown) != 0) return eml_fail(err, EML_ERR_IO, "the terminal cannot be read");
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    dprintf(terminal, "%s: ", prompt);
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    char line[EML_PASSPHRASE_MAX + 2];
    ssize_t got;
    do got = read(terminal, line, sizeof line);
    while (got < 0 && errno == EINTR);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    dprintf(terminal, "\n");
    if (got < 0) return eml_fail(err, EML_ERR_IO, "the terminal cannot be read: %s", strerror(errno));
    size_t length = (size_t)got;
    if (length > 0 && line[length - 1] == '\n') length--;
    eml_status status = take(line, length, out, err);
    explicit_bzero(line, sizeof line);
    return status;
}

static eml_status ask_twice(int terminal, eml_passphrase *out, eml_error *err) {
    eml_passphrase again = {""};
    EML_TRY(ask(terminal, "Passphrase for the secret key", out, err));
    eml_status status = ask(terminal, "The same again", &again, err);
    if (status == EML_OK && strcmp(out->text, again.text) != 0)
        status = eml_fail(err, EML_ERR_INPUT, "the two passphrases differ");
    explicit_bzero(&again, sizeof again);
    return status;
}

static eml_status from_terminal(bool is_new, eml_passphrase *out, eml_error *err) {
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return eml_fail(err, EML_ERR_INPUT,
                        "a passphrase is needed and there is no terminal to ask; give --passphrase-file FILE or %s",
                        variable);
    eml_status status =
        is_new ? ask_twice(terminal, out, err) : ask(terminal, "Passphrase of the secret key", out, err);
    close(terminal);
    return status;
}

eml_status eml_cli_read_passphrase(const eml_cli_args *args, bool is_new, eml_passphrase *out, eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_PASSPHRASE_FILE), *value = from_environment();
    if (path != NULL) return from_file(path, out, err);
    if (value != NULL) return take(value, strlen(value), out, err);
    return from_terminal(is_new, out, err);
}

eml_status eml_cli_check_key_path(const eml_cli_args *args, eml_error *err) {
    if (!eml_cli_is_stdout(eml_cli_value(args, EML_CLI_SECRET))) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "--secret names a file: keys are not read from standard input");
}

eml_answer eml_cli_unlock(const eml_cli_args *args, eml_passphrase *out, eml_error *err) {
    bool locked = false;
    eml_answer answer = eml_key_locked(&(eml_file){.path = eml_cli_value(args, EML_CLI_SECRET)}, &locked, err);
    if (answer != EML_ANSWER_YES || !locked) return answer;
    return eml_answer_of(eml_cli_read_passphrase(args, false, out, err));
}
