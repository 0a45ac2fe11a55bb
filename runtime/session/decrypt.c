/* Encrypted outputs -> rows. Decrypting is part of verifying: the encryption withstands nobody who chooses what is
 * decrypted, so first the proof is asked whether the outputs follow from the ciphertexts that were sent, and their tag
 * whether it was the key's owner who sent them. */
#include "runtime/session/session.h"

#include "runtime/base/memory.h"
#include "runtime/lattice/tag.h"

/* Files that are looked at twice are read once: what is decrypted is what was verified. */
typedef struct decrypt_files {
    const eml_decrypt_request *request;
    eml_buf outputs, sent;
} decrypt_files;

static eml_file held(const eml_file *file, const eml_buf *bytes) {
    return (eml_file){eml_verify_file_name(file), bytes->data, bytes->len};
}

static eml_status check_request(const eml_session *session, const eml_decrypt_request *request, eml_error *err) {
    EML_TRY(eml_session_check_secret(session, "its outputs are not encrypted", err));
    bool verifiable = eml_file_given(&request->sent) && eml_file_given(&request->proof);
    if (request->trust == EML_TRUST_EVERYONE || verifiable) return EML_OK;
    return eml_fail_as(
        err, EML_ERR_INPUT, EML_CODE_USAGE,
        "decrypting verifies first: it needs the ciphertexts that were sent and the proof; whoever made outputs that "
        "were not verified can take the secret key from what they decrypt to");
}

static eml_status read_files(decrypt_files *files, eml_error *err) {
    const eml_decrypt_request *request = files->request;
    EML_TRY(eml_verify_read_file(&request->ciphertext, EML_LATTICE_FILE_BYTES_MAX, &files->outputs, err));
    if (request->trust == EML_TRUST_EVERYONE) return EML_OK;
    return eml_verify_read_file(&request->sent, EML_LATTICE_FILE_BYTES_MAX, &files->sent, err);
}

static eml_status verify(const eml_session *session, const decrypt_files *files, eml_error *err) {
    const eml_decrypt_request *request = files->request;
    eml_file inputs[] = {held(&request->sent, &files->sent), request->public_input};
    eml_verify_request question = {.program_hash = session->hash,
                                   .inputs = inputs,
                                   .input_count = eml_file_given(&request->public_input) ? 2 : 1,
                                   .allow_extra = request->allow_extra,
                                   .outputs = held(&request->ciphertext, &files->outputs),
                                   .proof = request->proof};
    eml_verdict verdict;
    eml_status status = eml_verify_loaded(&question, &verdict, err);
    if (status != EML_ERR_NO) return status;
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_PROOF, "not decrypted: refused (%s): %s", verdict.reason,
                       verdict.sentence);
}

static eml_status decode(const eml_file *file, const eml_buf *bytes, eml_ciphertext *out, eml_error *err) {
    eml_status status = eml_ciphertext_decode(bytes->data, bytes->len, out, err);
    if (status != EML_OK) eml_error_prefix(err, "%s", eml_verify_file_name(file));
    return status;
}

static eml_status check_sender(const decrypt_files *files, const eml_secret_key *key, eml_error *err) {
    const eml_file *sent = &files->request->sent;
    eml_ciphertext ciphertext;
    EML_TRY(decode(sent, &files->sent, &ciphertext, err));
    eml_status status = eml_ciphertext_match_key(&ciphertext, &key->id, err);
    if (status == EML_OK) status = eml_lattice_check_tag(key, &ciphertext, err);
    eml_ciphertext_free(&ciphertext);
    if (status != EML_OK) eml_error_prefix(err, "%s", eml_verify_file_name(sent));
    return status;
}

static eml_status read_outputs(const eml_session *session, const decrypt_files *files, eml_ciphertext *out,
                               eml_error *err) {
    const eml_bundle *bundle = &session->bundle;
    const eml_file *file = &files->request->ciphertext;
    eml_ciphertext_label label;
    eml_ciphertext read;
    EML_TRY(eml_label_of(&bundle->abi, EML_CIPHERTEXT_OUTPUTS, &bundle->hash, &label, err));
    eml_status status = decode(file, &files->outputs, &read, err);
    if (status == EML_OK) {
        status = eml_ciphertext_match(&read, &label, err);
        if (status == EML_OK)
            *out = read;
        else {
            eml_error_prefix(err, "%s", eml_verify_file_name(file));
            eml_ciphertext_free(&read);
        }
    }
    eml_label_free(&label);
    return status;
}

