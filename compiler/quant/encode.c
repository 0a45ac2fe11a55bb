/* How inputs become integers: offsets, the units that are not ours to choose, ranges and rounding errors. */
#include "compiler/quant/quantize.h"
#include <limits.h>
#include <math.h>

#include "compiler/check/rational.h"
#include "runtime/table/value.h"

static void mark_factors(const eml_model *model, bool *used, bool *factor) {
    for (size_t i = 0; i < model->output_count; i++) {
        const eml_form *form = &model->outputs[i].form;
        for (size_t j = 0; j < form->count; j++) {
            eml_monomial m = form->terms[j].monomial;
            bool product = m.second != EML_NO_INPUT;
            if (m.first != EML_NO_INPUT) used[m.first] = true;
            if (product) used[m.second] = factor[m.first] = factor[m.second] = true;
        }
    }
}

/* value rounded to the nearest multiple of grid > 0. */
static void round_to(mpq_t value, const mpq_t grid) {
    mpz_t steps;
    mpz_init(steps);
    mpq_div(value, value, grid);
    eml_rational_round(value, steps);
    mpq_set_z(value, steps);
    mpq_mul(value, value, grid);
    mpz_clear(steps);
}

/* The centre of the range, rounded to a power of ten of at most 1/32 of its width: a short number that costs X at
 * most 1/32. */
static void short_centre(const eml_model_input *in, mpq_t out) {
    mpq_t grid;
    mpq_init(grid);
    mpq_sub(grid, in->hi, in->lo);
    mpq_div_2exp(grid, grid, 5);
    eml_rational_floor_power10(grid, grid);
    mpq_add(out, in->lo, in->hi);
    mpq_div_2exp(out, out, 1);
    round_to(out, grid);
    mpq_clear(grid);
}

/* The outermost value of the grid inside the range, as a distance from the offset. */
static void outermost(const mpq_t end, bool low, const mpq_t step, const mpq_t offset, mpq_t out) {
    mpz_t steps;
    mpz_init(steps);
    mpq_sub(out, end, offset);
    mpq_div(out, out, step);
    (low ? mpz_cdiv_q : mpz_fdiv_q)(steps, mpq_numref(out), mpq_denref(out));
    mpq_set_z(out, steps);
    mpq_mul(out, out, step);
    mpz_clear(steps);
}

/* The ends of what the input may be, as distances from the offset. */
static void distances(const eml_model_input *in, const eml_quant_input *q, mpq_t lo, mpq_t hi) {
    if (mpq_sgn(q->step) != 0) {
        outermost(in->lo, true, q->step, q->offset, lo);
        outermost(in->hi, false, q->step, q->offset, hi);
    } else {
        mpq_sub(lo, in->lo, q->offset);
        mpq_sub(hi, in->hi, q->offset);
    }
}

static void set_reach(const eml_model_input *in, eml_quant_input *q) {
    mpq_t below;
    mpq_init(below);
    distances(in, q, below, q->reach);
    mpq_abs(below, below);
    mpq_abs(q->reach, q->reach);
    if (mpq_cmp(below, q->reach) > 0) mpq_swap(q->reach, below);
    mpq_clear(below);
}

/* `frac F`: scale and offset are pinned, whatever the range. So they are of committed inputs, which are declared with
 * `frac` or a step: their integers must not depend on what else is in the model. */
static void encode_pinned(const eml_model_input *in, eml_quant_input *q) {
    mpq_set_ui(q->unit, 1, 1);
    eml_rational_scale2(q->unit, q->unit, -in->frac);
}

/* One value: it is the offset, or of a factor the unit; either way exact. */
static void encode_single(const eml_model_input *in, bool factor, eml_quant_input *q) {
    if (factor && mpq_sgn(in->lo) != 0) {
        mpq_abs(q->unit, in->lo);
    } else {
        mpq_set(q->offset, in->lo);
    }
}

static void encode_grid(const eml_model_input *in, bool factor, eml_quant_input *q) {
    mpq_set(q->unit, in->step);
    if (factor) return;
    mpq_add(q->offset, in->lo, in->hi);
    mpq_div_2exp(q->offset, q->offset, 1);
    round_to(q->offset, in->step);
}

/* What formulas read, too: a derived input has no values of its own. */
static void mark_read(const eml_model *model, bool *read) {
    for (size_t i = 0; i < model->input_count; i++) {
        const eml_formula *formula = &model->inputs[i].formula;
        for (size_t k = 0; k < formula->count; k++)
            if (formula->nodes[k].operator== EML_FORMULA_COLUMN) read[formula->nodes[k].column] = true;
    }
}

