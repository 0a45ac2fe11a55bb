#include "runtime/function/function.h"

#include "runtime/function/enclose.h"

static const char *const names[] = {
#define FUNCTION(number, NAME, name) [number] = name,
#include "runtime/function/function.def"
#undef FUNCTION
};

const char *eml_function_name(eml_function function) { return names[function]; }

/* ----- Where they are defined */

static eml_status refuse(eml_function function, const char *why, eml_error *err) {
    return eml_fail(err, EML_ERR_INPUT, "%s of %s", names[function], why);
}

/* x > -1, by value */
static bool is_above_minus_one(const mpq_t x) { return mpq_cmp_si(x, -1, 1) > 0; }

static eml_status check_domain(eml_function function, const mpq_t lo, const mpq_t hi, eml_error *err) {
    enum { EXPONENT_MAX = 2800 }; /* exp of it is below 2^EML_FUNCTION_BITS_MAX */
    switch (function) {
    case EML_FUNCTION_SQRT: return mpq_sgn(lo) >= 0 ? EML_OK : refuse(function, "a number below 0", err);
    case EML_FUNCTION_LOG: return mpq_sgn(lo) > 0 ? EML_OK : refuse(function, "a number that is not above 0", err);
    case EML_FUNCTION_LOG1P:
        return is_above_minus_one(lo) ? EML_OK : refuse(function, "a number that is not above -1", err);
    case EML_FUNCTION_EXP:
    case EML_FUNCTION_EXPM1:
        return mpq_cmp_ui(hi, EXPONENT_MAX, 1) <= 0 ? EML_OK
                                                    : refuse(function, "a number above 2800, which is too large", err);
    default: return EML_OK;
    }
}

/* ----- Rounding */

/* The nearest integer to n / d, ties away from zero, of n / d >= 0. */
static void round_ratio(mpz_t k, const mpq_t ratio) {
    mpz_t twice;
    mpz_init(twice);
    mpz_mul_2exp(twice, mpq_denref(ratio), 1);
    mpz_mul_2exp(k, mpq_numref(ratio), 1);
    mpz_add(k, k, mpq_denref(ratio));
    mpz_fdiv_q(k, k, twice);
    mpz_clear(twice);
}

/* floor(sqrt(x) / unit + 1/2) = floor((floor(sqrt(4 x / unit^2)) + 1) / 2) */
static void round_root(const mpq_t x, const mpq_t unit, mpz_t k) {
    mpq_t ratio;
    mpq_init(ratio);
    mpq_mul(ratio, unit, unit);
    mpq_div(ratio, x, ratio);
    mpq_mul_2exp(ratio, ratio, 2);
    mpz_fdiv_q(k, mpq_numref(ratio), mpq_denref(ratio));
    mpz_sqrt(k, k);
    mpz_add_ui(k, k, 1);
    mpz_fdiv_q_2exp(k, k, 1);
    mpq_clear(ratio);
}

static void round_reciprocal(unsigned long divisor, const mpq_t unit, mpz_t k) {
    mpq_t value;
    mpq_init(value);
    mpq_set_ui(value, 1, divisor);
    mpq_div(value, value, unit);
    round_ratio(k, value);
    mpq_clear(value);
}

/* What is rational at a rational argument. */
static bool round_exact(eml_function function, const mpq_t x, const mpq_t unit, mpz_t k) {
    bool zero = mpq_sgn(x) == 0;
    switch (function) {
    case EML_FUNCTION_SQRT: round_root(x, unit, k); return true;
    case EML_FUNCTION_LOG:
        if (mpq_cmp_ui(x, 1, 1) != 0) return false;
        mpz_set_ui(k, 0);
        return true;
    case EML_FUNCTION_LOG1P:
    case EML_FUNCTION_EXPM1:
        if (zero) mpz_set_ui(k, 0);
        return zero;
    case EML_FUNCTION_EXP:
        if (zero) round_reciprocal(1, unit, k);
        return zero;
    case EML_FUNCTION_LOGISTIC:
    case EML_FUNCTION_PROBIT:
        if (zero) round_reciprocal(2, unit, k);
        return zero;
    default: return false;
    }
}

