/* The file of --salt: 32 secret bytes, nothing else, made when there is none; and what may be made again with it. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/cli/cli.h"
#include "runtime/base/file.h"

eml_status eml_cli_read_salt(const char *path, eml_cli_salt *out, eml_error *err) {
    *out = (eml_cli_salt){.path = path};
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        out->made = true;
        EML_TRY(eml_compile_draw_salt(out->secret, err));
        return eml_file_check_writable(path, EML_FILE_NEW_SECRET, err);
    }
    eml_buf bytes = {0};
    eml_status status = eml_file_read(path, sizeof out->secret, &bytes, err);
    if (status == EML_OK && bytes.len != sizeof out->secret)
        status = eml_fail(err, EML_ERR_INPUT,
                          "%s: a salt file has 32 bytes, this one has %zu; one is made when there "
                          "is no file of that name",
                          path, bytes.len);
    if (status == EML_OK) memcpy(out->secret, bytes.data, sizeof out->secret);
    if (bytes.data != NULL) explicit_bzero(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return status;
}

static bool could_be_made_again(const eml_buf *bytes, const uint8_t *secret) {
    eml_bundle bundle;
    if (eml_bundle_decode(bytes->data, bytes->len, &bundle, NULL) != EML_OK) return false;
    bool again = secret == NULL ? bundle.abi.raw : eml_compile_makes_again(secret, &bundle);
    eml_bundle_free(&bundle);
    return again;
}

eml_file_access eml_cli_owners_access(const char *path, const uint8_t *secret) {
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return EML_FILE_SECRET;
    eml_buf bytes = {0};
    bool again =
        eml_file_read(path, EML_BUNDLE_BYTES_MAX, &bytes, NULL) == EML_OK && could_be_made_again(&bytes, secret);
    if (bytes.data != NULL) explicit_bzero(bytes.data, bytes.len);
    eml_buf_free(&bytes);
    return again ? EML_FILE_OWNERS : EML_FILE_SECRET;
}
