#include "compiler/emit/witness.h"

#include <assert.h>
#include <string.h>

#include "compiler/check/rational.h"
#include "compiler/code/pack.h"
#include "runtime/base/decimal.h"
#include "runtime/field/integer.h"
#include "runtime/table/computed.h"
#include "runtime/table/tie.h"
#include "runtime/table/value.h"

enum {
    INSIDE = 16,          /* places between the ends that are looked at of what formulas read */
    LISTED = 64,          /* numbers of a grid that are looked at from each end */
    LISTED_ALL = 1 << 18, /* of all inputs together */
    SWEEPS = 6,
    WORK_MAX = 20000, /* formulas worked out for an output */
    FINER_BITS = 64,
    DRAWS = 400, /* rows that are drawn where the first is not taken */
};

/* ----- What an input may be */

static void choose_number(eml_witness *w, size_t index, const mpq_t value) {
    eml_witness_input *in = &w->items[index];
    eml_fe integer;
    if (eml_abi_encode_value(&w->inputs.inputs[index], value, &integer, NULL) != EML_OK) return;
    in->choices = eml_grow(in->choices, &in->capacity, in->count + 1, sizeof *in->choices);
    eml_witness_choice *choice = &in->choices[in->count++];
    mpq_init(choice->value);
    mpz_init(choice->k);
    mpq_set(choice->value, value);
    eml_fe_to_mpz(integer, choice->k);
}

static bool is_decimal(const mpq_t value) {
    mpz_t rest, ten;
    mpz_inits(rest, ten, NULL);
    mpz_set_ui(ten, 2);
    mpz_remove(rest, mpq_denref(value), ten);
    mpz_set_ui(ten, 5);
    mpz_remove(rest, rest, ten);
    bool decimal = mpz_cmp_ui(rest, 1) == 0;
    mpz_clears(rest, ten, NULL);
    return decimal;
}

/* An end of a range without grid, or a decimal close to it. */
static void choose_end(eml_witness *w, size_t index, const mpq_t end, const mpq_t other) {
    enum { NEAR_BITS = 40 };
    if (is_decimal(end)) {
        choose_number(w, index, end);
        return;
    }
    mpq_t inside, radius;
    mpq_inits(inside, radius, NULL);
    mpq_sub(inside, other, end);
    mpq_div_2exp(inside, inside, NEAR_BITS);
    mpq_abs(radius, inside);
    mpq_add(inside, inside, end);
    eml_decimal_near(inside, radius, inside);
    choose_number(w, index, inside);
    mpq_clears(inside, radius, NULL);
}

/* On both sides of the lowest or highest tie between lo and hi. */
static void choose_tie(eml_witness *w, size_t index, mpq_srcptr lo, mpq_srcptr hi, bool highest) {
    eml_input_column part = w->inputs.inputs[index];
    *part.lo = *lo;
    *part.hi = *hi;
    mpq_t below, above;
    mpq_inits(below, above, NULL);
    if (eml_tie_find(&part, highest, below, above)) {
        choose_number(w, index, below);
        choose_number(w, index, above);
    }
    mpq_clears(below, above, NULL);
}

static void choose_rounded(eml_witness *w, size_t index) {
    const eml_input_column *column = &w->inputs.inputs[index];
    choose_end(w, index, column->lo, column->hi);
    choose_tie(w, index, column->lo, column->hi, false);
    mpq_t at, part;
    mpq_inits(at, part, NULL);
    for (unsigned i = 1; w->items[index].read && i < INSIDE; i++) {
        mpq_set_ui(part, i, INSIDE);
        mpq_canonicalize(part);
        mpq_sub(at, column->hi, column->lo);
        mpq_mul(at, at, part);
        mpq_add(at, at, column->lo);
        choose_tie(w, index, at, column->hi, false);
    }
    mpq_clears(at, part, NULL);
    choose_tie(w, index, column->lo, column->hi, true);
    choose_end(w, index, column->hi, column->lo);
}

