/* The fixed-point model in words: --emit quant (every number), the report for people, and the same as JSON for the
 * bundle. */
#include <math.h>

#include "compiler/emit/json.h"
#include "compiler/quant/quantize.h"
#include "compiler/check/rational.h"
#include "runtime/text/text.h"
#include "runtime/base/decimal.h"
#include "runtime/ciphertext/params.h"

static void put_integer(eml_buf *out, const mpz_t value) {
    char *text = mpz_get_str(NULL, 10, value);
    eml_buf_put_text(out, text);
    void (*release)(void *, size_t);
    mp_get_memory_functions(NULL, NULL, &release);
    release(text, 0);
}

static void put_bound(eml_buf *out, const eml_quant_output *output) {
    mpq_t bound;
    mpq_init(bound);
    eml_quant_stated_bound(output, bound);
    eml_decimal_print_exact(bound, out);
    mpq_clear(bound);
}

/* The number, or "n * 2^-e" where the compiler has rounded it to its significant bits. */
static void put_unit(eml_buf *out, const mpq_t unit) {
    enum { SHORT_BITS = 32 };
    size_t down = mpz_scan1(mpq_denref(unit), 0);
    if (down > SHORT_BITS && eml_integer_bits(mpq_denref(unit)) == down + 1) {
        put_integer(out, mpq_numref(unit));
        eml_buf_printf(out, " * 2^-%zu", down);
    } else {
        eml_rational_print_dump(unit, out);
    }
}

static size_t range_bits(const mpz_t lo, const mpz_t hi) { /* of the magnitude */
    return eml_integer_bits(mpz_cmpabs(lo, hi) > 0 ? lo : hi);
}

static size_t used_bits(const eml_quant *quant, const eml_quant_output *output) {
    return range_bits(output->lo, output->hi) + quant->delta_bits;
}

enum { FIELD_BITS = 127 }; /* magnitudes below p/2 */

static size_t head_room(const eml_quant *quant, const eml_quant_output *output) {
    size_t used = used_bits(quant, output);
    return used < FIELD_BITS ? FIELD_BITS - used : 0;
}

/* ----- --emit quant */

static void print_input(const eml_model_input *in, const eml_quant_input *q, eml_buf *out) {
    eml_buf_printf(out, "input %s offset ", in->name);
    eml_rational_print_dump(q->offset, out);
    eml_buf_put_text(out, " unit ");
    put_unit(out, q->unit);
    eml_buf_put_text(out, mpq_sgn(q->rounding) == 0 ? " exact in [" : " rounded in [");
    put_integer(out, q->lo);
    eml_buf_put_text(out, ", ");
    put_integer(out, q->hi);
    eml_buf_put_text(out, "]\n");
}

/* Of a hidden one what others know: dumps of a hidden model may be shown. */
static void print_weight(const eml_quant *quant, const eml_quant_output *q, size_t term, eml_buf *out) {
    if (q->centred.terms[term].hidden == NULL) {
        put_integer(out, q->weights[term]);
        return;
    }
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    eml_quant_weight_range(quant, q, term, lo, hi);
    eml_buf_put_text(out, "hidden in [");
    put_integer(out, lo);
    eml_buf_put_text(out, ", ");
    put_integer(out, hi);
    eml_buf_put_text(out, "]");
    mpz_clears(lo, hi, NULL);
}

static void print_output(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_output *q = &quant->outputs[index];
    const eml_model_input *inputs = quant->model->inputs;
    eml_buf_printf(out, "output %s unit ", quant->model->outputs[index].name);
    put_unit(out, q->unit);
    eml_buf_put_text(out, " error ");
    put_bound(out, q);
    eml_buf_put_text(out, " in [");
    put_integer(out, q->lo);
    eml_buf_put_text(out, ", ");
    put_integer(out, q->hi);
    eml_buf_put_text(out, "]\n");
    for (size_t i = 0; i < q->centred.count; i++) {
        eml_monomial m = q->centred.terms[i].monomial;
        eml_buf_put_text(out, "    ");
        print_weight(quant, q, i, out);
        if (m.first != EML_NO_INPUT) eml_buf_printf(out, " * %s", inputs[m.first].name);
        if (m.second != EML_NO_INPUT) eml_buf_printf(out, " * %s", inputs[m.second].name);
        eml_buf_put_text(out, "\n");
    }
}