typedef struct question {
    eml_function function;
    const mpq_t *x;
    uint32_t index, count; /* count > 0: a share */
    mpq_srcptr unit;
} question;

typedef enum outcome { DECIDED, OPEN, TOO_LARGE } outcome;

/* The ends in units, rounded: the same integer, both in lo and in hi? */
static outcome ask(const question *q, eml_enclosure *ends) {
    if (q->count > 0)
        eml_enclose_share(q->index, q->x, q->count, ends);
    else
        eml_enclose(q->function, q->x[0], ends);
    mpfr_div_q(ends->lo, ends->lo, q->unit, MPFR_RNDD);
    mpfr_div_q(ends->hi, ends->hi, q->unit, MPFR_RNDU);
    if (!mpfr_number_p(ends->lo) || !mpfr_number_p(ends->hi)) return OPEN;
    mpfr_rint_round(ends->lo, ends->lo, MPFR_RNDD);
    mpfr_rint_round(ends->hi, ends->hi, MPFR_RNDU);
    bool zero = mpfr_zero_p(ends->lo) && mpfr_zero_p(ends->hi);
    if (!zero && mpfr_get_exp(mpfr_zero_p(ends->hi) ? ends->lo : ends->hi) > EML_FUNCTION_BITS_MAX) return TOO_LARGE;
    return mpfr_equal_p(ends->lo, ends->hi) ? DECIDED : OPEN;
}

/* At least as many bits as the value has before the units place, and so many behind it. */
static bool is_enough(const eml_enclosure *ends, mpfr_prec_t precision) {
    mpfr_exp_t before = mpfr_regular_p(ends->hi) ? mpfr_get_exp(ends->hi) : 0;
    return precision > (before > 0 ? before : 0) + EML_FUNCTION_PRECISION_MAX;
}

static eml_status decide(const question *q, mpz_t k, eml_error *err) {
    enum { PRECISION_FIRST = 128 };
    eml_mpfr_state state;
    eml_enclosure ends;
    outcome found = OPEN;
    eml_mpfr_enter(&state);
    mpfr_inits2(PRECISION_FIRST, ends.lo, ends.hi, (mpfr_ptr)NULL);
    for (mpfr_prec_t precision = PRECISION_FIRST; found == OPEN; precision *= 2) {
        mpfr_set_prec(ends.lo, precision);
        mpfr_set_prec(ends.hi, precision);
        found = ask(q, &ends);
        if (found == OPEN && is_enough(&ends, precision)) break;
    }
    eml_guard_resume(state.paused);
    if (found == DECIDED) mpfr_get_z(k, ends.lo, MPFR_RNDN);
    eml_guard_pause();
    mpfr_clears(ends.lo, ends.hi, (mpfr_ptr)NULL);
    eml_mpfr_leave(&state);
    const char *name = q->count > 0 ? "softmax" : names[q->function];
    if (found == TOO_LARGE) return eml_fail(err, EML_ERR_INPUT, "%s is too large for its unit", name);
    if (found == OPEN)
        return eml_fail(err, EML_ERR_INPUT, "%s: %d bits do not decide how to round it", name,
                        EML_FUNCTION_PRECISION_MAX);
    return EML_OK;
}

eml_status eml_function_round(eml_function function, const mpq_t x, const mpq_t unit, mpz_t k, eml_error *err) {
    EML_TRY(check_domain(function, x, x, err));
    if (round_exact(function, x, unit, k)) return EML_OK;
    return decide(&(question){.function = function, .x = (const mpq_t *)x, .unit = unit}, k, err);
}

eml_status eml_function_softmax_round(uint32_t index, const mpq_t *x, uint32_t count, const mpq_t unit, mpz_t k,
                                      eml_error *err) {
    bool equal = true;
    for (uint32_t j = 1; j < count && equal; j++) equal = mpq_equal(x[j], x[0]);
    if (equal) {
        round_reciprocal(count, unit, k);
        return EML_OK;
    }
    return decide(&(question){.x = x, .index = index, .count = count, .unit = unit}, k, err);
}