static void choose_multiple(eml_witness *w, size_t index, mpq_srcptr grid, const mpz_t steps) {
    mpq_t value;
    mpq_init(value);
    mpq_set_z(value, steps);
    mpq_mul(value, value, grid);
    mpq_add(value, value, w->inputs.inputs[index].offset);
    choose_number(w, index, value);
    mpq_clear(value);
}

/* Multiples first to last of the grid: all when they are few, else `listed` from each end and some between. */
static void choose_multiples(eml_witness *w, size_t index, mpq_srcptr grid, const mpz_t first, const mpz_t last,
                             unsigned long listed) {
    mpz_t m, count;
    mpz_inits(m, count, NULL);
    mpz_sub(count, last, first);
    bool few = mpz_cmp_ui(count, 2 * listed) < 0;
    unsigned long low = few ? mpz_get_ui(count) + 1 : listed;
    for (unsigned long i = 0; i < low; i++) {
        mpz_add_ui(m, first, i);
        choose_multiple(w, index, grid, m);
    }
    for (unsigned long i = 1; !few && w->items[index].read && i < INSIDE; i++) {
        mpz_mul_ui(m, count, i);
        mpz_fdiv_q_ui(m, m, INSIDE);
        mpz_add(m, m, first);
        choose_multiple(w, index, grid, m);
    }
    for (unsigned long i = listed; !few && i-- > 0;) {
        mpz_sub_ui(m, last, i);
        choose_multiple(w, index, grid, m);
    }
    mpz_clears(m, count, NULL);
}

static void choose_grid(eml_witness *w, size_t index, mpq_srcptr grid) {
    const eml_input_column *column = &w->inputs.inputs[index];
    mpq_t steps;
    mpz_t first, last;
    mpq_init(steps);
    mpz_inits(first, last, NULL);
    mpq_sub(steps, column->lo, column->offset);
    mpq_div(steps, steps, grid);
    mpz_cdiv_q(first, mpq_numref(steps), mpq_denref(steps));
    mpq_sub(steps, column->hi, column->offset);
    mpq_div(steps, steps, grid);
    mpz_fdiv_q(last, mpq_numref(steps), mpq_denref(steps));
    unsigned long listed = LISTED_ALL / (w->inputs.input_count + 1);
    if (listed > LISTED) listed = LISTED;
    /* What is not rounded errs most at an end. */
    if (listed == 0 || (column->exact && !w->items[index].read)) listed = 1;
    choose_multiples(w, index, grid, first, last, listed);
    mpq_clear(steps);
    mpz_clears(first, last, NULL);
}

static void choose_numbers(eml_witness *w, size_t index) {
    const eml_input_column *column = &w->inputs.inputs[index];
    if (eml_input_is_derived(column)) return;
    if (column->exact)
        choose_grid(w, index, column->unit);
    else if (mpq_sgn(column->step) != 0)
        choose_grid(w, index, column->step);
    else
        choose_rounded(w, index);
}

/* ----- Formulas */

static void add_reader(eml_witness_input *in, uint32_t derived) {
    if (in->reader_count > 0 && in->readers[in->reader_count - 1] == derived) return;
    in->readers = eml_grow(in->readers, &in->reader_capacity, in->reader_count + 1, sizeof *in->readers);
    in->readers[in->reader_count++] = derived;
    in->read = true;
}

static void open_formula(eml_witness *w, uint32_t index) {
    const eml_formula *formula = &w->inputs.inputs[index].formula;
    eml_formula *meant = &w->items[index].meant;
    eml_formula_append(meant, formula);
    for (size_t i = 0; i < meant->count; i++) {
        eml_formula_node *node = &meant->nodes[i];
        if (eml_formula_rounds(node)) mpq_div_2exp(node->number, node->number, FINER_BITS);
        if (node->operator== EML_FORMULA_COLUMN) add_reader(&w->items[node->column], index);
    }
}

