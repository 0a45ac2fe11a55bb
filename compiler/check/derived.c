/* Pass 5, derived inputs: from what expressions left (derive.h) to inputs of the model, with the units that their
 * formulas round to. */
#include <stdlib.h>
#include <string.h>

#include "compiler/check/model.h"
#include "compiler/check/rational.h"
#include "runtime/bundle/abi.h"
#include "runtime/text/names.h"

static bool is_derived_column(uint32_t column) { return column >= EML_COLUMN_DERIVED && column < EML_COLUMN_OUTPUT; }

/* ----- Those that outputs have */

/* The index among the model's inputs + 1, by derived input; 0: no output has it, nor are rows held to its range. */
static uint32_t *number_used(const eml_evaluator *ev, const eml_model *model) {
    uint32_t *numbers = eml_alloc(ev->derived.count, sizeof *numbers), next = (uint32_t)model->input_count;
    for (size_t o = 0; o < model->output_count; o++) {
        const eml_form *form = &model->outputs[o].form;
        for (size_t i = 0; i < form->count; i++) {
            const uint32_t columns[] = {form->terms[i].monomial.first, form->terms[i].monomial.second};
            for (int k = 0; k < 2; k++)
                if (is_derived_column(columns[k])) numbers[columns[k] - EML_COLUMN_DERIVED] = 1;
        }
    }
    for (size_t d = 0; d < ev->derived.count; d++) {
        const eml_pins *pins = ev->derived.items[d].pins;
        if (numbers[d] != 0 || (pins != NULL && pins->has_range)) numbers[d] = ++next;
    }
    return numbers;
}

/* The order of columns stays, so that forms stay normal. */
static void renumber(const uint32_t *numbers, eml_model *model) {
    for (size_t o = 0; o < model->output_count; o++) {
        eml_form *form = &model->outputs[o].form;
        for (size_t i = 0; i < form->count; i++) {
            eml_monomial *m = &form->terms[i].monomial;
            if (is_derived_column(m->first)) m->first = numbers[m->first - EML_COLUMN_DERIVED] - 1;
            if (is_derived_column(m->second)) m->second = numbers[m->second - EML_COLUMN_DERIVED] - 1;
        }
    }
}

/* ----- Names */

static char *text_of(eml_buf *text) {
    eml_buf_put_u8(text, 0);
    return (char *)text->data;
}

static char *formula_name(const eml_formula_column *names, const eml_formula *formula) {
    eml_buf text = {0};
    eml_formula_print(formula, names, &text);
    return text_of(&text);
}

eml_formula_column eml_model_formula_column(const char *name, const eml_words *words, eml_arena *arena) {
    eml_formula_column column = {.name = name};
    if (words == NULL) return column;
    const char **texts = eml_arena_alloc(arena, words->count, sizeof *texts);
    for (size_t k = 0; k < words->count; k++) texts[k] = words->items[k]->text;
    column.words = texts;
    column.word_count = words->count;
    return column;
}

/* As the language has them. */
static eml_formula_column *identifiers(const eml_evaluator *ev, const eml_model *model, eml_arena *arena) {
    eml_formula_column *names = eml_alloc(model->input_count, sizeof *names);
    for (size_t i = 0; i < model->input_count; i++) {
        eml_buf text = {0};
        eml_evaluator_column_name(ev, (uint32_t)i, &text);
        const char *name = eml_arena_strndup(arena, (const char *)text.data, text.len);
        names[i] = eml_model_formula_column(name, model->inputs[i].words, arena);
        eml_buf_free(&text);
    }
    return names;
}

static char *preferred_name(const eml_evaluator *ev, const eml_derived *from, const eml_formula_column *names) {
    eml_buf text = {0};
    if (from->column.decl == SIZE_MAX) return formula_name(names, &from->formula);
    eml_column_name_print(ev->ast->decls[from->column.decl].name.text, ev->extents[from->column.decl],
                          from->column.element, &text);
    return text_of(&text);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the names. */
static bool has_same(const char **names, size_t count) {
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0) return true;
    return false;
}

