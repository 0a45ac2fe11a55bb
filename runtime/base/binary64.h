/* The numbers that IEEE 754 binary64 has, as exact rationals: what numbers go through when a program that keeps doubles
 * rewrites a table. */
#ifndef EML_BASE_BINARY64_H
#define EML_BASE_BINARY64_H

#include <gmp.h>
#include <stdbool.h>

/* out is initialised by the caller. The distance between neighbours where value lies: 2^(floor(log2 |value|) - 52), at
 * least 2^-1074. */
void eml_binary64_ulp(const mpq_t value, mpq_t out);

/* The number nearest to value, ties to even; false (out untouched) beyond the largest. */
bool eml_binary64_nearest(const mpq_t value, mpq_t out);

#endif
