/* The choice of scales: a unit for every input, F for every output, as few bits as meet the tolerances.
 *
 * For a term of size P = |w| prod X at output unit 2^-F, with r_j = unit_j / X_j, input rounding costs P r_j / 2 for
 * each rounded factor and weight rounding 2^-F / (2 prod r_j). Their sum is least at r_j = (2^-F / (P prod of the fixed
 * r))^(1/(n+1)) for n factors whose unit is free. A model that multiplies two free inputs takes n = 2 for all its
 * terms: units of 2^(-F/2) for both would leave their product's weight no bits. That choice is made in floating point;
 * what it achieves is then computed exactly, and F moved until it is the least. */
#include <limits.h>
#include <math.h>

#include "compiler/quant/quantize.h"
#include "compiler/check/rational.h"

enum { GUARD_BITS = 64 }; /* error summands are rounded up to 2^-64 units */

static unsigned factors(eml_monomial monomial, uint32_t out[2]) {
    unsigned count = 0;
    if (monomial.first != EML_NO_INPUT) out[count++] = monomial.first;
    if (monomial.second != EML_NO_INPUT) out[count++] = monomial.second;
    return count;
}

/* ----- Exact error of one output at unit 2^-F with the units as they stand */

static void weight_of(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpq_t scale,
                      mpz_t out) {
    uint32_t columns[2];
    unsigned count = factors(term->monomial, columns);
    mpq_inv(scale, output_unit);
    for (unsigned i = 0; i < count; i++) mpq_mul(scale, scale, quant->inputs[columns[i]].unit);
    mpq_t scaled;
    mpq_init(scaled);
    mpq_mul(scaled, term->coefficient, scale);
    eml_rational_round(scaled, out);
    mpq_clear(scaled);
}

/* The term's worst error; unless complete, that of the inputs whose unit is fixed alone, as if weights and other inputs
 * were exact. */
static void term_error(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, bool complete,
                       mpq_t out) {
    uint32_t columns[2];
    unsigned count = factors(term->monomial, columns);
    mpq_t exact, scale, part;
    mpz_t weight;
    mpq_inits(exact, scale, part, NULL);
    mpz_init(weight);
    mpq_abs(exact, term->coefficient);
    mpq_set(out, exact);
    if (complete) {
        weight_of(quant, term, output_unit, scale, weight);
        mpq_set_z(part, weight);
        mpq_div(part, part, scale);
        mpq_sub(part, part, term->coefficient);
        mpq_abs(part, part); /* dw */
        mpq_add(out, out, part);
    }
    for (unsigned i = 0; i < count; i++) {
        const eml_quant_input *in = &quant->inputs[columns[i]];
        mpq_set(part, in->reach);
        if (complete || in->fixed) mpq_add(part, part, in->rounding);
        mpq_mul(out, out, part);
        mpq_mul(exact, exact, in->reach);
    }
    mpq_sub(out, out, exact);
    mpq_clears(exact, scale, part, NULL);
    mpz_clear(weight);
}

/* Sum of the term errors, each rounded up to a multiple of grain; when complete, with half a unit for printing: people
 * see the shortest decimal that reads back to the same integer. */
static void output_error(const eml_quant *quant, const eml_form *form, const mpq_t output_unit, bool complete,
                         mpq_t out) {
    mpq_t error, grain;
    mpz_t steps, sum;
    mpq_inits(error, grain, NULL);
    mpz_inits(steps, sum, NULL);
    mpq_div_2exp(grain, output_unit, GUARD_BITS);
    for (size_t i = 0; i < form->count; i++) {
        term_error(quant, &form->terms[i], output_unit, complete, error);
        mpq_div(error, error, grain);
        mpz_cdiv_q(steps, mpq_numref(error), mpq_denref(error));
        mpz_add(sum, sum, steps);
    }
    mpq_set_z(out, sum);
    mpq_mul(out, out, grain);
    mpq_div_2exp(grain, output_unit, 1);
    if (complete) mpq_add(out, out, grain);
    mpq_clears(error, grain, NULL);
    mpz_clears(steps, sum, NULL);
}

static void unit_of_bits(long frac_bits, mpq_t out) {
    mpq_set_ui(out, 1, 1);
    eml_rational_scale2(out, out, -frac_bits);
}

/* ----- Units */

/* A term's P, its factors whose unit is free, and the product of X / unit of the others; logarithms to base 2. */
typedef struct term_size {
    double size, fixed_steps;
    unsigned free;
} term_size;