void eml_witness_open(const eml_quant *quant, eml_witness *out) {
    *out = (eml_witness){.quant = quant};
    eml_pack_inputs(quant, &out->inputs);
    size_t count = out->inputs.input_count;
    out->items = eml_alloc(count, sizeof *out->items);
    out->exacts = eml_alloc(count, sizeof *out->exacts);
    out->rounded = eml_alloc(count, sizeof *out->rounded);
    out->first = eml_alloc(count + 1, sizeof *out->first);
    out->depends = eml_alloc(count, sizeof *out->depends);
    for (size_t g = 0; g < quant->model->group_count; g++)
        for (size_t i = 0; i < quant->model->groups[g].count; i++)
            out->items[quant->model->groups[g].first + i].group = g + 1;
    for (size_t i = 0; i < count; i++) {
        mpq_inits(out->items[i].exact, out->items[i].rounded, out->items[i].whole, NULL);
        mpz_init(out->items[i].k);
    }
    for (uint32_t i = 0; i < count; i++)
        if (eml_input_is_derived(&out->inputs.inputs[i])) open_formula(out, i);
    for (size_t i = 0; i < count; i++) choose_numbers(out, i);
}

void eml_witness_close(eml_witness *w) {
    for (size_t i = 0; i < w->inputs.input_count; i++) {
        eml_witness_input *in = &w->items[i];
        for (size_t j = 0; j < in->count; j++) {
            mpq_clear(in->choices[j].value);
            mpz_clear(in->choices[j].k);
        }
        eml_free(in->choices);
        eml_free(in->readers);
        eml_formula_free(&in->meant);
        mpq_clears(in->exact, in->rounded, in->whole, NULL);
        mpz_clear(in->k);
    }
    eml_free(w->items);
    eml_free(w->exacts);
    eml_free(w->rounded);
    eml_free(w->first);
    eml_free(w->terms);
    eml_free(w->seen);
    eml_free(w->depends);
    eml_abi_free(&w->inputs);
    *w = (eml_witness){0};
}

/* ----- The row as it stands */

/* What formulas are given: the numbers of items, without a copy. */
static void share_number(eml_witness *w, size_t index) {
    *w->exacts[index] = *w->items[index].whole;
    *w->rounded[index] = *w->items[index].rounded;
}

/* From k and what the model means. */
static void settle(eml_witness *w, size_t index) {
    const eml_input_column *column = &w->inputs.inputs[index];
    eml_witness_input *in = &w->items[index];
    mpq_sub(in->exact, in->whole, column->offset);
    mpq_set_z(in->rounded, in->k);
    mpq_mul(in->rounded, in->rounded, column->unit);
    mpq_add(in->rounded, in->rounded, column->offset);
    share_number(w, index);
}

static bool derive(eml_witness *w, size_t index) {
    eml_witness_input *in = &w->items[index];
    eml_fe integer;
    w->work++;
    if (eml_derived_integer(&w->inputs.inputs[index], (const mpq_t *)w->rounded, &integer, NULL) != EML_OK ||
        eml_formula_value(&in->meant, (const mpq_t *)w->exacts, in->whole, NULL) != EML_OK)
        return false;
    eml_fe_to_mpz(integer, in->k);
    settle(w, index);
    return true;
}

/* Of a derived input: whether the output has it, or rows are held to its range. */
static bool is_derived_here(const eml_witness *w, size_t index) {
    return w->first[index + 1] > w->first[index] || w->quant->model->inputs[index].ranged;
}

static void put(eml_witness *w, size_t index, size_t choice) {
    eml_witness_input *in = &w->items[index];
    in->chosen = choice;
    mpz_set(in->k, in->choices[choice].k);
    mpq_set(in->whole, in->choices[choice].value);
    settle(w, index);
}

