/* Key pairs. */
#include "runtime/session/session.h"

#include <sodium.h>

#include "runtime/lattice/key.h"

static eml_status keygen(const char *passphrase, eml_buf *secret_file, eml_buf *public_file, eml_error *err) {
    eml_secret_key secret;
    eml_public_key public;
    EML_TRY(eml_lattice_keygen(&secret, &public, err));
    eml_status status = eml_secret_key_encode(&secret, passphrase, secret_file, err);
    if (status == EML_OK) eml_public_key_encode(&public, public_file);
    eml_secret_key_free(&secret);
    eml_public_key_free(&public);
    return status;
}

static eml_answer make_pair(const char *passphrase, eml_bytes *secret_key, eml_bytes *public_key, eml_error *err) {
    /* Room for the whole file and its NUL at once: a buffer that grows leaves a copy of the seed behind. */
    enum { SECRET_BYTES_MAX = 512 };
    eml_buf secret = {.data = eml_alloc(SECRET_BYTES_MAX, 1), .cap = SECRET_BYTES_MAX}, public = {0};
    eml_status status = keygen(passphrase, &secret, &public, err);
    if (status != EML_OK) {
        eml_buf_free(&secret);
        return eml_answer_of(status);
    }
    eml_bytes_take_both(&secret, &public, secret_key, public_key);
    return EML_ANSWER_YES;
}

eml_answer eml_keygen(const char *passphrase, eml_bytes *secret_key, eml_bytes *public_key, eml_error *err) {
    EML_SECRET_CALL(err, make_pair(passphrase, secret_key, public_key, err));
}

eml_status eml_session_secret_key(const eml_file *file, const char *passphrase, eml_secret_key *out, eml_error *err) {
    if (file->bytes == NULL && file->path != NULL) return eml_secret_key_read(file->path, passphrase, out, err);
    return eml_secret_key_decode(file->bytes, file->size, passphrase, out, err);
}

static eml_answer key_locked(const eml_file *file, bool *locked, eml_error *err) {
    eml_secret_key_info info;
    eml_status status = file->bytes == NULL && file->path != NULL
                            ? eml_secret_key_read_info(file->path, &info, err)
                            : eml_secret_key_inspect(file->bytes, file->size, &info, err);
    if (status == EML_OK) *locked = info.locked;
    return eml_answer_of(status);
}

eml_answer eml_key_locked(const eml_file *file, bool *locked, eml_error *err) {
    EML_SECRET_CALL(err, key_locked(file, locked, err));
}
