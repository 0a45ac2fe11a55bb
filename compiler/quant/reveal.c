/* What is hidden in a model, and how much of it the outputs of a row give away, in bits: from declarations and units
 * alone, as all that others may know. Outputs are exact and weights are short integers, so that once outputs tell as
 * many bits as the weights have, lattice reduction finds these. What is not known is reckoned so that rows are fewer
 * rather than more. */
#include <math.h>
#include <stdint.h>

#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"

enum { PARTS = 16 }; /* of a bit, to which sums are rounded: libraries of mathematics differ in the last place */

/* The finest weights of one param, as far as terms have been looked at. */
typedef struct tally {
    double *bits;   /* by element, of weights that have it alone; -1: none */
    double shared;  /* the least of a weight that has several elements */
    size_t sharing; /* how many these are */
} tally;

static double log2_of_count(const mpz_t lo, const mpz_t hi) {
    mpq_t count;
    mpq_init(count);
    mpz_sub(mpq_numref(count), hi, lo);
    mpz_add_ui(mpq_numref(count), mpq_numref(count), 1);
    double bits = eml_rational_log2(count);
    mpq_clear(count);
    return bits;
}

static double weight_bits(const eml_quant *quant, const eml_quant_output *output, const eml_form_term *term) {
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    eml_quant_term_weights(quant, term, output->unit, lo, hi);
    double bits = log2_of_count(lo, hi);
    mpz_clears(lo, hi, NULL);
    return bits;
}

static void add_term(const eml_quant *quant, const eml_quant_output *output, const eml_form_term *term,
                     tally *tallies) {
    const eml_model *model = quant->model;
    size_t param = 0;
    while (model->hidden[param].index != term->hidden->param) param++;
    tally *t = &tallies[param];
    double bits = weight_bits(quant, output, term);
    if (term->hidden->element == EML_ELEMENTS_SEVERAL) {
        if (t->sharing++ == 0 || bits < t->shared) t->shared = bits;
    } else {
        double *own = &t->bits[term->hidden->element];
        if (bits > *own) *own = bits;
    }
}

static double sum_of(const tally *t, size_t elements) {
    double sum = 0;
    size_t without = 0;
    for (size_t i = 0; i < elements; i++) {
        if (t->bits[i] < 0)
            without++;
        else
            sum += t->bits[i];
    }
    return sum + (double)(without < t->sharing ? without : t->sharing) * t->shared;
}

static void measure_params(eml_quant *quant) {
    const eml_model *model = quant->model;
    tally *tallies = eml_alloc(model->hidden_count, sizeof *tallies);
    for (size_t i = 0; i < model->hidden_count; i++) {
        size_t elements = eml_extent_elements(model->hidden[i].extent);
        tallies[i].bits = eml_alloc(elements, sizeof(double));
        for (size_t j = 0; j < elements; j++) tallies[i].bits[j] = -1;
    }
    for (size_t o = 0; o < model->output_count; o++) { /* the model's forms: constants without offsets */
        const eml_form *form = &model->outputs[o].form;
        for (size_t i = 0; i < form->count; i++)
            if (form->terms[i].hidden != NULL) add_term(quant, &quant->outputs[o], &form->terms[i], tallies);
    }
    for (size_t i = 0; i < model->hidden_count; i++) {
        double bits = sum_of(&tallies[i], eml_extent_elements(model->hidden[i].extent));
        quant->hidden_bits[i] = floor(bits * PARTS) / PARTS;
        eml_free(tallies[i].bits);
    }
    eml_free(tallies);
}

static double result_bits(const eml_quant_output *output) {
    return ceil(log2_of_count(output->lo, output->hi) * PARTS) / PARTS;
}

/* ----- Committed inputs */

