/* Floating-point numbers as decimals: of those that read back as the number, the one with the fewest digits; of several
 * such, the nearest to it, a tie to an even last digit. It is what Python's repr, NumPy, pandas and JSON writers write
 * (Steele and White, "How to print floating-point numbers accurately", PLDI 1990; Gay's mode 0). Integers alone:
 * neither the locale nor the rounding mode matters. */
#ifndef EML_BASE_SHORTEST_H
#define EML_BASE_SHORTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/bytes.h"

enum { EML_SHORTEST_PLACES = 30 };

/* A finite number: (-1)^negative m 2^exponent. */
typedef struct eml_binary {
    uint64_t m; /* < 2^53 */
    int exponent;
    bool negative;
    bool narrow; /* the next number below, in magnitude, is half as far as the next above */
} eml_binary;

/* False: not finite. */
bool eml_binary_of_double(double value, eml_binary *out);
bool eml_binary_of_float(float value, eml_binary *out);

/* Its magnitude's decimal, m 10^-places, with places <= EML_SHORTEST_PLACES; without allocation. False: declined, which
 * it does of no number from 1e-13 to 2^63 in magnitude. */
bool eml_shortest_words(const eml_binary *number, uint64_t *m, unsigned *places);
/* The decimal as text, of any finite number: plain notation, or "1e-300". */
void eml_shortest_print(const eml_binary *number, eml_buf *out);

#endif
