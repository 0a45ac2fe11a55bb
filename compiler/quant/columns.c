#include "compiler/quant/columns.h"

#include <math.h>
#include <string.h>

#include "compiler/check/rational.h"

/* ----- Finding them */

static bool is_column(const eml_quant *quant, uint32_t input) {
    return input != EML_NO_INPUT && quant->inputs[input].choosable && !quant->inputs[input].factor;
}

/* Where the uses of each column begin, from how many it has. */
static void place_uses(eml_quant_columns *columns, const uint32_t *at) {
    const eml_quant *quant = columns->quant;
    for (size_t o = 0; o < quant->model->output_count; o++) {
        const eml_form *form = &quant->outputs[o].centred;
        for (size_t t = 0; t < form->count; t++) {
            uint32_t input = form->terms[t].monomial.first;
            if (is_column(quant, input)) columns->items[at[input]].count++;
        }
    }
    for (size_t i = 0; i < columns->count; i++) {
        columns->items[i].first = (uint32_t)columns->use_count;
        columns->use_count += columns->items[i].count;
        columns->items[i].count = 0;
    }
}

static void fill_uses(eml_quant_columns *columns, const uint32_t *at) {
    const eml_quant *quant = columns->quant;
    for (size_t o = 0; o < quant->model->output_count; o++) {
        const eml_form *form = &quant->outputs[o].centred;
        for (size_t t = 0; t < form->count; t++) {
            uint32_t input = form->terms[t].monomial.first;
            if (!is_column(quant, input)) continue;
            eml_column *column = &columns->items[at[input]];
            columns->uses[column->first + column->count++] =
                (eml_use){&form->terms[t], (uint32_t)o, fabs(mpq_get_d(form->terms[t].coefficient))};
        }
    }
}

static eml_column column_of(const eml_quant *quant, uint32_t input) {
    const eml_quant_input *in = &quant->inputs[input];
    mpq_t lowest;
    mpq_init(lowest);
    eml_column out = {.input = input,
                      .secret = quant->model->inputs[input].visibility == EML_SECRET,
                      .reach = mpq_get_d(in->reach),
                      .step = mpq_get_d(in->step),
                      .values = eml_quant_few_values(&quant->model->inputs[input], in, lowest),
                      .lowest = mpq_get_d(lowest)};
    mpq_clear(lowest);
    return out;
}

void eml_columns_find(const eml_quant *quant, eml_quant_columns *out) {
    const eml_model *model = quant->model;
    *out = (eml_quant_columns){.quant = quant,
                               .items = eml_alloc(model->input_count, sizeof *out->items),
                               .tolerances = eml_alloc(model->output_count, sizeof *out->tolerances),
                               .fixed = eml_alloc(model->output_count * EML_FIXED_COSTS_KEPT, sizeof *out->fixed)};
    uint32_t *at = out->of_input = eml_alloc(model->input_count, sizeof *at);
    for (uint32_t i = 0; i < model->input_count; i++) {
        if (!is_column(quant, i)) continue;
        at[i] = (uint32_t)out->count;
        out->items[out->count++] = column_of(quant, i);
    }
    for (size_t o = 0; o < model->output_count; o++)
        out->tolerances[o] = model->outputs[o].exact ? INFINITY : mpq_get_d(quant->outputs[o].tolerance);
    place_uses(out, at);
    out->uses = eml_alloc(out->use_count, sizeof *out->uses);
    fill_uses(out, at);
}

void eml_columns_free(eml_quant_columns *columns) {
    eml_free(columns->items);
    eml_free(columns->of_input);
    eml_free(columns->uses);
    eml_free(columns->tolerances);
    eml_free(columns->fixed);
    *columns = (eml_quant_columns){0};
}

/* ----- Costs */

/* Resources: tolerance of output o is o, its noise outputs + o, rows the last. */
size_t eml_columns_resources(const eml_quant_columns *columns) { return 2 * columns->quant->model->output_count + 1; }

/* Above this a double no longer tells how far a weight is from an integer: half a unit, then. What it loses below is
 * forgiven, for the exact check to decide. */
#define WEIGHT_KNOWN_MAX 1e15
#define DOUBLE_LOSS      1e-15

/* dx of the input unit u. */
static double rounding_of(const eml_column *column, double unit) {
    if (column->values == 0) return fmin(unit / 2, column->reach);
    double worst = 0;
    for (unsigned i = 0; i < column->values; i++) {
        double x = column->lowest + i * column->step;
        double miss = fabs(x - rint(x / unit) * unit) - fabs(x) * DOUBLE_LOSS;
        if (miss > worst) worst = miss;
    }
    return worst;
}

typedef struct use_cost {
    double error, weight;
} use_cost;

