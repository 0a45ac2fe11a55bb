/* Any bytes as a proof file: refused, or canonical. */
#include <string.h>

#include "runtime/bundle/proof_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    eml_proof_file file;
    eml_error err = {0};
    if (eml_proof_file_decode(size == 0 ? (const uint8_t *)"" : data, size, &file, &err) != EML_OK) {
        FUZZ_REQUIRE(err.text[0] != '\0');
        return 0;
    }
    eml_buf again = {0};
    eml_proof_file_encode(&file, &again);
    FUZZ_REQUIRE(again.len == size && memcmp(again.data, data, size) == 0);
    eml_buf_free(&again);
    eml_proof_file_free(&file);
    return 0;
}
