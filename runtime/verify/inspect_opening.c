/* What an opening says about itself: whose commitment it is of, and no value or salt; and the values, when asked. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/bundle/cbor_io.h"
#include "runtime/text/text.h"

static eml_status read_opening(const char *name, const eml_buf *bytes, eml_opening *out, eml_error *err) {
    eml_status status = eml_opening_decode(bytes->data, bytes->len, out, err);
    if (status == EML_OK) {
        eml_fe found[EML_RESCUE_DIGEST];
        eml_opening_commitment(out, found);
        status = eml_opening_check(out, found, err);
        if (status != EML_OK) eml_opening_free(out);
    }
    if (status != EML_OK) eml_error_prefix(err, "%s", name);
    return status;
}

/* ----- Without values */

typedef struct opening_facts {
    char commitment[EML_RESCUE_DIGEST_HEX + 1], schema[EML_RESCUE_DIGEST_HEX + 1];
} opening_facts;

static void put_json(const eml_opening *opening, const opening_facts *facts, eml_buf *out) {
    eml_inspect_begin_json("opening", out);
    eml_buf_printf(out, "\"commitment\": \"%s\",\n\"schema\": \"%s\",\n\"values\": %zu,\n\"names\": [",
                   facts->commitment, facts->schema, opening->count);
    for (size_t i = 0; i < opening->columns.input_count; i++) {
        if (i > 0) eml_buf_put_text(out, ", ");
        eml_text_put_json(opening->columns.inputs[i].name, out);
    }
    eml_buf_put_text(out, "]}\n");
}

static void put_text(const eml_opening *opening, const opening_facts *facts, eml_buf *out) {
    eml_buf_printf(out,
                   "opening        who has this file knows the values (--values prints them)\n"
                   "commitment     %s\nschema         %s\nvalues         %zu\n",
                   facts->commitment, facts->schema, opening->count);
    for (size_t i = 0; i < opening->columns.input_count; i++) {
        eml_buf_printf(out, "  %-20s ", opening->columns.inputs[i].name);
        eml_input_print_range(&opening->columns.inputs[i], out);
        eml_buf_put_text(out, "\n");
    }
}

eml_status eml_inspect_opening(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out, eml_error *err) {
    eml_opening opening;
    EML_TRY(read_opening(name, bytes, &opening, err));
    opening_facts facts;
    eml_rescue_digest_to_hex(opening.commitment, facts.commitment);
    eml_rescue_digest_to_hex(opening.schema, facts.schema);
    if (style == EML_STYLE_JSON)
        put_json(&opening, &facts, out);
    else
        put_text(&opening, &facts, out);
    eml_opening_free(&opening);
    return EML_OK;
}

/* ----- Values */

/* Committed inputs have the offset 0, as outputs have. */
static eml_status print_row(const eml_opening *opening, eml_style style, eml_buf *out, eml_error *err) {
    const eml_abi *columns = &opening->columns;
    eml_abi as_outputs = {0};
    eml_abi_set_counts(&as_outputs, 0, columns->input_count, 0, 0);
    for (size_t i = 0; i < columns->input_count; i++) {
        as_outputs.outputs[i].name = eml_copy_text(columns->inputs[i].name, strlen(columns->inputs[i].name));
        mpq_set(as_outputs.outputs[i].unit, columns->inputs[i].unit);
    }
    eml_rows row;
    eml_sink sink = eml_sink_of_buf(out);
    eml_rows_of_elements(opening->values, 1, opening->count, &row);
    eml_status status = style == EML_STYLE_JSON ? eml_output_rows_print_json(&as_outputs, &row, NULL, NULL, &sink, err)
                                                : eml_output_rows_print_csv(&as_outputs, &row, NULL, NULL, &sink, err);
    eml_rows_free(&row);
    eml_abi_free(&as_outputs);
    return status;
}

static eml_status row_of(const eml_file *file, eml_style style, eml_buf *out, eml_error *err) {
    const char *name = eml_verify_file_name(file);
    eml_buf bytes = {0};
    eml_opening opening;
    EML_TRY(eml_verify_read_file(file, EML_OPENING_BYTES_MAX, &bytes, err));
    eml_status status = eml_cbor_begins(bytes.data, bytes.len, EML_OPENING_MAGIC)
                            ? read_opening(name, &bytes, &opening, err)
                            : eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%s: this is no opening", name);
    eml_buf_free(&bytes);
    EML_TRY(status);
    if (opening.columns.raw)
        status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                             "%s: made for a program from assembly: its values have no names", name);
    else
        status = print_row(&opening, style, out, err);
    eml_opening_free(&opening);
    return status;
}

static eml_answer opening_row(const eml_file *file, eml_style style, eml_bytes *out, eml_error *err) {
    eml_buf text = {0};
    eml_status status = row_of(file, style, &text, err);
    if (status == EML_OK) *out = eml_bytes_take(&text);
    return eml_answer_of(status);
}

eml_answer eml_opening_row(const eml_file *opening, eml_style style, eml_bytes *row, eml_error *err) {
    EML_SECRET_CALL(err, opening_row(opening, style, row, err));
}
