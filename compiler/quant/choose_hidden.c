/* The choice of units for a model with hidden params. Of outputs they are the coarsest, since every digit of a result
 * tells of what is hidden. Everybody gets the units, so they follow from ranges, tolerances, shapes and the bounds of
 * coefficients alone.
 *
 * A hidden weight is rounded whatever its input's unit u is, so it cannot be made an integer as in choose.c. With
 * |w| <= B and output unit U the rounding of the weight costs up to U X / (2 u), that of the input B u / 2: together
 * the least at u = sqrt(X U / B). An input in several outputs has the least of their units, to which the others' output
 * units can adapt; one that has a grid keeps it where that costs no more.
 *
 * Places of decimals are raised from the coarsest, of the outputs whose error is too large, until none is. What doubles
 * chose is computed exactly before it counts. */
#include <math.h>
#include <string.h>

#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"

enum {
    PLACES_MORE = 200, /* than the coarsest: far beyond what fits the field */
    UNIT_DIGITS = 3,   /* of an input's unit */
};

#define EDGE 1e-9 /* what sums of doubles may be off */

/* What the unit u of an input costs all outputs, as parts of their tolerances: weights * reach / u + inputs * u +
 * fixed. */
typedef struct unit_cost {
    double weights, inputs, fixed;
    double best; /* u^2 / reach */
} unit_cost;

typedef struct chooser {
    eml_quant *quant;
    long *places, *coarsest; /* by output */
    double *units, *tolerances;
    unit_cost *costs;    /* by input */
    double *input_units; /* by input */
    int share;           /* of the tolerance, for inputs that are factors of products */
} chooser;

static size_t outputs_of(const chooser *c) { return c->quant->model->output_count; }
static bool is_exact(const chooser *c, size_t output) { return c->quant->model->outputs[output].exact; }

/* Whether the input's unit is to be chosen here. */
static bool is_free(const chooser *c, uint32_t input) {
    return input != EML_NO_INPUT && c->quant->inputs[input].choosable && !c->quant->inputs[input].factor;
}

/* ----- Inputs */

static void add_costs(chooser *c) {
    for (size_t i = 0; i < c->quant->model->input_count; i++) c->costs[i] = (unit_cost){.best = INFINITY};
    for (size_t o = 0; o < outputs_of(c); o++) {
        const eml_form *form = &c->quant->outputs[o].centred;
        for (size_t i = 0; !is_exact(c, o) && i < form->count; i++) {
            uint32_t input = form->terms[i].monomial.first;
            if (!is_free(c, input)) continue;
            double size = eml_quant_size(&form->terms[i]);
            c->costs[input].weights += c->units[o] / c->tolerances[o] / 2;
            c->costs[input].inputs += size / c->tolerances[o] / 2;
            c->costs[input].fixed += c->units[o] / c->tolerances[o] / 4;
            c->costs[input].best = fmin(c->costs[input].best, c->units[o] / size);
        }
    }
}

/* The input's own grid, or a short number near to the best unit that is not wider than the range. */
static void set_input_unit(chooser *c, size_t input) {
    eml_quant_input *in = &c->quant->inputs[input];
    const eml_model_input *source = &c->quant->model->inputs[input];
    const unit_cost *cost = &c->costs[input];
    double reach = mpq_get_d(in->reach), step = mpq_get_d(in->step);
    double best = sqrt(reach * cost->best);
    double at_best = cost->weights * reach / best + cost->inputs * best + cost->fixed;
    mpq_t width;
    mpq_init(width);
    mpq_sub(width, source->hi, source->lo);
    if (step > 0 && (best <= step || cost->weights * reach / step <= at_best)) {
        mpq_set(in->unit, in->step);
    } else if (best >= mpq_get_d(width)) {
        mpq_set(in->unit, width);
    } else {
        mpq_set_d(in->unit, best);
        eml_rational_ceil_digits(in->unit, UNIT_DIGITS, in->unit);
    }
    c->input_units[input] = mpq_get_d(in->unit);
    mpq_clear(width);
}

/* False when a unit is too small for doubles. */
static bool set_units(chooser *c) {
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (!is_exact(c, o)) eml_rational_power10(c->quant->outputs[o].unit, -c->places[o]);
        c->units[o] = mpq_get_d(c->quant->outputs[o].unit);
        if (!isnormal(c->units[o])) return false;
    }
    eml_quant_factor_units(c->quant, c->share);
    add_costs(c);
    for (uint32_t i = 0; i < c->quant->model->input_count; i++) {
        if (is_free(c, i)) set_input_unit(c, i);
    }
    return true;
}

/* ----- Outputs */