/* Whether all names that a reader sees are told apart. */
static bool told_apart(const eml_model *model) {
    size_t count = model->input_count + model->output_count + model->result_count + model->hidden_count, next = 0;
    const char **names = eml_alloc(count, sizeof *names), *a, *b;
    bool fit = true;
    for (size_t i = 0; i < model->input_count; i++) {
        names[next++] = model->inputs[i].name;
        fit = fit && strlen(model->inputs[i].name) <= EML_NAME_MAX;
    }
    for (size_t i = 0; i < model->output_count; i++) names[next++] = model->outputs[i].name;
    for (size_t i = 0; i < model->result_count; i++) names[next++] = model->results[i].name;
    for (size_t i = 0; i < model->hidden_count; i++) names[next++] = model->hidden[i].decl->name.text;
    eml_name_index index;
    eml_name_index_init(&index, names, count);
    bool apart = fit && !eml_name_index_pair(&index, &a, &b) && !has_same(names, model->input_count);
    eml_name_index_free(&index);
    eml_free(names);
    return apart;
}

/* What lets and formulas give is for people; where it cannot be told apart, numbers can. */
static void number_names(eml_model *model, size_t first) {
    for (size_t i = first; i < model->input_count; i++) {
        if (model->inputs[i].decl->kind == EML_DECL_DERIVE) continue;
        eml_buf text = {0};
        eml_buf_printf(&text, "derived %zu", i - first + 1);
        eml_free(model->inputs[i].name);
        model->inputs[i].name = text_of(&text);
    }
}

/* A declaration to point at, which the source does not have. */
static const eml_decl *made_up(eml_evaluator *ev, const eml_derived *from, const char *name) {
    eml_decl *decl = eml_arena_alloc(&ev->diags->arena, 1, sizeof *decl);
    const char *text = eml_arena_strndup(&ev->diags->arena, name, strlen(name));
    *decl = (eml_decl){.kind = EML_DECL_INPUT,
                       .span = from->node->span,
                       .name = {text, from->node->span},
                       .visibility = from->column.visibility};
    return decl;
}

static void take_pins(const eml_pins *pins, eml_model_input *in) {
    in->has_frac = pins->has_frac;
    in->frac = pins->frac;
    in->ranged = pins->has_range;
    if (!in->ranged) return;
    mpq_set(in->lo, pins->lo);
    mpq_set(in->hi, pins->hi);
}

void eml_model_append_derived(eml_evaluator *ev, eml_model *model) {
    uint32_t *numbers = number_used(ev, model);
    eml_formula_column *names = identifiers(ev, model, &ev->diags->arena);
    size_t first = model->input_count, capacity = first;
    for (size_t d = 0; d < ev->derived.count; d++) {
        if (numbers[d] == 0) continue;
        eml_derived *from = &ev->derived.items[d];
        model->inputs = eml_grow(model->inputs, &capacity, model->input_count + 1, sizeof *model->inputs);
        eml_model_input *in = &model->inputs[model->input_count++];
        *in = (eml_model_input){.name = preferred_name(ev, from, names),
                                .visibility = from->column.visibility,
                                .uniform = from->column.uniform,
                                .formula = from->formula,
                                .derived = (uint32_t)d};
        in->decl = from->declared != NULL ? from->declared : made_up(ev, from, in->name);
        from->formula = (eml_formula){0};
        mpq_inits(in->lo, in->hi, in->step, in->pin, in->error, NULL);
        if (from->pins != NULL) take_pins(from->pins, in);
    }
    if (model->input_count > EML_ABI_COLUMNS_MAX)
        eml_diag_add(ev->diags, EML_DIAG_TOO_LARGE, ev->ast->model.span,
                     "more than %d inputs, with those that are derived", EML_ABI_COLUMNS_MAX);
    if (first < model->input_count && !told_apart(model)) number_names(model, first);
    renumber(numbers, model);
    eml_free(names);
    eml_free(numbers);
}

/* ----- What is known of the columns that formulas read */

static bool is_derived(const eml_model_input *in) { return in->formula.count > 0; }

/* Rounded to a unit, a value may be half of one outside its range. */
void eml_model_input_bound(const eml_model_input *in, eml_value_bound *out) {
    mpq_set(out->lo, in->lo);
    mpq_set(out->hi, in->hi);
    mpq_set_ui(out->error, 0, 1);
    mpq_set(out->grid, in->step);
    if (mpq_sgn(in->step) != 0) return;
    mpq_t half;
    mpq_init(half);
    if (in->has_frac) mpq_set_ui(half, 1, 1);
    if (in->has_frac) eml_rational_scale2(half, half, -in->frac);
    if (!in->has_frac) mpq_set(half, in->pin);
    mpq_set(out->grid, half);
    mpq_div_2exp(half, half, 1);
    mpq_sub(out->lo, out->lo, half);
    mpq_add(out->hi, out->hi, half);
    mpq_set(out->error, half);
    mpq_clear(half);
}

