#include "runtime/function/enclose.h"

void eml_mpfr_enter(eml_mpfr_state *state) {
    *state = (eml_mpfr_state){eml_guard_pause(), mpfr_get_emin(), mpfr_get_emax(), mpfr_flags_save()};
    mpfr_set_emin(mpfr_get_emin_min());
    mpfr_set_emax(mpfr_get_emax_max());
}

void eml_mpfr_leave(const eml_mpfr_state *state) {
    mpfr_set_emin(state->least);
    mpfr_set_emax(state->most);
    mpfr_flags_restore(state->flags, MPFR_FLAGS_ALL);
    eml_guard_resume(state->paused);
}

/* Each changes *x, which is an end of the argument, to that end of the value. An end may be rounded past the domain:
 * then it is an infinity. */

static void logistic(mpfr_t x, mpfr_rnd_t end) {
    mpfr_rnd_t other = end == MPFR_RNDD ? MPFR_RNDU : MPFR_RNDD;
    mpfr_neg(x, x, MPFR_RNDN);
    mpfr_exp(x, x, other);
    mpfr_add_ui(x, x, 1, other);
    mpfr_ui_div(x, 1, x, end);
}

/* erfc(-x / sqrt 2) / 2 */
static void probit(mpfr_t x, mpfr_rnd_t end) {
    mpfr_rnd_t other = end == MPFR_RNDD ? MPFR_RNDU : MPFR_RNDD;
    mpfr_t root;
    mpfr_init2(root, mpfr_get_prec(x));
    mpfr_neg(x, x, MPFR_RNDN);
    /* the argument of a decreasing function goes the other way: away from 0 divided by less */
    mpfr_sqrt_ui(root, 2, (mpfr_sgn(x) > 0) == (other == MPFR_RNDU) ? MPFR_RNDD : MPFR_RNDU);
    mpfr_div(x, x, root, other);
    mpfr_erfc(x, x, end);
    mpfr_div_2ui(x, x, 1, end);
    mpfr_clear(root);
}

/* -expm1(-exp(x)) */
static void cloglog(mpfr_t x, mpfr_rnd_t end) {
    mpfr_rnd_t other = end == MPFR_RNDD ? MPFR_RNDU : MPFR_RNDD;
    mpfr_exp(x, x, end);
    mpfr_neg(x, x, MPFR_RNDN);
    mpfr_expm1(x, x, other);
    mpfr_neg(x, x, MPFR_RNDN);
}

static void evaluate(eml_function function, mpfr_t x, mpfr_rnd_t end) {
    switch (function) {
    case EML_FUNCTION_SQRT: mpfr_sqrt(x, x, end); break;
    case EML_FUNCTION_LOG: mpfr_log(x, x, end); break;
    case EML_FUNCTION_LOG1P: mpfr_log1p(x, x, end); break;
    case EML_FUNCTION_EXP: mpfr_exp(x, x, end); break;
    case EML_FUNCTION_EXPM1: mpfr_expm1(x, x, end); break;
    case EML_FUNCTION_LOGISTIC: logistic(x, end); break;
    case EML_FUNCTION_PROBIT: probit(x, end); break;
    case EML_FUNCTION_CLOGLOG: cloglog(x, end); break;
    case EML_FUNCTION_COUNT: break;
    }
}

void eml_enclose(eml_function function, const mpq_t x, eml_enclosure *out) {
    mpfr_set_q(out->lo, x, MPFR_RNDD);
    mpfr_set_q(out->hi, x, MPFR_RNDU);
    evaluate(function, out->lo, MPFR_RNDD);
    evaluate(function, out->hi, MPFR_RNDU);
}

/* 1 / sum of exp(x_j - x_i); the differences are exact before they are rounded. */
void eml_enclose_share(uint32_t index, const mpq_t *x, uint32_t count, eml_enclosure *out) {
    mpfr_t term;
    mpq_t difference;
    mpfr_init2(term, mpfr_get_prec(out->lo));
    mpq_init(difference);
    mpfr_set_ui(out->lo, 0, MPFR_RNDN);
    mpfr_set_ui(out->hi, 0, MPFR_RNDN);
    for (uint32_t j = 0; j < count; j++) {
        mpq_sub(difference, x[j], x[index]);
        mpfr_set_q(term, difference, MPFR_RNDD);
        mpfr_exp(term, term, MPFR_RNDD);
        mpfr_add(out->lo, out->lo, term, MPFR_RNDD);
        mpfr_set_q(term, difference, MPFR_RNDU);
        mpfr_exp(term, term, MPFR_RNDU);
        mpfr_add(out->hi, out->hi, term, MPFR_RNDU);
    }
    mpfr_swap(out->lo, out->hi);
    mpfr_ui_div(out->lo, 1, out->lo, MPFR_RNDD);
    mpfr_ui_div(out->hi, 1, out->hi, MPFR_RNDU);
    mpq_clear(difference);
    mpfr_clear(term);
}