static void encode_input(const eml_model_input *in, bool factor, eml_quant_input *q) {
    bool single = mpq_equal(in->lo, in->hi), grid = mpq_sgn(in->step) != 0;
    mpq_set_ui(q->unit, 1, 1);
    bool committed = in->visibility == EML_COMMITTED;
    if (in->has_frac) {
        encode_pinned(in, q);
    } else if (grid) {
        encode_grid(in, factor || committed, q);
    } else if (single) {
        encode_single(in, factor, q);
    } else if (mpq_sgn(in->pin) != 0) {
        mpq_set(q->unit, in->pin);
    } else if (!factor) {
        short_centre(in, q->offset);
        if (!q->used)
            mpq_sub(q->unit, in->hi, in->lo); /* nothing reads it: the coarsest unit that tells its ends apart */
    }
    if (grid)
        mpq_set(q->step, in->step);
    else if (single && !in->has_frac)
        mpq_set(q->step, q->unit);
    q->choosable = q->used && !single && !in->has_frac && !committed && !q->read && !(factor && grid);
    set_reach(in, q);
}

/* An exact output has no room for rounding: its inputs keep their grid. */
static void pin_exact(eml_quant *quant) {
    for (size_t i = 0; i < quant->model->output_count; i++) {
        const eml_model_output *output = &quant->model->outputs[i];
        for (size_t j = 0; output->exact && j < output->form.count; j++) {
            uint32_t columns[2];
            unsigned count = eml_quant_factors(output->form.terms[j].monomial, columns);
            for (unsigned k = 0; k < count; k++) {
                eml_quant_input *in = &quant->inputs[columns[k]];
                if (mpq_sgn(in->step) != 0) in->choosable = false;
            }
        }
    }
}

void eml_quant_encode_inputs(eml_quant *quant) {
    const eml_model *model = quant->model;
    bool *used = eml_alloc(model->input_count, sizeof *used), *factor = eml_alloc(model->input_count, sizeof *factor);
    bool *read = eml_alloc(model->input_count, sizeof *read);
    mark_factors(model, used, factor);
    mark_read(model, read);
    for (size_t i = 0; i < model->input_count; i++) {
        quant->inputs[i].used = used[i];
        quant->inputs[i].factor = factor[i];
        quant->inputs[i].read = read[i];
        encode_input(&model->inputs[i], factor[i], &quant->inputs[i]);
    }
    pin_exact(quant);
    eml_free(used);
    eml_free(factor);
    eml_free(read);
}

bool eml_quant_on_own_grid(const eml_quant_input *in) {
    return mpq_sgn(in->step) != 0 && mpq_equal(in->unit, in->step);
}

/* ----- Factors */

static bool is_free_factor(const eml_quant_input *in) { return in->choosable && in->factor; }

/* strains[j] += what the output changes by when a free factor changes by 1, at most. Counts those factors. */
static size_t add_strains(const eml_quant *quant, const eml_form *form, double *strains) {
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        uint32_t columns[2];
        unsigned factors = eml_quant_factors(form->terms[i].monomial, columns);
        for (unsigned k = 0; k < factors; k++) {
            if (!is_free_factor(&quant->inputs[columns[k]])) continue;
            double size = eml_quant_size(&form->terms[i]);
            if (factors == 2) size *= mpq_get_d(quant->inputs[columns[1 - k]].reach);
            count += strains[columns[k]] == 0;
            strains[columns[k]] += size;
        }
    }
    return count;
}

void eml_quant_factor_units(eml_quant *quant, int share) {
    const eml_model *model = quant->model;
    double *strains = eml_alloc(model->input_count, sizeof *strains);
    long *exponents = eml_alloc(model->input_count, sizeof *exponents);
    for (size_t i = 0; i < model->input_count; i++) exponents[i] = LONG_MAX;
    for (size_t o = 0; o < model->output_count; o++) {
        const eml_form *form = &quant->outputs[o].centred;
        size_t count = add_strains(quant, form, strains);
        double allowed =
            log10(2) * (1 + eml_rational_log2(quant->outputs[o].tolerance)) - log10((double)count + 1) - share;
        for (size_t i = 0; i < form->count; i++) {
            uint32_t columns[2];
            unsigned factors = eml_quant_factors(form->terms[i].monomial, columns);
            for (unsigned k = 0; k < factors; k++) {
                if (strains[columns[k]] == 0) continue;
                long exponent = (long)floor(allowed - log10(strains[columns[k]]));
                if (exponent < exponents[columns[k]]) exponents[columns[k]] = exponent;
                strains[columns[k]] = 0;
            }
        }
    }
    for (size_t i = 0; i < model->input_count; i++) {
        if (is_free_factor(&quant->inputs[i]) && exponents[i] != LONG_MAX)
            eml_rational_power10(quant->inputs[i].unit, exponents[i]);
    }
    eml_free(strains);
    eml_free(exponents);
}