/* False: a formula has no value there, or one outside its range. */
static bool derive_readers(eml_witness *w, size_t index) {
    const eml_witness_input *in = &w->items[index];
    for (size_t i = 0; i < in->reader_count; i++)
        if (is_derived_here(w, in->readers[i]) && !derive(w, in->readers[i])) return false;
    return true;
}

static bool choose(eml_witness *w, size_t index, size_t choice) {
    put(w, index, choice);
    return derive_readers(w, index);
}

/* An input of a group has the choices 0 and 1. */
static bool choose_member(eml_witness *w, const eml_model_group *group, size_t member) {
    for (size_t i = 0; i < group->count; i++) put(w, group->first + i, i == member);
    bool good = true;
    for (size_t i = 0; good && i < group->count; i++) good = derive_readers(w, group->first + i);
    return good;
}

static size_t member_of(const eml_witness *w, const eml_model_group *group) {
    size_t member = 0;
    while (w->items[group->first + member].chosen == 0) member++;
    return member;
}

mpq_srcptr eml_witness_value(const eml_witness *w, size_t input) {
    const eml_witness_input *in = &w->items[input];
    return in->choices[in->chosen].value;
}

/* ----- Errors */

/* Of a term: what the model means less what is computed. */
static void term_error(const eml_witness *w, size_t term, mpq_t out) {
    const eml_quant_output *output = &w->quant->outputs[w->output];
    uint32_t columns[2];
    unsigned count = eml_quant_factors(output->centred.terms[term].monomial, columns);
    mpq_t computed;
    mpq_init(computed);
    mpq_set(out, output->centred.terms[term].coefficient);
    mpz_set(mpq_numref(computed), output->weights[term]);
    for (unsigned i = 0; i < count; i++) {
        mpq_mul(out, out, w->items[columns[i]].exact);
        mpz_mul(mpq_numref(computed), mpq_numref(computed), w->items[columns[i]].k);
    }
    mpq_mul(computed, computed, output->unit);
    mpq_sub(out, out, computed);
    mpq_clear(computed);
}

static void add_terms(eml_witness *w, size_t input, mpq_t sum) {
    mpq_t error;
    mpq_init(error);
    for (uint32_t i = w->first[input]; i < w->first[input + 1]; i++) {
        if (w->seen[w->terms[i]] == w->visit) continue;
        w->seen[w->terms[i]] = w->visit;
        term_error(w, w->terms[i], error);
        mpq_add(sum, sum, error);
    }
    mpq_clear(error);
}

/* What the terms err by, together, that the input has a part in. */
static void input_error(eml_witness *w, size_t input, mpq_t out) {
    const eml_witness_input *in = &w->items[input];
    w->visit++;
    mpq_set_ui(out, 0, 1);
    add_terms(w, input, out);
    for (size_t i = 0; i < in->reader_count; i++) add_terms(w, in->readers[i], out);
}

static void group_error(eml_witness *w, const eml_model_group *group, mpq_t out) {
    w->visit++;
    mpq_set_ui(out, 0, 1);
    for (size_t m = group->first; m < group->first + group->count; m++) {
        add_terms(w, m, out);
        for (size_t i = 0; i < w->items[m].reader_count; i++) add_terms(w, w->items[m].readers[i], out);
    }
}

static void row_error(const eml_witness *w, mpq_t out) {
    size_t count = w->quant->outputs[w->output].centred.count;
    mpq_t *errors = eml_rationals_new(count);
    for (size_t i = 0; i < count; i++) term_error(w, i, errors[i]);
    eml_rational_sum(errors, count, out);
    eml_rationals_free(errors, count);
}

/* ----- The search */

