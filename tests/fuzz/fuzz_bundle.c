/* Any bytes as a bundle: refused, or canonical: they are what the bundle encodes to. */
#include <string.h>

#include "runtime/bundle/bundle.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    eml_bundle bundle;
    eml_error err = {0};
    if (eml_bundle_decode(size == 0 ? (const uint8_t *)"" : data, size, &bundle, &err) != EML_OK) {
        FUZZ_REQUIRE(err.text[0] != '\0');
        return 0;
    }
    eml_buf again = {0};
    eml_bundle_encode(&bundle, &again);
    FUZZ_REQUIRE(again.len == size && memcmp(again.data, data, size) == 0);
    again.len = 0;
    eml_abi_print_json(&bundle.abi, &again);
    eml_buf_free(&again);
    eml_bundle_free(&bundle);
    return 0;
}