/* ----- Ranges and slopes */

eml_status eml_function_range(eml_function function, const mpq_t lo, const mpq_t hi, mpq_t out_lo, mpq_t out_hi,
                              eml_error *err) {
    enum { PRECISION = 64, FINE_EXPONENT = -8192 };
    EML_TRY(check_domain(function, lo, hi, err));
    eml_mpfr_state state;
    eml_enclosure low, high;
    eml_mpfr_enter(&state);
    mpfr_inits2(PRECISION, low.lo, low.hi, high.lo, high.hi, (mpfr_ptr)NULL);
    eml_enclose(function, lo, &low);
    eml_enclose(function, hi, &high);
    bool finite = mpfr_number_p(low.lo) && mpfr_number_p(high.hi);
    /* What is as near to 0 as that has no short exact spelling. */
    if (finite && mpfr_regular_p(low.lo) && mpfr_get_exp(low.lo) < FINE_EXPONENT)
        mpfr_set_si_2exp(low.lo, mpfr_sgn(low.lo) < 0 ? -1 : 0, FINE_EXPONENT, MPFR_RNDD);
    if (finite && mpfr_regular_p(high.hi) && mpfr_get_exp(high.hi) < FINE_EXPONENT)
        mpfr_set_si_2exp(high.hi, mpfr_sgn(high.hi) > 0 ? 1 : 0, FINE_EXPONENT, MPFR_RNDU);
    eml_guard_resume(state.paused);
    if (finite) mpfr_get_q(out_lo, low.lo);
    if (finite) mpfr_get_q(out_hi, high.hi);
    eml_guard_pause();
    mpfr_clears(low.lo, low.hi, high.lo, high.hi, (mpfr_ptr)NULL);
    eml_mpfr_leave(&state);
    return finite ? EML_OK : refuse(function, "a number too near to the end of where it is defined", err);
}

/* 1 / (2 sqrt(lo)): a bound by 1 / (2 r), r the root rounded down to 64 bits more than it takes */
static void root_slope(const mpq_t lo, mpq_t out) {
    enum { BITS = 64 };
    mpz_t root;
    mpz_init(root);
    /* n / d = n d / d^2 */
    mpz_mul(root, mpq_numref(lo), mpq_denref(lo));
    mpz_mul_2exp(root, root, 2 * BITS);
    mpz_sqrt(root, root);
    mpz_set(mpq_denref(out), root);
    mpz_mul_2exp(mpq_numref(out), mpq_denref(lo), BITS);
    mpq_canonicalize(out);
    mpq_div_2exp(out, out, 1);
    mpz_clear(root);
}

eml_status eml_function_slope(eml_function function, const mpq_t lo, const mpq_t hi, mpq_t out, eml_error *err) {
    mpq_t unused;
    eml_status status = EML_OK;
    switch (function) {
    case EML_FUNCTION_SQRT:
        if (mpq_sgn(lo) == 0)
            return refuse(function, "a rounded number that can be 0, where it is infinitely steep", err);
        root_slope(lo, out);
        return EML_OK;
    case EML_FUNCTION_LOG: mpq_inv(out, lo); return EML_OK;
    case EML_FUNCTION_LOG1P:
        mpq_set_ui(out, 1, 1);
        mpq_add(out, out, lo);
        mpq_inv(out, out);
        return EML_OK;
    case EML_FUNCTION_EXP:
    case EML_FUNCTION_EXPM1:
        mpq_init(unused);
        status = eml_function_range(EML_FUNCTION_EXP, hi, hi, unused, out, err);
        mpq_clear(unused);
        return status;
    case EML_FUNCTION_LOGISTIC: mpq_set_ui(out, 1, 4); return EML_OK;
    case EML_FUNCTION_PROBIT: mpq_set_ui(out, 399, 1000); return EML_OK; /* 1 / sqrt(2 pi) */
    case EML_FUNCTION_CLOGLOG:
        mpq_set_ui(out, 368, 1000);
        mpq_canonicalize(out);
        return EML_OK; /* 1 / e */
    case EML_FUNCTION_COUNT: break;
    }
    return EML_OK;
}
