/* Any bytes as a ciphertext file, alone and followed by zero cells of one or two columns of a block: a small input then
 * reaches all of the reader. What is accepted is written back byte for byte. */
#include <string.h>

#include "runtime/ciphertext/ciphertext.h"
#include "tests/fuzz/fuzz.h"

enum { COLUMN_BYTES = EML_LATTICE_PARTS * EML_LATTICE_DEGREE * EML_FE_BYTES, HEAD_MAX = 4096 };

static void try(const uint8_t *bytes, size_t count) {
    eml_ciphertext ciphertext;
    eml_error err = {0};
    eml_status status = eml_ciphertext_decode(bytes, count, &ciphertext, &err);
    if (status != EML_OK) {
        FUZZ_REQUIRE(status == EML_ERR_INPUT && err.text[0]);
        return;
    }
    eml_buf again = {0};
    eml_ciphertext_encode(&ciphertext, &again);
    FUZZ_REQUIRE(again.len == count && memcmp(again.data, bytes, count) == 0);
    FUZZ_REQUIRE(eml_ciphertext_match(&ciphertext, &ciphertext.label, NULL) == EML_OK);
    eml_buf_free(&again);
    eml_ciphertext_free(&ciphertext);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t padded[HEAD_MAX + 2 * COLUMN_BYTES];
    try(data, size);
    if (size == 0 || size > HEAD_MAX) return 0;
    memcpy(padded, data, size);
    memset(padded + size, 0, 2 * COLUMN_BYTES);
    try(padded, size + COLUMN_BYTES);
    try(padded, size + 2 * COLUMN_BYTES);
    return 0;
}
