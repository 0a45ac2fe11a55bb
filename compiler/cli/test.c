#include "compiler/cli/cli.h"

static eml_status status_of(eml_answer answer) {
    switch (answer) {
    case EML_ANSWER_YES: return EML_OK;
    case EML_ANSWER_NO: return EML_ERR_NO;
    case EML_ANSWER_INPUT: return EML_ERR_INPUT;
    default: return EML_ERR_INTERNAL;
    }
}

/* One test's row on its way through the public API: as any other table of inputs, its secret part encrypted for a key
 * of its own, its committed part committed to. */
typedef struct test_row {
    eml_file bundle;
    eml_session *session;
    eml_file inputs[2]; /* the public table, the ciphertexts: as far as there are any */
    size_t input_count;
    eml_bytes secret_key, public_key, ciphertext, opening, outputs, proof;
    char commitment[EML_RESCUE_DIGEST_HEX + 1]; /* "": none */
} test_row;

static eml_answer encrypt(test_row *row, const eml_buf *csv, eml_error *err) {
    eml_answer answer = eml_keygen(NULL, &row->secret_key, &row->public_key, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_encrypt_request request = {.secret_key = {"secret key", row->secret_key.data, row->secret_key.size},
                                   .rows = {"inputs", csv->data, csv->len}};
    answer = eml_session_encrypt(row->session, &request, &row->ciphertext, err);
    if (answer == EML_ANSWER_YES)
        row->inputs[row->input_count++] = (eml_file){"ciphertexts", row->ciphertext.data, row->ciphertext.size};
    return answer;
}

static eml_answer commit(test_row *row, const eml_buf *csv, eml_error *err) {
    eml_commit_request request = {.subject = row->bundle, .row = {"inputs", csv->data, csv->len}};
    eml_answer answer = eml_commit(&request, &row->opening, row->commitment, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_session_allow_reveal(row->session); /* the test block says what the values are */
    return eml_session_add_input(row->session, &(eml_file){"opening", row->opening.data, row->opening.size}, false,
                                 err);
}

static eml_answer prove(test_row *row, eml_error *err) {
    eml_answer answer = EML_ANSWER_YES;
    for (size_t i = 0; i < row->input_count && answer == EML_ANSWER_YES; i++)
        answer = eml_session_add_input(row->session, &row->inputs[i], false, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_prove(row->session, "standard", &row->proof, err);
    if (answer == EML_ANSWER_YES) answer = eml_session_outputs(row->session, EML_STYLE_TEXT, &row->outputs, err);
    return answer;
}

static eml_answer verify(const test_row *row, eml_error *err) {
    eml_verify_request request = {.program_hash = eml_session_program_hash(row->session),
                                  .bundle = row->bundle,
                                  .inputs = row->inputs,
                                  .input_count = row->input_count,
                                  .commitment = row->commitment[0] == '\0' ? NULL : row->commitment,
                                  .outputs = {"outputs", row->outputs.data, row->outputs.size},
                                  .proof = {"proof", row->proof.data, row->proof.size}};
    eml_verdict verdict;
    eml_answer answer = eml_verify(&request, &verdict, err);
    if (answer == EML_ANSWER_NO) eml_fail(err, EML_ERR_NO, "refused (%s): %s", verdict.reason, verdict.sentence);
    return answer;
}

/* That the numbers are right was seen without encryption; here, that there is no more noise than the model may make. */
static eml_answer decrypt(const test_row *row, eml_error *err) {
    eml_decrypt_request request = {.secret_key = {"secret key", row->secret_key.data, row->secret_key.size},
                                   .ciphertext = {"outputs", row->outputs.data, row->outputs.size},
                                   .sent = row->inputs[row->input_count - 1],
                                   .proof = {"proof", row->proof.data, row->proof.size}};
    if (row->input_count > 1) request.public_input = row->inputs[0];
    eml_bytes rows, noise;
    eml_answer answer = eml_session_decrypt(row->session, &request, &rows, &noise, err);
    if (answer != EML_ANSWER_YES) return answer;
    eml_bytes_wipe(&rows);
    eml_bytes_wipe(&noise);
    return answer;
}

static eml_answer prove_row(test_row *row, const eml_buf csv[EML_VISIBILITIES], eml_error *err) {
    eml_answer answer = EML_ANSWER_YES;
    const eml_buf *table = &csv[EML_PUBLIC];
    if (table->len > 0) row->inputs[row->input_count++] = (eml_file){"inputs", table->data, table->len};
    if (csv[EML_SECRET].len > 0) answer = encrypt(row, &csv[EML_SECRET], err);
    if (csv[EML_COMMITTED].len > 0) answer = commit(row, &csv[EML_COMMITTED], err);
    if (answer == EML_ANSWER_YES) answer = prove(row, err);
    if (answer == EML_ANSWER_YES) answer = verify(row, err);
    if (answer == EML_ANSWER_YES && eml_session_encrypted(row->session)) answer = decrypt(row, err);
    return answer;
}

static void free_row(test_row *row) {
    eml_bytes_wipe(&row->secret_key);
    eml_bytes_free(&row->public_key);
    eml_bytes_free(&row->ciphertext);
    eml_bytes_wipe(&row->opening);
    eml_bytes_free(&row->outputs);
    eml_bytes_free(&row->proof);
    eml_session_free(row->session);
}

static eml_status prove_test(void *context, const eml_bundle *bundle, const eml_buf csv[EML_VISIBILITIES],
                             eml_error *err) {
    (void)context;
    eml_buf bytes = {0};
    test_row row = {0};
    eml_bundle_encode(bundle, &bytes);
    row.bundle = (eml_file){"bundle", bytes.data, bytes.len};
    eml_answer answer = eml_session_load(&row.bundle, &row.session, err);
    if (answer == EML_ANSWER_YES) answer = prove_row(&row, csv, err);
    free_row(&row);
    eml_buf_free(&bytes);
    return status_of(answer);
}

static eml_status run_tests(const eml_cli_args *args, const eml_compilation *compilation, eml_error *err) {
    static const eml_test_prover prover = {.prove = prove_test};
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
    eml_cli_progress_begin("reading");
    status = eml_compile(args->operands[0], &options, &compilation, &err);
    eml_cli_progress_end();
    eml_cli_render(args, &compilation.diags);
    if (status == EML_OK) status = run_tests(args, &compilation, &err);
    if (status != EML_OK && err.text[0] != '\0') eml_cli_fail(args, status, &err);
    eml_compilation_free(&compilation);
    return (int)eml_answer_of(status);
}
