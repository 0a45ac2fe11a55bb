#include "compiler/quant/quantize.h"

#include <math.h>

#include "compiler/check/rational.h"
#include "runtime/base/decimal.h"

static void centre_form(const eml_quant *quant, const eml_form *form, eml_form *out) {
    *out = (eml_form){0};
    eml_form_append(out, form, false);
    for (size_t i = 0; i < form->count; i++) {
        eml_monomial monomial = form->terms[i].monomial;
        if (eml_monomial_degree(monomial) != 1) continue; /* factors of products have the offset 0 */
        mpq_srcptr offset = quant->inputs[monomial.first].offset;
        if (mpq_sgn(offset) == 0) continue;
        eml_form_append_scaled(out, (eml_monomial){EML_NO_INPUT, EML_NO_INPUT}, &form->terms[i], offset);
    }
    eml_form_normalise(out);
}

static void init_output(const eml_quant *quant, size_t index) {
    eml_quant_output *output = &quant->outputs[index];
    mpq_inits(output->unit, output->tolerance, output->bound, output->derived, NULL);
    mpz_inits(output->lo, output->hi, output->secret_l1, NULL);
    mpq_set_ui(output->unit, 1, 1);
    centre_form(quant, &quant->model->outputs[index].form, &output->centred);
    output->weights = eml_alloc(output->centred.count, sizeof *output->weights);
    for (size_t i = 0; i < output->centred.count; i++) mpz_init(output->weights[i]);
}

/* ----- Derived inputs */

/* The most that |value| is, of what is meant as of what is computed. */
static void input_magnitude(const eml_model_input *in, mpq_t out) {
    mpq_t hi;
    mpq_init(hi);
    mpq_abs(out, in->lo);
    mpq_abs(hi, in->hi);
    if (mpq_cmp(hi, out) > 0) mpq_swap(hi, out);
    if (in->ranged) mpq_add(out, out, in->error); /* only what is computed is held to the range */
    mpq_clear(hi);
}

/* |f - g| <= e in place of one factor, |f h - g i| <= e |h| + e' |g| of two. */
void eml_quant_add_derived_error(const eml_quant *quant, const eml_form_term *term, mpq_t sum) {
    const eml_model_input *inputs = quant->model->inputs;
    uint32_t columns[2];
    unsigned count = eml_quant_factors(term->monomial, columns);
    mpq_t error, magnitude, size;
    mpq_inits(error, magnitude, size, NULL);
    eml_term_magnitude(term, size);
    for (unsigned k = 0; k < count; k++) {
        mpq_mul(error, inputs[columns[k]].error, size);
        if (count == 2) input_magnitude(&inputs[columns[1 - k]], magnitude);
        if (count == 2) mpq_mul(error, error, magnitude);
        mpq_add(sum, sum, error);
    }
    mpq_clears(error, magnitude, size, NULL);
}

/* The error of what derived inputs are computed with, and the tolerance that is left for everything else. */
static void set_aside_derived(const eml_quant *quant, size_t index) {
    eml_quant_output *output = &quant->outputs[index];
    bool any = false;
    for (size_t i = 0; i < quant->model->input_count && !any; i++) any = mpq_sgn(quant->model->inputs[i].error) != 0;
    for (size_t i = 0; any && i < output->centred.count; i++)
        eml_quant_add_derived_error(quant, &output->centred.terms[i], output->derived);
    mpq_sub(output->tolerance, output->tolerance, output->derived);
}

/* ----- Default tolerance */

/* The largest |coefficient| times the width of the factors' range. */
static void term_width(const eml_quant *quant, const eml_form_term *term, mpq_t out) {
    mpq_t width;
    mpq_init(width);
    eml_term_magnitude(term, out);
    const eml_model_input *in = &quant->model->inputs[term->monomial.first];
    if (term->monomial.second == EML_NO_INPUT) {
        mpq_sub(width, in->hi, in->lo);
    } else { /* |x y| <= X Y, so the width is at most 2 X Y */
        mpq_mul(width, quant->inputs[term->monomial.first].reach, quant->inputs[term->monomial.second].reach);
        mpq_mul_2exp(width, width, 1);
    }
    mpq_mul(out, out, width);
    mpq_clear(width);
}