void eml_quant_print(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    eml_buf_printf(out, "model %s\n", model->name);
    if (quant->delta_bits > 0) eml_buf_printf(out, "delta 2^%u\n", quant->delta_bits);
    for (size_t i = 0; i < model->input_count; i++) print_input(&model->inputs[i], &quant->inputs[i], out);
    for (size_t i = 0; i < model->output_count; i++) print_output(quant, i, out);
}

/* ----- The report */

enum { REPORT_ROWS = 12 }; /* of inputs, and of outputs; --emit quant has all */

static void report_output(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_output *q = &quant->outputs[index];
    eml_buf_printf(out, "output %s: ", quant->model->outputs[index].name);
    if (mpq_sgn(q->bound) == 0) {
        eml_buf_put_text(out, "exact");
    } else {
        eml_buf_put_text(out, "error at most ");
        put_bound(out, q);
    }
    if (mpq_sgn(q->tolerance) != 0) {
        eml_buf_put_text(out, " (tolerance ");
        eml_decimal_print_exact(q->tolerance, out);
        eml_buf_put_text(out, ")");
    }
    eml_buf_put_text(out, ", unit ");
    put_unit(out, q->unit);
    eml_buf_printf(out, ", %zu of %d bits used, head room %zu\n", used_bits(quant, q), FIELD_BITS, head_room(quant, q));
}

static void report_input(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_input *q = &quant->inputs[index];
    eml_buf_printf(out, "input %s: unit ", quant->model->inputs[index].name);
    eml_rational_print_short(q->unit, out);
    eml_buf_put_text(out, " from ");
    eml_decimal_print_exact(q->offset, out);
    eml_buf_printf(out, ", %zu bits, %s", range_bits(q->lo, q->hi), mpq_sgn(q->rounding) == 0 ? "exact" : "rounded");
    if (q->weight > 0) {
        eml_buf_printf(out, ", weight %u", q->weight);
        if (quant->model->output_count > 1) eml_buf_printf(out, " in %s", quant->model->outputs[q->matched].name);
    }
    eml_buf_put_text(out, "\n");
}

static void report_hidden(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    for (size_t i = 0; i < model->hidden_count && i < REPORT_ROWS; i++) {
        const eml_model_hidden *hidden = &model->hidden[i];
        char shape[EML_EXTENT_TEXT];
        eml_buf_printf(out, "hidden %s: %s in [", hidden->decl->name.text, eml_extent_text(hidden->extent, shape));
        eml_rational_print_short(hidden->lo, out);
        eml_buf_put_text(out, ", ");
        eml_rational_print_short(hidden->hi, out);
        eml_buf_printf(out, "], %.1f bits\n", quant->hidden_bits[i]);
    }
    if (model->hidden_count > REPORT_ROWS)
        eml_buf_printf(out, "... and %zu more hidden params\n", model->hidden_count - REPORT_ROWS);
    if (model->hidden_count == 0 || eml_quant_row_bits(quant) == 0) return;
    size_t rows = eml_quant_reveal_rows(quant);
    eml_buf_printf(out,
                   "  a row of outputs tells up to %.1f bits: %zu row%s may be all that it takes to work out what is "
                   "hidden\n",
                   eml_quant_row_bits(quant), rows, rows == 1 ? "" : "s");
}