/* |w - W U / u| X + W U / u * dx at the input unit u; weight: W where it is known, else 0. */
static use_cost cost_of(const eml_column *column, const eml_use *use, double output_unit, double unit, double rounding,
                        double weight) {
    double back = output_unit / unit, exact = use->size / back, missed = 0;
    if (weight == 0) {
        weight = rint(exact);
        missed = exact > WEIGHT_KNOWN_MAX ? 0.5 : fmax(fabs(exact - weight) - exact * DOUBLE_LOSS, 0);
    }
    return (use_cost){missed * back * column->reach + weight * back * rounding, weight};
}

/* Rows of a term: READ and ADD, and unless the weight is 1 PUSH and MUL. */
static double term_rows(double weight, bool negative) { return weight == 0 ? 0 : weight == 1 && !negative ? 2 : 4; }

static double pick_unit(const eml_quant_columns *columns, const eml_column *column, const eml_column_limits *limits,
                        eml_pick pick) {
    if (pick == EML_PICK_OWN_GRID) return column->step;
    const eml_use *use = &columns->uses[eml_pick_use(pick)];
    return ldexp(limits->units[use->output] / use->size, (int)eml_pick_bits(pick));
}

/* What one use costs of a column that has this unit. */
static use_cost cost_at(const eml_quant_columns *columns, const eml_column *column, uint32_t index,
                        const eml_column_limits *limits, eml_pick pick, double unit, double rounding) {
    const eml_use *use = &columns->uses[index];
    bool matched = pick != EML_PICK_OWN_GRID && eml_pick_use(pick) == index;
    double weight = matched ? ldexp(1, (int)eml_pick_bits(pick)) : 0;
    return cost_of(column, use, limits->units[use->output], unit, rounding, weight);
}

/* In the order of add_resources. */
static void pick_costs(const eml_quant_columns *columns, const eml_column *column, const eml_column_limits *limits,
                       eml_pick pick, double *costs) {
    bool own = pick == EML_PICK_OWN_GRID;
    double unit = pick_unit(columns, column, limits, pick), rows = 0;
    double rounding = own ? 0 : rounding_of(column, unit);
    for (uint32_t i = 0; i < column->count; i++) {
        const eml_use *use = &columns->uses[column->first + i];
        use_cost cost = cost_at(columns, column, column->first + i, limits, pick, unit, rounding);
        costs[2 * i] = cost.error / (columns->tolerances[use->output] * limits->slack);
        costs[2 * i + 1] = column->secret ? cost.weight / limits->noise : 0;
        rows += term_rows(cost.weight, mpq_sgn(use->term->coefficient) < 0);
    }
    costs[2 * column->count] = rows / limits->rows;
}

static void add_resources(const eml_quant_columns *columns, const eml_column *column, eml_fit *out) {
    size_t outputs = columns->quant->model->output_count;
    for (uint32_t i = 0; i < column->count; i++) {
        uint32_t output = columns->uses[column->first + i].output;
        eml_fit_add_resource(out, output);
        eml_fit_add_resource(out, (uint32_t)outputs + output);
    }
    eml_fit_add_resource(out, (uint32_t)(2 * outputs));
}

/* The uses that give the coarsest units, coarsest first. */
static uint32_t find_matches(const eml_quant_columns *columns, const eml_column *column,
                             const eml_column_limits *limits, uint32_t matches[EML_COLUMN_MATCHES_MAX]) {
    double units[EML_COLUMN_MATCHES_MAX];
    uint32_t count = 0;
    for (uint32_t use = column->first; use < column->first + column->count; use++) {
        double unit = limits->units[columns->uses[use].output] / columns->uses[use].size;
        uint32_t at = count < EML_COLUMN_MATCHES_MAX ? count++ : EML_COLUMN_MATCHES_MAX - 1;
        if (at == EML_COLUMN_MATCHES_MAX - 1 && count == EML_COLUMN_MATCHES_MAX && use - column->first > at &&
            unit <= units[at])
            continue;
        for (; at > 0 && units[at - 1] < unit; at--) {
            units[at] = units[at - 1];
            matches[at] = matches[at - 1];
        }
        units[at] = unit;
        matches[at] = use;
    }
    return count;
}

/* The coarsest units first: of what costs the same, the program keeps most of the weights. With a single use W = 1
 * costs least of everything; eml_columns_raise comes back to it. */
