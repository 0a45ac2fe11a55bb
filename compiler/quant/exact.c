/* The units of exact outputs: all their terms are multiples of one number, and where it is a finite decimal nothing
 * is rounded, neither in the proof nor in print. */
#include "compiler/check/rational.h"
#include "compiler/quant/quantize.h"

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
        unsigned count = eml_quant_factors(form->terms[i].monomial, columns);
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

/* The largest power of ten of which value > 0 is a multiple; false when there is none (no finite decimal). The
 * shortest decimal of a multiple of 10^e, to half a unit, is that multiple: what is exact is also printed exactly. */
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

static bool is_rounded(const eml_quant_input *in) { return in->choosable || mpq_sgn(in->rounding) != 0; }

static bool check_exact(const eml_quant *quant, size_t index, eml_diags *diags) {
    const eml_model_output *output = &quant->model->outputs[index];
    for (size_t i = 0; i < output->form.count; i++) {
        uint32_t columns[2];
        unsigned count = eml_quant_factors(output->form.terms[i].monomial, columns);
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

bool eml_quant_exact_unit(eml_quant *quant, size_t index, eml_diags *diags) {
    return check_exact(quant, index, diags) && set_exact_unit(quant, index, diags);
}