/* The committed input whose steps move the output least; EML_NO_INPUT: there is none. */
static uint32_t finest_committed(const eml_quant *quant, size_t index) {
    const eml_form *form = &quant->outputs[index].centred;
    uint32_t finest = EML_NO_INPUT;
    double least = INFINITY;
    for (size_t i = 0; i < form->count; i++) {
        uint32_t input = form->terms[i].monomial.first;
        if (input == EML_NO_INPUT || form->terms[i].monomial.second != EML_NO_INPUT) continue;
        double step = eml_quant_size(&form->terms[i]) * mpq_get_d(quant->inputs[input].unit);
        if (quant->model->inputs[input].visibility != EML_COMMITTED || step >= least) continue;
        least = step;
        finest = input;
    }
    return finest;
}

/* A committed input keeps its grid, so a fine one gives an output digits that nobody asked for. */
static void report_fine_step(const eml_quant *quant, size_t index, eml_buf *out) {
    enum { SPARE = 10 };
    const eml_quant_output *q = &quant->outputs[index];
    uint32_t input = finest_committed(quant, index);
    double needed = fmax(mpq_get_d(q->bound), mpq_get_d(q->unit) / 2);
    if (input == EML_NO_INPUT || SPARE * needed > mpq_get_d(q->tolerance)) return;
    eml_buf_printf(
        out,
        "  %s has digits that its tolerance does not need: the grid of %s makes them, and a coarser one tells "
        "less\n",
        quant->model->outputs[index].name, quant->model->inputs[input].name);
}

static void report_committed(const eml_quant *quant, eml_buf *out) {
    const eml_committed_reveal *reveal = &quant->reveal;
    uint64_t proofs = eml_reveal_proofs(reveal);
    for (size_t i = 0; i < quant->model->output_count && i < REPORT_ROWS; i++) report_fine_step(quant, i, out);
    if (reveal->row_bits == 0) return;
    if (proofs == 1)
        eml_buf_printf(
            out, "  one proof may be all that it takes to work out %s (%.1f bits), so prove asks for --reveal\n",
            quant->reveal_input == EML_NO_INPUT ? "committed inputs" : quant->model->inputs[quant->reveal_input].name,
            (double)reveal->bits / EML_REVEAL_UNIT);
    else
        eml_buf_printf(out,
                       "  a proof tells up to %.1f of %.1f bits of committed inputs: %llu about one commitment may be "
                       "all that it takes to work them out\n",
                       (double)reveal->row_bits / EML_REVEAL_UNIT, (double)reveal->bits / EML_REVEAL_UNIT,
                       (unsigned long long)proofs);
}

void eml_quant_report(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    for (size_t i = 0; i < model->output_count && i < REPORT_ROWS; i++) report_output(quant, i, out);
    if (model->output_count > REPORT_ROWS) {
        eml_buf_printf(out, "... and %zu more outputs\n", model->output_count - REPORT_ROWS);
    }
    for (size_t i = 0; i < model->input_count && i < REPORT_ROWS; i++) {
        report_input(quant, i, out);
    }
    if (model->input_count > REPORT_ROWS) {
        eml_buf_printf(out, "... and %zu more inputs\n", model->input_count - REPORT_ROWS);
    }
    report_hidden(quant, out);
    report_committed(quant, out);
    if (quant->delta_bits == 0) return;
    eml_buf_printf(out, "encryption: Delta = 2^%u, noise of a fresh ciphertext at most 2^%.1f\n", quant->delta_bits,
                   EML_LATTICE_NOISE_BOUND_LOG2);
}

/* ----- JSON. Names are identifiers with indices: nothing to escape. Numbers are strings, exact. */

/* "KEY": "a short decimal" */
static void put_short(eml_buf *out, const char *key, const mpq_t value) {
    eml_buf_printf(out, "\"%s\": \"", key);
    eml_rational_print_short(value, out);
    eml_buf_put_text(out, "\"");
}