typedef struct bounder {
    eml_evaluator *ev;
    eml_model *model;
    eml_value_bound *columns; /* by input; of derived ones unused */
    eml_value_bound *pins;    /* by what expressions left: of those that rows are held to, once they are settled */
    mpq_t *allowed; /* by input: of derived ones the error that outputs leave to it; 0: no output is rounded */
    size_t spent;   /* of EML_FORMULA_CHOICE_MAX */
} bounder;

static bool report(bounder *b, const eml_model_input *in, eml_bound_fault fault, const eml_error *sentence) {
    if (fault == EML_BOUND_FINE) return true;
    eml_diag *diag =
        eml_diag_add(b->ev->diags, fault == EML_BOUND_DOMAIN ? EML_DIAG_DERIVED_DOMAIN : EML_DIAG_DERIVED_ROUNDED,
                     in->decl->span, "%s", sentence->text);
    if (fault == EML_BOUND_DOMAIN)
        eml_diag_note(b->ev->diags, diag,
                      "every value in the ranges of the inputs has to have one: make a range narrower");
    return false;
}

static bool bound_of(bounder *b, const eml_model_input *in, eml_value_bound *out) {
    eml_error sentence = {0};
    return report(b, in, eml_formula_bound(&in->formula, b->columns, b->pins, false, out, &sentence), &sentence);
}

/* ----- How much error an output leaves to each */

/* The most that |the other factor| of a term with this input is; 1 when there is none. */
static void other_magnitude(const bounder *b, const eml_form_term *term, uint32_t input, mpq_t out) {
    mpq_set_ui(out, 1, 1);
    if (term->monomial.second == EML_NO_INPUT) return;
    const eml_model_input *other =
        &b->model->inputs[term->monomial.first == input ? term->monomial.second : term->monomial.first];
    mpq_t hi;
    mpq_init(hi);
    mpq_abs(out, other->lo);
    mpq_abs(hi, other->hi);
    if (mpq_cmp(hi, out) > 0) mpq_swap(hi, out);
    mpq_clear(hi);
}

static size_t derived_terms(const bounder *b, const eml_form *form) {
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        const uint32_t columns[] = {form->terms[i].monomial.first, form->terms[i].monomial.second};
        for (int k = 0; k < 2; k++) count += columns[k] != EML_NO_INPUT && is_derived(&b->model->inputs[columns[k]]);
    }
    return count;
}

static void allow(bounder *b, const eml_model_output *output, const eml_form_term *term, uint32_t input, size_t count) {
    enum { PART = 8 }; /* of the tolerance, for all of them together */
    if (input == EML_NO_INPUT || !is_derived(&b->model->inputs[input])) return;
    mpq_t share, strain;
    mpq_inits(share, strain, NULL);
    eml_term_magnitude(term, share);
    other_magnitude(b, term, input, strain);
    mpq_mul(strain, strain, share);
    if (mpq_sgn(strain) != 0 && mpq_sgn(output->tolerance) != 0) {
        mpq_set_ui(share, PART * count, 1);
        mpq_mul(strain, strain, share);
        mpq_div(share, output->tolerance, strain);
        if (mpq_sgn(b->allowed[input]) == 0 || mpq_cmp(share, b->allowed[input]) < 0) mpq_set(b->allowed[input], share);
    }
    mpq_clears(share, strain, NULL);
}

static void allow_errors(bounder *b) {
    for (size_t o = 0; o < b->model->output_count; o++) {
        const eml_model_output *output = &b->model->outputs[o];
        size_t count = derived_terms(b, &output->form);
        for (size_t i = 0; i < output->form.count && count > 0; i++) {
            allow(b, output, &output->form.terms[i], output->form.terms[i].monomial.first, count);
            allow(b, output, &output->form.terms[i], output->form.terms[i].monomial.second, count);
        }
    }
}

/* ----- Units */

/* How many things a formula may round. */
static size_t count_roundings(const bounder *b, const eml_formula *formula) {
    size_t count = 1;
    for (size_t i = 0; i < formula->count; i++) {
        const eml_formula_node *node = &formula->nodes[i];
        count += eml_formula_rounds(node) ||
                 (node->operator== EML_FORMULA_COLUMN && mpq_sgn(b->model->inputs[node->column].step) == 0);
    }
    return count;
}

