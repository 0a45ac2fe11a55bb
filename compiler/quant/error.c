/* What the fixed-point model costs in accuracy, exactly, with the units as they stand. */
#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"

enum { GUARD_BITS = 64 }; /* error summands are rounded up to 2^-64 units */

unsigned eml_quant_factors(eml_monomial monomial, uint32_t out[2]) {
    unsigned count = 0;
    if (monomial.first != EML_NO_INPUT) out[count++] = monomial.first;
    if (monomial.second != EML_NO_INPUT) out[count++] = monomial.second;
    return count;
}

double eml_quant_size(const eml_form_term *term) {
    mpq_t magnitude;
    mpq_init(magnitude);
    eml_term_magnitude(term, magnitude);
    double size = mpq_get_d(magnitude);
    mpq_clear(magnitude);
    return size;
}

/* prod unit_j / unit: a coefficient of 1 is this many units of the weight. */
static void weight_scale(const eml_quant *quant, eml_monomial monomial, const mpq_t output_unit, mpq_t out) {
    uint32_t columns[2];
    unsigned count = eml_quant_factors(monomial, columns);
    mpq_inv(out, output_unit);
    for (unsigned i = 0; i < count; i++) mpq_mul(out, out, quant->inputs[columns[i]].unit);
}

/* Not reduced: what is rounded need not be in lowest terms, and finding those is most of the work. */
void eml_quant_weight(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpz_t out) {
    uint32_t columns[2];
    unsigned count = eml_quant_factors(term->monomial, columns);
    mpq_t scaled;
    mpq_init(scaled);
    mpz_mul(mpq_numref(scaled), mpq_numref(term->coefficient), mpq_denref(output_unit));
    mpz_mul(mpq_denref(scaled), mpq_denref(term->coefficient), mpq_numref(output_unit));
    for (unsigned i = 0; i < count; i++) {
        const eml_quant_input *in = &quant->inputs[columns[i]];
        mpz_mul(mpq_numref(scaled), mpq_numref(scaled), mpq_numref(in->unit));
        mpz_mul(mpq_denref(scaled), mpq_denref(scaled), mpq_denref(in->unit));
    }
    eml_rational_round(scaled, out);
    mpq_clear(scaled);
}

void eml_quant_term_weights(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpz_t lo,
                            mpz_t hi) {
    eml_form_term end = *term;
    mpq_t low, high;
    mpq_inits(low, high, NULL);
    eml_term_interval(term, low, high);
    *end.coefficient = *low;
    eml_quant_weight(quant, &end, output_unit, lo);
    *end.coefficient = *high;
    eml_quant_weight(quant, &end, output_unit, hi);
    mpq_clears(low, high, NULL);
}

void eml_quant_weight_range(const eml_quant *quant, const eml_quant_output *output, size_t term, mpz_t lo, mpz_t hi) {
    if (output->centred.terms[term].hidden != NULL) {
        eml_quant_term_weights(quant, &output->centred.terms[term], output->unit, lo, hi);
    } else {
        mpz_set(lo, output->weights[term]);
        mpz_set(hi, output->weights[term]);
    }
}

void eml_quant_set_weights(eml_quant *quant, size_t index) {
    eml_quant_output *output = &quant->outputs[index];
    for (size_t i = 0; i < output->centred.count; i++)
        eml_quant_weight(quant, &output->centred.terms[i], output->unit, output->weights[i]);
}

/* |coefficient| (prod (X_j + dx_j) - prod X_j), of the inputs whose unit is pinned alone unless all. */
static void rounding_error(const eml_quant *quant, eml_monomial monomial, const mpq_t coefficient, bool all,
                           mpq_t out) {
    uint32_t columns[2];
    unsigned count = eml_quant_factors(monomial, columns);
    mpq_t exact, part;
    mpq_inits(exact, part, NULL);
    mpq_abs(exact, coefficient);
    mpq_set(out, exact);
    for (unsigned i = 0; i < count; i++) {
        const eml_quant_input *in = &quant->inputs[columns[i]];
        mpq_set(part, in->reach);
        if (all || !in->choosable) mpq_add(part, part, in->rounding);
        mpq_mul(out, out, part);
        mpq_mul(exact, exact, in->reach);
    }
    mpq_sub(out, out, exact);
    mpq_clears(exact, part, NULL);
}