static void json_output(const eml_quant *quant, size_t index, eml_buf *out) {
    const eml_quant_output *q = &quant->outputs[index];
    mpq_t end;
    mpq_init(end);
    eml_buf_put_text(out, "{");
    eml_json_put_text("name", quant->model->outputs[index].name, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("unit", q->unit, out);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("tolerance", q->tolerance, out);
    eml_buf_put_text(out, ", \"error_bound\": \"");
    put_bound(out, q);
    eml_buf_put_text(out, "\"");
    eml_buf_put_text(out, ", ");
    mpq_set_z(end, q->lo);
    mpq_mul(end, end, q->unit);
    put_short(out, "lowest", end);
    eml_buf_put_text(out, ", ");
    mpq_set_z(end, q->hi);
    mpq_mul(end, end, q->unit);
    put_short(out, "highest", end);
    eml_buf_printf(out, ", \"terms\": %zu, \"bits_used\": %zu, \"head_room_bits\": %zu}", q->centred.count,
                   used_bits(quant, q), head_room(quant, q));
    mpq_clear(end);
}

static void json_input(const eml_model_input *in, const eml_quant_input *q, eml_buf *out) {
    eml_buf_put_text(out, "{");
    eml_json_put_text("name", in->name, out);
    eml_buf_put_text(out, ", ");
    put_short(out, "unit", q->unit);
    eml_buf_put_text(out, ", ");
    eml_json_put_rational("offset", q->offset, out);
    eml_buf_printf(out, ", \"bits\": %zu, \"rounded\": %s}", range_bits(q->lo, q->hi),
                   mpq_sgn(q->rounding) == 0 ? "false" : "true");
}

static void json_hidden(const eml_quant *quant, eml_buf *out) {
    const eml_model *model = quant->model;
    eml_buf_put_text(out, ", \"hidden\": [");
    for (size_t i = 0; i < model->hidden_count; i++) {
        const eml_model_hidden *hidden = &model->hidden[i];
        eml_buf_printf(out, "%s{\"name\": \"%s\", \"shape\": [", i > 0 ? ", " : "", hidden->decl->name.text);
        for (unsigned j = 0; j < hidden->extent.rank; j++)
            eml_buf_printf(out, "%s%zu", j > 0 ? ", " : "", hidden->extent.dims[j]);
        eml_buf_put_text(out, "], ");
        put_short(out, "lo", hidden->lo);
        eml_buf_put_text(out, ", ");
        put_short(out, "hi", hidden->hi);
        eml_buf_printf(out, ", \"bits\": %.4f}", quant->hidden_bits[i]);
    }
    eml_buf_printf(out, "], \"row_bits\": %.4f, \"reveal_rows\": ", eml_quant_row_bits(quant));
    size_t rows = eml_quant_reveal_rows(quant);
    if (rows == SIZE_MAX)
        eml_buf_put_text(out, "null");
    else
        eml_buf_printf(out, "%zu", rows);
}

static void json_committed(const eml_quant *quant, eml_buf *out) {
    uint64_t proofs = eml_reveal_proofs(&quant->reveal);
    eml_buf_printf(out, ", \"committed_bits\": %.4f, \"committed_row_bits\": %.4f, \"reveal_proofs\": ",
                   (double)quant->reveal.bits / EML_REVEAL_UNIT, (double)quant->reveal.row_bits / EML_REVEAL_UNIT);
    if (proofs == UINT64_MAX)
        eml_buf_put_text(out, "null");
    else
        eml_buf_printf(out, "%llu", (unsigned long long)proofs);
}

void eml_quant_report_json(const eml_quant *quant, bool inputs, eml_buf *out) {
    const eml_model *model = quant->model;
    eml_buf_put_text(out, "{\"outputs\": [");
    for (size_t i = 0; i < model->output_count; i++) {
        if (i > 0) eml_buf_put_text(out, ", ");
        json_output(quant, i, out);
    }
    if (inputs) eml_buf_put_text(out, "], \"inputs\": [");
    for (size_t i = 0; inputs && i < model->input_count; i++) {
        if (i > 0) eml_buf_put_text(out, ", ");
        json_input(&model->inputs[i], &quant->inputs[i], out);
    }
    eml_buf_printf(out, "], \"delta_bits\": %u", quant->delta_bits);
    if (model->hidden_count > 0) json_hidden(quant, out);
    if (model->committed) json_committed(quant, out);
    eml_buf_put_text(out, "}");
}
