/* The choice of units: of all that keep the tolerances the cheapest, by rows of the trace, then bits (of the largest
 * result; with encryption, of what it occupies), then digits of all outputs together.
 *
 * Levels are tried from coarse to fine. A *level* says how many bits results may have, and with that the places of
 * every output; an encrypted model has a second one, the bits of Delta, which limit the weights. Given both, units
 * are a packing problem (columns.h). What it answers is then computed exactly, and counts only if every bound meets
 * its tolerance. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/check/rational.h"
#include "compiler/quant/columns.h"
#include "runtime/bundle/abi.h"
#include "runtime/ciphertext/params.h"

enum {
    BITS_OF_FIELD = 127,
    BITS_MAX = 512,         /* more than any field: what a refused model would need */
    MESSAGE_BITS_MORE = 16, /* than the least: room in which finer units may lower the weights, at one Delta */
    USES_SMALL = 8,         /* a model up to which every combination of levels is tried */
    MATCHED_OUTPUTS = 2,    /* of a larger model: outputs that are tried at coarser levels than the others ... */
    MATCHED_LEVELS = 4,     /* ... and at how many */
    COARSER_LEVELS = 4,     /* than what rounding allows: of values that happen to be multiples */
    ROW_TRIES = 6,
};

/* Sums of a few thousand doubles: what is that near to a limit is decided exactly. */
#define EDGE 1e-11
/* More than such sums lose in any order of their terms. */
#define SUM_LOSS 1e-6

typedef struct plan {
    bool found;
    long level;   /* of results, at which it was found, ... */
    double noise; /* ... and the limit of noise */
    int share;    /* of the tolerance, for inputs that are factors of products */
    eml_quant_cost cost;
    long *places;
    eml_pick *picks;
} plan;

typedef struct chooser {
    eml_quant *quant;
    eml_quant_rows_fn *rows_of;
    eml_quant_columns columns;
    eml_fit fit;
    uint32_t *options;
    double *load;
    double *units;      /* by output, of the places that are tried */
    double *magnitudes; /* by output: log2 of the largest |value| */
    long *coarsest;     /* by output: the least places at which half a unit is within the tolerance */
    bool *rounds;       /* by output: some input must be rounded, and cannot be left out */
    double noise, rows; /* limits in force */
    uint32_t target;    /* of rows of the trace; 0: none */
    bool any;           /* the first plan will do */
    plan now, best;     /* best: under this limit of rows */
} chooser;

static size_t outputs_of(const chooser *c) { return c->quant->model->output_count; }
static bool is_exact(const chooser *c, size_t output) { return c->quant->model->outputs[output].exact; }

/* ----- Plans */

static void init_plan(const chooser *c, plan *out) {
    *out = (plan){.places = eml_alloc(outputs_of(c), sizeof *out->places),
                  .picks = eml_alloc(c->columns.count, sizeof *out->picks)};
}

static void free_plan(plan *p) {
    eml_free(p->places);
    eml_free(p->picks);
}

static void keep_plan(const chooser *c, const plan *from, plan *to) {
    to->found = true;
    to->level = from->level;
    to->noise = from->noise;
    to->share = from->share;
    to->cost = from->cost;
    memcpy(to->places, from->places, outputs_of(c) * sizeof *to->places);
    memcpy(to->picks, from->picks, c->columns.count * sizeof *to->picks);
}

static int compare_costs(const eml_quant_cost *a, const eml_quant_cost *b) {
    if (a->fault != b->fault) return a->fault < b->fault ? -1 : 1;
    if (a->rows != b->rows) return a->rows < b->rows ? -1 : 1;
    if (a->bits != b->bits) return a->bits < b->bits ? -1 : 1;
    return a->digits < b->digits ? -1 : a->digits > b->digits;
}

/* Puts the units, weights and bounds of a plan into the model. */
static void apply(chooser *c, const plan *p) {
    eml_quant *quant = c->quant;
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (!is_exact(c, o)) eml_rational_power10(quant->outputs[o].unit, -p->places[o]);
    }
    eml_quant_factor_units(quant, p->share);
    for (size_t i = 0; i < c->columns.count; i++) eml_columns_apply(&c->columns, i, p->picks[i], quant);
    eml_quant_encode_ranges(quant);
    for (size_t o = 0; o < outputs_of(c); o++) {
        eml_quant_bound(quant, o);
        eml_quant_set_weights(quant, o);
    }
    eml_quant_measure(quant);
}