/* Of the values on the input's own grid, or else of its integers. Rounded down. */
static double input_bits(const eml_model_input *in, const eml_quant_input *q) {
    mpq_t end;
    mpz_t first, last;
    mpq_init(end);
    mpz_init_set(first, q->lo);
    mpz_init_set(last, q->hi);
    if (mpq_sgn(q->step) != 0) {
        mpq_div(end, in->lo, q->step);
        mpz_cdiv_q(first, mpq_numref(end), mpq_denref(end));
        mpq_div(end, in->hi, q->step);
        mpz_fdiv_q(last, mpq_numref(end), mpq_denref(end));
    }
    double bits = floor(log2_of_count(first, last) * PARTS) / PARTS;
    mpq_clear(end);
    mpz_clears(first, last, NULL);
    return bits;
}

/* What outputs tell, of what they depend on. depends: by input, those that were counted. */
typedef struct account {
    bool *depends; /* owned */
    double bits, row_bits;
} account;

static void count_output(const eml_quant *quant, const eml_quant_output *output, account *a) {
    bool any = false;
    for (size_t i = 0; i < output->centred.count; i++) {
        const eml_form_term *term = &output->centred.terms[i];
        uint32_t input = eml_quant_committed_factor(quant, term->monomial);
        if (input == EML_NO_INPUT || (mpz_sgn(output->weights[i]) == 0 && term->hidden == NULL)) continue;
        any = true;
        if (!a->depends[input]) a->bits += input_bits(&quant->model->inputs[input], &quant->inputs[input]);
        a->depends[input] = true;
    }
    if (any) a->row_bits += result_bits(output);
}

/* Keeps the account by which the fewest proofs are enough. */
static void keep_worse(eml_quant *quant, const account *a) {
    if (a->row_bits == 0) return;
    bool first = quant->committed_row_bits == 0;
    if (!first && a->bits * quant->committed_row_bits >= quant->committed_bits * a->row_bits) return;
    quant->committed_bits = a->bits;
    quant->committed_row_bits = a->row_bits;
}

static void measure_committed(eml_quant *quant) {
    size_t outputs = quant->model->output_count, inputs = quant->model->input_count;
    account all = {.depends = eml_alloc(inputs, sizeof(bool))};
    for (size_t o = 0; o < outputs; o++) {
        account one = {.depends = eml_alloc(inputs, sizeof(bool))};
        count_output(quant, &quant->outputs[o], &one);
        count_output(quant, &quant->outputs[o], &all);
        keep_worse(quant, &one);
        eml_free(one.depends);
    }
    keep_worse(quant, &all);
    eml_free(all.depends);
}

void eml_quant_measure_reveal(eml_quant *quant) {
    if (quant->model->hidden_count > 0) measure_params(quant);
    for (size_t o = 0; o < quant->model->output_count; o++) {
        eml_quant_output *output = &quant->outputs[o];
        if (eml_form_find_hidden(&output->centred) != NULL) output->row_bits = result_bits(output);
    }
    if (quant->model->committed) measure_committed(quant);
}

eml_committed_reveal eml_quant_committed_reveal(const eml_quant *quant) {
    return (eml_committed_reveal){(uint64_t)floor(quant->committed_bits * EML_REVEAL_UNIT),
                                  (uint64_t)ceil(quant->committed_row_bits * EML_REVEAL_UNIT)};
}

double eml_quant_hidden_bits(const eml_quant *quant) {
    double sum = 0;
    for (size_t i = 0; i < quant->model->hidden_count; i++) sum += quant->hidden_bits[i];
    return sum;
}

double eml_quant_row_bits(const eml_quant *quant) {
    double sum = 0;
    for (size_t o = 0; o < quant->model->output_count; o++) sum += quant->outputs[o].row_bits;
    return sum;
}

size_t eml_quant_reveal_rows(const eml_quant *quant) {
    double hidden = eml_quant_hidden_bits(quant), row = eml_quant_row_bits(quant);
    if (hidden == 0) return 0;
    return row == 0 ? SIZE_MAX : (size_t)ceil(hidden / row);
}
