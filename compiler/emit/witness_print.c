/* Witnesses in words: eml check --verbose, --emit witness. */
#include "compiler/emit/witness.h"

#include "compiler/check/rational.h"
#include "runtime/table/rows.h"
#include "runtime/text/text.h"

enum { NAMED = 6 };

static void put_value(const eml_witness *w, size_t input, eml_buf *out) {
    eml_rows_put_input(&w->inputs.inputs[input], eml_witness_value(w, input), out);
}

/* Of a table: not derived. */
static bool is_given(const eml_witness *w, size_t input) { return w->items[input].count > 0; }

/* What the output depends on. */
static void put_row(const eml_witness *w, eml_buf *out) {
    size_t count = 0;
    for (size_t i = 0; i < w->inputs.input_count; i++) {
        if (!eml_witness_depends(w, i) || count++ >= NAMED) continue;
        eml_buf_printf(out, "%s%s = ", count > 1 ? ", " : ", at ", w->quant->model->inputs[i].name);
        put_value(w, i, out);
    }
    if (count > NAMED) eml_buf_printf(out, " and %zu more, which --emit witness has", count - NAMED);
}

void eml_witness_print(eml_witness *w, size_t output, eml_buf *out) {
    mpq_t error;
    mpq_init(error);
    bool found = eml_witness_find(w, output, error);
    double bound = mpq_get_d(w->quant->outputs[output].bound), share = 100 * mpq_get_d(error) / bound;
    if (found) {
        eml_buf_printf(out, "  %.6g found, %.1f %% of the bound", mpq_get_d(error), share);
        put_row(w, out);
        eml_buf_put_u8(out, '\n');
    }
    mpq_clear(error);
}

void eml_witness_print_csv(const eml_quant *quant, eml_buf *out) {
    eml_witness w;
    mpq_t error;
    mpq_init(error);
    eml_witness_open(quant, &w);
    const char *comma = "";
    for (size_t i = 0; i < w.inputs.input_count; i++) {
        if (!is_given(&w, i)) continue;
        eml_buf_put_text(out, comma);
        eml_rows_put_name(quant->model->inputs[i].name, out);
        comma = ",";
    }
    eml_buf_put_u8(out, '\n');
    for (size_t o = 0; o < quant->model->output_count; o++) {
        if (!eml_witness_find(&w, o, error)) continue;
        comma = "";
        for (size_t i = 0; i < w.inputs.input_count; i++) {
            if (!is_given(&w, i)) continue;
            eml_buf_put_text(out, comma);
            put_value(&w, i, out);
            comma = ",";
        }
        eml_buf_put_u8(out, '\n');
    }
    eml_witness_close(&w);
    mpq_clear(error);
}

static void put_json(eml_witness *w, size_t output, const mpq_t error, eml_buf *out) {
    eml_buf_put_text(out, "{\"output\": ");
    eml_text_put_json(w->quant->model->outputs[output].name, out);
    eml_buf_put_text(out, ", \"bound\": \"");
    eml_rational_print_short(w->quant->outputs[output].bound, out);
    eml_buf_put_text(out, "\", \"error\": \"");
    eml_rational_print_short(error, out);
    eml_buf_put_text(out, "\", \"row\": {");
    const char *comma = "";
    for (size_t i = 0; i < w->inputs.input_count; i++) {
        if (!is_given(w, i)) continue;
        eml_buf value = {0};
        eml_buf_put_text(out, comma);
        eml_text_put_json(w->quant->model->inputs[i].name, out);
        eml_buf_put_text(out, ": ");
        if (w->inputs.inputs[i].word_count > 0)
            eml_buf_put_text(&value, w->inputs.inputs[i].words[mpz_get_ui(mpq_numref(eml_witness_value(w, i)))]);
        else
            put_value(w, i, &value);
        eml_buf_put_u8(&value, 0);
        eml_text_put_json((const char *)value.data, out);
        eml_buf_free(&value);
        comma = ", ";
    }
    eml_buf_put_text(out, "}}");
}

void eml_witness_print_json(const eml_quant *quant, eml_buf *out) {
    eml_witness w;
    mpq_t error;
    mpq_init(error);
    eml_witness_open(quant, &w);
    const char *comma = "";
    eml_buf_put_text(out, "[");
    for (size_t o = 0; o < quant->model->output_count; o++) {
        if (!eml_witness_find(&w, o, error)) continue;
        eml_buf_put_text(out, comma);
        put_json(&w, o, error, out);
        comma = ", ";
    }
    eml_buf_put_text(out, "]");
    eml_witness_close(&w);
    mpq_clear(error);
}