/* Less than the error: what the inputs whose units are chosen here take of it, and the constant. */
static double least_error(const chooser *c, size_t output) {
    const eml_form *form = &c->quant->outputs[output].centred;
    double sum = 0;
    for (size_t i = 0; i < form->count; i++) {
        uint32_t input = form->terms[i].monomial.first;
        if (!is_free(c, input) || form->terms[i].hidden == NULL) continue;
        const eml_quant_input *in = &c->quant->inputs[input];
        double reach = mpq_get_d(in->reach), size = eml_quant_size(&form->terms[i]);
        double missed = c->units[output] / c->input_units[input] / 2;
        if (size > 2 * missed) sum += missed * reach; /* else the weight may be 0, and misses no more than it is */
    }
    return sum;
}

/* Raises the places of outputs that certainly miss their tolerance. */
static bool raise_by_estimate(chooser *c) {
    bool raised = false;
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (is_exact(c, o) || least_error(c, o) <= c->tolerances[o] * (1 + EDGE)) continue;
        c->places[o]++;
        raised = true;
    }
    return raised;
}

/* The exact bounds; raise: also the places of outputs that miss their tolerance. */
static bool bounds_hold(chooser *c, bool raise) {
    bool hold = true;
    eml_quant_encode_ranges(c->quant);
    for (size_t o = 0; o < outputs_of(c); o++) {
        eml_quant_bound(c->quant, o);
        const eml_quant_output *output = &c->quant->outputs[o];
        if (is_exact(c, o) || mpq_cmp(output->bound, output->tolerance) <= 0) continue;
        c->places[o] += raise;
        hold = false;
    }
    return hold;
}

static bool is_beyond(const chooser *c) {
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (c->places[o] > c->coarsest[o] + PLACES_MORE) return true;
    }
    return false;
}

/* Fewer places of one output, where the others had made units finer than it needed. */
static void drop_places(chooser *c) {
    for (size_t o = 0; outputs_of(c) > 1 && o < outputs_of(c); o++) {
        bool fewer = !is_exact(c, o);
        while (fewer && c->places[o] > c->coarsest[o]) {
            c->places[o]--;
            fewer = set_units(c) && bounds_hold(c, false);
            if (!fewer) c->places[o]++;
        }
    }
}

/* The units of this share. */
static bool settle(chooser *c) {
    memcpy(c->places, c->coarsest, outputs_of(c) * sizeof *c->places);
    do {
        do {
            if (is_beyond(c) || !set_units(c)) return false;
        } while (raise_by_estimate(c));
    } while (!bounds_hold(c, true));
    drop_places(c);
    return set_units(c) && bounds_hold(c, false);
}

/* ----- All */

static void open_chooser(eml_quant *quant, chooser *c) {
    size_t outputs = quant->model->output_count, inputs = quant->model->input_count;
    *c = (chooser){.quant = quant,
                   .places = eml_alloc(outputs, sizeof *c->places),
                   .coarsest = eml_alloc(outputs, sizeof *c->coarsest),
                   .units = eml_alloc(outputs, sizeof *c->units),
                   .tolerances = eml_alloc(outputs, sizeof *c->tolerances),
                   .costs = eml_alloc(inputs, sizeof *c->costs),
                   .input_units = eml_alloc(inputs, sizeof *c->input_units)};
    for (size_t o = 0; o < outputs; o++) {
        if (is_exact(c, o)) continue;
        mpq_srcptr tolerance = quant->outputs[o].tolerance;
        c->tolerances[o] = mpq_get_d(tolerance);
        /* Half a unit alone is no more than the tolerance. */
        c->coarsest[o] = (long)ceil(-(eml_rational_log2(tolerance) + 1) * EML_LOG10_OF_2 - EDGE);
    }
}

static void close_chooser(chooser *c) {
    eml_free(c->places);
    eml_free(c->coarsest);
    eml_free(c->units);
    eml_free(c->tolerances);
    eml_free(c->costs);
    eml_free(c->input_units);
}

static long sum_of_places(const chooser *c) {
    long sum = 0;
    for (size_t o = 0; o < outputs_of(c); o++) sum += c->places[o];
    return sum;
}

/* The share with the fewest places in all; -1 when there is none. */
static int best_share(chooser *c) {
    int shares = eml_quant_factor_shares(c->quant), best = -1;
    long fewest = 0;
    for (c->share = 0; c->share < shares; c->share++) {
        if (!settle(c) || (best >= 0 && sum_of_places(c) >= fewest)) continue;
        best = c->share;
        fewest = sum_of_places(c);
    }
    return best;
}

bool eml_quant_choose_hidden(eml_quant *quant) {
    chooser c;
    open_chooser(quant, &c);
    c.share = best_share(&c);
    bool good = c.share >= 0 && settle(&c);
    close_chooser(&c);
    for (size_t o = 0; good && o < quant->model->output_count; o++) {
        eml_quant_bound(quant, o);
        eml_quant_set_weights(quant, o);
    }
    if (good) eml_quant_measure(quant);
    return good;
}
