#include "compiler/cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/base/memory.h"
#include "runtime/text/csv.h"
#include "runtime/text/text.h"

void eml_cli_say(const char *command, const eml_error *err) {
    eml_buf text = {0};
    eml_diag_put_shown(err->text, &text);
    fprintf(stderr, "eml%s%s: %.*s\n", command == NULL ? "" : " ", command == NULL ? "" : command, (int)text.len,
            (const char *)text.data);
    eml_buf_free(&text);
}

int eml_cli_fail(const eml_cli_args *args, eml_status status, const eml_error *err) {
    eml_cli_say(args->command->name, err);
    return (int)eml_answer_of(status);
}

int eml_cli_fail_answer(const eml_cli_args *args, eml_answer answer, const eml_error *err) {
    eml_cli_say(args->command->name, err);
    return (int)answer;
}

static eml_status require(const eml_cli_args *args, uint64_t options, eml_error *err) {
    eml_buf missing = {0};
    size_t count = 0;
    for (size_t i = 0; i < EML_CLI_OPTION_COUNT; i++)
        if ((options >> i & 1) != 0 && !eml_cli_has(args, (eml_cli_option)i))
            eml_buf_printf(&missing, "%s--%s %s", count++ == 0 ? "" : ", ", eml_cli_options[i].name,
                           eml_cli_options[i].argument);
    eml_status status = EML_OK;
    if (count > 0)
        status = eml_fail(err, EML_ERR_INPUT, "%.*s %s missing; eml %s --help shows an example", (int)missing.len,
                          (const char *)missing.data, count == 1 ? "is" : "are", args->command->name);
    eml_buf_free(&missing);
    return status;
}

eml_status eml_cli_require_needed(const eml_cli_args *args, eml_error *err) {
    return require(args, args->command->needed, err);
}

eml_status eml_cli_require(const eml_cli_args *args, eml_cli_option option, eml_error *err) {
    return require(args, UINT64_C(1) << option, err);
}

eml_status eml_cli_write(const char *path, const void *bytes, size_t count, eml_error *err) {
    return eml_file_write(path == NULL ? "-" : path, bytes, count, EML_FILE_ORDINARY, err);
}

/* ----- A session's outputs */

/* What the session's call writes through. */
typedef struct passage {
    const eml_sink *sink;
    eml_error *err;
    bool shown; /* on a terminal, which a text that is kept of a table must not steer */
} passage;

/* With U+FFFD for what does not show. Allocates nothing: it runs within a call of the library. */
static bool pass_shown(const passage *to, const char *text, size_t count) {
    enum { ROOM = 4096, SEQUENCE = 4 };
    static const char replacement[] = "\xef\xbf\xbd";
    char shown[ROOM];
    size_t used = 0;
    for (size_t at = 0; at < count;) {
        size_t step = eml_utf8_decode(text + at, count - at, NULL);
        bool shows = step > 0 && eml_text_is_printable(text + at, step, true);
        size_t length = shows ? step : sizeof replacement - 1;
        memcpy(shown + used, shows ? text + at : replacement, length);
        used += length;
        at += step == 0 ? 1 : step;
        if (used + SEQUENCE <= ROOM && at < count) continue;
        if (to->sink->write(to->sink->context, shown, used, to->err) != EML_OK) return false;
        used = 0;
    }
    return true;
}

static bool pass_on(void *context, const void *bytes, size_t count) {
    const passage *to = context;
    if (to->shown) return pass_shown(to, bytes, count);
    return to->sink->write(to->sink->context, bytes, count, to->err) == EML_OK;
}

static eml_status produce_outputs(void *context, const eml_sink *sink, eml_error *err) {
    eml_cli_outputs *outputs = context;
    passage to = {sink, NULL, outputs->shown};
    outputs->answer = eml_session_write_outputs(outputs->session, outputs->style, pass_on, &to, err);
    return outputs->answer == EML_ANSWER_YES ? EML_OK : EML_ERR_INPUT;
}

eml_file_content eml_cli_outputs_file(eml_cli_outputs *outputs, const char *path) {
    outputs->shown = eml_cli_is_stdout(path) && isatty(STDOUT_FILENO) == 1;
    return (eml_file_content){.path = path == NULL ? "-" : path, .produce = produce_outputs, .context = outputs};
}

eml_answer eml_cli_outputs_answer(const eml_cli_outputs *outputs, eml_status written) {
    return written != EML_OK && outputs->answer != EML_ANSWER_YES ? outputs->answer : eml_answer_of(written);
}

/* ----- Text */

/* Line by line: the lines are ours, what is in them may be a file's name. */
static void put_shown_lines(const eml_buf *text, eml_buf *out) {
    eml_buf line = {0};
    for (size_t at = 0; at < text->len; at++) {
        if (text->data[at] != '\n') {
            eml_buf_put_u8(&line, text->data[at]);
            continue;
        }
        eml_buf_put_u8(&line, 0);
        eml_diag_put_shown((const char *)line.data, out);
        eml_buf_put_u8(out, '\n');
        line.len = 0;
    }
    eml_buf_free(&line);
}