/* A millionth of the output's range over the declared box, rounded down to a power of ten. */
static void usual_tolerance(const eml_quant *quant, size_t index, mpq_t out) {
    const eml_form *form = &quant->outputs[index].centred;
    mpq_t *widths = eml_rationals_new(form->count);
    for (size_t i = 0; i < form->count; i++) {
        if (eml_monomial_degree(form->terms[i].monomial) > 0) term_width(quant, &form->terms[i], widths[i]);
    }
    mpq_t range, fraction;
    mpq_inits(range, fraction, NULL);
    eml_rational_sum(widths, form->count, range);
    if (mpq_sgn(range) == 0 && form->count > 0) eml_term_magnitude(&form->terms[form->count - 1], range);
    if (mpq_sgn(range) == 0) mpq_set_ui(range, 1, 1);
    mpq_set_ui(fraction, 1, 1000000);
    mpq_mul(range, range, fraction);
    eml_rational_floor_power10(range, out);
    mpq_clears(range, fraction, NULL);
    eml_rationals_free(widths, form->count);
}

static bool is_missing(const eml_model_output *output) { return !output->exact && output->decl->tolerance == NULL; }

/* index: the first of a declaration's outputs; the least of what all of them would have. */
static void refuse_missing(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_output *outputs = quant->model->outputs;
    const eml_decl *decl = outputs[index].decl;
    mpq_t least, tolerance;
    mpq_inits(least, tolerance, NULL);
    usual_tolerance(quant, index, least);
    for (size_t i = index + 1; i < quant->model->output_count && outputs[i].decl == decl; i++) {
        usual_tolerance(quant, i, tolerance);
        if (mpq_cmp(tolerance, least) < 0) mpq_set(least, tolerance);
    }
    eml_buf text = {0};
    eml_decimal_print_exact(least, &text);
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_TOLERANCE_MISSING, decl->name.span,
                                  "`%s` does not say how near to the exact model it has to be", decl->name.text);
    eml_diag_note(diags, diag, "`within %.*s` is about a millionth of its range; `exact` promises no error at all",
                  (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    mpq_clears(least, tolerance, NULL);
}

/* Every output promises something. */
static bool check_promises(const eml_quant *quant, eml_diags *diags) {
    const eml_model_output *outputs = quant->model->outputs;
    bool good = true;
    for (size_t i = 0; i < quant->model->output_count; i++) {
        if (!is_missing(&outputs[i])) continue;
        if (i == 0 || outputs[i - 1].decl != outputs[i].decl) refuse_missing(quant, i, diags);
        good = false;
    }
    return good;
}

/* ----- Coefficients that would be lost */

static void put_monomial(const eml_model *model, eml_monomial m, eml_buf *out) {
    eml_buf_put_text(out, m.first == EML_NO_INPUT ? "the constant term" : "the coefficient of `");
    if (m.first != EML_NO_INPUT) eml_buf_put_text(out, model->inputs[m.first].name);
    if (m.second != EML_NO_INPUT) eml_buf_printf(out, " * %s", model->inputs[m.second].name);
    if (m.first != EML_NO_INPUT) eml_buf_put_text(out, "`");
}

/* The most that the term can be, without what its input's offset brings to the constant: of an input with a single
 * value 0, and then nothing is lost. */
static void most_of_term(const eml_quant *quant, const eml_form_term *term, mpq_t out) {
    uint32_t columns[2];
    unsigned count = eml_quant_factors(term->monomial, columns);
    eml_term_magnitude(term, out);
    for (unsigned i = 0; i < count; i++) mpq_mul(out, out, quant->inputs[columns[i]].reach);
}

/* Of a hidden one: whether anybody can tell so. */
static bool rounds_to_zero(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit) {
    mpz_t lo, hi;
    mpz_inits(lo, hi, NULL);
    eml_quant_term_weights(quant, term, output_unit, lo, hi);
    bool zero = mpz_sgn(lo) == 0 && mpz_sgn(hi) == 0;
    mpz_clears(lo, hi, NULL);
    return zero;
}

static void refuse_vanished(const eml_quant *quant, const eml_model_output *source, const eml_form_term *term,
                            const mpq_t most, eml_diags *diags) {
    eml_buf text = {0}, limit = {0};
    put_monomial(quant->model, term->monomial, &text);
    eml_buf_put_text(&text, ", ");
    if (term->hidden != NULL) eml_buf_put_text(&text, "hidden");
    if (term->hidden == NULL) eml_rational_print_short(term->coefficient, &text);
    eml_rational_print_short(most, &limit);
    eml_diag *diag =
        eml_diag_add(diags, EML_DIAG_COEFFICIENT_VANISHED, source->decl->name.span,
                     "in `%s`, %.*s, rounds to zero beside the tolerance", source->name, (int)text.len, text.data);
    eml_diag_note(diags, diag,
                  "over the whole range it makes no more than %.*s: a `within` smaller than that keeps it; or write "
                  "the model without it",
                  (int)limit.len, limit.data);
    eml_buf_free(&limit);
    eml_buf_free(&text);
}

/* What offsets leave of the constant is no coefficient, and may well be 0: both it and the constant that was written
 * have to be lost. */
static bool is_lost(const eml_quant *quant, const eml_form_term *term, const eml_quant_output *output) {
    if (!rounds_to_zero(quant, term, output->unit)) return false;
    if (term->monomial.first != EML_NO_INPUT) return true;
    const eml_form *centred = &output->centred;
    const eml_form_term *last = centred->count > 0 ? &centred->terms[centred->count - 1] : NULL;
    return last != NULL && last->monomial.first == EML_NO_INPUT && rounds_to_zero(quant, last, output->unit);
}

/* Every coefficient that was written is in the program. */
static bool check_vanished(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_output *source = &quant->model->outputs[index];
    bool good = true;
    mpq_t most;
    mpq_init(most);
    for (size_t i = 0; i < source->form.count; i++) {
        const eml_form_term *term = &source->form.terms[i];
        if (!is_lost(quant, term, &quant->outputs[index])) continue;
        most_of_term(quant, term, most);
        if (mpq_sgn(most) == 0) continue;
        refuse_vanished(quant, source, term, most, diags);
        good = false;
    }
    mpq_clear(most);
    return good;
}

/* ----- Warnings */

static void warn_digits(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_output *source = &quant->model->outputs[index];
    size_t digits = eml_quant_digits(&quant->outputs[index]);
    if (digits <= EML_QUANT_DIGITS_MAX) return;
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_DIGITS, source->decl->name.span,
                                  "results of `%s` have up to %zu significant digits", source->name, digits);
    eml_diag_note(diags, diag, "programs that keep numbers as doubles keep %d; a larger tolerance needs fewer",
                  EML_QUANT_DIGITS_MAX);
}

