/* Real functions of exact rationals, rounded once and correctly: so that whoever computes one has the same digits.
 *
 *     sqrt, log, log1p(x) = log(1 + x), exp, expm1(x) = exp(x) - 1
 *     logistic(x) = 1 / (1 + exp(-x))
 *     probit(x) = Phi(x), the distribution function of the standard normal distribution
 *     cloglog(x) = 1 - exp(-exp(x))
 *     softmax_i(x_0, .., x_n-1) = exp(x_i) / (exp(x_0) + .. + exp(x_n-1))
 *
 * The last four are the inverse links of generalised linear models (McCullagh and Nelder, 1989, table 2.1 and
 * section 4.3). Values are enclosed with GNU MPFR, rounded down and up at a precision that rises until both round to
 * one integer. It ends: square roots are decided in integers. exp, log, log1p, expm1, logistic and softmax are
 * transcendental at rational arguments (Lindemann and Weierstrass: powers of e with distinct algebraic exponents are
 * linearly independent), so never halfway between multiples of a rational unit, but for log 1, exp 0, log1p 0, expm1 0,
 * logistic 0 and a softmax of equal arguments, which are known. Of probit and cloglog nobody has proved that. And 1 -
 * 2^-50000, a logistic, is no tie either, yet nobody finds out: so all give up at EML_FUNCTION_PRECISION_MAX.
 *
 * Neither the host's rounding mode nor its settings of MPFR matter, and they stay as they are. */
#ifndef EML_FUNCTION_FUNCTION_H
#define EML_FUNCTION_FUNCTION_H

#include <gmp.h>

#include "runtime/base/status.h"

typedef enum eml_function {
#define FUNCTION(number, NAME, name) EML_FUNCTION_##NAME = number,
#include "runtime/function/function.def"
#undef FUNCTION
    EML_FUNCTION_COUNT
} eml_function;

enum {
    EML_FUNCTION_BITS_MAX = 4096,      /* values and multiples k are below 2 to this */
    EML_FUNCTION_PRECISION_MAX = 1024, /* bits beyond the units place at which nothing is decided any more */
};

const char *eml_function_name(eml_function function);

/* *k: the integer for which k * unit is nearest to f(x), ties away from zero; unit > 0. EML_ERR_INPUT: f(x) is not
 * defined, is too large, or, of probit and cloglog, cannot be decided. */
EML_NODISCARD eml_status eml_function_round(eml_function function, const mpq_t x, const mpq_t unit, mpz_t k,
                                            eml_error *err);
/* Of the share of operand `index` of count. */
EML_NODISCARD eml_status eml_function_softmax_round(uint32_t index, const mpq_t *x, uint32_t count, const mpq_t unit,
                                                    mpz_t k, eml_error *err);

/* An enclosure of f over [lo, hi], rounded outward. EML_ERR_INPUT: f is not defined everywhere there, or too large. */
EML_NODISCARD eml_status eml_function_range(eml_function function, const mpq_t lo, const mpq_t hi, mpq_t out_lo,
                                            mpq_t out_hi, eml_error *err);
/* An upper bound of |f'| over [lo, hi], in the domain. EML_ERR_INPUT: there is none. */
EML_NODISCARD eml_status eml_function_slope(eml_function function, const mpq_t lo, const mpq_t hi, mpq_t out,
                                            eml_error *err);

#endif
