/* Results in print: each a decimal, worked out from the printed decimals of outputs and of results before it. */
#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"
#include "runtime/base/decimal.h"

/* What is known of the columns that results read: outputs, then results. */
static void set_output(const eml_quant_output *output, eml_value_bound *out) {
    mpq_set_z(out->lo, output->lo);
    mpq_mul(out->lo, out->lo, output->unit);
    mpq_set_z(out->hi, output->hi);
    mpq_mul(out->hi, out->hi, output->unit);
    /* what is meant is that near to what is printed */
    mpq_sub(out->lo, out->lo, output->bound);
    mpq_add(out->hi, out->hi, output->bound);
    mpq_set(out->error, output->bound);
    mpq_set(out->grid, output->unit);
}

static void set_result(const eml_quant_result *result, eml_value_bound *out) {
    mpq_set(out->lo, result->lo);
    mpq_set(out->hi, result->hi);
    mpq_set(out->error, result->bound);
    mpq_set(out->grid, result->unit);
}

static size_t count_functions(const eml_formula *formula) {
    size_t count = 0;
    for (size_t i = 0; i < formula->count; i++) count += eml_formula_rounds(&formula->nodes[i]);
    return count;
}

static bool report(const eml_model_result *source, eml_bound_fault fault, const eml_error *sentence, eml_diags *diags) {
    if (fault == EML_BOUND_FINE) return true;
    if (fault == EML_BOUND_DOMAIN)
        eml_diag_add(diags, EML_DIAG_DERIVED_DOMAIN, source->decl->value->span, "%s", sentence->text);
    if (fault == EML_BOUND_ROUNDED) {
        eml_diag *diag = eml_diag_add(diags, EML_DIAG_DERIVED_ROUNDED, source->decl->value->span, "%s", sentence->text);
        if (source->decl->tolerance != NULL)
            eml_diag_note(diags, diag,
                          "or give what is compared a result of its own, without `within`: that is about the "
                          "decimals that are printed");
    }
    return false;
}

/* The decimal places that every multiple of the grid can be written with; false: there is no such number. */
static bool places_of(const mpq_t grid, long *places) {
    enum { PLACES_MAX = 100 };
    mpz_t rest;
    mpz_init_set(rest, mpq_denref(grid));
    for (*places = 0; mpz_cmp_ui(rest, 1) != 0 && *places <= PLACES_MAX; ++*places) {
        mpz_t ten, common;
        mpz_init_set_ui(ten, 10);
        mpz_init(common);
        mpz_gcd(common, rest, ten);
        mpz_divexact(rest, rest, common);
        bool stuck = mpz_cmp_ui(common, 1) == 0;
        mpz_clears(ten, common, NULL);
        if (stuck) break;
    }
    bool finite = mpz_cmp_ui(rest, 1) == 0;
    mpz_clear(rest);
    return finite;
}