static bool bounds_hold(const chooser *c) {
    for (size_t o = 0; o < outputs_of(c); o++) {
        const eml_quant_output *output = &c->quant->outputs[o];
        if (!is_exact(c, o) && mpq_cmp(output->bound, output->tolerance) > 0) return false;
    }
    return true;
}

/* ----- One combination of levels */

/* Own grids wherever they cost nothing, then weights as large as cost nothing. */
static void prefer(chooser *c, const eml_column_limits *limits) {
    for (size_t i = 0; i < c->columns.count; i++) {
        bool has_grid = eml_fit_tag(&c->fit, i, 0) == EML_PICK_OWN_GRID;
        if (has_grid && c->options[i] != 0) eml_fit_switch(&c->fit, i, 0, c->options, c->load);
        c->now.picks[i] = eml_fit_tag(&c->fit, i, c->options[i]);
    }
    eml_columns_raise(&c->columns, limits, c->now.picks, c->load);
}

static eml_column_limits limits_at(chooser *c, const long *places, double slack) {
    for (size_t o = 0; o < outputs_of(c); o++)
        c->units[o] = is_exact(c, o) ? mpq_get_d(c->quant->outputs[o].unit) : pow(10, -(double)places[o]);
    return (eml_column_limits){c->units, places, c->noise, c->rows, slack};
}

/* CANNOT is certain, up to what doubles lose; MISSED: what they found fell short exactly. */
typedef enum outcome { HOLDS, MISSED, CANNOT } outcome;

/* With the options as they are: the plan is applied, and holds. */
static bool take(chooser *c, const uint32_t *options) {
    for (size_t i = 0; i < c->columns.count; i++) c->now.picks[i] = eml_fit_tag(&c->fit, i, options[i]);
    apply(c, &c->now);
    return bounds_hold(c);
}

/* How code is laid out decides what it takes; with a single column that is looked up for every option. */
static bool has_rows(void *context, const uint32_t *options) {
    chooser *c = context;
    return take(c, options) && c->rows_of(c->quant) <= c->target;
}

static outcome solve(chooser *c, double slack) {
    eml_column_limits limits = limits_at(c, c->now.places, slack);
    bool look_up = c->target > 0 && c->columns.count == 1;
    c->fit.accept = look_up ? has_rows : NULL;
    c->fit.context = c;
    if (!eml_columns_describe(&c->columns, &limits, &c->fit) || !eml_fit_solve(&c->fit, c->options, c->load))
        return CANNOT;
    if (look_up) return take(c, c->options) ? HOLDS : MISSED;
    prefer(c, &limits);
    apply(c, &c->now);
    return bounds_hold(c) ? HOLDS : MISSED;
}

/* Places at which one input alone takes more than the tolerance. */
static bool is_too_coarse(const chooser *c) {
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (c->rounds[o] && c->now.places[o] < c->coarsest[o]) return true;
    }
    return false;
}

/* Whether now.places can be: then now is a plan, the model has it, and best is the better of both. */
static bool try_places(chooser *c) {
    if (is_too_coarse(c)) return false;
    outcome found = solve(c, 1 + EDGE);
    if (found == MISSED) found = solve(c, 1 - EDGE);
    if (found != HOLDS) return false;
    c->now.cost = eml_quant_cost_of(c->quant, c->rows_of);
    c->now.noise = c->noise;
    if (!c->best.found || compare_costs(&c->now.cost, &c->best.cost) < 0) keep_plan(c, &c->now, &c->best);
    return true;
}

/* The finest places at which results have no more than so many bits. */
static void set_places(chooser *c, long bits) {
    for (size_t o = 0; o < outputs_of(c); o++)
        c->now.places[o] =
            isinf(c->magnitudes[o]) ? 0 : (long)floor(((double)bits - c->magnitudes[o]) * EML_LOG10_OF_2);
}

/* ----- Many outputs: one that inputs are matched to has coarser units than the others */

static bool is_small(const chooser *c) { return c->columns.use_count <= USES_SMALL; }

