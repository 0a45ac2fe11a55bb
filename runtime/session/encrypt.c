/* A table of secret inputs -> ciphertexts that say for which columns and scale they are. */
#include "runtime/lattice/encrypt.h"

#include <sodium.h>

#include "runtime/session/session.h"
#include "runtime/table/read.h"

static eml_status read_public_key(const eml_file *file, eml_public_key *out, eml_error *err) {
    enum { LIMIT = 1 << 20 }; /* a public key has 65,604 bytes */
    eml_buf bytes = {0};
    eml_status status = eml_verify_read_file(file, LIMIT, &bytes, err);
    if (status == EML_OK) {
        status = eml_public_key_decode(bytes.data, bytes.len, out, err);
        if (status != EML_OK) eml_error_prefix(err, "%s", eml_verify_file_name(file));
    }
    eml_buf_free(&bytes);
    return status;
}

static eml_status read_rows(const eml_abi *abi, const eml_file *file, bool allow_extra, eml_rows *out, eml_error *err) {
    eml_buf text = {0};
    eml_status status = eml_verify_read_file(file, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK)
        status = eml_rows_parse(abi, EML_ROWS_SECRET, eml_verify_file_name(file), (const char *)text.data, text.len,
                                allow_extra, out, err);
    if (text.data != NULL) sodium_memzero(text.data, text.len);
    eml_buf_free(&text);
    return status;
}

static eml_status encrypt_rows(const eml_abi *abi, const eml_public_key *key, const eml_rows *rows, eml_ciphertext *out,
                               eml_error *err) {
    eml_ciphertext_label label;
    EML_TRY(eml_label_of(abi, EML_CIPHERTEXT_INPUTS, NULL, &label, err));
    eml_plaintext plaintext = {.rows = rows->rows,
                               .column_count = rows->columns,
                               .columns = label.columns,
                               .cells = rows->cells,
                               .delta_bits = label.delta_bits};
    eml_status status = eml_lattice_encrypt(key, &plaintext, out, err);
    eml_label_free(&label);
    return status;
}

static eml_status encrypt_table(const eml_abi *abi, const eml_public_key *key, const eml_file *file, bool allow_extra,
                                eml_buf *out, eml_error *err) {
    eml_rows rows;
    eml_ciphertext ciphertext;
    EML_TRY(read_rows(abi, file, allow_extra, &rows, err));
    eml_status status = encrypt_rows(abi, key, &rows, &ciphertext, err);
    sodium_memzero(rows.cells, rows.rows * rows.columns * sizeof *rows.cells);
    eml_rows_free(&rows);
    EML_TRY(status);
    eml_ciphertext_encode(&ciphertext, out);
    eml_ciphertext_free(&ciphertext);
    return EML_OK;
}

static eml_status encrypt(const eml_session *session, const eml_file *key_file, const eml_file *rows, bool allow_extra,
                          eml_buf *out, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (!abi->encrypted_outputs)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "model %s has no secret inputs: there is nothing to encrypt", abi->model);
    eml_public_key key;
    EML_TRY(read_public_key(key_file, &key, err));
    eml_status status = encrypt_table(abi, &key, rows, allow_extra, out, err);
    eml_public_key_free(&key);
    return status;
}

static eml_answer encrypt_bytes(const eml_session *session, const eml_file *public_key, const eml_file *rows,
                                bool allow_extra, eml_bytes *ciphertext, eml_error *err) {
    eml_buf bytes = {0};
    eml_status status = encrypt(session, public_key, rows, allow_extra, &bytes, err);
    if (status == EML_OK) *ciphertext = eml_bytes_take(&bytes);
    /* A value that the model does not take is bad input. */
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
}

eml_answer eml_session_encrypt(const eml_session *session, const eml_file *public_key, const eml_file *rows,
                               bool allow_extra, eml_bytes *ciphertext, eml_error *err) {
    EML_SECRET_CALL(err, encrypt_bytes(session, public_key, rows, allow_extra, ciphertext, err));
}