static void warn_coarse(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_input *source = &quant->model->inputs[index];
    const eml_quant_input *in = &quant->inputs[index];
    mpq_t width;
    mpq_init(width);
    mpq_sub(width, source->hi, source->lo);
    if (in->used && mpq_sgn(width) > 0 && mpq_cmp(in->unit, width) > 0) {
        eml_buf text = {0};
        eml_rational_print_short(in->unit, &text);
        eml_diag *diag = eml_diag_add(diags, EML_DIAG_UNIT_COARSE, source->decl->name.span,
                                      "`%s` is rounded to multiples of %.*s, which is more than its range is wide",
                                      source->name, (int)text.len, (const char *)text.data);
        eml_diag_note(diags, diag, "its whole contribution is below the tolerance; a smaller `within` keeps it");
        eml_buf_free(&text);
    }
    mpq_clear(width);
}

/* ----- What pinned inputs alone cost */

static bool check_reachable(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_quant_output *output = &quant->outputs[index];
    const eml_model_output *source = &quant->model->outputs[index];
    mpq_t floor_error;
    mpq_init(floor_error);
    eml_quant_pinned_error(quant, index, floor_error);
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
    mpq_clear(floor_error);
    return good;
}

/* ----- All */

static void open_quant(const eml_model *model, eml_quant *out) {
    *out = (eml_quant){.model = model,
                       .inputs = eml_alloc(model->input_count, sizeof *out->inputs),
                       .outputs = eml_alloc(model->output_count, sizeof *out->outputs),
                       .hidden_bits = eml_alloc(model->hidden_count, sizeof *out->hidden_bits)};
    for (size_t i = 0; i < model->input_count; i++) {
        eml_quant_input *in = &out->inputs[i];
        mpq_inits(in->offset, in->unit, in->step, in->reach, in->rounding, NULL);
        mpz_inits(in->lo, in->hi, NULL);
    }
    eml_quant_encode_inputs(out);
    for (size_t i = 0; i < model->output_count; i++) {
        init_output(out, i);
        if (model->outputs[i].exact) continue;
        mpq_set(out->outputs[i].tolerance, model->outputs[i].tolerance);
        set_aside_derived(out, i);
    }
    eml_quant_encode_ranges(out);
}