static bool try_coarser(chooser *c, size_t output) {
    long finest = c->now.places[output], last = finest - 1;
    bool found = false;
    if (!is_small(c) && last > c->coarsest[output] + MATCHED_LEVELS) last = c->coarsest[output] + MATCHED_LEVELS;
    for (long places = c->coarsest[output] - COARSER_LEVELS; !found && places <= last; places++) {
        c->now.places[output] = places;
        found = try_places(c);
    }
    c->now.places[output] = finest;
    return found;
}

/* Outputs whose results have the most digits for their tolerance come first. */
static double tightness(const chooser *c, size_t output) {
    return is_exact(c, output) ? -INFINITY : c->magnitudes[output] - log2(c->columns.tolerances[output]);
}

/* All finest; then each of the tightest outputs coarser. */
static bool try_level(chooser *c, long bits) {
    c->now.level = bits;
    set_places(c, bits);
    if (try_places(c)) return true;
    if (outputs_of(c) == 1) return false;
    double below = INFINITY;
    for (size_t tries = 0; tries < outputs_of(c) && (is_small(c) || tries < MATCHED_OUTPUTS); tries++) {
        double most = -INFINITY;
        for (size_t o = 0; o < outputs_of(c); o++) {
            double t = tightness(c, o);
            if (t < below && t > most) most = t;
        }
        for (size_t o = 0; o < outputs_of(c); o++) {
            if (tightness(c, o) == most && !isinf(most) && try_coarser(c, o)) return true;
        }
        below = most;
    }
    return false;
}

/* The least level from lo to hi that has a plan, or hi + 1. More bits do not always help; but nearly. */
static long least_level(chooser *c, long lo, long hi) {
    if (!is_small(c) && outputs_of(c) > 1) {
        long stride = 16, high = lo;
        while (high <= hi && !try_level(c, high)) high += stride;
        if (high > hi) return hi + 1;
        long low = high - stride < lo ? lo - 1 : high - stride;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (try_level(c, middle))
                high = middle;
            else
                low = middle;
        }
        return high;
    }
    while (lo <= hi && !try_level(c, lo)) lo++;
    return lo;
}

/* Fewer digits at the same bits: of two outputs all pairs of places, fewest first. */
static void drop_digits_of_two(chooser *c) {
    long finest[2], most = c->best.places[0] + c->best.places[1];
    eml_quant_cost found = c->best.cost;
    set_places(c, c->best.level);
    memcpy(finest, c->now.places, sizeof finest);
    long least = (c->coarsest[0] < finest[0] ? c->coarsest[0] : finest[0]) - COARSER_LEVELS;
    for (long sum = 2 * least; sum < most; sum++) {
        for (long first = least; first <= finest[0]; first++) {
            c->now.places[0] = first;
            c->now.places[1] = sum - first;
            if (sum - first > finest[1] || !try_places(c)) continue;
            if (compare_costs(&c->best.cost, &found) < 0) return;
        }
    }
}

/* Whether this output alone rules its places out: then no solution of all need be looked for. */
static bool is_short(chooser *c, size_t output) {
    eml_column_limits limits = limits_at(c, c->now.places, 1 + EDGE);
    bool is_certain = eml_columns_floor(&c->columns, output, &limits) > 1 + SUM_LOSS;
    assert(!EML_VERIFY_BUILD || !is_certain || solve(c, 1 + EDGE) == CANNOT);
    return is_certain;
}

/* Fewer digits at the same bits, output by output. */
static void drop_digits(chooser *c) {
    if (!c->best.found || outputs_of(c) == 1) return;
    c->noise = c->best.noise;
    c->now.level = c->best.level;
    if (outputs_of(c) == 2 && is_small(c) && !is_exact(c, 0) && !is_exact(c, 1)) drop_digits_of_two(c);
    for (size_t o = 0; o < outputs_of(c); o++) {
        if (is_exact(c, o)) continue;
        for (bool fewer = true; fewer;) {
            memcpy(c->now.places, c->best.places, outputs_of(c) * sizeof *c->now.places);
            c->now.places[o]--;
            eml_quant_cost before = c->best.cost;
            fewer = !is_short(c, o) && try_places(c) && compare_costs(&c->best.cost, &before) < 0;
        }
    }
}

/* ----- Under one limit of rows */

