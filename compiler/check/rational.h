/* Exact rationals: what the passes need beyond GMP's own functions. All mpq_t are canonical. */
#ifndef EML_COMPILER_CHECK_RATIONAL_H
#define EML_COMPILER_CHECK_RATIONAL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/bytes.h"

/* The nearest integer, ties to even; value need not be in lowest terms, its denominator is positive. (Cells of tables
 * round ties away from zero: runtime/table/value.h.) */
void eml_rational_round(const mpq_t value, mpz_t out);

/* The sum of count numbers, which are used up (left in an unspecified state). Halves are added to halves, so that
 * numbers with unlike denominators cost O(M(total size) log count), not its square. */
void eml_rational_sum(mpq_t *items, size_t count, mpq_t out);

/* log2 |value| to about 50 bits, -INFINITY for 0: for choices that are checked exactly afterwards. */
double eml_rational_log2(const mpq_t value);
#define EML_LOG10_OF_2 0.30102999566398120 /* from logarithms to base 2 to decimal places */

/* out = value * 2^exponent. */
void eml_rational_scale2(mpq_t out, const mpq_t value, long exponent);

/* 10^exponent. */
void eml_rational_power10(mpq_t out, long exponent);

/* Rounds value > 0 down to `bits` significant bits, unless its numerator and its denominator have no more. */
void eml_rational_floor_bits(mpq_t value, unsigned bits);

/* The largest power of ten that is at most value > 0. */
void eml_rational_floor_power10(const mpq_t value, mpq_t out);

/* The smallest decimal of `digits` significant digits that is at least value >= 0. */
void eml_rational_ceil_digits(const mpq_t value, unsigned digits, mpq_t out);

/* The least k with |value| < 2^k, for an integer: its bits. 0 for 0. */
size_t eml_integer_bits(const mpz_t value);

/* Limbs of numerator and denominator: what arithmetic with it costs. */
size_t eml_rational_limbs(const mpq_t value);

/* For messages: a short decimal, exact when it has at most 12 significant digits, else rounded to 12; with an exponent
 * when it is very large or small. */
void eml_rational_print_short(const mpq_t value, eml_buf *out);

/* For dumps: exact, with a short decimal in brackets beside a long fraction. */
void eml_rational_print_dump(const mpq_t value, eml_buf *out);

mpq_t *eml_rationals_new(size_t count); /* all 0 */
void eml_rationals_free(mpq_t *items, size_t count);

#endif
