/* --emit abi-json: the ABI for people and for tools that do not read CBOR. The same names and order of meaning as the
 * CBOR form; the all-ones input is null there too. */
#include "runtime/base/decimal.h"
#include "runtime/bundle/abi.h"
#include "runtime/text/text.h"

static void put_bool(eml_buf *out, const char *key, bool value) {
    eml_buf_printf(out, "\"%s\": %s", key, value ? "true" : "false");
}

static void put_rational(eml_buf *out, const char *key, const mpq_t value) {
    eml_buf_printf(out, ", \"%s\": \"", key);
    eml_decimal_print_exact(value, out);
    eml_buf_put_text(out, "\"");
}

void eml_formula_put_json(const eml_formula *formula, const eml_formula_column *names, eml_buf *out) {
    eml_buf text = {0};
    eml_formula_print(formula, names, &text);
    eml_buf_put_u8(&text, 0);
    eml_buf_put_text(out, ", \"formula\": ");
    eml_text_put_json((const char *)text.data, out);
    eml_buf_free(&text);
}

static void put_words(const eml_input_column *column, eml_buf *out) {
    eml_buf_put_text(out, ", \"words\": [");
    for (size_t k = 0; k < column->word_count; k++) {
        if (k > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(column->words[k], out);
    }
    eml_buf_put_text(out, "]");
}

static void put_input(eml_buf *out, const eml_input_column *column, const eml_formula_column *names) {
    eml_buf_put_text(out, "    {\"name\": ");
    eml_text_put_json(column->name, out);
    eml_buf_put_text(out, ", ");
    put_bool(out, "secret", column->visibility == EML_SECRET);
    if (column->visibility == EML_COMMITTED) eml_buf_put_text(out, ", \"committed\": true");
    eml_buf_put_text(out, ", ");
    put_bool(out, "uniform", column->uniform);
    eml_buf_put_text(out, ", ");
    put_bool(out, "exact", column->exact);
    put_rational(out, "lo", column->lo);
    put_rational(out, "hi", column->hi);
    put_rational(out, "offset", column->offset);
    put_rational(out, "unit", column->unit);
    if (mpq_sgn(column->step) != 0) put_rational(out, "step", column->step);
    if (column->word_count > 0) put_words(column, out);
    if (eml_input_is_derived(column)) eml_formula_put_json(&column->formula, names, out);
    eml_buf_put_text(out, "}");
}

static void put_groups(eml_buf *out, const eml_abi *abi) {
    eml_buf_put_text(out, "  \"onehot\": [");
    for (size_t i = 0; i < abi->group_count; i++) {
        const eml_onehot_group *group = &abi->groups[i];
        eml_buf_put_text(out, i > 0 ? ",\n    {\"name\": " : "\n    {\"name\": ");
        eml_text_put_json(group->name, out);
        eml_buf_printf(out, ", \"first\": %zu, \"count\": %zu}", group->first, group->count);
    }
    eml_buf_put_text(out, "\n  ],\n");
}

static void put_output(eml_buf *out, const eml_output_column *column) {
    eml_buf_put_text(out, "    {\"name\": ");
    eml_text_put_json(column->name, out);
    eml_buf_put_text(out, ", \"link\": ");
    eml_text_put_json(column->link, out);
    put_rational(out, "unit", column->unit);
    put_rational(out, "tolerance", column->tolerance);
    eml_buf_put_text(out, "}");
}

static void put_result(eml_buf *out, const eml_result_column *column, const eml_formula_column *names) {
    eml_buf_put_text(out, "    {\"name\": ");
    eml_text_put_json(column->name, out);
    put_rational(out, "unit", column->unit);
    put_rational(out, "tolerance", column->tolerance);
    eml_formula_put_json(&column->formula, names, out);
    eml_buf_put_text(out, "}");
}

static void put_results(eml_buf *out, const eml_abi *abi) {
    eml_formula_column *names = eml_abi_result_names(abi);
    eml_buf_put_text(out, "  \"results\": [");
    for (size_t i = 0; i < abi->result_count; i++) {
        eml_buf_put_text(out, i > 0 ? ",\n" : "\n");
        put_result(out, &abi->results[i], names);
    }
    eml_buf_put_text(out, "\n  ],\n");
    eml_free(names);
}

static void put_tape(eml_buf *out, const char *key, const uint32_t *tape, size_t length) {
    eml_buf_printf(out, "  \"%s\": [", key);
    for (size_t i = 0; i < length; i++) {
        if (i > 0) eml_buf_put_text(out, ", ");
        if (tape[i] == EML_TAPE_ONE)
            eml_buf_put_text(out, "null");
        else
            eml_buf_printf(out, "%u", tape[i]);
    }
    eml_buf_put_text(out, "],\n");
}

/* null: any number. */
static void put_count(const char *key, uint64_t count, eml_buf *out) {
    if (count == UINT64_MAX)
        eml_buf_printf(out, "\"%s\": null},\n", key);
    else
        eml_buf_printf(out, "\"%s\": %llu},\n", key, (unsigned long long)count);
}

static void put_hidden(eml_buf *out, const eml_abi *abi) {
    eml_buf_put_text(out, "  \"hidden\": {\"params\": [");
    for (size_t i = 0; i < abi->hidden_count; i++) {
        const eml_hidden_param *param = &abi->hidden[i];
        eml_buf_put_text(out, i > 0 ? ",\n    {\"name\": " : "\n    {\"name\": ");
        eml_text_put_json(param->name, out);
        eml_buf_put_text(out, ", \"shape\": [");
        for (uint32_t j = 0; j < param->rank; j++) eml_buf_printf(out, "%s%u", j > 0 ? ", " : "", param->dims[j]);
        eml_buf_put_text(out, "]");
        put_rational(out, "lo", param->lo);
        put_rational(out, "hi", param->hi);
        eml_buf_printf(out, ", \"bits\": %.4f}", (double)param->bits / EML_REVEAL_UNIT);
    }
    eml_buf_printf(out, "\n  ], \"row_bits\": %.4f, ", (double)abi->row_bits / EML_REVEAL_UNIT);
    put_count("rows", eml_abi_reveal_rows(abi), out);
}

static void put_committed(eml_buf *out, const eml_abi *abi) {
    eml_buf_printf(out, "  \"committed\": {\"values\": %zu, \"bits\": %.4f, \"row_bits\": %.4f, ",
                   eml_abi_columns(abi, EML_COMMITTED), (double)abi->reveal.bits / EML_REVEAL_UNIT,
                   (double)abi->reveal.row_bits / EML_REVEAL_UNIT);
    put_count("proofs", eml_abi_reveal_proofs(abi), out);
}

void eml_abi_print_json(const eml_abi *abi, eml_buf *out) {
    eml_buf_put_text(out, "{\n  ");
    put_bool(out, "raw", abi->raw);
    eml_buf_put_text(out, ",\n  \"model\": ");
    eml_text_put_json(abi->model, out);
    eml_buf_put_text(out, ",\n  ");
    put_bool(out, "single_row", abi->single_row);
    eml_buf_put_text(out, ",\n  \"inputs\": [");
    eml_formula_column *names = eml_abi_input_names(abi);
    for (size_t i = 0; i < abi->input_count; i++) {
        eml_buf_put_text(out, i > 0 ? ",\n" : "\n");
        put_input(out, &abi->inputs[i], names);
    }
    eml_free(names);
    eml_buf_put_text(out, abi->input_count > 0 ? "\n  ],\n" : "],\n");
    if (abi->group_count > 0) put_groups(out, abi);
    eml_buf_put_text(out, "  \"outputs\": [");
    for (size_t i = 0; i < abi->output_count; i++) {
        eml_buf_put_text(out, i > 0 ? ",\n" : "\n");
        put_output(out, &abi->outputs[i]);
    }
    eml_buf_put_text(out, abi->output_count > 0 ? "\n  ],\n" : "],\n");
    if (abi->result_count > 0) put_results(out, abi);
    if (abi->hidden_count > 0) put_hidden(out, abi);
    if (eml_abi_columns(abi, EML_COMMITTED) > 0) put_committed(out, abi);
    put_tape(out, "public_tape", abi->public_tape, abi->public_len);
    put_tape(out, "secret_tape", abi->secret_tape, abi->secret_len);
    eml_buf_put_text(out, "  ");
    put_bool(out, "encrypted_outputs", abi->encrypted_outputs);
    eml_buf_printf(out, ",\n  \"delta_bits\": %u\n}\n", abi->delta_bits);
}
