/* Encrypted outputs -> rows, and how much of the room for noise they took. */
#include "runtime/lattice/decrypt.h"

#include <math.h>

#include "runtime/base/memory.h"
#include "runtime/session/session.h"
#include "runtime/statement/row_rule.h"
#include "runtime/text/text.h"

static eml_status read_secret_key(const eml_decrypt_request *request, eml_secret_key *out, eml_error *err) {
    const eml_file *file = &request->secret_key;
    if (file->bytes == NULL && file->path != NULL)
        return eml_secret_key_read(file->path, request->passphrase, out, err);
    return eml_secret_key_decode(file->bytes, file->size, request->passphrase, out, err);
}

static eml_status read_ciphertext(const eml_session *session, const eml_file *file, eml_ciphertext *out,
                                  eml_error *err) {
    const eml_bundle *bundle = &session->bundle;
    eml_ciphertext_label label;
    EML_TRY(eml_label_of(&bundle->abi, EML_CIPHERTEXT_OUTPUTS, &bundle->hash, &label, err));
    eml_buf bytes = {0};
    eml_ciphertext read = {0};
    eml_status status = eml_verify_read_file(file, EML_LATTICE_FILE_BYTES_MAX, &bytes, err);
    if (status == EML_OK) {
        status = eml_ciphertext_decode(bytes.data, bytes.len, &read, err);
        if (status == EML_OK) status = eml_ciphertext_match(&read, &label, err);
        if (status != EML_OK) eml_error_prefix(err, "%s", eml_verify_file_name(file));
    }
    eml_buf_free(&bytes);
    eml_label_free(&label);
    if (status == EML_OK)
        *out = read;
    else
        eml_ciphertext_free(&read);
    return status;
}

static double bits(eml_u128 value) { return value == 0 ? 0 : log2((double)value); }

static void print_noise(const eml_abi *abi, const eml_decryption *found, const eml_bound *bounds, eml_style style,
                        eml_buf *out) {
    double limit = bits(eml_lattice_noise_limit(abi->delta_bits));
    bool json = style == EML_STYLE_JSON;
    if (json)
        eml_buf_printf(out, "{\"rows\": %llu, \"delta_bits\": %u, \"outputs\": [", (unsigned long long)found->rows,
                       abi->delta_bits);
    for (size_t i = 0; i < found->columns; i++) {
        if (json) {
            eml_buf_put_text(out, i > 0 ? ",\n {\"name\": " : "\n {\"name\": ");
            eml_text_put_json(abi->outputs[i].name, out);
            eml_buf_printf(out, ", \"noise_bits\": %.2f, \"bound_bits\": %.2f, \"limit_bits\": %.2f}",
                           bits(found->noise[i]), bits(bounds[i].noise), limit);
        } else {
            eml_buf_printf(out, "%s: noise %.2f bits, bound %.2f, limit %.2f\n", abi->outputs[i].name,
                           bits(found->noise[i]), bits(bounds[i].noise), limit);
        }
    }
    if (json) eml_buf_put_text(out, "]}\n");
}

static void print_rows(const eml_abi *abi, const eml_decryption *found, eml_style style, eml_buf *out) {
    eml_rows rows = {.rows = found->rows, .columns = found->columns, .cells = found->cells};
    if (style == EML_STYLE_JSON)
        eml_output_rows_print_json(abi, &rows, out);
    else
        eml_output_rows_print_csv(abi, &rows, out);
}

/* What was verified is within its bound. A ciphertext that somebody changed by a multiple of Delta decrypts all the
 * same: to a number that the model cannot give, most likely. */
static eml_status check_messages(const eml_abi *abi, const eml_decryption *found, const eml_bound *bounds,
                                 eml_error *err) {
    for (size_t i = 0; i < found->rows * found->columns; i++) {
        eml_fe value = found->cells[i];
        eml_u128 magnitude = eml_fe_u128_(eml_fe_canon(eml_fe_is_negative(value) ? eml_fe_neg(value) : value));
        if (magnitude > bounds[i % found->columns].message)
            return eml_fail_as(err, EML_ERR_NO, EML_CODE_NOISE,
                               "row %zu, column \"%s\": the model gives no such number; was it verified?",
                               i / found->columns + 1, abi->outputs[i % found->columns].name);
    }
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
    if (status == EML_OK) {
        print_rows(abi, &found, request->style, rows);
        print_noise(abi, &found, bounds, request->noise_style, noise);
    } else {
        eml_error_prefix(err, "%s", eml_verify_file_name(&request->ciphertext));
    }
    eml_decryption_free(&found);
    eml_free(noise_bounds);
    eml_free(bounds);
    return status;
}

static eml_status decrypt(const eml_session *session, const eml_decrypt_request *request, eml_buf *rows, eml_buf *noise,
                          eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (!abi->encrypted_outputs)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "model %s has no secret inputs: its outputs are not encrypted", abi->model);
    eml_ciphertext ciphertext;
    EML_TRY(read_ciphertext(session, &request->ciphertext, &ciphertext, err));
    eml_secret_key key;
    eml_status status = read_secret_key(request, &key, err);
    if (status == EML_OK) {
        status = decrypt_with(session, request, &key, &ciphertext, rows, noise, err);
        eml_secret_key_free(&key);
    }
    eml_ciphertext_free(&ciphertext);
    return status;
}

static eml_answer decrypt_bytes(const eml_session *session, const eml_decrypt_request *request, eml_bytes *rows,
                                eml_bytes *noise, eml_error *err) {
    eml_buf row_text = {0}, noise_text = {0};
    eml_status status = decrypt(session, request, &row_text, &noise_text, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_bytes_take_both(&row_text, &noise_text, rows, noise);
    return EML_ANSWER_YES;
}

eml_answer eml_session_decrypt(const eml_session *session, const eml_decrypt_request *request, eml_bytes *rows,
                               eml_bytes *noise, eml_error *err) {
    EML_SECRET_CALL(err, decrypt_bytes(session, request, rows, noise, err));
}
