/* Decimal text <-> exact numbers.
 *
 * Two forms: eml_decimal, which borrows the text and needs no allocation (what a million CSV cells go through), and GMP
 * rationals. Both are exact. */
#ifndef EML_BASE_DECIMAL_H
#define EML_BASE_DECIMAL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/bytes.h"
#include "runtime/base/int128.h"

enum { EML_DECIMAL_DIGITS_MAX = 4096, EML_DECIMAL_EXPONENT_MAX = 4096, EML_DECIMAL_SMALL_DIGITS = 38 };

/* 10^i. */
enum { EML_POWERS_OF_TEN = 19 };
extern const uint64_t eml_powers_of_ten[EML_POWERS_OF_TEN];

/* A scanned number in lowest terms: +- digits * 10^exponent, where digits starts and ends with a nonzero digit. Zero
 * has no digits, is not negative, and has exponent 0. So equal numbers have equal fields, however they were written. */
typedef struct eml_decimal {
    const char *digits; /* borrowed; the first significant digit, then `length` characters, one of which may be '.' */
    size_t length;
    int32_t exponent; /* |exponent| <= EML_DECIMAL_DIGITS_MAX + EML_DECIMAL_EXPONENT_MAX */
    bool negative;
    bool small;        /* at most EML_DECIMAL_SMALL_DIGITS significant digits: mantissa holds them */
    eml_u128 mantissa; /* < 10^38 < 2^127 */
} eml_decimal;

/* The whole text must be a finite decimal number ([+-] digits [. digits] [e [+-] digits], at least one digit, ".5" and
 * "5." allowed); false (out untouched) otherwise, or when it is written with more than EML_DECIMAL_DIGITS_MAX digits or
 * an exponent beyond +-EML_DECIMAL_EXPONENT_MAX. out borrows from text. */
bool eml_decimal_scan(const char *text, size_t length, eml_decimal *out);

/* out is initialised by the caller. */
void eml_decimal_to_mpq(const eml_decimal *number, mpq_t out);

/* Scan and convert: "-12.5e-3" -> -1/80. False (out untouched) as eml_decimal_scan. */
bool eml_decimal_parse(const char *text, size_t length, mpq_t out);

/* Nearest integer to n / d, ties to even. d > 0; q may be n. */
void eml_decimal_round_div(mpz_t q, const mpz_t n, const mpz_t d);

/* The decimal with the fewest places in the open interval (value - radius, value + radius); of those, the nearest to
 * value, ties to an even last digit. So it is value itself when value is a decimal with that few places. Gives digits *
 * 10^-places, with digits not a multiple of ten unless places is 0. radius > 0. */
void eml_decimal_shortest(const mpq_t value, const mpq_t radius, mpz_t digits, unsigned long *places);

/* The same as a number. */
void eml_decimal_near(const mpq_t value, const mpq_t radius, mpq_t out);

/* The same as text: plain notation, no exponent, no trailing zeros after the point, "-0" is "0". */
void eml_decimal_print_shortest(const mpq_t value, const mpq_t radius, eml_buf *out);

/* A rational for people and dumps: a finite decimal when it is one ("0.125"), else "p/q". */
void eml_decimal_print_exact(const mpq_t value, eml_buf *out);

#endif
