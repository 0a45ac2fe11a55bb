/* eml check --verbose: where the error of each output may come from, input by input, in a table, and where it does. */
#include <stdlib.h>

#include "compiler/check/rational.h"
#include "compiler/emit/witness.h"

enum { ROWS = 12, OUTPUTS = 24, NAME_WIDTH = 32 };

typedef struct share {
    const eml_form_term *term;
    double rounding; /* of weight and input */
    double derived;  /* of what a derived input is computed with */
} share;

static double total(const share *s) { return s->rounding + s->derived; }

static int compare_shares(const void *a, const void *b) {
    double x = total(a), y = total(b);
    return x > y ? -1 : x < y;
}

static share share_of(const eml_quant *quant, const eml_quant_output *output, const eml_form_term *term) {
    mpq_t error;
    mpq_init(error);
    share out = {.term = term};
    eml_quant_term_error(quant, term, output->unit, error);
    out.rounding = mpq_get_d(error);
    mpq_set_ui(error, 0, 1);
    eml_quant_add_derived_error(quant, term, error);
    out.derived = mpq_get_d(error);
    mpq_clear(error);
    return out;
}

static void put_name(const eml_model *model, eml_monomial m, eml_buf *out) {
    eml_buf name = {0};
    if (m.first == EML_NO_INPUT) eml_buf_put_text(&name, "the constant");
    if (m.first != EML_NO_INPUT) eml_buf_put_text(&name, model->inputs[m.first].name);
    if (m.second != EML_NO_INPUT) eml_buf_printf(&name, " * %s", model->inputs[m.second].name);
    eml_buf_printf(out, "  %-*.*s", NAME_WIDTH, (int)name.len, (const char *)name.data);
    eml_buf_free(&name);
}

static void put_share(const eml_model *model, const share *s, double tolerance, eml_buf *out) {
    put_name(model, s->term->monomial, out);
    eml_buf_printf(out, " %9.2e %6.1f %%", total(s), 100 * total(s) / tolerance);
    if (s->derived > 0) eml_buf_printf(out, "  (%.2e of it in its formula)", s->derived);
    eml_buf_put_u8(out, '\n');
}

/* witness: NULL of a hidden model. */
static void put_output(const eml_quant *quant, size_t index, eml_witness *witness, eml_buf *out) {
    const eml_quant_output *output = &quant->outputs[index];
    const char *name = quant->model->outputs[index].name;
    if (mpq_sgn(output->bound) == 0) {
        eml_buf_printf(out, "output %s: exact\n", name);
        return;
    }
    size_t count = 0;
    share *shares = eml_alloc(output->centred.count, sizeof *shares);
    for (size_t i = 0; i < output->centred.count; i++) {
        shares[count] = share_of(quant, output, &output->centred.terms[i]);
        count += total(&shares[count]) > 0;
    }
    qsort(shares, count, sizeof *shares, compare_shares);
    double tolerance = mpq_get_d(output->tolerance);
    eml_buf_printf(out, "output %s: error at most %.3g of %.3g\n", name, mpq_get_d(output->bound), tolerance);
    for (size_t i = 0; i < count && i < ROWS; i++) put_share(quant->model, &shares[i], tolerance, out);
    if (count > ROWS) eml_buf_printf(out, "  and %zu more\n", count - ROWS);
    eml_free(shares);
    if (witness != NULL)
        eml_witness_print(witness, index, out);
    else
        eml_buf_put_text(out, "  no row is shown: the error there tells of hidden weights\n");
}

static void put_result(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_model_result *source = &quant->model->results[index];
    double bound = mpq_get_d(quant->results[index].bound);
    eml_buf_printf(out, "result %s: ", source->name);
    if (bound == 0) eml_buf_put_text(out, "exact, of the printed outputs");
    if (bound != 0) eml_buf_printf(out, "error at most %.3g", bound);
    if (bound != 0 && mpq_sgn(source->tolerance) != 0) eml_buf_printf(out, " of %.3g", mpq_get_d(source->tolerance));
    if (bound != 0) eml_buf_put_text(out, "; no row is looked for");
    eml_buf_put_u8(out, '\n');
}

void eml_quant_print_budget(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    eml_witness witness = {0};
    bool hidden = model->hidden_count > 0;
    if (!hidden) eml_witness_open(quant, &witness);
    for (size_t o = 0; o < model->output_count && o < OUTPUTS; o++) put_output(quant, o, hidden ? NULL : &witness, out);
    if (!hidden) eml_witness_close(&witness);
    if (model->output_count > OUTPUTS) eml_buf_printf(out, "and %zu more outputs\n", model->output_count - OUTPUTS);
    for (size_t r = 0; r < model->result_count && r < OUTPUTS; r++) put_result(quant, r, out);
    if (model->result_count > OUTPUTS) eml_buf_printf(out, "and %zu more results\n", model->result_count - OUTPUTS);
}