static void keep_smaller(mpq_t pin, const mpq_t unit) {
    if (mpq_sgn(pin) == 0 || mpq_cmp(unit, pin) < 0) mpq_set(pin, unit);
}

static bool needs_pin(const bounder *b, const eml_formula_node *node) {
    if (node->operator!= EML_FORMULA_COLUMN) return false;
    const eml_model_input *source = &b->model->inputs[node->column];
    return mpq_sgn(source->step) == 0 && !source->has_frac && !mpq_equal(source->lo, source->hi);
}

/* Of columns without a grid of their own: the unit that this formula asks for. */
static bool choose_column_units(bounder *b, eml_model_input *in, const mpq_t allowed) {
    size_t count = count_roundings(b, &in->formula);
    mpq_t part, unit;
    eml_value_bound bound;
    mpq_inits(part, unit, NULL);
    eml_value_bound_init(&bound);
    eml_small_part(allowed, part);
    bool good = true;
    for (size_t i = 0; i < in->formula.count && good; i++) {
        if (!needs_pin(b, &in->formula.nodes[i])) continue;
        uint32_t column = in->formula.nodes[i].column;
        eml_model_input *source = &b->model->inputs[column];
        mpq_set(b->columns[column].error, part);
        good = bound_of(b, in, &bound);
        mpq_set_ui(b->columns[column].error, 0, 1);
        if (good && mpq_sgn(bound.error) != 0) eml_unit_for(part, bound.error, allowed, count, unit);
        if (good && mpq_sgn(bound.error) != 0) keep_smaller(source->pin, unit);
    }
    eml_value_bound_free(&bound);
    mpq_clears(part, unit, NULL);
    return good;
}

/* Its own coefficient asks too: of what it is rounded by an output has its part. */
static void ask_for_coefficients(bounder *b) {
    enum { PART = 16 };
    mpq_t unit, magnitude;
    mpq_inits(unit, magnitude, NULL);
    for (size_t o = 0; o < b->model->output_count; o++) {
        const eml_model_output *output = &b->model->outputs[o];
        for (size_t i = 0; i < output->form.count && mpq_sgn(output->tolerance) != 0; i++) {
            const eml_form_term *term = &output->form.terms[i];
            const uint32_t columns[] = {term->monomial.first, term->monomial.second};
            for (int k = 0; k < 2; k++) {
                if (columns[k] == EML_NO_INPUT || mpq_sgn(b->model->inputs[columns[k]].pin) == 0) continue;
                eml_term_magnitude(term, magnitude);
                other_magnitude(b, term, columns[k], unit);
                mpq_mul(magnitude, magnitude, unit);
                if (mpq_sgn(magnitude) == 0) continue;
                mpq_set_ui(unit, PART * output->form.count, 1);
                mpq_mul(magnitude, magnitude, unit);
                mpq_div(unit, output->tolerance, magnitude);
                eml_rational_floor_power10(unit, unit);
                keep_smaller(b->model->inputs[columns[k]].pin, unit);
            }
        }
    }
    mpq_clears(unit, magnitude, NULL);
}

/* ----- All */

/* A decimal of a few digits. */
static bool is_short(const mpq_t value) {
    enum { PLACES = 15, SHORT_BITS = 64 };
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, PLACES);
    bool finite = mpz_divisible_p(power, mpq_denref(value)) != 0;
    mpz_clear(power);
    return finite && mpz_sizeinbase(mpq_numref(value), 2) <= SHORT_BITS;
}

/* Outward to a short decimal, unless it is one. */
static void tidy(mpq_t value, bool up) {
    enum { DIGITS = 12 };
    if (is_short(value)) return;
    bool negative = mpq_sgn(value) < 0;
    mpq_t size;
    mpq_init(size);
    mpq_abs(size, value);
    if (up != negative) {
        eml_rational_ceil_digits(size, DIGITS, value);
    } else { /* rounded up, less one in the last digit */
        mpq_t last;
        mpq_init(last);
        eml_rational_floor_power10(size, last);
        for (int i = 0; i < DIGITS - 1; i++) {
            mpz_mul_ui(mpq_denref(last), mpq_denref(last), 10);
            mpq_canonicalize(last);
        }
        eml_rational_ceil_digits(size, DIGITS, value);
        mpq_sub(value, value, last);
        if (mpq_sgn(value) < 0) mpq_set_ui(value, 0, 1);
        mpq_clear(last);
    }
    if (negative) mpq_neg(value, value);
    mpq_clear(size);
}

