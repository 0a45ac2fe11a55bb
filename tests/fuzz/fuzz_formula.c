/* A formula from its bytes: read and written again it is the same; one that passes the checks has a value, or says why
 * not, in little time. */
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/formula/formula.h"
#include "tests/fuzz/fuzz.h"

enum { COLUMNS = 4, SIZE_MAX_TRIED = 512 };

static void try_values(const eml_formula *formula) {
    static const char *const tried[][COLUMNS] = {
        {"0", "0", "0", "0"}, {"1", "-1", "1/2", "3"}, {"-7/3", "1000000007", "1/1000000007", "-1"}};
    static const eml_formula_column names[COLUMNS] = {{"a", NULL, 0}, {"b", NULL, 0}, {"c", NULL, 0}, {"d", NULL, 0}};
    eml_buf text = {0};
    mpq_t columns[COLUMNS], value;
    mpq_init(value);
    for (int c = 0; c < COLUMNS; c++) mpq_init(columns[c]);
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        eml_error err = {0};
        for (int c = 0; c < COLUMNS; c++) mpq_set_str(columns[c], tried[i][c], 10);
        eml_status status = eml_formula_value(formula, (const mpq_t *)columns, value, &err);
        FUZZ_REQUIRE(status == EML_OK || (status == EML_ERR_NO && err.text[0] != '\0'));
    }
    eml_formula_print(formula, names, &text);
    FUZZ_REQUIRE(text.len > 0);
    for (int c = 0; c < COLUMNS; c++) mpq_clear(columns[c]);
    mpq_clear(value);
    eml_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    eml_formula formula;
    eml_buf again = {0};
    if (size > SIZE_MAX_TRIED || eml_formula_decode(data, size, &formula, NULL) != EML_OK) return 0;
    eml_formula_encode(&formula, &again);
    FUZZ_REQUIRE(again.len == size && (size == 0 || memcmp(again.data, data, size) == 0));
    if (eml_formula_check(&formula, COLUMNS, NULL) == EML_OK) try_values(&formula);
    eml_buf_free(&again);
    eml_formula_free(&formula);
    return 0;
}