static double noise_limit(long delta_bits) {
    double margin = 1 - 2.0 / (1 << EML_LATTICE_MARGIN_BITS); /* |noise| < Delta/2 - Delta/2^MARGIN_BITS */
    return ldexp(margin / 2 / (double)EML_LATTICE_NOISE_BOUND, (int)delta_bits);
}

/* Whether there is a plan at this level of the message that occupies no more than so many bits in all. */
static bool try_within(chooser *c, long message, long total) {
    c->noise = noise_limit(total - message);
    return try_level(c, message);
}

/* For each level of the message the least Delta, as far as both together beat what was found. */
static void search_encrypted(chooser *c, long least, long limit) {
    for (long message = least; message <= least + MESSAGE_BITS_MORE; message++) {
        long low = message + EML_LATTICE_DELTA_BITS_MIN - 1; /* too few */
        long high = c->best.found ? (long)c->best.cost.bits - 1 : limit;
        if (high <= low || !try_within(c, message, high)) continue;
        if (c->any) return;
        high = high < (long)c->best.cost.bits ? high : (long)c->best.cost.bits;
        while (high - low > 1) {
            long middle = low + (high - low) / 2;
            if (try_within(c, message, middle))
                high = middle;
            else
                low = middle;
        }
    }
    drop_digits(c);
}

/* The best plan whose code has no more rows and whose results occupy no more than so many bits. */
static bool search(chooser *c, double rows, long most) {
    c->rows = rows;
    c->noise = INFINITY;
    c->best.found = false;
    long least = least_level(c, 1, most);
    if (c->quant->model->encrypted) {
        bool possible = c->best.found;
        c->best.found = false; /* it was found without regard to noise */
        if (possible) search_encrypted(c, least, most);
    } else if (!c->any) {
        drop_digits(c);
    }
    return c->best.found;
}

/* ----- Fewer rows */

static bool rows_suffice(chooser *c, const plan *like, double rows) {
    c->rows = rows;
    c->noise = INFINITY;
    eml_column_limits limits = limits_at(c, like->places, INFINITY);
    return eml_columns_describe(&c->columns, &limits, &c->fit) &&
           eml_fit_floor(&c->fit, (uint32_t)eml_columns_resources(&c->columns) - 1) <= 1;
}

/* Half the trace, as often as that goes; whatever it costs in bits. What the code really takes depends on how it is
 * laid out, so the limit is lowered when it was not enough. */
static void search_fewer_rows(chooser *c, plan *found) {
    while (found->cost.rows > EML_N_MIN) {
        uint32_t target = found->cost.rows / 2, before = found->cost.rows;
        double limit = eml_shape_code_rows(&(eml_shape){.n = target});
        c->target = target;
        for (int tries = 0; tries < ROW_TRIES && rows_suffice(c, found, limit); tries++) {
            if (search(c, limit, BITS_OF_FIELD) && compare_costs(&c->best.cost, &found->cost) < 0)
                keep_plan(c, &c->best, found);
            if (!c->best.found || found->cost.rows <= target) break;
            limit -= tries < 3 ? 2 : ldexp(1, tries); /* 2, 2, 2, 8, 16 */
        }
        if (found->cost.rows == before) return;
    }
}

/* ----- All */

/* log2 of the largest |value| over the box, or of a little more where inputs are multiplied. */
static double magnitude_of(const eml_quant *quant, const eml_form *form) {
    double lo = 0, hi = 0;
    for (size_t i = 0; i < form->count; i++) {
        uint32_t columns[2];
        unsigned count = eml_quant_factors(form->terms[i].monomial, columns);
        double w = mpq_get_d(form->terms[i].coefficient), from = 1, to = 1;
        if (count == 1) {
            const eml_model_input *in = &quant->model->inputs[columns[0]];
            double offset = mpq_get_d(quant->inputs[columns[0]].offset);
            from = mpq_get_d(in->lo) - offset;
            to = mpq_get_d(in->hi) - offset;
        }
        for (unsigned k = 0; count == 2 && k < count; k++) to *= mpq_get_d(quant->inputs[columns[k]].reach);
        if (count == 2) from = -to;
        lo += fmin(w * from, w * to);
        hi += fmax(w * from, w * to);
    }
    double largest = fmax(fabs(lo), fabs(hi));
    return isfinite(largest) ? log2(largest) : BITS_MAX;
}

