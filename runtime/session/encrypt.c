/* A table of secret inputs -> ciphertexts that say for which columns and scale they are. */
#include "runtime/lattice/encrypt.h"
#include "runtime/lattice/tag.h"

#include <sodium.h>

#include "runtime/session/session.h"
#include "runtime/table/read.h"
#include "runtime/text/file_kind.h"

static eml_status read_public_key(const eml_file *file, eml_public_key *out, eml_error *err) {
    enum { LIMIT = 1 << 20 }; /* a public key has 65,604 bytes */
    eml_buf bytes = {0};
    eml_status status = eml_verify_read_file(file, LIMIT, &bytes, err);
    if (status == EML_OK) {
        status = eml_public_key_decode(bytes.data, bytes.len, out, err);
        const char *name = eml_verify_file_name(file);
        if (status != EML_OK && (eml_file_kind_of(bytes.data, bytes.len) == EML_FILE_KIND_PUBLIC_KEY ||
                                 !eml_file_kind_explain(name, bytes.data, bytes.len, "a public key", err)))
            eml_error_prefix(err, "%s", name);
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
    return status == EML_ERR_NO ? EML_ERR_INPUT : status; /* a value that the model does not take */
}

static eml_status encrypt_rows(const eml_abi *abi, const eml_public_key *key, const eml_rows *rows, eml_ciphertext *out,
                               eml_error *err) {
    eml_ciphertext_label label;
    eml_fe *elements;
    EML_TRY(eml_label_of(abi, EML_CIPHERTEXT_INPUTS, NULL, &label, err));
    EML_TRY(eml_rows_elements(rows, &elements, err));
    eml_plaintext plaintext = {.rows = eml_rows_count(rows),
                               .column_count = rows->cells.columns,
                               .columns = label.columns,
                               .cells = elements,
                               .delta_bits = label.delta_bits};
    eml_status status = eml_lattice_encrypt(key, &plaintext, out, err);
    eml_free(elements); /* overwritten: the call is secret */
    eml_label_free(&label);
    return status;
}

/* The key that encrypts, and the one that makes the tag: none of a public key. */
typedef struct sender {
    eml_public_key public;
    eml_secret_key secret;
    bool owner;
} sender;

static eml_status read_sender(const eml_encrypt_request *request, sender *out, eml_error *err) {
    out->owner = eml_file_given(&request->secret_key);
    if (out->owner == eml_file_given(&request->public_key))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "one key encrypts: the owner's secret key, or a public key");
    if (!out->owner) return read_public_key(&request->public_key, &out->public, err);
    EML_TRY(eml_session_secret_key(&request->secret_key, request->passphrase, &out->secret, err));
    eml_lattice_public_of(&out->secret, &out->public);
    return EML_OK;
}

static void free_sender(sender *from) {
    eml_public_key_free(&from->public);
    if (from->owner) eml_secret_key_free(&from->secret);
}

static eml_status encrypt_table(const eml_abi *abi, const sender *from, const eml_encrypt_request *request,
                                eml_buf *out, eml_error *err) {
    eml_rows rows;
    eml_ciphertext ciphertext;
    EML_TRY(read_rows(abi, &request->rows, request->allow_extra, &rows, err));
    eml_status status = encrypt_rows(abi, &from->public, &rows, &ciphertext, err);
    eml_rows_free(&rows);
    EML_TRY(status);
    if (from->owner) ciphertext.tag = eml_lattice_tag(&from->secret, &ciphertext);
    eml_ciphertext_encode(&ciphertext, out);
    eml_ciphertext_free(&ciphertext);
    return EML_OK;
}

static eml_status encrypt(const eml_session *session, const eml_encrypt_request *request, eml_buf *out,
                          eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    EML_TRY(eml_session_check_secret(session, "there is nothing to encrypt", err));
    sender from;
    EML_TRY(read_sender(request, &from, err));
    eml_status status = encrypt_table(abi, &from, request, out, err);
    free_sender(&from);
    return status;
}

static eml_answer encrypt_bytes(const eml_session *session, const eml_encrypt_request *request, eml_bytes *ciphertext,
                                eml_error *err) {
    eml_buf bytes = {0};
    eml_status status = encrypt(session, request, &bytes, err);
    if (status == EML_OK) *ciphertext = eml_bytes_take(&bytes);
    return eml_answer_of(status);
}

eml_answer eml_session_encrypt(const eml_session *session, const eml_encrypt_request *request, eml_bytes *ciphertext,
                               eml_error *err) {
    EML_SECRET_CALL(err, encrypt_bytes(session, request, ciphertext, err));
}
