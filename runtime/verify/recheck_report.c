/* The report in a bundle, which no hash covers, against what the program has. */
#include "runtime/verify/recheck.h"

#include <jansson.h>
#include <string.h>

#include "runtime/base/decimal.h"

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

static bool says(const json_t *object, const char *key, const mpq_t number) {
    eml_buf exact = {0};
    eml_decimal_print_exact(number, &exact);
    eml_buf_put_u8(&exact, 0);
    bool same = strcmp(text_of(object, key), (const char *)exact.data) == 0;
    eml_buf_free(&exact);
    return same;
}

/* To 12 significant digits. */
static bool nearly_says(const json_t *object, const char *key, const mpq_t number) {
    const char *text = text_of(object, key);
    mpq_t said, allowed, one;
    mpq_inits(said, allowed, one, NULL);
    mpq_set_ui(one, 1, 1);
    mpz_ui_pow_ui(mpq_denref(one), 10, 11);
    mpq_abs(allowed, number);
    mpq_mul(allowed, allowed, one);
    bool near = eml_decimal_parse(text, strlen(text), said);
    mpq_sub(said, said, number);
    mpq_abs(said, said);
    near = near && mpq_cmp(said, allowed) <= 0;
    mpq_clears(said, allowed, one, NULL);
    return near;
}

bool eml_recheck_report(const eml_bundle *bundle, mpq_t *lowest, mpq_t *highest, const char **what) {
    const eml_abi *abi = &bundle->abi;
    json_t *report = json_loads(bundle->report, JSON_REJECT_DUPLICATES, NULL);
    const json_t *outputs = json_object_get(report, "outputs"), *delta = json_object_get(report, "delta_bits");
    *what = NULL;
    bool good = json_array_size(outputs) == abi->output_count && json_is_integer(delta) &&
                json_integer_value(delta) == abi->delta_bits;
    for (size_t o = 0; good && o < abi->output_count; o++) {
        const eml_output_column *column = &abi->outputs[o];
        const json_t *output = json_array_get(outputs, o);
        *what = column->name;
        good = strcmp(text_of(output, "name"), column->name) == 0 && says(output, "unit", column->unit) &&
               says(output, "error_bound", column->tolerance);
        if (lowest != NULL)
            good = good && nearly_says(output, "lowest", lowest[o]) && nearly_says(output, "highest", highest[o]);
    }
    json_decref(report);
    return good;
}