static bool check_outputs(eml_quant *quant, eml_diags *diags) {
    bool good = true;
    for (size_t i = 0; i < quant->model->output_count; i++) {
        bool exact = quant->model->outputs[i].exact;
        good = (exact ? eml_quant_exact_unit(quant, i, diags) : check_reachable(quant, i, diags)) && good;
    }
    return good;
}

static bool choose(eml_quant *quant, int delta_bits, eml_quant_rows_fn *rows_of, eml_diags *diags) {
    if (quant->model->hidden_count > 0 ? eml_quant_choose_hidden(quant) : eml_quant_choose_units(quant, rows_of))
        return eml_quant_check_budget(quant, delta_bits, diags);
    const eml_model_output *first = &quant->model->outputs[0];
    eml_diag_add(diags, EML_DIAG_OVERFLOW, first->decl->name.span,
                 "no units of %d significant bits let `%s`%s keep the tolerance over the declared ranges",
                 EML_QUANT_UNIT_BITS, first->name, quant->model->output_count > 1 ? " and the other outputs" : "");
    return false;
}

/* ----- A tolerance that fits */

/* The model with tolerances so many times as large. */
static void open_relaxed(const eml_model *model, const mpq_t factor, eml_quant *out) {
    open_quant(model, out);
    for (size_t i = 0; i < model->output_count; i++)
        mpq_mul(out->outputs[i].tolerance, out->outputs[i].tolerance, factor);
}

static bool fits(const eml_model *model, const mpq_t factor, eml_quant_rows_fn *rows_of) {
    eml_quant quant;
    open_relaxed(model, factor, &quant);
    for (size_t i = 0; i < model->output_count; i++) {
        if (model->outputs[i].exact) eml_quant_exact_unit(&quant, i, NULL);
    }
    bool good = model->hidden_count > 0
                    ? eml_quant_choose_hidden(&quant) && eml_quant_cost_of(&quant, rows_of).fault != EML_QUANT_UNFIT
                    : eml_quant_can_fit(&quant, rows_of);
    eml_quant_free(&quant);
    return good;
}

