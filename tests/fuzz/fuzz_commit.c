/* Any bytes as an opening and as a schema file: refused, or what is written again is the same; and an opening that is
 * read is held against a program with committed inputs. */
#include <string.h>

#include "runtime/bundle/opening.h"
#include "runtime/bundle/schema.h"
#include "runtime/table/raw.h"
#include "runtime/verify/verify.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/bundle_samples.h"

static void try_opening(const eml_bundle *bundle, const uint8_t *data, size_t size) {
    eml_opening opening;
    eml_error err = {0};
    if (eml_opening_decode(data, size, &opening, &err) != EML_OK) {
        FUZZ_REQUIRE(err.text[0] != '\0');
        return;
    }
    eml_buf again = {0};
    eml_record record = {0};
    eml_opening_encode(&opening, &again);
    FUZZ_REQUIRE(again.len == size && memcmp(again.data, data, size) == 0);
    eml_fe commitment[EML_RESCUE_DIGEST];
    eml_opening_commitment(&opening, commitment);
    if (eml_record_add_opening(&record, &bundle->abi, &bundle->program.shape, &opening, &err) == EML_OK)
        FUZZ_REQUIRE(memcmp(record.commitment, commitment, sizeof commitment) == 0);
    eml_record_free(&record);
    eml_opening_free(&opening);
    eml_buf_free(&again);
}

static void try_schema(const char *text, size_t size) {
    eml_abi abi, twice;
    eml_error err = {0};
    if (eml_schema_parse("s", text, size, &abi, &err) != EML_OK) {
        FUZZ_REQUIRE(err.text[0] != '\0');
        return;
    }
    eml_buf once = {0}, again = {0};
    eml_fe digest[EML_RESCUE_DIGEST], second[EML_RESCUE_DIGEST];
    eml_schema_print(&abi, &once);
    FUZZ_REQUIRE(eml_schema_parse("s", (const char *)once.data, once.len, &twice, &err) == EML_OK);
    eml_schema_print(&twice, &again);
    FUZZ_REQUIRE(once.len == again.len && memcmp(once.data, again.data, once.len) == 0);
    eml_schema_digest(&abi, digest);
    eml_schema_digest(&twice, second);
    FUZZ_REQUIRE(memcmp(digest, second, sizeof digest) == 0);
    eml_buf_free(&once);
    eml_buf_free(&again);
    eml_abi_free(&abi);
    eml_abi_free(&twice);
}

static void try_values(const char *text, size_t size) {
    eml_fe *values = NULL;
    size_t count;
    if (eml_raw_values_parse("t", text, size, &values, &count, NULL) == EML_OK) FUZZ_REQUIRE(count == 0 || values);
    eml_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static eml_bundle bundle;
    if (bundle.report == NULL) test_sample_bundle(TEST_SAMPLE_COMMITTED, &bundle);
    const uint8_t *bytes = size == 0 ? (const uint8_t *)"" : data;
    try_opening(&bundle, bytes, size);
    try_schema((const char *)bytes, size);
    try_values((const char *)bytes, size);
    return 0;
}