static void add_options(const eml_quant_columns *columns, const eml_column *column, const eml_column_limits *limits,
                        double *costs, eml_fit *out) {
    eml_fit_add_item(out);
    add_resources(columns, column, out);
    if (column->step > 0) {
        pick_costs(columns, column, limits, EML_PICK_OWN_GRID, costs);
        eml_fit_add_option(out, EML_PICK_OWN_GRID, costs);
    }
    uint32_t matches[EML_COLUMN_MATCHES_MAX], match_count = find_matches(columns, column, limits, matches);
    for (uint32_t i = 0; i < match_count; i++) {
        for (unsigned bits = column->count == 1 ? 0 : EML_COLUMN_WEIGHT_BITS_MAX; bits <= EML_COLUMN_WEIGHT_BITS_MAX;
             bits--) {
            eml_pick pick = eml_pick_match(matches[i], bits);
            pick_costs(columns, column, limits, pick, costs);
            eml_fit_add_option(out, pick, costs);
        }
    }
}

/* ----- What is not a column's */

static double fixed_rows(const eml_quant *quant, eml_monomial monomial, const mpz_t weight) {
    double rows = term_rows(fabs(mpz_get_d(weight)), mpz_sgn(weight) < 0);
    if (rows > 0 && monomial.second != EML_NO_INPUT) rows += 2;
    bool varies = monomial.first != EML_NO_INPUT && !quant->model->inputs[monomial.first].uniform;
    if (rows > 0 && monomial.first != EML_NO_INPUT && monomial.second == EML_NO_INPUT && !varies) rows += 2;
    return rows;
}

static void work_out_fixed(const eml_quant_columns *columns, size_t output, long places, eml_fixed_cost *out) {
    const eml_quant *quant = columns->quant;
    const eml_form *form = &quant->outputs[output].centred;
    mpq_t unit, error;
    mpz_t weight, factor;
    mpq_inits(unit, error, NULL);
    mpz_inits(weight, factor, NULL);
    mpq_set(unit, quant->outputs[output].unit);
    if (!quant->model->outputs[output].exact) eml_rational_power10(unit, -places);
    *out = (eml_fixed_cost){.known = true, .places = places};
    for (size_t i = 0; i < form->count; i++) {
        const eml_form_term *term = &form->terms[i];
        if (is_column(quant, term->monomial.first)) continue;
        eml_quant_term_error(quant, term, unit, error);
        eml_quant_weight(quant, term, unit, weight);
        out->error += mpq_get_d(error);
        out->rows += fixed_rows(quant, term->monomial, weight);
        if (!eml_quant_is_secret(quant, term->monomial)) continue;
        eml_quant_public_factor(quant, term->monomial, factor);
        out->weight += fabs(mpz_get_d(weight)) * mpz_get_d(factor);
    }
    out->rows -= 1;                                     /* the first term has no ADD */
    if (quant->model->output_count > 1) out->rows += 1; /* WRITE */
    mpq_clears(unit, error, NULL);
    mpz_clears(weight, factor, NULL);
}

void eml_columns_forget(eml_quant_columns *columns) {
    size_t kept = columns->quant->model->output_count * EML_FIXED_COSTS_KEPT;
    memset(columns->fixed, 0, kept * sizeof *columns->fixed);
}

static void spend_output(eml_quant_columns *columns, size_t output, const eml_column_limits *limits, eml_fit *out) {
    long places = limits->places[output];
    size_t outputs = columns->quant->model->output_count;
    eml_fixed_cost *fixed =
        &columns->fixed[output * EML_FIXED_COSTS_KEPT + ((size_t)places & (EML_FIXED_COSTS_KEPT - 1))];
    if (!fixed->known || fixed->places != places) work_out_fixed(columns, output, places, fixed);
    out->spent[output] = fixed->error / (columns->tolerances[output] * limits->slack);
    out->spent[outputs + output] = fixed->weight / limits->noise;
    out->spent[2 * outputs] += fixed->rows / limits->rows;
}

bool eml_columns_describe(eml_quant_columns *columns, const eml_column_limits *limits, eml_fit *out) {
    size_t outputs = columns->quant->model->output_count;
    eml_fit_clear(out);
    for (size_t o = 0; o < outputs; o++) {
        spend_output(columns, o, limits, out);
        if (!(out->spent[o] <= 1) || !(out->spent[outputs + o] <= 1)) return false;
    }
    double *costs = eml_alloc(eml_columns_resources(columns), sizeof *costs);
    for (size_t i = 0; i < columns->count; i++) add_options(columns, &columns->items[i], limits, costs, out);
    eml_free(costs);
    return true;
}