eml_status eml_cli_print(const eml_buf *text, eml_error *err) {
    if (isatty(STDOUT_FILENO) != 1) return eml_cli_write(NULL, text->data, text->len, err);
    eml_buf shown = {0};
    put_shown_lines(text, &shown);
    eml_status status = eml_cli_write(NULL, shown.data, shown.len, err);
    eml_buf_free(&shown);
    return status;
}

void eml_cli_print_aside(const eml_buf *text) {
    eml_buf shown = {0};
    put_shown_lines(text, &shown);
    fwrite(shown.data, 1, shown.len, stderr);
    eml_buf_free(&shown);
}

eml_status eml_cli_set_threads(const eml_cli_args *args, eml_error *err) {
    long threads;
    EML_TRY(eml_cli_number(args, EML_CLI_THREADS, 1, 1024, 0, &threads, err));
    if (threads > 0) eml_set_threads((unsigned)threads);
    return EML_OK;
}

static bool wants_json_diagnostics(const eml_cli_args *args) {
    const char *how = eml_cli_value(args, EML_CLI_DIAGNOSTICS);
    return how != NULL && strcmp(how, "json") == 0;
}

eml_status eml_cli_check_diagnostics(const eml_cli_args *args, eml_error *err) {
    const char *how = eml_cli_value(args, EML_CLI_DIAGNOSTICS);
    if (how == NULL || strcmp(how, "json") == 0 || strcmp(how, "text") == 0) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "--diagnostics takes text or json, not \"%s\"", how);
}

void eml_cli_render(const eml_cli_args *args, const eml_diags *diags) {
    eml_buf text = {0};
    if (wants_json_diagnostics(args)) {
        eml_diags_render_json(diags, &text);
    } else if (diags->count > 0) {
        eml_diags_render(diags, isatty(STDERR_FILENO) == 1, &text);
    }
    fwrite(text.data, 1, text.len, stderr);
    eml_buf_free(&text);
}

bool eml_cli_is_stdout(const char *path) { return path == NULL || strcmp(path, "-") == 0; }

eml_status eml_cli_check_terminal(const eml_session *session, const char *path, eml_error *err) {
    if (!eml_session_encrypted(session) || !eml_cli_is_stdout(path) || isatty(STDOUT_FILENO) != 1) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "--output FILE is missing: the outputs are ciphertexts, nothing to look at");
}

eml_status eml_cli_print_inspection(const eml_cli_args *args, const eml_bytes *file, eml_error *err) {
    eml_style style = eml_cli_has(args, EML_CLI_JSON) ? EML_STYLE_JSON : EML_STYLE_TEXT;
    eml_bytes text;
    eml_answer answer = eml_inspect(&(eml_file){"the new file", file->data, file->size}, style, &text, err);
    if (answer != EML_ANSWER_YES) return EML_ERR_INTERNAL;
    eml_status status = eml_cli_write(NULL, text.data, text.size, err);
    eml_bytes_free(&text);
    return status;
}

eml_status eml_cli_check_writable(const char *path, eml_error *err) {
    return eml_file_check_writable(path == NULL ? "-" : path, EML_FILE_ORDINARY, err);
}

eml_status eml_cli_bundle_path(const eml_cli_args *args, char **out, eml_error *err) {
    const char *given = eml_cli_value(args, EML_CLI_OUTPUT), *source = args->operands[0];
    if (given == NULL && strcmp(source, "-") == 0)
        return eml_fail(err, EML_ERR_INPUT, "--output FILE is missing: standard input has no name to derive one from");
    char *path = given == NULL ? eml_cli_default_output(args) : eml_copy_text(given, strlen(given));
    bool again = eml_cli_has(args, EML_CLI_SALT) || args->command == &eml_cli_commands[EML_CLI_COMMAND_asm];
    eml_status status = eml_file_check_writable(path, again ? EML_FILE_OWNERS : EML_FILE_ORDINARY, err);
    if (status == EML_OK)
        *out = path;
    else
        eml_free(path);
    return status;
}

eml_status eml_cli_compile_options(const eml_cli_args *args, eml_compile_options *out, eml_error *err) {
    long delta, sponges;
    EML_TRY(eml_cli_check_diagnostics(args, err));
    EML_TRY(eml_cli_number(args, EML_CLI_DELTA, 0, 127, -1, &delta, err));
    EML_TRY(eml_cli_number(args, EML_CLI_SPONGES, 1, EML_SPONGES_MAX, 0, &sponges, err));
    if (sponges == 3) return eml_fail(err, EML_ERR_INPUT, "--sponges takes 1, 2 or 4");
    *out = (eml_compile_options){.delta_bits = (int)delta, .sponges = (uint32_t)sponges, .watch = eml_cli_progress};
    return EML_OK;
}