/* Multiples of a step that are none of the declared unit are rounded to it, as others are. */
static void leave_grid(eml_model_input *in) {
    mpq_t units;
    mpq_init(units);
    eml_rational_scale2(units, in->step, in->frac);
    if (mpz_cmp_ui(mpq_denref(units), 1) != 0) mpq_set_ui(in->step, 0, 1);
    mpq_clear(units);
}

/* Whether a value of the bound can be in [lo, hi]. */
static bool meets(const eml_value_bound *bound, const mpq_t lo, const mpq_t hi) {
    if (mpq_cmp(bound->lo, hi) > 0 || mpq_cmp(bound->hi, lo) < 0) return false;
    if (mpq_sgn(bound->grid) == 0) return true;
    mpq_t first;
    mpq_init(first);
    mpq_div(first, mpq_cmp(lo, bound->lo) > 0 ? lo : bound->lo, bound->grid);
    mpz_cdiv_q(mpq_numref(first), mpq_numref(first), mpq_denref(first));
    mpz_set_ui(mpq_denref(first), 1);
    mpq_mul(first, first, bound->grid);
    bool inside = mpq_cmp(first, hi) <= 0 && mpq_cmp(first, bound->hi) <= 0;
    mpq_clear(first);
    return inside;
}

/* What other formulas may then take of it. */
static bool hold_to_range(bounder *b, const eml_model_input *in, const eml_value_bound *bound) {
    eml_value_bound *pin = &b->pins[in->derived];
    mpq_set(pin->lo, in->lo);
    mpq_set(pin->hi, in->hi);
    mpq_set(pin->error, bound->error);
    if (meets(bound, in->lo, in->hi)) return true;
    eml_buf lo = {0}, hi = {0};
    eml_rational_print_short(bound->lo, &lo);
    eml_rational_print_short(bound->hi, &hi);
    eml_diag *diag =
        eml_diag_add(b->ev->diags, EML_DIAG_DERIVE, (eml_span){in->decl->lo->span.start, in->decl->hi->span.end},
                     "`%s` is never in this range, so no row could be taken", in->name);
    eml_diag_note(b->ev->diags, diag, "over the ranges of the inputs it is in [%.*s, %.*s]%s", (int)lo.len, lo.data,
                  (int)hi.len, hi.data, mpq_sgn(bound->grid) != 0 ? ", in steps" : "");
    eml_buf_free(&lo);
    eml_buf_free(&hi);
    return false;
}

/* Range, grid and error of a derived input, with the units that stand. */
static bool settle(bounder *b, eml_model_input *in) {
    eml_value_bound bound;
    eml_value_bound_init(&bound);
    bool good = bound_of(b, in, &bound);
    if (good) {
        mpq_set(in->error, bound.error);
        mpq_set(in->step, bound.grid);
        if (in->has_frac) leave_grid(in);
        if (in->ranged) good = hold_to_range(b, in, &bound);
    }
    if (good && !in->ranged) {
        mpq_set(in->lo, bound.lo);
        mpq_set(in->hi, bound.hi);
        tidy(in->lo, false);
        tidy(in->hi, true);
    }
    eml_value_bound_free(&bound);
    return good;
}

static void set_columns(bounder *b) {
    for (size_t i = 0; i < b->model->input_count; i++)
        if (!is_derived(&b->model->inputs[i])) eml_model_input_bound(&b->model->inputs[i], &b->columns[i]);
}

/* An exact output has no room for what a formula rounds. */
static bool check_exact(bounder *b) {
    for (size_t o = 0; o < b->model->output_count; o++) {
        const eml_model_output *output = &b->model->outputs[o];
        for (size_t i = 0; i < output->form.count && output->exact; i++) {
            const uint32_t columns[] = {output->form.terms[i].monomial.first, output->form.terms[i].monomial.second};
            for (int k = 0; k < 2; k++) {
                if (columns[k] == EML_NO_INPUT || !is_derived(&b->model->inputs[columns[k]])) continue;
                const eml_model_input *in = &b->model->inputs[columns[k]];
                if (mpq_sgn(in->error) == 0 && mpq_sgn(in->step) != 0) continue;
                eml_diag *diag = eml_diag_add(b->ev->diags, EML_DIAG_NOT_EXACT, in->decl->span,
                                              "`%s` is exact, but this is rounded", output->name);
                eml_diag_note(b->ev->diags, diag, "declare the output `within` a tolerance");
                return false;
            }
        }
    }
    return true;
}