/* Which terms each input has. */
static void list_terms(eml_witness *w, size_t output) {
    const eml_form *form = &w->quant->outputs[output].centred;
    size_t inputs = w->inputs.input_count;
    eml_free(w->terms);
    eml_free(w->seen);
    w->output = output;
    w->terms = eml_alloc(2 * form->count, sizeof *w->terms);
    w->seen = eml_alloc(form->count, sizeof *w->seen);
    w->visit = 0;
    memset(w->first, 0, (inputs + 1) * sizeof *w->first);
    for (int pass = 0; pass < 2; pass++) { /* counts, then places: behind its terms an input's place is its end */
        for (size_t t = form->count; t-- > 0;) {
            uint32_t columns[2];
            unsigned count = eml_quant_factors(form->terms[t].monomial, columns);
            if (count == 2 && columns[0] == columns[1]) count = 1;
            for (unsigned i = 0; i < count; i++) {
                if (pass == 0)
                    w->first[columns[i]]++;
                else
                    w->terms[--w->first[columns[i]]] = (uint32_t)t;
            }
        }
        for (size_t i = 0; pass == 0 && i < inputs; i++) w->first[i + 1] += w->first[i];
    }
}

/* Of a group all or none. */
static void find_dependence(eml_witness *w) {
    const eml_model *model = w->quant->model;
    for (size_t input = 0; input < w->inputs.input_count; input++) {
        const eml_witness_input *in = &w->items[input];
        bool does = in->count > 0 && w->first[input + 1] > w->first[input];
        for (size_t i = 0; !does && in->count > 0 && i < in->reader_count; i++)
            does = is_derived_here(w, in->readers[i]);
        w->depends[input] = does;
    }
    for (size_t g = 0; g < model->group_count; g++) {
        const eml_model_group *group = &model->groups[g];
        bool any = false;
        for (size_t i = 0; i < group->count; i++) any = any || w->depends[group->first + i];
        for (size_t i = 0; i < group->count; i++) w->depends[group->first + i] = any;
    }
}

bool eml_witness_depends(const eml_witness *w, size_t input) { return w->depends[input]; }

/* Takes the choice that makes the error, times sign, largest; whether that is another one. */
static bool improve(eml_witness *w, size_t input, int sign) {
    eml_witness_input *in = &w->items[input];
    size_t before = in->chosen, best = before;
    mpq_t most, error;
    mpq_inits(most, error, NULL);
    input_error(w, input, most);
    for (size_t i = 0; i < in->count; i++) {
        if (i == before || !choose(w, input, i)) continue;
        input_error(w, input, error);
        if (mpq_cmp(error, most) * sign <= 0) continue;
        mpq_swap(most, error);
        best = i;
    }
    bool good = choose(w, input, best);
    assert(good); /* it did before */
    (void)good;
    mpq_clears(most, error, NULL);
    return best != before;
}

static bool improve_group(eml_witness *w, const eml_model_group *group, int sign) {
    size_t before = member_of(w, group), best = before;
    mpq_t most, error;
    mpq_inits(most, error, NULL);
    group_error(w, group, most);
    for (size_t m = 0; m < group->count && w->work < WORK_MAX; m++) {
        if (m == before || !choose_member(w, group, m)) continue;
        group_error(w, group, error);
        if (mpq_cmp(error, most) * sign <= 0) continue;
        mpq_swap(most, error);
        best = m;
    }
    bool good = choose_member(w, group, best);
    assert(good); /* it did before */
    (void)good;
    mpq_clears(most, error, NULL);
    return best != before;
}

/* A group takes its turn with its first input. */
static bool improve_turn(eml_witness *w, size_t input, int sign) {
    size_t g = w->items[input].group;
    if (!w->depends[input]) return false;
    if (g == 0) return improve(w, input, sign);
    const eml_model_group *group = &w->quant->model->groups[g - 1];
    return input == group->first && improve_group(w, group, sign);
}

static bool is_affine(const eml_witness *w) {
    const eml_form *form = &w->quant->outputs[w->output].centred;
    bool affine = true;
    for (size_t t = 0; affine && t < form->count; t++) affine = form->terms[t].monomial.second == EML_NO_INPUT;
    for (size_t i = 0; affine && i < w->inputs.input_count; i++)
        affine = !w->items[i].read || !eml_witness_depends(w, i);
    return affine;
}