bool eml_cli_is_hex(const char *text) { return text[strspn(text, "0123456789abcdefABCDEF")] == '\0'; }

eml_status eml_cli_check_commitment(const eml_cli_args *args, eml_error *err) {
    const char *given = eml_cli_value(args, EML_CLI_ISSUED_COMMITMENT);
    if (given == NULL || (strlen(given) == EML_RESCUE_DIGEST_HEX && eml_cli_is_hex(given))) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                       "--issued-commitment takes %d hexadecimal digits, as eml commit prints them, not \"%s\"",
                       EML_RESCUE_DIGEST_HEX, given);
}

void eml_cli_explain_source(const char *path, eml_error *err) {
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".eml") == 0)
        eml_fail(err, EML_ERR_INPUT, "%s: a bundle is needed here; eml compile makes one of a model", path);
}

eml_answer eml_cli_load_bundle(const eml_cli_args *args, eml_session **out, eml_error *err) {
    eml_answer answer = eml_session_load(&(eml_file){.path = args->operands[0]}, out, err);
    if (answer == EML_ANSWER_INPUT) eml_cli_explain_source(args->operands[0], err);
    return answer;
}

void eml_cli_note_numbered(bool numbered) {
    if (numbered) fprintf(stderr, "eml: note: a first column without a name, which numbers the rows, was skipped\n");
}

static eml_answer add_opening(const eml_cli_args *args, eml_session *session, eml_error *err) {
    const char *path = eml_cli_value(args, EML_CLI_OPENING);
    if (eml_session_committed(session) == 0)
        return eml_answer_of(eml_fail(err, EML_ERR_INPUT, "--opening %s: the program has no committed inputs", path));
    bool had_one = eml_session_commitment(session) != NULL;
    eml_answer answer = eml_session_add_input(session, &(eml_file){.path = path}, false, err);
    if (answer != EML_ANSWER_YES || (!had_one && eml_session_commitment(session) != NULL)) return answer;
    return eml_answer_of(eml_fail(err, EML_ERR_INPUT, "--opening %s: this is no opening; eml commit makes one", path));
}

/* Names between commas, as a CSV header has them: those with commas in quotes. text is written to. */
static eml_status split_names(char *text, eml_csv *csv, eml_error *err) {
    bool more;
    eml_csv_open(csv, &eml_csv_table, text, strlen(text));
    EML_TRY(eml_csv_next(csv, SIZE_MAX, &more, err));
    if (csv->at == csv->end) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "a name with a line end stands in quotes");
}

/* What --keep names, in order; owned, with the names. */
static eml_status read_kept(const eml_cli_args *args, char ***names, size_t *count, eml_error *err) {
    size_t capacity = 0;
    eml_status status = EML_OK;
    for (size_t i = 0; i < args->counts[EML_CLI_KEEP] && status == EML_OK; i++) {
        const char *value = args->values[EML_CLI_KEEP][i];
        char *text = eml_copy_text(value, strlen(value));
        eml_csv csv;
        status = split_names(text, &csv, err);
        if (status != EML_OK) eml_error_prefix(err, "--keep %s", value);
        *names = eml_grow(*names, &capacity, *count + csv.count + 1, sizeof **names);
        for (size_t f = 0; f < csv.count && status == EML_OK; f++)
            (*names)[(*count)++] = eml_copy_text(csv.fields[f].text, csv.fields[f].length);
        if (status == EML_OK && csv.count == 0) (*names)[(*count)++] = eml_copy_text("", 0);
        eml_csv_close(&csv);
        eml_free(text);
    }
    return status;
}

static eml_answer keep(const eml_cli_args *args, eml_session *session, eml_error *err) {
    char **names = NULL;
    size_t count = 0;
    eml_status status = read_kept(args, &names, &count, err);
    eml_answer answer =
        status == EML_OK ? eml_session_keep(session, (const char *const *)names, count, err) : eml_answer_of(status);
    for (size_t k = 0; k < count; k++) eml_free(names[k]);
    eml_free(names);
    return answer;
}

eml_answer eml_cli_open_session(const eml_cli_args *args, eml_session **out, eml_error *err) {
    eml_session *session;
    eml_answer answer = eml_cli_load_bundle(args, &session, err);
    if (answer != EML_ANSWER_YES) return answer;
    bool allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA);
    if (eml_cli_has(args, EML_CLI_KEEP)) answer = keep(args, session, err);
    for (size_t i = 0; i < args->counts[EML_CLI_INPUT] && answer == EML_ANSWER_YES; i++)
        answer = eml_session_add_input(session, &(eml_file){.path = args->values[EML_CLI_INPUT][i]}, allow_extra, err);
    if (answer == EML_ANSWER_YES && eml_cli_has(args, EML_CLI_OPENING)) answer = add_opening(args, session, err);
    if (answer == EML_ANSWER_YES) {
        eml_cli_note_numbered(eml_session_numbered(session));
        *out = session;
    } else {
        eml_session_free(session);
    }
    return answer;
}
