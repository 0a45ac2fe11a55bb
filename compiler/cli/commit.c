#include <string.h>
#include <sys/stat.h>

#include "compiler/cli/cli.h"
#include "runtime/text/text.h"

static bool is_schema(const char *path) {
    eml_file file = {.path = path};
    eml_bytes schema;
    char hash[EML_PROGRAM_HASH_HEX + 1];
    if (eml_bundle_program_hash(&file, hash, NULL) == EML_ANSWER_YES) return false; /* of which it could be made, too */
    if (eml_bundle_schema(&file, &schema, NULL) != EML_ANSWER_YES) return false;
    eml_bytes_free(&schema);
    return true;
}

/* --schema reads like the name of an input, so it replaces no file but a schema. */
static eml_status check_schema_path(const char *path, eml_error *err) {
    EML_TRY(eml_cli_check_writable(path, err));
    struct stat info;
    bool there = !eml_cli_is_stdout(path) && stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    if (!there || is_schema(path)) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT,
                    "%s exists and is no schema: --schema writes that file, and replaces nothing else; give another "
                    "name",
                    path);
}

/* Everything that can be refused before the work starts: either a commitment or a schema is asked for. */
static eml_status check(const eml_cli_args *args, eml_error *err) {
    bool schema = eml_cli_has(args, EML_CLI_SCHEMA);
    if (schema && (eml_cli_has(args, EML_CLI_INPUT) || eml_cli_has(args, EML_CLI_OPENING)))
        return eml_fail(err, EML_ERR_INPUT,
                        "--schema writes the schema and commits to nothing: leave --input and --opening out");
    if (schema) return check_schema_path(eml_cli_value(args, EML_CLI_SCHEMA), err);
    EML_TRY(eml_cli_require(args, EML_CLI_INPUT, err));
    EML_TRY(eml_cli_require(args, EML_CLI_OPENING, err));
    if (args->counts[EML_CLI_INPUT] > 1)
        return eml_fail(err, EML_ERR_INPUT, "--input was given twice: one table holds the committed inputs");
    if (eml_cli_is_stdout(eml_cli_value(args, EML_CLI_OPENING)))
        return eml_fail(err, EML_ERR_INPUT, "--opening is a file: who sees it knows the values");
    return eml_file_check_writable(eml_cli_value(args, EML_CLI_OPENING), EML_FILE_NEW_SECRET, err);
}

static void explain(const eml_cli_args *args, eml_answer answer, eml_error *err) {
    if (answer == EML_ANSWER_INPUT) eml_cli_explain_source(args->operands[0], err);
}

static eml_status say_written(const char *path, eml_error *err) {
    eml_buf text = {0};
    eml_buf_printf(&text, "%s: the schema of the committed inputs\n", path);
    eml_status status = eml_cli_print(&text, err);
    eml_buf_free(&text);
    return status;
}

static eml_answer write_schema(const eml_cli_args *args, eml_error *err) {
    eml_bytes schema;
    eml_answer answer = eml_bundle_schema(&(eml_file){.path = args->operands[0]}, &schema, err);
    explain(args, answer, err);
    if (answer != EML_ANSWER_YES) return answer;
    const char *path = eml_cli_value(args, EML_CLI_SCHEMA);
    eml_status status = eml_cli_write(path, schema.data, schema.size, err);
    eml_bytes_free(&schema);
    if (status == EML_OK && !eml_cli_is_stdout(path)) status = say_written(path, err);
    return eml_answer_of(status);
}

/* The commitment alone, so that a script can take it as it is. */
static eml_status print_commitment(const eml_cli_args *args, const char *commitment, eml_error *err) {
    eml_buf text = {0};
    if (eml_cli_has(args, EML_CLI_JSON)) {
        eml_buf_printf(&text, "{\"commitment\": \"%s\", \"opening\": ", commitment);
        eml_text_put_json(eml_cli_value(args, EML_CLI_OPENING), &text);
        eml_buf_put_text(&text, "}\n");
    } else {
        eml_buf_printf(&text, "%s\n", commitment);
    }
    eml_status status = eml_cli_print(&text, err);
    eml_buf_free(&text);
    return status;
}

static eml_answer commit(const eml_cli_args *args, eml_error *err) {
    eml_commit_request request = {.subject = {.path = args->operands[0]},
                                  .row = {.path = eml_cli_value(args, EML_CLI_INPUT)},
                                  .allow_extra = eml_cli_has(args, EML_CLI_ALLOW_EXTRA)};
    eml_bytes opening;
    char commitment[EML_RESCUE_DIGEST_HEX + 1];
    eml_answer answer = eml_commit(&request, &opening, commitment, err);
    explain(args, answer, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_status status =
        eml_file_write(eml_cli_value(args, EML_CLI_OPENING), opening.data, opening.size, EML_FILE_NEW_SECRET, err);
    eml_bytes_wipe(&opening);
    if (status == EML_OK) status = print_commitment(args, commitment, err);
    return eml_answer_of(status);
}

int eml_cli_commit(const eml_cli_args *args) {
    eml_error err = {0};
    eml_status status = check(args, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_answer answer = eml_cli_has(args, EML_CLI_SCHEMA) ? write_schema(args, &err) : commit(args, &err);
    return answer == EML_ANSWER_YES ? 0 : eml_cli_fail_answer(args, answer, &err);
}
