#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/memory.h"
#include "runtime/text/text.h"

/* --program is a hash when it looks like one, else the name of a bundle. */
static bool is_hash(const char *text) { return strlen(text) == EML_PROGRAM_HASH_HEX && eml_cli_is_hex(text); }

static void take_hex(const char *text, char out[EML_PROGRAM_HASH_HEX + 1]) {
    for (size_t i = 0; i < EML_PROGRAM_HASH_HEX; i++) out[i] = (char)tolower((unsigned char)text[i]);
    out[EML_PROGRAM_HASH_HEX] = '\0';
}

static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_set_threads(args, err));
    EML_TRY(eml_cli_require_needed(args, err));
    EML_TRY(eml_cli_check_commitment(args, err));
    if (!eml_cli_has(args, EML_CLI_BUNDLE) || is_hash(eml_cli_value(args, EML_CLI_PROGRAM))) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "--program names a bundle, so --bundle is one too many");
}

static void print_json(const eml_verdict *verdict, eml_buf *out) {
    eml_buf_printf(out, "{\"accepted\": %s, \"reason\": \"%s\", \"sentence\": ", verdict->accepted ? "true" : "false",
                   verdict->reason);
    eml_text_put_json(verdict->sentence, out);
    eml_buf_printf(out, ", \"program_hash\": \"%s\"", verdict->program_hash);
    if (verdict->commitment[0] != '\0') eml_buf_printf(out, ", \"commitment\": \"%s\"", verdict->commitment);
    if (verdict->accepted)
        eml_buf_printf(out,
                       ", \"rows\": %llu, \"preset\": \"%s\", \"proven_bits\": %u, \"proof_of_work_bits\": %u, "
                       "\"conjectured_bits\": %u, \"zero_knowledge\": %s, \"results\": \"%s\", "
                       "\"uncovered_columns\": %llu",
                       (unsigned long long)verdict->rows, verdict->preset, verdict->proven_bits,
                       verdict->proof_of_work_bits, verdict->conjectured_bits,
                       verdict->zero_knowledge ? "true" : "false", verdict->results,
                       (unsigned long long)verdict->uncovered_columns);
    eml_buf_put_text(out, "}\n");
}

static void print_text(const eml_verdict *verdict, eml_buf *out) {
    if (verdict->accepted)
        eml_buf_printf(
            out, "verified: program %s, %llu row%s, preset %s, %u bits proven (%u of them proof of work), %s%s%s\n",
            verdict->program_hash, (unsigned long long)verdict->rows, verdict->rows == 1 ? "" : "s", verdict->preset,
            verdict->proven_bits, verdict->proof_of_work_bits,
            verdict->zero_knowledge ? "zero-knowledge" : "transparent", verdict->weakness != NULL ? ": " : "",
            verdict->weakness != NULL ? verdict->weakness : "");
    else
        eml_buf_printf(out, "refused (%s): %s\n", verdict->reason, verdict->sentence);
    if (verdict->accepted && verdict->commitment[0] != '\0')
        eml_buf_printf(out, "about the data behind commitment %s, for which its issuer vouches\n", verdict->commitment);
    if (verdict->accepted && strcmp(verdict->results, "absent") == 0)
        eml_buf_put_text(out, "the table of outputs has not all of the model's results, so those were not compared\n");
    if (verdict->accepted && verdict->uncovered_columns > 0)
        eml_buf_printf(out, "the tables have %llu column%s that the proof says nothing of\n",
                       (unsigned long long)verdict->uncovered_columns, verdict->uncovered_columns == 1 ? "" : "s");
}

/* With the bundle at hand, where the outputs are not what the program gives: appended to the refusal's sentence, unless
 * it says so already. What cannot be read again, or run, is left as it was said. */
