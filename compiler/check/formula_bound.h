/* What a formula's value can be, and how far the computed one is from what is meant: interval arithmetic, exact or
 * rounded outward.
 *
 * Each column has a range, which holds what is meant and what is computed with, and an error: the most that the two
 * differ by. A node adds the rounding of its own. So units can be tried before they are chosen: unit 0 rounds nothing.
 */
#ifndef EML_COMPILER_CHECK_FORMULA_BOUND_H
#define EML_COMPILER_CHECK_FORMULA_BOUND_H

#include "runtime/formula/formula.h"

typedef struct eml_value_bound {
    mpq_t lo, hi; /* lo <= value <= hi, meant and computed */
    mpq_t error;  /* |computed - meant| */
    /* The value is a multiple of it; 0: of nothing. The value 0 alone is one of everything, and has 0 too. */
    mpq_t grid;
    /* The most bits that numerator and denominator of the computed value have; 1 while a unit is not chosen. */
    size_t top_bits, bottom_bits;
} eml_value_bound;

void eml_value_bound_init(eml_value_bound *bound);
void eml_value_bound_set(eml_value_bound *out, const eml_value_bound *from);
void eml_value_bound_free(eml_value_bound *bound);

typedef enum eml_bound_fault {
    EML_BOUND_FINE,
    EML_BOUND_DOMAIN,  /* somewhere in the ranges there is no value */
    EML_BOUND_ROUNDED, /* the error has no bound: what is compared, or floored, is rounded; an unbounded slope */
} eml_bound_fault;

/* columns: by index. pins: by a node's `pinned` - 1, what is known of the value of such nodes, because rows are refused
 * in which the input of that formula is outside; error: the input's; NULL: nothing is known. printed: columns are
 * decimals that everybody sees, and a comparison is one of those, so it has no error. What has a bound is computed for
 * every row in the ranges: no number comes to more than EML_FORMULA_BITS_MAX. sentence: what is wrong, for people. */
eml_bound_fault eml_formula_bound(const eml_formula *formula, const eml_value_bound *columns,
                                  const eml_value_bound *pins, bool printed, eml_value_bound *out, eml_error *sentence);

/* Units of the functions among the first `nodes` nodes, which have none yet: so that all of them together, with what
 * else makes `count` roundings, add about half of `allowed` > 0 to the error, and no more than all of it. */
eml_bound_fault eml_formula_choose_units(eml_formula *formula, size_t nodes, const eml_value_bound *columns,
                                         const eml_value_bound *pins, bool printed, const mpq_t allowed, size_t count,
                                         eml_error *sentence);

/* What choosing units costs, in steps of about a microsecond: a walk through the formula for each node that rounds, and
 * for each of `columns` columns. All formulas of a model have a common budget. */
size_t eml_formula_choice_cost(const eml_formula *formula, size_t columns);
enum { EML_FORMULA_CHOICE_MAX = 1 << 24 };

/* Of one rounding: an error so small against what is allowed that what it does to the value is linear; and, when it
 * makes that error, the largest power of ten that as its unit makes no more than a (2 count)th of what is allowed. */
void eml_small_part(const mpq_t allowed, mpq_t out);
void eml_unit_for(const mpq_t part, const mpq_t error, const mpq_t allowed, size_t count, mpq_t unit);

#endif
