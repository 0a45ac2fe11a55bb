/* What is hidden in a model, and how much of it the outputs of a row give away, in bits: from declarations and units
 * alone, as all that others may know. Outputs are exact and weights are short integers, so that once outputs tell as
 * many bits as the weights have, lattice reduction finds these. What is not known is reckoned so that rows are fewer
 * rather than more. */
#include <math.h>
#include <stdint.h>

#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"
#include "runtime/field/integer.h"
#include "runtime/statement/told.h"

/* Of a bit, to which sums are rounded: libraries of mathematics differ in the last place. */
enum { PARTS = EML_REVEAL_UNIT };

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

/* The integers that the input can have, and of its own grid how many. */
static eml_told_value told_value(const eml_model_input *in, const eml_quant_input *q) {
    mpq_t end;
    mpz_t first, last;
    mpq_init(end);
    mpz_init_set(first, q->lo);
    mpz_init(last);
    mpz_sub(last, q->hi, q->lo);
    eml_told_value value = {.width = eml_mpz_magnitude(last)};
    mpz_set(last, q->hi);
    if (mpq_sgn(q->step) != 0) {
        mpq_div(end, in->lo, q->step);
        mpz_cdiv_q(first, mpq_numref(end), mpq_denref(end));
        mpq_div(end, in->hi, q->step);
        mpz_fdiv_q(last, mpq_numref(end), mpq_denref(end));
    }
    value.bits = (uint64_t)(log2_of_count(first, last) * PARTS);
    mpq_clear(end);
    mpz_clears(first, last, NULL);
    return value;
}

/* The output's committed inputs, their weights where terms are no products. True when that is all there is to it. */
static bool take_terms(const eml_quant *quant, const eml_quant_output *output, uint32_t *term_of, eml_told_term *terms,
                       size_t *count) {
    bool known = true;
    *count = 0;
    for (size_t i = 0; i < output->centred.count; i++) {
        const eml_form_term *term = &output->centred.terms[i];
        uint32_t input = eml_quant_committed_factor(quant, term->monomial);
        if (input == EML_NO_INPUT || (mpz_sgn(output->weights[i]) == 0 && term->hidden == NULL)) continue;
        known = known && term->hidden == NULL && term->monomial.second == EML_NO_INPUT;
        if (term_of[input] == 0) {
            terms[*count] = (eml_told_term){input, EML_FE_ZERO};
            term_of[input] = (uint32_t)++ * count;
        }
        eml_fe *weight = &terms[term_of[input] - 1].weight;
        *weight = eml_fe_add(*weight, eml_fe_from_mpz(output->weights[i]));
    }
    for (size_t i = 0; i < *count; i++) term_of[terms[i].value] = 0;
    return known;
}

static void measure_committed(eml_quant *quant) {
    size_t outputs = quant->model->output_count, inputs = quant->model->input_count, count;
    eml_told_value *values = eml_alloc(inputs, sizeof *values);
    eml_told_term *terms = eml_alloc(inputs, sizeof *terms);
    uint32_t *term_of = eml_alloc(inputs, sizeof *term_of);
    for (size_t i = 0; i < inputs; i++)
        if (quant->model->inputs[i].visibility == EML_COMMITTED)
            values[i] = told_value(&quant->model->inputs[i], &quant->inputs[i]);
    eml_told told;
    eml_told_open(&told, values, inputs, outputs);
    for (size_t o = 0; o < outputs; o++) {
        const eml_quant_output *output = &quant->outputs[o];
        if (take_terms(quant, output, term_of, terms, &count))
            eml_told_add(&told, terms, count);
        else
            eml_told_add_other(&told, terms, count, (uint64_t)(result_bits(output) * PARTS));
    }
    uint32_t input;
    quant->reveal = eml_told_close(&told, &input);
    quant->reveal_input = input == EML_TOLD_SEVERAL ? EML_NO_INPUT : input;
    eml_free(values);
    eml_free(terms);
    eml_free(term_of);
}

void eml_quant_measure_reveal(eml_quant *quant) {
    if (quant->model->hidden_count > 0) measure_params(quant);
    for (size_t o = 0; o < quant->model->output_count; o++) {
        eml_quant_output *output = &quant->outputs[o];
        if (eml_form_find_hidden(&output->centred) != NULL) output->row_bits = result_bits(output);
    }
    if (quant->model->committed) measure_committed(quant);
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
