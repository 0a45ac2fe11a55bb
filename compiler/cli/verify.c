#include <ctype.h>
#include <string.h>

#include "compiler/cli/cli.h"
#include "runtime/base/memory.h"
#include "runtime/text/text.h"

static eml_status check(const eml_cli_args *args, eml_error *err) {
    EML_TRY(eml_cli_set_threads(args, err));
    EML_TRY(eml_cli_require(args, EML_CLI_PROGRAM, err));
    EML_TRY(eml_cli_require(args, EML_CLI_INPUT, err));
    EML_TRY(eml_cli_require(args, EML_CLI_OUTPUT, err));
    return eml_cli_require(args, EML_CLI_PROOF, err);
}

/* --program is a hash when it looks like one, else the name of a bundle. */
static eml_answer read_hash(const char *text, char hash[EML_PROGRAM_HASH_HEX + 1], eml_error *err) {
    size_t length = strlen(text);
    if (length != EML_PROGRAM_HASH_HEX || strspn(text, "0123456789abcdefABCDEF") != length)
        return eml_bundle_program_hash(&(eml_file){.path = text}, hash, err);
    for (size_t i = 0; i <= length; i++) hash[i] = (char)tolower((unsigned char)text[i]);
    return EML_ANSWER_YES;
}

static void print_json(const eml_verdict *verdict, const char *hash, eml_buf *out) {
    eml_buf_printf(out, "{\"accepted\": %s, \"reason\": \"%s\", \"sentence\": ", verdict->accepted ? "true" : "false",
                   verdict->reason);
    eml_text_put_json(verdict->sentence, out);
    eml_buf_printf(out, ", \"program_hash\": \"%s\"", hash);
    if (verdict->accepted)
        eml_buf_printf(out,
                       ", \"rows\": %llu, \"preset\": \"%s\", \"proven_bits\": %u, \"proof_of_work_bits\": %u, "
                       "\"conjectured_bits\": %u",
                       (unsigned long long)verdict->rows, verdict->preset, verdict->proven_bits,
                       verdict->proof_of_work_bits, verdict->conjectured_bits);
    eml_buf_put_text(out, "}\n");
}

static void print_text(const eml_verdict *verdict, const char *hash, eml_buf *out) {
    if (verdict->accepted)
        eml_buf_printf(out, "verified: program %s, %llu row%s, preset %s, %u bits proven (%u of them proof of work)\n",
                       hash, (unsigned long long)verdict->rows, verdict->rows == 1 ? "" : "s", verdict->preset,
                       verdict->proven_bits, verdict->proof_of_work_bits);
    else
        eml_buf_printf(out, "refused (%s): %s\n", verdict->reason, verdict->sentence);
}

static eml_answer verify(const eml_cli_args *args, const char *hash, eml_verdict *verdict, eml_error *err) {
    size_t count = args->counts[EML_CLI_INPUT];
    eml_file *inputs = eml_alloc(count, sizeof *inputs);
    for (size_t i = 0; i < count; i++) inputs[i].path = args->values[EML_CLI_INPUT][i];
    eml_verify_request request = {.program_hash = hash,
                                  .inputs = inputs,
                                  .input_count = count,
                                  .allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA),
                                  .outputs = {.path = eml_cli_value(args, EML_CLI_OUTPUT)},
                                  .proof = {.path = eml_cli_value(args, EML_CLI_PROOF)},
                                  .preset = eml_cli_value(args, EML_CLI_PRESET)};
    eml_answer answer = eml_verify(&request, verdict, err);
    eml_free(inputs);
    return answer;
}

int eml_cli_verify(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    char hash[EML_PROGRAM_HASH_HEX + 1];
    eml_answer answer = read_hash(eml_cli_value(args, EML_CLI_PROGRAM), hash, &err);
    if (answer != EML_ANSWER_YES) return eml_cli_fail_answer(args, answer, &err);
    eml_verdict verdict;
    answer = verify(args, hash, &verdict, &err);
    if (answer != EML_ANSWER_YES && answer != EML_ANSWER_NO) return eml_cli_fail_answer(args, answer, &err);
    eml_buf text = {0};
    if (eml_cli_has(args, EML_CLI_JSON))
        print_json(&verdict, hash, &text);
    else
        print_text(&verdict, hash, &text);
    status = eml_cli_print(&text, &err);
    eml_buf_free(&text);
    return status == EML_OK ? (int)answer : eml_cli_fail(args, status, &err);
}
