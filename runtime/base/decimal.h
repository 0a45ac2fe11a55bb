/* Decimal text <-> exact rationals (GMP). */
#ifndef EML_BASE_DECIMAL_H
#define EML_BASE_DECIMAL_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/bytes.h"

enum { EML_DECIMAL_DIGITS_MAX = 4096, EML_DECIMAL_EXPONENT_MAX = 4096 };

/* "-12.5e-3" -> -1/80. The whole text must be a finite decimal number ([+-] digits [. digits] [e [+-] digits], at least
 * one digit, ".5" and "5." allowed); false (out untouched) otherwise, or when it has more than EML_DECIMAL_DIGITS_MAX
 * digits or an exponent beyond +-EML_DECIMAL_EXPONENT_MAX. out is initialised by the caller. */
bool eml_decimal_parse(const char *text, size_t length, mpq_t out);

/* The shortest decimal in the open interval (value - radius, value + radius); exactly value when it is a finite decimal no
 * longer than that. Plain notation, no exponent, no trailing zeros, "-0" is "0". radius > 0. Ties: nearest to value. */
void eml_decimal_print_shortest(const mpq_t value, const mpq_t radius, eml_buf *out);

/* A rational for people and dumps: a finite decimal when it is one ("0.125"), else "p/q". */
void eml_decimal_print_exact(const mpq_t value, eml_buf *out);

#endif