static term_size size_of(const eml_quant *quant, const eml_form_term *term) {
    uint32_t columns[2];
    unsigned count = factors(term->monomial, columns);
    term_size out = {.size = eml_rational_log2(term->coefficient)};
    for (unsigned i = 0; i < count; i++) {
        const eml_quant_input *in = &quant->inputs[columns[i]];
        double reach = eml_rational_log2(in->reach);
        out.size += reach;
        if (in->fixed) {
            out.fixed_steps += reach - eml_rational_log2(in->unit);
        } else {
            out.free++;
        }
    }
    return out;
}

/* n: the most free factors that a term of the model has, at least 1. */
static unsigned free_degree(const eml_quant *quant) {
    unsigned degree = 1;
    for (size_t i = 0; i < quant->model->output_count; i++) {
        const eml_form *form = &quant->outputs[i].centred;
        for (size_t j = 0; degree < 2 && j < form->count; j++) {
            if (size_of(quant, &form->terms[j]).free > degree) degree = 2;
        }
    }
    return degree;
}

/* log2 of r; INFINITY when no factor is free or the term is 0 everywhere. */
static double ideal_ratio(const eml_quant *quant, const eml_form_term *term, long frac_bits, int bias) {
    term_size t = size_of(quant, term);
    if (t.free == 0 || isinf(t.size)) return INFINITY;
    return (t.fixed_steps - t.size - (double)frac_bits - bias) / (quant->free_degree + 1);
}

/* Lowers exponents[j] to what the output wants for its free inputs at F. */
static void want_units(const eml_quant *quant, const eml_form *form, long frac_bits, int bias, long *exponents) {
    for (size_t i = 0; i < form->count; i++) {
        double ratio = ideal_ratio(quant, &form->terms[i], frac_bits, bias);
        uint32_t columns[2];
        unsigned count = isinf(ratio) ? 0 : factors(form->terms[i].monomial, columns);
        for (unsigned j = 0; j < count; j++) {
            const eml_quant_input *in = &quant->inputs[columns[j]];
            if (in->fixed) continue;
            long exponent = (long)floor(ratio + eml_rational_log2(in->reach));
            if (exponent < exponents[columns[j]]) exponents[columns[j]] = exponent;
        }
    }
}

static void clear_units(const eml_quant *quant, long *exponents) {
    for (size_t i = 0; i < quant->model->input_count; i++) exponents[i] = LONG_MAX;
}

static void set_units(eml_quant *quant, const long *exponents) {
    for (size_t i = 0; i < quant->model->input_count; i++) {
        if (quant->inputs[i].fixed || exponents[i] == LONG_MAX) continue;
        unit_of_bits(-exponents[i], quant->inputs[i].unit);
        mpq_div_2exp(quant->inputs[i].rounding, quant->inputs[i].unit, 1);
    }
}

/* ----- F */

/* Where to start: free inputs cost about sum P^(n/(n+1)) 2^(-F/(n+1)), the others sum X 2^-F / (2 unit). */
static long starting_bits(const eml_quant *quant, const eml_form *form, double log2_tolerance) {
    double roots = 0, ratios = 0, top = -INFINITY, n = quant->free_degree;
    for (size_t i = 0; i < form->count; i++) top = fmax(top, size_of(quant, &form->terms[i]).size);
    if (isinf(top)) return 0;
    for (size_t i = 0; i < form->count; i++) {
        term_size t = size_of(quant, &form->terms[i]);
        if (t.free > 0) roots += exp2((t.size - top) * n / (n + 1));
        if (t.free == 0 && !isinf(t.fixed_steps)) ratios += exp2(fmin(t.fixed_steps, 1000));
    }
    double by_roots = roots > 0 ? (n + 1) * (log2(roots) - log2_tolerance) + n * top : -INFINITY;
    double by_ratios = ratios > 0 ? log2(ratios) - 1 - log2_tolerance : -INFINITY;
    double most = fmax(by_roots, by_ratios);
    return isinf(most) ? 0 : (long)ceil(most);
}

/* One output's search; exponents NULL: the units stand, else they follow F and are left in exponents. */
typedef struct search {
    eml_quant *quant;
    eml_quant_output *output;
    int bias;
    long *exponents;
} search;

static bool meets(search *s, long frac_bits) {
    mpq_t unit;
    mpq_init(unit);
    unit_of_bits(frac_bits, unit);
    if (s->exponents != NULL) {
        clear_units(s->quant, s->exponents);
        want_units(s->quant, &s->output->centred, frac_bits, s->bias, s->exponents);
        set_units(s->quant, s->exponents);
    }
    output_error(s->quant, &s->output->centred, unit, true, s->output->bound);
    mpq_clear(unit);
    return mpq_cmp(s->output->bound, s->output->tolerance) <= 0;
}