/* What was verified is within its bound. A ciphertext that somebody changed by a multiple of Delta decrypts all the
 * same: to a number that the model cannot give, most likely. */
static eml_status check_messages(const eml_abi *abi, const eml_decryption *found, const eml_bound *bounds,
                                 eml_error *err) {
    for (size_t i = 0; i < found->rows * found->columns; i++)
        if (eml_bound_of_element(found->cells[i]).message > bounds[i % found->columns].message)
            return eml_fail_as(err, EML_ERR_NO, EML_CODE_NOISE,
                               "row %zu, column \"%s\": the model gives no such number; was it verified?",
                               i / found->columns + 1, abi->outputs[i % found->columns].name);
    return EML_OK;
}

static eml_status decrypt_with(const eml_session *session, const eml_decrypt_request *request,
                               const eml_secret_key *key, const eml_ciphertext *ciphertext, eml_buf *rows,
                               eml_buf *noise, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    eml_bound *bounds = eml_alloc(abi->output_count, sizeof *bounds);
    eml_row_rule_bounds(&session->bundle.program, abi, bounds);
    eml_u128 *noise_bounds = eml_alloc(abi->output_count, sizeof *noise_bounds);
    for (size_t i = 0; i < abi->output_count; i++) noise_bounds[i] = bounds[i].noise;
    eml_decryption found = {0};
    eml_status status = eml_lattice_decrypt(key, ciphertext, noise_bounds, &found, err);
    if (status == EML_OK) status = check_messages(abi, &found, bounds, err);
    if (status == EML_OK) status = eml_decryption_print_rows(abi, &found, request->exact, request->style, rows, err);
    if (status == EML_OK) {
        eml_decryption_print_noise(abi, &found, bounds, request->noise_style, noise);
    } else {
        eml_error_prefix(err, "%s", eml_verify_file_name(&request->ciphertext));
    }
    eml_decryption_free(&found);
    eml_free(noise_bounds);
    eml_free(bounds);
    return status;
}

static eml_status open_outputs(const eml_session *session, const decrypt_files *files, const eml_ciphertext *outputs,
                               eml_buf *rows, eml_buf *noise, eml_error *err) {
    const eml_decrypt_request *request = files->request;
    eml_secret_key key;
    EML_TRY(eml_session_secret_key(&request->secret_key, request->passphrase, &key, err));
    eml_status status = request->trust == EML_TRUST_SENDER || request->trust == EML_TRUST_EVERYONE
                            ? EML_OK
                            : check_sender(files, &key, err);
    if (status == EML_OK) status = decrypt_with(session, request, &key, outputs, rows, noise, err);
    eml_secret_key_free(&key);
    return status;
}

static eml_status decrypt_files_of(const eml_session *session, decrypt_files *files, eml_buf *rows, eml_buf *noise,
                                   eml_error *err) {
    EML_TRY(read_files(files, err));
    if (files->request->trust != EML_TRUST_EVERYONE) EML_TRY(verify(session, files, err));
    eml_ciphertext outputs;
    EML_TRY(read_outputs(session, files, &outputs, err));
    eml_status status = open_outputs(session, files, &outputs, rows, noise, err);
    eml_ciphertext_free(&outputs);
    return status;
}

static eml_answer decrypt_bytes(const eml_session *session, const eml_decrypt_request *request, eml_bytes *rows,
                                eml_bytes *noise, eml_error *err) {
    eml_status status = check_request(session, request, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_buf row_text = {0}, noise_text = {0};
    decrypt_files files = {.request = request};
    status = decrypt_files_of(session, &files, &row_text, &noise_text, err);
    eml_buf_free(&files.outputs);
    eml_buf_free(&files.sent);
    if (status != EML_OK) return eml_answer_of(status);
    eml_bytes_take_both(&row_text, &noise_text, rows, noise);
    return EML_ANSWER_YES;
}

eml_answer eml_session_decrypt(const eml_session *session, const eml_decrypt_request *request, eml_bytes *rows,
                               eml_bytes *noise, eml_error *err) {
    EML_SECRET_CALL(err, decrypt_bytes(session, request, rows, noise, err));
}