static void note_tolerances(const eml_model *model, const mpq_t factor, eml_diags *diags) {
    enum { NAMED = 4 };
    eml_quant quant;
    open_relaxed(model, factor, &quant);
    eml_buf text = {0};
    size_t named = 0;
    for (size_t i = 0; i < model->output_count; i++) {
        if (model->outputs[i].exact || named++ >= NAMED) continue;
        eml_buf_printf(&text, "%s`%s within ", named > 1 ? ", " : "", model->outputs[i].name);
        eml_rational_print_short(quant.outputs[i].tolerance, &text);
        eml_buf_put_text(&text, "`");
    }
    if (named > NAMED) eml_buf_printf(&text, " and %zu more, as much larger,", named - NAMED);
    eml_diag_note(diags, &diags->items[diags->count - 1], "%.*s would fit", (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    eml_quant_free(&quant);
}

/* 1, 2, 5, 10, 20, ... */
static void round_factor(int index, mpq_t out) {
    static const unsigned digits[] = {1, 2, 5};
    mpq_t digit;
    mpq_init(digit);
    mpq_set_ui(digit, digits[index % 3], 1);
    eml_rational_power10(out, index / 3);
    mpq_mul(out, out, digit);
    mpq_clear(digit);
}

/* Tells the least round factor of the tolerances with which the model fits, found by trying; nothing when none
 * does. */
static void propose_tolerance(const eml_model *model, eml_quant_rows_fn *rows_of, eml_diags *diags) {
    enum { INDEX_MAX = 96 };
    mpq_t factor;
    mpq_init(factor);
    int low = 0, high = 1; /* low does not fit */
    for (round_factor(high, factor); high <= INDEX_MAX && !fits(model, factor, rows_of); round_factor(high, factor)) {
        low = high;
        high *= 2;
    }
    while (high <= INDEX_MAX && high - low > 1) {
        int middle = low + (high - low) / 2;
        round_factor(middle, factor);
        if (fits(model, factor, rows_of))
            high = middle;
        else
            low = middle;
    }
    round_factor(high, factor);
    if (high <= INDEX_MAX) note_tolerances(model, factor, diags);
    mpq_clear(factor);
}

static bool all_exact(const eml_model *model) {
    for (size_t i = 0; i < model->output_count; i++) {
        if (!model->outputs[i].exact) return false;
    }
    return true;
}

bool eml_quantize(const eml_model *model, int delta_bits, eml_quant_rows_fn *rows_of, eml_diags *diags,
                  eml_quant *out) {
    open_quant(model, out);
    bool good = check_promises(out, diags) && check_outputs(out, diags);
    if (good && !choose(out, delta_bits, rows_of, diags)) {
        good = false;
        if (delta_bits < 0 && !all_exact(model)) propose_tolerance(model, rows_of, diags);
    }
    for (size_t i = 0; good && i < model->output_count; i++) {
        mpq_add(out->outputs[i].bound, out->outputs[i].bound, out->outputs[i].derived);
        mpq_add(out->outputs[i].tolerance, out->outputs[i].tolerance, out->outputs[i].derived);
    }
    bool whole = good;
    for (size_t i = 0; whole && i < model->output_count; i++) good = check_vanished(out, i, diags) && good;
    for (size_t i = 0; good && i < model->output_count; i++) warn_digits(out, i, diags);
    for (size_t i = 0; good && i < model->input_count; i++) warn_coarse(out, i, diags);
    good = good && eml_quant_settle_results(out, diags);
    if (good) eml_quant_measure_reveal(out);
    if (!good) eml_quant_free(out);
    return good;
}

void eml_quant_stated_bound(const eml_quant_output *output, mpq_t out) {
    eml_rational_ceil_digits(output->bound, 3, out);
    if (mpq_sgn(output->tolerance) != 0 && mpq_cmp(out, output->tolerance) > 0) mpq_set(out, output->tolerance);
}

void eml_quant_free(eml_quant *quant) {
    if (quant->model == NULL) return;
    for (size_t i = 0; i < quant->model->input_count; i++) {
        eml_quant_input *in = &quant->inputs[i];
        mpq_clears(in->offset, in->unit, in->step, in->reach, in->rounding, NULL);
        mpz_clears(in->lo, in->hi, NULL);
    }
    for (size_t i = 0; i < quant->model->output_count; i++) {
        eml_quant_output *output = &quant->outputs[i];
        for (size_t j = 0; j < output->centred.count; j++) mpz_clear(output->weights[j]);
        eml_free(output->weights);
        eml_form_free(&output->centred);
        mpq_clears(output->unit, output->tolerance, output->bound, output->derived, NULL);
        mpz_clears(output->lo, output->hi, output->secret_l1, NULL);
    }
    eml_free(quant->inputs);
    eml_free(quant->outputs);
    eml_quant_free_results(quant);
    eml_free(quant->hidden_bits);
    *quant = (eml_quant){0};
}