static void note_tolerance(eml_diags *diags, eml_diag *diag, const mpq_t error) {
    mpq_t wanted;
    mpq_init(wanted);
    if (mpq_sgn(error) == 0) mpq_set_ui(wanted, 1, 1000000);
    if (mpq_sgn(error) != 0) eml_rational_floor_power10(error, wanted);
    mpz_mul_ui(mpq_numref(wanted), mpq_numref(wanted), 20);
    mpq_canonicalize(wanted);
    eml_buf text = {0};
    eml_rational_print_short(wanted, &text);
    eml_diag_note(diags, diag, "`within %.*s` would do; the errors of what it reads come to up to a part of that",
                  (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    mpq_clear(wanted);
}

/* A result that rounds nothing needs no tolerance: it is printed as it is. */
static bool print_exactly(const eml_model_result *source, const eml_value_bound *bound, eml_quant_result *out,
                          eml_diags *diags) {
    long places = 0;
    bool zero = mpq_sgn(bound->lo) == 0 && mpq_sgn(bound->hi) == 0;
    if (count_functions(&out->formula) == 0 &&
        (zero || (mpq_sgn(bound->grid) != 0 && places_of(bound->grid, &places)))) {
        eml_rational_power10(out->unit, -places);
        mpq_set(out->bound, bound->error);
        return true;
    }
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_RESULT_TOLERANCE, source->decl->name.span,
                                  "`%s` is rounded, and does not say to what: how near it has to be", source->name);
    note_tolerance(diags, diag, bound->error);
    return false;
}

/* The coarsest unit of print, and units of functions, with which the tolerance is kept. */
static eml_bound_fault print_within(eml_formula *formula, const eml_value_bound *columns, const mpq_t left, mpq_t unit,
                                    eml_error *sentence) {
    bool last = eml_formula_rounds(&formula->nodes[formula->count - 1]);
    mpq_t rest;
    mpq_init(rest);
    eml_rational_floor_power10(left, unit);
    mpq_div_2exp(rest, left, 1); /* the unit takes no more than half of what is left */
    eml_bound_fault fault = eml_formula_choose_units(formula, formula->count - last, columns, NULL, false, rest,
                                                     count_functions(formula) + 1, sentence);
    if (last) mpq_set(formula->nodes[formula->count - 1].number, unit);
    mpq_clear(rest);
    return fault;
}

static void refuse_tolerance(const eml_model_result *source, const mpq_t error, eml_diags *diags) {
    eml_diag *diag =
        eml_diag_add(diags, EML_DIAG_RESULT_TOLERANCE, source->decl->tolerance->span,
                     "`%s` cannot be that near: the errors of the outputs that it reads come to more", source->name);
    note_tolerance(diags, diag, error);
    eml_diag_note(diags, diag, "or give those outputs a smaller `within`");
}

/* bound: while functions round to nothing; then of what is printed. */
static bool keep_tolerance(const eml_model_result *source, const eml_value_bound *columns, eml_value_bound *bound,
                           eml_quant_result *out, eml_diags *diags) {
    if (mpq_cmp(bound->error, source->tolerance) >= 0) {
        refuse_tolerance(source, bound->error, diags);
        return false;
    }
    mpq_t left;
    mpq_init(left);
    mpq_sub(left, source->tolerance, bound->error);
    eml_error sentence = {0};
    eml_bound_fault fault = print_within(&out->formula, columns, left, out->unit, &sentence);
    if (fault == EML_BOUND_FINE) fault = eml_formula_bound(&out->formula, columns, NULL, false, bound, &sentence);
    bool good = report(source, fault, &sentence, diags);
    if (good && !eml_formula_rounds(&out->formula.nodes[out->formula.count - 1])) {
        mpq_div_2exp(left, out->unit, 1);
        mpq_add(bound->error, bound->error, left);
    }
    if (good && mpq_cmp(bound->error, source->tolerance) > 0) { /* what its functions round does more than it should */
        refuse_tolerance(source, bound->error, diags);
        good = false;
    }
    if (good) mpq_set(out->bound, bound->error);
    mpq_clear(left);
    return good;
}

/* Whether each value is few enough units for its sign to be told (runtime/table/computed.c). */
static bool check_size(const eml_model_result *source, const eml_quant_result *out, eml_diags *diags) {
    enum { BITS = 126 };
    mpq_t most, steps;
    mpq_inits(most, steps, NULL);
    mpq_abs(most, out->lo);
    mpq_abs(steps, out->hi);
    mpq_div(steps, mpq_cmp(most, steps) > 0 ? most : steps, out->unit);
    mpq_set_ui(most, 1, 1);
    mpq_mul_2exp(most, most, BITS);
    bool good = mpq_cmp(steps, most) < 0;
    mpq_clears(most, steps, NULL);
    if (good) return true;
    eml_diag *diag = eml_diag_add(diags, EML_DIAG_RESULT_TOLERANCE, source->decl->name.span,
                                  "`%s` can be 2^%d times the unit that it is printed in, or more", source->name, BITS);
    eml_diag_note(diags, diag, "a result that is that large needs a larger `within`, or smaller outputs");
    return false;
}

/* A result that promises nothing compares what is printed; one that is within a tolerance of what is meant cannot
 * compare what is rounded. */
static bool settle(const eml_model_result *source, const eml_value_bound *columns, eml_quant_result *out,
                   eml_diags *diags) {
    eml_error sentence = {0};
    eml_value_bound bound;
    eml_value_bound_init(&bound);
    eml_formula_append(&out->formula, &source->formula);
    bool printed = source->decl->tolerance == NULL;
    bool good =
        report(source, eml_formula_bound(&out->formula, columns, NULL, printed, &bound, &sentence), &sentence, diags);
    if (good && printed)
        good = print_exactly(source, &bound, out, diags);
    else if (good)
        good = keep_tolerance(source, columns, &bound, out, diags);
    if (good) {
        mpq_sub(out->lo, bound.lo, out->unit);
        mpq_add(out->hi, bound.hi, out->unit);
        good = check_size(source, out, diags);
    }
    eml_value_bound_free(&bound);
    return good;
}

static bool spend(const eml_model_result *source, size_t *spent, eml_diags *diags) {
    size_t cost = source->decl->tolerance == NULL ? 0 : eml_formula_choice_cost(&source->formula, 0);
    bool good = cost <= EML_FORMULA_CHOICE_MAX - *spent;
    if (good) *spent += cost;
    if (!good)
        eml_diag_add(diags, EML_DIAG_TOO_LARGE, source->decl->value->span,
                     "the units of all functions in results take more than %d steps to choose: put fewer of them into "
                     "one result",
                     EML_FORMULA_CHOICE_MAX);
    return good;
}

bool eml_quant_settle_results(eml_quant *quant, eml_diags *diags) {
    const eml_model *model = quant->model;
    size_t outputs = model->output_count, count = outputs + model->result_count;
    quant->results = eml_alloc(model->result_count, sizeof *quant->results);
    for (size_t r = 0; r < model->result_count; r++)
        mpq_inits(quant->results[r].unit, quant->results[r].bound, quant->results[r].lo, quant->results[r].hi, NULL);
    if (model->result_count == 0) return true;
    eml_value_bound *columns = eml_alloc(count, sizeof *columns);
    bool good = true;
    for (size_t i = 0; i < count; i++) eml_value_bound_init(&columns[i]);
    for (size_t o = 0; o < outputs; o++) set_output(&quant->outputs[o], &columns[o]);
    size_t spent = 0;
    for (size_t r = 0; r < model->result_count && good; r++) {
        good =
            spend(&model->results[r], &spent, diags) && settle(&model->results[r], columns, &quant->results[r], diags);
        set_result(&quant->results[r], &columns[outputs + r]);
    }
    for (size_t i = 0; i < count; i++) eml_value_bound_free(&columns[i]);
    eml_free(columns);
    return good;
}

void eml_quant_free_results(eml_quant *quant) {
    for (size_t r = 0; quant->results != NULL && r < quant->model->result_count; r++) {
        eml_quant_result *result = &quant->results[r];
        eml_formula_free(&result->formula);
        mpq_clears(result->unit, result->bound, result->lo, result->hi, NULL);
    }
    eml_free(quant->results);
    quant->results = NULL;
}