static bool spend(bounder *b, const eml_model_input *in) {
    size_t columns = 0;
    for (size_t i = 0; i < in->formula.count; i++) columns += needs_pin(b, &in->formula.nodes[i]);
    size_t cost = eml_formula_choice_cost(&in->formula, columns);
    bool good = cost <= EML_FORMULA_CHOICE_MAX - b->spent;
    if (good) b->spent += cost;
    if (good) return true;
    eml_diag *diag = eml_diag_add(b->ev->diags, EML_DIAG_TOO_LARGE, in->decl->span,
                                  "the units of all functions, and of the inputs without `step` that they read, take "
                                  "more than %d steps to choose",
                                  EML_FORMULA_CHOICE_MAX);
    eml_diag_note(b->ev->diags, diag,
                  "declare those inputs `integer` or with a `step`, or put fewer functions into one formula");
    return false;
}

/* Of what no output has, but rows are held to. */
static void part_of_range(const eml_model_input *in, mpq_t out) {
    enum { PART = 1000000 };
    mpq_t parts;
    mpq_init(parts);
    mpq_set_ui(parts, PART, 1);
    mpq_sub(out, in->hi, in->lo);
    mpq_div(out, out, parts);
    mpq_clear(parts);
}

static bool choose_units(bounder *b, eml_model_input *in, mpq_t allowed) {
    if (!spend(b, in)) return false;
    if (mpq_sgn(allowed) == 0 && in->ranged) part_of_range(in, allowed);
    if (mpq_sgn(allowed) == 0)
        mpq_set_ui(allowed, 1, 1000000000); /* of exact outputs, or of none that promises: refused elsewhere */
    if (!choose_column_units(b, in, allowed)) return false; /* while its functions round to nothing */
    eml_error sentence = {0};
    size_t count = count_roundings(b, &in->formula);
    return report(b, in,
                  eml_formula_choose_units(&in->formula, in->formula.count, b->columns, b->pins, false, allowed, count,
                                           &sentence),
                  &sentence);
}

static void bound_all(bounder *b) {
    bool good = true;
    set_columns(b);
    for (size_t i = 0; i < b->model->input_count; i++) /* ranges, for those that are multiplied with others */
        if (is_derived(&b->model->inputs[i])) good = settle(b, &b->model->inputs[i]) && good;
    if (!good) return;
    allow_errors(b);
    for (size_t i = 0; i < b->model->input_count; i++)
        if (is_derived(&b->model->inputs[i])) good = choose_units(b, &b->model->inputs[i], b->allowed[i]) && good;
    if (!good) return;
    ask_for_coefficients(b);
    set_columns(b);
    for (size_t i = 0; i < b->model->input_count; i++)
        if (is_derived(&b->model->inputs[i])) good = settle(b, &b->model->inputs[i]) && good;
    if (good) check_exact(b);
}

void eml_model_bound_derived(eml_evaluator *ev, eml_model *model) {
    bool any = false;
    for (size_t i = 0; i < model->input_count; i++) any = any || is_derived(&model->inputs[i]);
    if (!any) return;
    bounder b = {.ev = ev,
                 .model = model,
                 .columns = eml_alloc(model->input_count, sizeof *b.columns),
                 .pins = eml_alloc(ev->derived.count, sizeof *b.pins),
                 .allowed = eml_rationals_new(model->input_count)};
    for (size_t i = 0; i < model->input_count; i++) eml_value_bound_init(&b.columns[i]);
    for (size_t i = 0; i < ev->derived.count; i++) eml_value_bound_init(&b.pins[i]);
    bound_all(&b);
    for (size_t i = 0; i < model->input_count; i++) eml_value_bound_free(&b.columns[i]);
    for (size_t i = 0; i < ev->derived.count; i++) eml_value_bound_free(&b.pins[i]);
    eml_free(b.columns);
    eml_free(b.pins);
    eml_rationals_free(b.allowed, model->input_count);
}