static void locate(const eml_verify_request *request, eml_verdict *verdict) {
    eml_session *session = NULL;
    eml_error err = {0};
    if (request->bundle.path == NULL || eml_session_load(&request->bundle, &session, NULL) != EML_ANSWER_YES) return;
    eml_answer answer = eml_session_encrypted(session) ? EML_ANSWER_INPUT : EML_ANSWER_YES;
    for (size_t i = 0; i < request->input_count && answer == EML_ANSWER_YES; i++)
        answer = eml_session_add_input(session, &request->inputs[i], request->allow_extra, NULL);
    if (answer == EML_ANSWER_YES) answer = eml_session_run(session, NULL);
    if (answer == EML_ANSWER_YES) answer = eml_session_compare(session, &request->outputs, &err);
    eml_session_free(session);
    size_t used = strlen(verdict->sentence);
    if (answer == EML_ANSWER_NO && strstr(verdict->sentence, eml_error_text(&err)) == NULL)
        snprintf(verdict->sentence + used, sizeof verdict->sentence - used, "; %s", eml_error_text(&err));
}

/* The two numbers of 64 digits are easily taken for each other. */
static void tell_swapped(const eml_verify_request *request, eml_verdict *verdict) {
    size_t used = strlen(verdict->sentence);
    if (request->commitment != NULL && strstr(verdict->sentence, request->commitment) != NULL)
        snprintf(verdict->sentence + used, sizeof verdict->sentence - used,
                 ", which you gave as --issued-commitment: the two are swapped");
}

/* What is wrong with --program, when it is that: err says so of its path. */
static void explain_program(const char *program, eml_error *err) {
    size_t length = strlen(program), used = strlen(err->text);
    if (is_hash(program) || strncmp(err->text, program, length) != 0 || err->text[length] != ':') return;
    eml_cli_explain_source(program, err);
    if (err->code == EML_CODE_FILE)
        snprintf(err->text + used, sizeof err->text - used,
                 "; nor is it a program hash, which has %d hexadecimal digits", EML_PROGRAM_HASH_HEX);
}

static eml_answer verify(const eml_cli_args *args, eml_verdict *verdict, eml_error *err) {
    const char *program = eml_cli_value(args, EML_CLI_PROGRAM), *bundle = eml_cli_value(args, EML_CLI_BUNDLE);
    size_t count = args->counts[EML_CLI_INPUT];
    eml_file *inputs = eml_alloc(count, sizeof *inputs);
    char hash[EML_PROGRAM_HASH_HEX + 1] = "", commitment[EML_RESCUE_DIGEST_HEX + 1] = "";
    if (is_hash(program)) take_hex(program, hash);
    if (eml_cli_has(args, EML_CLI_ISSUED_COMMITMENT))
        take_hex(eml_cli_value(args, EML_CLI_ISSUED_COMMITMENT), commitment);
    for (size_t i = 0; i < count; i++) inputs[i].path = args->values[EML_CLI_INPUT][i];
    eml_verify_request request = {.program_hash = is_hash(program) ? hash : NULL,
                                  .bundle = {.path = is_hash(program) ? bundle : program},
                                  .commitment = commitment[0] == '\0' ? NULL : commitment,
                                  .inputs = inputs,
                                  .input_count = count,
                                  .allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA),
                                  .outputs = {.path = eml_cli_value(args, EML_CLI_OUTPUT)},
                                  .proof = {.path = eml_cli_value(args, EML_CLI_PROOF)},
                                  .preset = eml_cli_value(args, EML_CLI_PRESET),
                                  .require_zero_knowledge = eml_cli_has(args, EML_CLI_REQUIRE_ZK)};
    eml_answer answer = eml_verify(&request, verdict, err);
    if (answer == EML_ANSWER_INPUT) explain_program(program, err);
    if (answer == EML_ANSWER_NO && strcmp(verdict->reason, "statement") == 0) locate(&request, verdict);
    if (answer == EML_ANSWER_NO && strcmp(verdict->reason, "program") == 0) tell_swapped(&request, verdict);
    eml_free(inputs);
    return answer;
}

int eml_cli_verify(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_verdict verdict;
    eml_answer answer = verify(args, &verdict, &err);
    if (answer != EML_ANSWER_YES && answer != EML_ANSWER_NO) return eml_cli_fail_answer(args, answer, &err);
    eml_cli_note_numbered(verdict.numbered);
    eml_buf text = {0};
    if (eml_cli_has(args, EML_CLI_JSON))
        print_json(&verdict, &text);
    else
        print_text(&verdict, &text);
    status = eml_cli_print(&text, &err);
    eml_buf_free(&text);
    return status == EML_OK ? (int)answer : eml_cli_fail(args, status, &err);
}
