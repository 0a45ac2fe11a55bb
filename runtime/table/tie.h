/* Where an input's integer changes: the places at which rounding errs most. */
#ifndef EML_TABLE_TIE_H
#define EML_TABLE_TIE_H

#include "runtime/bundle/abi.h"

/* Whether the column takes any number of its range, and rounds it: it has no grid, no words and no formula, and is not
 * a single value. */
bool eml_input_is_rounded(const eml_input_column *column);

/* Two short decimals in the range, on either side of a number half-way between the values of two integers and within
 * 2^-30 units of it, so that what is below is rounded down by about half a unit and what is above up. Of all such
 * numbers the highest, or the lowest. False: the column is not rounded, or the range holds no such pair. below and
 * above are initialised by the caller. */
bool eml_tie_find(const eml_input_column *column, bool highest, mpq_t below, mpq_t above);

#endif