/* The F from which one bit less would miss the tolerance. Ends: the error falls below any tolerance that output_error
 * without the free parts meets; and F is not lowered by more than GUARD_BITS, for when the output is so small that
 * nothing is an answer. */
static long least_bits(search *s, long start) {
    long frac_bits = start;
    if (!meets(s, frac_bits)) {
        do frac_bits++;
        while (!meets(s, frac_bits));
        return frac_bits;
    }
    while (frac_bits > start - GUARD_BITS && meets(s, frac_bits - 1)) frac_bits--;
    return frac_bits;
}

static long starting_bits_within(const eml_quant *quant, const eml_quant_output *output) {
    mpq_t left, unit;
    mpq_inits(left, unit, NULL);
    mpq_div_2exp(unit, output->tolerance, GUARD_BITS); /* a grain far below the tolerance */
    output_error(quant, &output->centred, unit, false, left);
    mpq_sub(left, output->tolerance, left);
    long start = starting_bits(quant, &output->centred, eml_rational_log2(left));
    mpq_clears(left, unit, NULL);
    return start;
}

static void set_weights(eml_quant *quant, eml_quant_output *output) {
    mpq_t scale;
    mpq_init(scale);
    for (size_t i = 0; i < output->centred.count; i++) {
        weight_of(quant, &output->centred.terms[i], output->unit, scale, output->weights[i]);
    }
    mpq_clear(scale);
}

void eml_quant_scale(eml_quant *quant, int bias) {
    const eml_model *model = quant->model;
    long *finest = eml_alloc(model->input_count, sizeof *finest), *own = eml_alloc(model->input_count, sizeof *own);
    clear_units(quant, finest);
    for (size_t i = 0; i < model->output_count; i++) {
        if (model->outputs[i].exact) continue;
        search s = {quant, &quant->outputs[i], bias, own};
        s.output->frac_bits = least_bits(&s, starting_bits_within(quant, s.output));
        want_units(quant, &s.output->centred, s.output->frac_bits, bias, finest);
    }
    set_units(quant, finest);
    for (size_t i = 0; i < model->output_count; i++) {
        search s = {quant, &quant->outputs[i], bias, NULL};
        if (!model->outputs[i].exact) {
            s.output->frac_bits = least_bits(&s, s.output->frac_bits);
            unit_of_bits(s.output->frac_bits, s.output->unit);
            output_error(quant, &s.output->centred, s.output->unit, true, s.output->bound);
        }
        set_weights(quant, s.output);
    }
    eml_quant_encode_ranges(quant);
    eml_free(finest);
    eml_free(own);
}

/* ----- Exact outputs */

/* unit = gcd(unit, value), of rationals: gcd of numerators over the common denominator. */
static void gcd_into(mpq_t unit, const mpq_t value) {
    mpz_t a, b;
    mpz_inits(a, b, NULL);
    mpz_mul(a, mpq_numref(unit), mpq_denref(value));
    mpz_mul(b, mpq_numref(value), mpq_denref(unit));
    mpz_gcd(a, a, b);
    mpz_mul(b, mpq_denref(unit), mpq_denref(value));
    mpz_set(mpq_numref(unit), a);
    mpz_set(mpq_denref(unit), b);
    mpq_canonicalize(unit);
    mpz_clears(a, b, NULL);
}

/* The largest number of which every term is a multiple; 0 when there are no terms. */
static void common_unit(const eml_quant *quant, const eml_form *form, mpq_t out) {
    mpq_t term;
    mpq_init(term);
    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i < form->count; i++) {
        uint32_t columns[2];
        unsigned count = factors(form->terms[i].monomial, columns);
        mpq_abs(term, form->terms[i].coefficient);
        for (unsigned j = 0; j < count; j++) mpq_mul(term, term, quant->inputs[columns[j]].unit);
        gcd_into(out, term);
    }
    mpq_clear(term);
}

static unsigned long valuation(mpz_srcptr value, unsigned long prime, mpz_t rest) {
    mpz_t factor;
    mpz_init_set_ui(factor, prime);
    unsigned long count = mpz_remove(rest, value, factor);
    mpz_clear(factor);
    return count;
}

/* The largest power of ten of which value > 0 is a multiple; false when there is none (no finite decimal). The shortest
 * decimal of a multiple of 10^e, to half a unit, is that multiple: what is exact is also printed exactly. */
