#include "compiler/cli/cli.h"

static eml_status status_of(eml_answer answer) {
    switch (answer) {
    case EML_ANSWER_YES: return EML_OK;
    case EML_ANSWER_NO: return EML_ERR_NO;
    case EML_ANSWER_INPUT: return EML_ERR_INPUT;
    default: return EML_ERR_INTERNAL;
    }
}

static eml_answer verify(const eml_session *session, const eml_file *input, const eml_bytes *outputs,
                         const eml_bytes *proof, eml_error *err) {
    eml_verify_request request = {.program_hash = eml_session_program_hash(session),
                                  .inputs = input,
                                  .input_count = 1,
                                  .outputs = {"outputs", outputs->data, outputs->size},
                                  .proof = {"proof", proof->data, proof->size}};
    eml_verdict verdict;
    eml_answer answer = eml_verify(&request, &verdict, err);
    if (answer == EML_ANSWER_NO) eml_fail(err, EML_ERR_NO, "refused (%s): %s", verdict.reason, verdict.sentence);
    return answer;
}

/* One test's row, as any other table of inputs. */
static eml_answer prove_row(eml_session *session, const eml_file *input, eml_error *err) {
    eml_bytes outputs = {0}, proof = {0};
    eml_answer answer = eml_session_add_input(session, input, false, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_prove(session, "standard", &proof, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_outputs(session, EML_STYLE_TEXT, &outputs, err);
    if (answer == EML_ANSWER_YES) answer = verify(session, input, &outputs, &proof, err);
    eml_bytes_free(&outputs);
    eml_bytes_free(&proof);
    return answer;
}

static eml_status prove(void *context, const eml_bundle *bundle, const eml_buf *public_csv, const eml_buf *secret_csv,
                        eml_error *err) {
    (void)context;
    (void)secret_csv;
    eml_buf bytes = {0};
    eml_session *session;
    eml_bundle_encode(bundle, &bytes);
    eml_answer answer = eml_session_load(&(eml_file){"bundle", bytes.data, bytes.len}, &session, err);
    eml_buf_free(&bytes);
    if (answer != EML_ANSWER_YES) return status_of(answer);
    answer = prove_row(session, &(eml_file){"inputs", public_csv->data, public_csv->len}, err);
    eml_session_free(session);
    return status_of(answer);
}

static eml_status run_tests(const eml_cli_args *args, const eml_compilation *compilation, eml_error *err) {
    static const eml_test_prover prover = {.prove = prove};
    eml_buf report = {0};
    eml_status status = eml_compile_test(compilation, eml_cli_has(args, EML_CLI_PROVE) ? &prover : NULL,
                                         eml_cli_has(args, EML_CLI_JSON), &report, err);
    eml_error print_err;
    eml_status printed = eml_cli_print(&report, &print_err);
    eml_buf_free(&report);
    if (printed == EML_OK) return status;
    *err = print_err;
    return printed;
}

int eml_cli_test(const eml_cli_args *args) {
    eml_error err = {0};
    eml_compile_options options;
    eml_status status = eml_cli_set_threads(args, &err);
    if (status == EML_OK) status = eml_cli_compile_options(args, &options, &err);
    if (status != EML_OK) return eml_cli_fail(args, status, &err);
    eml_compilation compilation = {0};
    status = eml_compile(args->operands[0], &options, &compilation, &err);
    eml_cli_render(args, &compilation.diags);
    if (status == EML_OK) status = run_tests(args, &compilation, &err);
    if (status != EML_OK && err.text[0] != '\0') eml_cli_fail(args, status, &err);
    eml_compilation_free(&compilation);
    return eml_status_exit(status);
}