int eml_quant_factor_shares(const eml_quant *quant) {
    enum { SHARES = 4 };
    for (size_t i = 0; i < quant->model->input_count; i++) {
        if (is_free_factor(&quant->inputs[i])) return SHARES;
    }
    return 1;
}

/* ----- Ranges */

/* k of a value at this distance from the offset, as tables round it: a range that ends on a tie has the farther k. */
static void round_distance(const mpq_t distance, const mpq_t unit, mpz_t k) {
    mpq_t steps;
    mpq_init(steps);
    mpz_mul(mpq_numref(steps), mpq_numref(distance), mpq_denref(unit)); /* not reduced: see eml_quant_weight */
    mpz_mul(mpq_denref(steps), mpq_denref(distance), mpq_numref(unit));
    eml_round_away(k, steps);
    mpq_clear(steps);
}

/* By how much unit * k misses the distance. */
static void miss_distance(const mpq_t distance, const mpq_t unit, const mpz_t k, mpq_t miss) {
    mpq_set_z(miss, k);
    mpq_mul(miss, miss, unit);
    mpq_sub(miss, distance, miss);
    mpq_abs(miss, miss);
}

/* The most that one of lo, lo + step, ..., hi is missed by. */
static void worst_on_grid(const mpq_t lo, const mpq_t hi, const mpq_t step, const mpq_t unit, mpq_t out) {
    mpq_t value, miss;
    mpz_t k;
    mpq_inits(value, miss, NULL);
    mpz_init(k);
    mpq_set_ui(out, 0, 1);
    for (mpq_set(value, lo); mpq_cmp(value, hi) <= 0; mpq_add(value, value, step)) {
        round_distance(value, unit, k);
        miss_distance(value, unit, k, miss);
        if (mpq_cmp(miss, out) > 0) mpq_set(out, miss);
    }
    mpq_clears(value, miss, NULL);
    mpz_clear(k);
}

unsigned eml_quant_few_values(const eml_model_input *in, const eml_quant_input *q, mpq_t lo) {
    mpq_t hi, count;
    mpq_inits(hi, count, NULL);
    distances(in, q, lo, hi);
    if (mpq_sgn(q->step) != 0) {
        mpq_sub(count, hi, lo);
        mpq_div(count, count, q->step);
    }
    bool few = mpq_sgn(q->step) != 0 && mpq_cmp_ui(count, EML_QUANT_VALUES_LISTED, 1) < 0;
    unsigned values = few ? (unsigned)mpz_get_ui(mpq_numref(count)) + 1 : 0;
    mpq_clears(hi, count, NULL);
    return values;
}

/* Whether all values are multiples of the unit: of the own grid, or of a finer one that `frac` pins. */
static bool is_exact(const eml_quant_input *q) {
    if (mpq_sgn(q->step) == 0) return false;
    mpq_t units;
    mpq_init(units);
    mpq_div(units, q->step, q->unit);
    bool exact = mpz_cmp_ui(mpq_denref(units), 1) == 0;
    mpq_clear(units);
    return exact;
}

/* Range and dx. Half a unit, unless all values round to one integer: then the farther end decides. */
static void encode_range(const eml_model_input *in, eml_quant_input *q) {
    mpq_t lo, hi, miss;
    mpq_inits(lo, hi, miss, NULL);
    distances(in, q, lo, hi);
    round_distance(lo, q->unit, q->lo);
    round_distance(hi, q->unit, q->hi);
    if (is_exact(q)) {
        mpq_set_ui(q->rounding, 0, 1);
    } else if (mpq_sgn(q->step) != 0 && eml_quant_few_values(in, q, lo) > 0) {
        worst_on_grid(lo, hi, q->step, q->unit, q->rounding);
    } else if (mpz_cmp(q->lo, q->hi) != 0) {
        mpq_div_2exp(q->rounding, q->unit, 1);
    } else {
        miss_distance(lo, q->unit, q->lo, q->rounding);
        miss_distance(hi, q->unit, q->hi, miss);
        if (mpq_cmp(miss, q->rounding) > 0) mpq_set(q->rounding, miss);
    }
    mpq_clears(lo, hi, miss, NULL);
}

void eml_quant_encode_ranges(eml_quant *quant) {
    for (size_t i = 0; i < quant->model->input_count; i++) encode_range(&quant->model->inputs[i], &quant->inputs[i]);
}