static bool decimal_unit(const mpq_t value, mpq_t out) {
    mpz_t rest;
    mpz_init(rest);
    bool whole = mpz_cmp_ui(mpq_denref(value), 1) == 0;
    mpz_srcptr number = whole ? mpq_numref(value) : mpq_denref(value);
    unsigned long twos = valuation(number, 2, rest), fives = valuation(rest, 5, rest);
    bool finite = whole || mpz_cmp_ui(rest, 1) == 0;
    mpq_set_ui(out, 1, 1);
    if (whole) {
        mpz_ui_pow_ui(mpq_numref(out), 10, twos < fives ? twos : fives);
    } else {
        mpz_ui_pow_ui(mpq_denref(out), 10, twos > fives ? twos : fives);
    }
    mpz_clear(rest);
    return finite;
}

/* Sets the unit in which the output has no error at all. */
static bool set_exact_unit(eml_quant *quant, size_t index, eml_diags *diags) {
    eml_quant_output *output = &quant->outputs[index];
    mpq_t common;
    mpq_init(common);
    common_unit(quant, &output->centred, common);
    bool good = mpq_sgn(common) == 0 || decimal_unit(common, output->unit);
    mpq_clear(common);
    if (good) return true;
    const eml_model_output *source = &quant->model->outputs[index];
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_NOT_EXACT, source->decl->name.span,
                                  "`%s` cannot be exact: its values are no finite decimals", source->name);
    eml_diag_note(diags, diag, "give it a tolerance with `within`");
    return false;
}

static bool is_rounded(const eml_quant_input *in) { return !in->fixed || mpq_sgn(in->rounding) != 0; }

static bool check_exact(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_output *output = &quant->model->outputs[index];
    for (size_t i = 0; i < output->form.count; i++) {
        uint32_t columns[2];
        unsigned count = factors(output->form.terms[i].monomial, columns);
        for (unsigned j = 0; j < count; j++) {
            const eml_model_input *in = &quant->model->inputs[columns[j]];
            if (!is_rounded(&quant->inputs[columns[j]])) continue;
            eml_diag *diag = eml_diag_add(diags, EML_DIAG_NOT_EXACT, output->decl->name.span,
                                          "`%s` cannot be exact: its input `%s` is rounded", output->name, in->name);
            eml_diag_note_at(diags, diag, in->decl->name.span, "declare it `integer` or with a `step`");
            return false;
        }
    }
    return true;
}

/* ----- What pinned inputs alone cost */

static bool check_reachable(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_quant_output *output = &quant->outputs[index];
    const eml_model_output *source = &quant->model->outputs[index];
    mpq_t floor_error, unit;
    mpq_inits(floor_error, unit, NULL);
    mpq_div_2exp(unit, output->tolerance, GUARD_BITS);
    output_error(quant, &output->centred, unit, false, floor_error);
    bool good = mpq_cmp(floor_error, output->tolerance) < 0;
    if (!good) {
        double missing = eml_rational_log2(floor_error) - eml_rational_log2(output->tolerance);
        eml_buf text = {0};
        eml_rational_print_short(floor_error, &text);
        const eml_expr *at = source->decl->tolerance;
        eml_diag *diag =
            eml_diag_add(diags, EML_DIAG_TOLERANCE_MISSED, at != NULL ? at->span : source->decl->name.span,
                         "`%s` cannot meet its tolerance: rounding the inputs with `frac` alone costs up to %.*s; "
                         "%.0f more fractional bits are needed",
                         source->name, (int)text.len, (const char *)text.data, floor(missing) + 1);
        eml_diag_note(diags, diag, "give the inputs a larger `frac`, or the output a larger tolerance");
        eml_buf_free(&text);
    }
    mpq_clears(floor_error, unit, NULL);
    return good;
}

bool eml_quant_choose_scales(eml_quant *quant, eml_diags *diags) {
    const eml_model *model = quant->model;
    bool good = true;
    eml_quant_encode_ranges(quant);
    quant->free_degree = free_degree(quant);
    for (size_t i = 0; i < model->output_count; i++) {
        bool exact = model->outputs[i].exact;
        good = (exact ? check_exact(quant, i, diags) && set_exact_unit(quant, i, diags)
                      : check_reachable(quant, i, diags)) &&
               good;
    }
    if (!good) return false;
    /* Encrypted, weight bits count twice (they scale the message and the noise): the best split is found by trying. */
    enum { BIASES = 5 };
    int best = 0;
    size_t least = SIZE_MAX;
    for (int bias = 0; model->encrypted && bias < BIASES; bias++) {
        eml_quant_scale(quant, bias);
        eml_quant_measure(quant);
        size_t bits = eml_quant_budget_bits(quant);
        if (bits < least) best = bias;
        if (bits < least) least = bits;
    }
    eml_quant_scale(quant, best);
    eml_quant_measure(quant);
    return true;
}