/* The least error that any option of the column makes in the output of this use. */
static double least_error(const eml_quant_columns *columns, const eml_column *column, uint32_t use,
                          const eml_column_limits *limits) {
    double least = INFINITY;
    if (column->step > 0) least = cost_at(columns, column, use, limits, EML_PICK_OWN_GRID, column->step, 0).error;
    uint32_t matches[EML_COLUMN_MATCHES_MAX], match_count = find_matches(columns, column, limits, matches);
    for (uint32_t i = 0; i < match_count; i++) {
        for (unsigned bits = 0; bits <= EML_COLUMN_WEIGHT_BITS_MAX; bits++) {
            eml_pick pick = eml_pick_match(matches[i], bits);
            double unit = pick_unit(columns, column, limits, pick);
            least = fmin(least, cost_at(columns, column, use, limits, pick, unit, rounding_of(column, unit)).error);
        }
    }
    return least;
}

double eml_columns_floor(const eml_quant_columns *columns, size_t output, const eml_column_limits *limits) {
    const eml_form *form = &columns->quant->outputs[output].centred;
    double sum = 0;
    for (size_t t = 0; t < form->count; t++) {
        uint32_t input = form->terms[t].monomial.first;
        if (!is_column(columns->quant, input)) continue;
        const eml_column *column = &columns->items[columns->of_input[input]];
        for (uint32_t use = column->first; use < column->first + column->count; use++)
            if (columns->uses[use].term == &form->terms[t]) sum += least_error(columns, column, use, limits);
    }
    return sum / (columns->tolerances[output] * limits->slack);
}

/* ----- Weights that cost nothing */

/* What a column with a single use costs more with W doubled. */
static void doubling_costs(const eml_quant_columns *columns, const eml_column *column, const eml_column_limits *limits,
                           eml_pick pick, double more[3]) {
    double from[3];
    pick_costs(columns, column, limits, pick, from);
    pick_costs(columns, column, limits, pick + 1, more);
    for (int i = 0; i < 3; i++) more[i] -= from[i];
}

static void add_costs(const eml_quant_columns *columns, const eml_column *column, const double more[3], double *load) {
    size_t outputs = columns->quant->model->output_count, output = columns->uses[column->first].output;
    load[output] += more[0];
    load[outputs + output] += more[1];
    load[2 * outputs] += more[2];
}

static bool may_double(const eml_column *column, eml_pick pick, unsigned bits) {
    return column->count == 1 && pick != EML_PICK_OWN_GRID && eml_pick_bits(pick) == bits;
}

/* Doubles what has the weight 2^bits. A weight 1 has fewer rows than others: where those are scarce, some keep it. */
static bool raise_from(const eml_quant_columns *columns, const eml_column_limits *limits, unsigned bits,
                       eml_pick *picks, double *load, double *trial, bool *raised) {
    size_t width = eml_columns_resources(columns);
    memcpy(trial, load, width * sizeof *trial);
    for (size_t i = 0; i < columns->count; i++) {
        const eml_column *column = &columns->items[i];
        double more[3], rows = trial[width - 1];
        raised[i] = may_double(column, picks[i], bits);
        if (!raised[i]) continue;
        doubling_costs(columns, column, limits, picks[i], more);
        raised[i] = more[2] == 0 || rows + more[2] <= 1;
        if (raised[i]) add_costs(columns, column, more, trial);
    }
    for (size_t r = 0; r < width; r++) {
        if (!(trial[r] <= 1)) return false;
    }
    for (size_t i = 0; i < columns->count; i++) picks[i] += raised[i]; /* bits are lowest in a pick */
    memcpy(load, trial, width * sizeof *trial);
    return true;
}

void eml_columns_raise(const eml_quant_columns *columns, const eml_column_limits *limits, eml_pick *picks,
                       double *load) {
    double *trial = eml_alloc(eml_columns_resources(columns), sizeof *trial);
    bool *raised = eml_alloc(columns->count, sizeof *raised);
    for (unsigned bits = 0; bits < EML_COLUMN_WEIGHT_BITS_MAX; bits++) {
        if (!raise_from(columns, limits, bits, picks, load, trial, raised)) break;
    }
    eml_free(trial);
    eml_free(raised);
}

/* ----- Exactly */

void eml_columns_apply(const eml_quant_columns *columns, size_t column, eml_pick pick, eml_quant *quant) {
    eml_quant_input *in = &quant->inputs[columns->items[column].input];
    in->weight = 0;
    if (pick == EML_PICK_OWN_GRID) {
        mpq_set(in->unit, in->step);
        return;
    }
    const eml_use *use = &columns->uses[eml_pick_use(pick)];
    in->weight = 1u << eml_pick_bits(pick);
    in->matched = use->output;
    mpq_div(in->unit, quant->outputs[use->output].unit, use->term->coefficient);
    mpq_abs(in->unit, in->unit);
    mpq_mul_2exp(in->unit, in->unit, eml_pick_bits(pick));
    eml_rational_floor_bits(in->unit, EML_QUANT_UNIT_BITS);
}