/* The coefficient v that the weight stands for, and what it misses |w - v|; of a hidden one the most that either can
 * be: the weight of a larger coefficient is no smaller, and one that is rounded to 0 misses no more than itself. */
static void meant_coefficient(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpq_t meant,
                              mpq_t missed) {
    eml_form_term largest = *term;
    mpz_t weight;
    mpq_t scale, magnitude;
    mpz_init(weight);
    mpq_inits(scale, magnitude, NULL);
    if (term->hidden != NULL) eml_term_magnitude(term, magnitude);
    if (term->hidden != NULL) *largest.coefficient = *magnitude;
    eml_quant_weight(quant, &largest, output_unit, weight);
    weight_scale(quant, term->monomial, output_unit, scale);
    mpq_set_z(meant, weight);
    mpq_div(meant, meant, scale);
    if (term->hidden != NULL && mpz_sgn(weight) != 0) {
        mpq_inv(missed, scale);
        mpq_div_2exp(missed, missed, 1);
    } else {
        mpq_sub(missed, meant, largest.coefficient);
        mpq_abs(missed, missed);
    }
    mpz_clear(weight);
    mpq_clears(scale, magnitude, NULL);
}

void eml_quant_term_error(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpq_t out) {
    uint32_t columns[2];
    unsigned count = eml_quant_factors(term->monomial, columns);
    mpq_t meant, missed;
    mpq_inits(meant, missed, NULL);
    meant_coefficient(quant, term, output_unit, meant, missed);
    rounding_error(quant, term->monomial, meant, true, out);
    for (unsigned i = 0; i < count; i++) mpq_mul(missed, missed, quant->inputs[columns[i]].reach);
    mpq_add(out, out, missed);
    mpq_clears(meant, missed, NULL);
}

/* sum += value / grain, rounded up. */
static void add_grains(const mpq_t value, const mpq_t grain, mpz_t sum) {
    mpz_t dividend, divisor;
    mpz_inits(dividend, divisor, NULL);
    mpz_mul(dividend, mpq_numref(value), mpq_denref(grain));
    mpz_mul(divisor, mpq_denref(value), mpq_numref(grain));
    mpz_cdiv_q(dividend, dividend, divisor);
    mpz_add(sum, sum, dividend);
    mpz_clears(dividend, divisor, NULL);
}

void eml_quant_bound(eml_quant *quant, size_t index) {
    eml_quant_output *output = &quant->outputs[index];
    mpq_t error, grain;
    mpz_t sum;
    mpq_inits(error, grain, NULL);
    mpz_init(sum);
    mpq_div_2exp(grain, output->unit, GUARD_BITS);
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_quant_term_error(quant, &output->centred.terms[i], output->unit, error);
        add_grains(error, grain, sum);
    }
    mpq_set_z(output->bound, sum);
    mpq_mul(output->bound, output->bound, grain);
    mpq_clears(error, grain, NULL);
    mpz_clear(sum);
}

void eml_quant_pinned_error(const eml_quant *quant, size_t index, mpq_t out) {
    const eml_quant_output *output = &quant->outputs[index];
    mpq_t error, grain, magnitude;
    mpz_t sum;
    mpq_inits(error, grain, magnitude, NULL);
    mpz_init(sum);
    mpq_div_2exp(grain, output->tolerance, GUARD_BITS);
    for (size_t i = 0; i < output->centred.count; i++) {
        eml_term_magnitude(&output->centred.terms[i], magnitude);
        rounding_error(quant, output->centred.terms[i].monomial, magnitude, false, error);
        add_grains(error, grain, sum);
    }
    mpq_set_z(out, sum);
    mpq_mul(out, out, grain);
    mpq_clears(error, grain, magnitude, NULL);
    mpz_clear(sum);
}
