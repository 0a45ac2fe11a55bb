/* Key files on disk, and what a secret key file holds. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "runtime/ciphertext/format.h"
#include "runtime/lattice/key.h"

enum {
    BOX_BYTES = EML_SECRET_KEY_BOX_BYTES,
    /* header, protection, key id, then at most salt, nonce, box */
    SECRET_BYTES_MAX = EML_LATTICE_HEADER_BYTES + 1 + EML_DIGEST_BYTES + crypto_pwhash_SALTBYTES +
                       crypto_secretbox_NONCEBYTES + BOX_BYTES,
};

_Static_assert(EML_SECRET_KEY_SALT_BYTES == crypto_pwhash_SALTBYTES, "docs/encryption.md");
_Static_assert(EML_SECRET_KEY_NONCE_BYTES == crypto_secretbox_NONCEBYTES, "docs/encryption.md");
_Static_assert(EML_SECRET_KEY_BOX_BYTES == crypto_secretbox_MACBYTES + (int)EML_LATTICE_SEED_BYTES,
               "docs/encryption.md");

/* The secretbox key: Argon2id with libsodium's MODERATE limits, which the format version fixes. */
static eml_status stretch(const char *passphrase, const uint8_t *salt, uint8_t key[crypto_secretbox_KEYBYTES],
                          eml_error *err) {
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "no source of randomness");
    if (crypto_pwhash(key, crypto_secretbox_KEYBYTES, passphrase, strlen(passphrase), salt,
                      crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return EML_OK;
    return eml_fail(err, EML_ERR_MEMORY, "not enough memory to derive a key from the passphrase (256 MiB)");
}

static eml_status put_locked(const eml_secret_key *key, const char *passphrase, eml_buf *out, eml_error *err) {
    uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], box_key[crypto_secretbox_KEYBYTES];
    uint8_t box[BOX_BYTES];
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    EML_TRY(stretch(passphrase, salt, box_key, err));
    crypto_secretbox_easy(box, key->seed, sizeof key->seed, nonce, box_key);
    sodium_memzero(box_key, sizeof box_key);
    eml_buf_put(out, salt, sizeof salt);
    eml_buf_put(out, nonce, sizeof nonce);
    eml_buf_put(out, box, sizeof box);
    return EML_OK;
}

eml_status eml_secret_key_encode(const eml_secret_key *key, const char *passphrase, eml_buf *out, eml_error *err) {
    size_t start = out->len;
    eml_lwe_put_header(out, EML_MAGIC_SECRET_KEY);
    eml_buf_put_u8(out, passphrase ? EML_SECRET_KEY_LOCKED : EML_SECRET_KEY_PLAIN);
    eml_buf_put(out, key->id.bytes, sizeof key->id.bytes);
    eml_status status = EML_OK;
    if (passphrase)
        status = put_locked(key, passphrase, out, err);
    else
        eml_buf_put(out, key->seed, sizeof key->seed); /* last, so that growing the buffer leaves no copy behind */
    if (status != EML_OK) out->len = start;
    return status;
}

static eml_status unlock(const uint8_t *locked, const char *passphrase, uint8_t seed[EML_LATTICE_SEED_BYTES],
                         eml_error *err) {
    if (!passphrase)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_KEY, "secret key: locked, and no passphrase given");
    const uint8_t *salt = locked, *nonce = salt + crypto_pwhash_SALTBYTES, *box = nonce + crypto_secretbox_NONCEBYTES;
    uint8_t box_key[crypto_secretbox_KEYBYTES];
    EML_TRY(stretch(passphrase, salt, box_key, err));
    int opened = crypto_secretbox_open_easy(seed, box, BOX_BYTES, nonce, box_key);
    sodium_memzero(box_key, sizeof box_key);
    if (opened == 0) return EML_OK;
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_KEY, "secret key: wrong passphrase, or a damaged file");
}

/* The pair of the seed must be the one that the file names. */
static eml_status rebuild(const uint8_t *seed, const eml_digest *id, eml_secret_key *out, eml_error *err) {
    eml_secret_key secret;
    eml_public_key public;
    eml_lattice_keygen_seeded(seed, &secret, &public);
    eml_public_key_free(&public);
    if (!eml_digest_eq(&secret.id, id)) {
        eml_secret_key_free(&secret);
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_KEY,
                           "secret key: the seed does not give the key id: a damaged file");
    }
    *out = secret;
    sodium_memzero(&secret, sizeof secret);
    return EML_OK;
}

eml_status eml_secret_key_decode(const uint8_t *bytes, size_t count, const char *passphrase, eml_secret_key *out,
                                 eml_error *err) {
    eml_secret_key_info info;
    EML_TRY(eml_secret_key_inspect(bytes, count, &info, err));
    const uint8_t *body = bytes + EML_LATTICE_HEADER_BYTES + 1 + EML_DIGEST_BYTES;
    uint8_t seed[EML_LATTICE_SEED_BYTES];
    if (info.locked)
        EML_TRY(unlock(body, passphrase, seed, err));
    else
        memcpy(seed, body, sizeof seed);
    eml_status status = rebuild(seed, &info.id, out, err);
    sodium_memzero(seed, sizeof seed);
    return status;
}

/* A secret file into the caller's array, which the caller wipes: eml_file_read would leave copies in freed memory. One
 * byte more than the longest key is read, so that a longer file is seen to be too long. */
static eml_status read_secret_file(const char *path, uint8_t out[SECRET_BYTES_MAX + 1], size_t *count, eml_error *err) {
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return eml_fail(err, EML_ERR_IO, "%s: cannot open: %s", path, strerror(errno));
    size_t total = 0;
    ssize_t got;
    do {
        got = read(fd, out + total, SECRET_BYTES_MAX + 1 - total);
        if (got > 0) total += (size_t)got;
    } while (got > 0 || (got < 0 && errno == EINTR));
    int cause = errno;
    if (!is_stdin) close(fd);
    if (got < 0) return eml_fail(err, EML_ERR_IO, "%s: cannot read: %s", path, strerror(cause));
    *count = total;
    return EML_OK;
}

eml_status eml_secret_key_read(const char *path, const char *passphrase, eml_secret_key *out, eml_error *err) {
    uint8_t file[SECRET_BYTES_MAX + 1];
    size_t count = 0;
    EML_TRY(read_secret_file(path, file, &count, err));
    eml_status status = eml_secret_key_decode(file, count, passphrase, out, err);
    sodium_memzero(file, sizeof file);
    if (status != EML_OK) eml_error_prefix(err, "%s", path);
    return status;
}

eml_status eml_secret_key_read_info(const char *path, eml_secret_key_info *out, eml_error *err) {
    uint8_t file[SECRET_BYTES_MAX + 1];
    size_t count = 0;
    EML_TRY(read_secret_file(path, file, &count, err));
    eml_status status = eml_secret_key_inspect(file, count, out, err);
    sodium_memzero(file, sizeof file);
    if (status != EML_OK) eml_error_prefix(err, "%s", path);
    return status;
}
