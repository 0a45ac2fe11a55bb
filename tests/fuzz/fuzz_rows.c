/* Any bytes as a table or as raw tapes. Outputs that are read print to a table that reads back the same. */
#include <string.h>

#include "runtime/table/rows.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/bundle_samples.h"
#include "tests/support/rows.h"
#include "runtime/table/computed.h"
#include "runtime/table/read.h"
#include "runtime/table/raw.h"

static void try_inputs(const eml_abi *abi, eml_rows_kind kind, const char *text, size_t size) {
    eml_rows rows;
    eml_error err = {0};
    for (int allow_extra = 0; allow_extra < 2; allow_extra++) {
        if (eml_rows_parse(abi, kind, "t", text, size, allow_extra != 0, &rows, &err) != EML_OK) {
            FUZZ_REQUIRE(err.text[0] != '\0');
            continue;
        }
        FUZZ_REQUIRE(eml_rows_count(&rows) > 0 && rows.cells.columns > 0);
        eml_rows_free(&rows);
    }
}

static void try_outputs(const eml_abi *abi, const char *text, size_t size) {
    eml_rows rows, again;
    eml_error err;
    if (eml_rows_parse(abi, EML_ROWS_OUTPUTS, "t", text, size, false, &rows, &err) != EML_OK) return;
    eml_buf printed[2] = {{0}, {0}};
    eml_rows results;
    bool computed = eml_results_of(abi, &rows, &results, &err) == EML_OK;
    eml_sink sinks[] = {eml_sink_of_buf(&printed[0]), eml_sink_of_buf(&printed[1])};
    const eml_rows *computed_rows = computed ? &results : NULL;
    FUZZ_REQUIRE(eml_output_rows_print_csv(abi, &rows, computed_rows, NULL, &sinks[0], NULL) == EML_OK);
    FUZZ_REQUIRE(eml_output_rows_print_json(abi, &rows, computed_rows, NULL, &sinks[1], NULL) == EML_OK);
    if (computed) eml_rows_free(&results);
    for (size_t i = 0; i < 2; i++) {
        FUZZ_REQUIRE(eml_rows_parse(abi, EML_ROWS_OUTPUTS, "t", (const char *)printed[i].data, printed[i].len, false,
                                    &again, &err) == EML_OK);
        FUZZ_REQUIRE(eml_rows_count(&again) == eml_rows_count(&rows));
        for (size_t c = 0; c < eml_rows_count(&rows) * rows.cells.columns; c++)
            FUZZ_REQUIRE(eml_fe_eq(test_cell(&again, c), test_cell(&rows, c)));
        eml_rows_free(&again);
        eml_buf_free(&printed[i]);
    }
    eml_rows_free(&rows);
}

static void try_raw(const char *text, size_t size) {
    eml_raw_tapes tapes;
    eml_raw_result result;
    eml_error err;
    if (eml_raw_tapes_parse("t", text, size, &tapes, &err) == EML_OK) eml_raw_tapes_free(&tapes);
    if (eml_raw_result_parse("t", text, size, &result, &err) == EML_OK) eml_raw_result_free(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static eml_bundle bundles[TEST_SAMPLES];
    if (!bundles[TEST_SAMPLE_PLAIN].report)
        for (test_sample sample = 0; sample < TEST_SAMPLES; sample++) test_sample_bundle(sample, &bundles[sample]);
    const char *text = size == 0 ? "" : (const char *)data;
    try_inputs(&bundles[TEST_SAMPLE_PLAIN].abi, EML_ROWS_PUBLIC, text, size);
    try_inputs(&bundles[TEST_SAMPLE_SEVERAL].abi, EML_ROWS_PUBLIC, text, size);
    try_inputs(&bundles[TEST_SAMPLE_ENCRYPTED].abi, EML_ROWS_SECRET, text, size);
    try_inputs(&bundles[TEST_SAMPLE_COMMITTED].abi, EML_ROWS_COMMITTED, text, size);
    try_outputs(&bundles[TEST_SAMPLE_SEVERAL].abi, text, size);
    try_raw(text, size);
    return 0;
}