static void choose_start(eml_witness *w, size_t start, size_t starts) {
    const eml_model *model = w->quant->model;
    for (size_t i = 0; i < w->inputs.input_count; i++) {
        size_t last = w->items[i].count - 1;
        if (w->items[i].count > 0) w->items[i].chosen = starts == 1 ? 0 : last * start / (starts - 1);
    }
    for (size_t g = 0; g < model->group_count; g++) {
        const eml_model_group *group = &model->groups[g];
        size_t member = starts == 1 ? 0 : (group->count - 1) * start / (starts - 1);
        for (size_t i = 0; i < group->count; i++) w->items[group->first + i].chosen = i == member;
    }
}

static size_t draw(uint64_t *state, size_t count) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(*state >> 33) % count;
}

/* Other choices of what formulas read. */
static void draw_choices(eml_witness *w, uint64_t *state) {
    const eml_model *model = w->quant->model;
    for (size_t i = 0; i < w->inputs.input_count; i++)
        if (w->items[i].read && w->items[i].count > 0 && w->items[i].group == 0)
            w->items[i].chosen = draw(state, w->items[i].count);
    for (size_t g = 0; g < model->group_count; g++) {
        const eml_model_group *group = &model->groups[g];
        size_t member = draw(state, group->count);
        for (size_t i = 0; i < group->count; i++) w->items[group->first + i].chosen = i == member;
    }
}

/* Works out the row of what is chosen. False: it is not taken. */
static bool stand(eml_witness *w) {
    for (size_t i = 0; i < w->inputs.input_count; i++)
        if (w->depends[i]) put(w, i, w->items[i].chosen);
    for (size_t i = 0; i < w->inputs.input_count; i++)
        if (w->items[i].meant.count > 0 && is_derived_here(w, i) && !derive(w, i)) return false;
    return true;
}

/* From the row in which every input has its `start`-th choice of `starts`, or from another where that is not taken. */
static bool climb(eml_witness *w, int sign, size_t start, size_t starts) {
    uint64_t state = start;
    choose_start(w, start, starts);
    bool taken = stand(w);
    for (int draws = 0; !taken && draws < DRAWS && w->work < WORK_MAX; draws++) {
        draw_choices(w, &state);
        taken = stand(w);
    }
    if (!taken) return false;
    bool again = true;
    for (int sweep = 0; again && sweep < (starts == 1 ? 1 : SWEEPS) && w->work < WORK_MAX; sweep++) {
        again = false;
        for (size_t i = 0; i < w->inputs.input_count && w->work < WORK_MAX; i++)
            again = improve_turn(w, i, sign) || again;
    }
    return true;
}

static void keep_choices(const eml_witness *w, size_t *out) {
    for (size_t i = 0; i < w->inputs.input_count; i++) out[i] = w->items[i].chosen;
}

bool eml_witness_find(eml_witness *w, size_t output, mpq_t most) {
    mpq_set_ui(most, 0, 1);
    if (mpq_sgn(w->quant->outputs[output].bound) == 0) return false;
    list_terms(w, output);
    find_dependence(w);
    size_t starts = is_affine(w) ? 1 : 3;
    size_t *best = eml_alloc(w->inputs.input_count, sizeof *best);
    mpq_t error;
    mpq_init(error);
    bool found = false;
    for (size_t start = 0; start < starts; start++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            w->work = 0;
            if (!climb(w, sign, start, starts)) continue;
            row_error(w, error);
            mpq_abs(error, error);
            if (found && mpq_cmp(error, most) <= 0) continue;
            found = true;
            mpq_swap(most, error);
            keep_choices(w, best);
        }
    }
    for (size_t i = 0; i < w->inputs.input_count; i++) w->items[i].chosen = best[i];
    assert(mpq_cmp(most, w->quant->outputs[output].bound) <= 0);
    mpq_clear(error);
    eml_free(best);
    return found;
}