static void measure_outputs(chooser *c) {
    for (size_t o = 0; o < outputs_of(c); o++) {
        const eml_quant_output *output = &c->quant->outputs[o];
        c->magnitudes[o] = magnitude_of(c->quant, &output->centred);
        if (is_exact(c, o)) continue;
        c->coarsest[o] = (long)ceil(-(eml_rational_log2(output->tolerance) + 1) * EML_LOG10_OF_2 - EDGE);
    }
}

static void find_rounded(chooser *c) {
    for (size_t i = 0; i < c->columns.count; i++) {
        const eml_column *column = &c->columns.items[i];
        for (uint32_t use = column->first; use < column->first + column->count; use++) {
            uint32_t output = c->columns.uses[use].output;
            double contribution = c->columns.uses[use].size * column->reach;
            if (column->step == 0 && contribution > c->columns.tolerances[output]) c->rounds[output] = true;
        }
    }
}

static void open_chooser(eml_quant *quant, eml_quant_rows_fn *rows_of, chooser *c) {
    *c = (chooser){.quant = quant, .rows_of = rows_of};
    eml_columns_find(quant, &c->columns);
    eml_fit_init(&c->fit, eml_columns_resources(&c->columns));
    c->options = eml_alloc(c->columns.count, sizeof *c->options);
    c->load = eml_alloc(eml_columns_resources(&c->columns), sizeof *c->load);
    c->magnitudes = eml_alloc(outputs_of(c), sizeof *c->magnitudes);
    c->units = eml_alloc(outputs_of(c), sizeof *c->units);
    c->coarsest = eml_alloc(outputs_of(c), sizeof *c->coarsest);
    c->rounds = eml_alloc(outputs_of(c), sizeof *c->rounds);
    init_plan(c, &c->now);
    init_plan(c, &c->best);
    measure_outputs(c);
    find_rounded(c);
}

static void close_chooser(chooser *c) {
    free_plan(&c->now);
    free_plan(&c->best);
    eml_columns_free(&c->columns);
    eml_fit_free(&c->fit);
    eml_free(c->options);
    eml_free(c->load);
    eml_free(c->magnitudes);
    eml_free(c->units);
    eml_free(c->coarsest);
    eml_free(c->rounds);
}

/* Of all shares. */
static void search_all(chooser *c, long most, plan *found) {
    int shares = eml_quant_factor_shares(c->quant);
    for (int share = 0; share < shares && !(found->found && c->any); share++) {
        c->now.share = share;
        eml_quant_factor_units(c->quant, share);
        eml_quant_encode_ranges(c->quant);
        eml_columns_forget(&c->columns);
        if (search(c, INFINITY, most) && (!found->found || compare_costs(&c->best.cost, &found->cost) < 0))
            keep_plan(c, &c->best, found);
    }
    c->now.share = found->share;
    eml_quant_factor_units(c->quant, found->share);
    eml_quant_encode_ranges(c->quant);
    eml_columns_forget(&c->columns);
}

bool eml_quant_choose_units(eml_quant *quant, eml_quant_rows_fn *rows_of) {
    chooser c;
    open_chooser(quant, rows_of, &c);
    plan found;
    init_plan(&c, &found);
    search_all(&c, BITS_OF_FIELD, &found);
    /* Of committed inputs every bit of a result tells: rows are not saved by finer ones. */
    if (found.found && !quant->model->committed) search_fewer_rows(&c, &found);
    if (!found.found) { /* what it would need, to tell by how much it does not fit */
        c.any = true;
        search_all(&c, BITS_MAX, &found);
    }
    bool good = found.found;
    if (good) apply(&c, &found);
    free_plan(&found);
    close_chooser(&c);
    return good;
}

bool eml_quant_can_fit(eml_quant *quant, eml_quant_rows_fn *rows_of) {
    chooser c;
    open_chooser(quant, rows_of, &c);
    plan found;
    init_plan(&c, &found);
    c.any = true;
    search_all(&c, BITS_OF_FIELD, &found);
    bool good = found.found && found.cost.fault != EML_QUANT_UNFIT;
    free_plan(&found);
    close_chooser(&c);
    return good;
}
