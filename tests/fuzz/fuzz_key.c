/* Any bytes as a public and as a secret key file; short ones also with zeros up to a public key's length. What is
 * accepted is written back byte for byte. */
#include <string.h>

#include "runtime/lattice/key.h"
#include "tests/fuzz/fuzz.h"

enum { PUBLIC_BYTES = 68 + EML_LATTICE_RANK * EML_LATTICE_DEGREE * EML_FE_BYTES };

static void require_same(eml_buf *again, const uint8_t *bytes, size_t count) {
    FUZZ_REQUIRE(again->len == count && memcmp(again->data, bytes, count) == 0);
    eml_buf_free(again);
}

static void try_public(const uint8_t *bytes, size_t count) {
    eml_public_key key;
    eml_error err = {0};
    eml_status status = eml_public_key_decode(bytes, count, &key, &err);
    if (status != EML_OK) {
        FUZZ_REQUIRE(status == EML_ERR_INPUT && err.text[0]);
        return;
    }
    eml_buf again = {0};
    eml_public_key_encode(&key, &again);
    require_same(&again, bytes, count);
    eml_public_key_free(&key);
}

static void try_secret(const uint8_t *bytes, size_t count) {
    eml_secret_key key;
    eml_secret_key_info info;
    eml_error err = {0};
    bool readable = eml_secret_key_inspect(bytes, count, &info, NULL) == EML_OK;
    eml_status status = eml_secret_key_decode(bytes, count, NULL, &key, &err);
    if (status != EML_OK) {
        FUZZ_REQUIRE(err.text[0]);
        FUZZ_REQUIRE(status == (readable && !info.locked ? EML_ERR_NO : EML_ERR_INPUT));
        return;
    }
    FUZZ_REQUIRE(readable && !info.locked);
    eml_buf again = {0};
    FUZZ_REQUIRE(eml_secret_key_encode(&key, NULL, &again, NULL) == EML_OK);
    require_same(&again, bytes, count);
    eml_secret_key_free(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t padded[PUBLIC_BYTES];
    try_public(data, size);
    try_secret(data, size);
    if (size == 0 || size >= PUBLIC_BYTES) return 0;
    memcpy(padded, data, size);
    memset(padded + size, 0, PUBLIC_BYTES - size);
    try_public(padded, PUBLIC_BYTES);
    return 0;
}
