/* What a bundle's code says of its outputs, worked out again: their ranges, and how much of their error the rounding of
 * inputs makes. */
#ifndef EML_VERIFY_RECHECK_H
#define EML_VERIFY_RECHECK_H

#include "runtime/bundle/bundle.h"

/* Of the integers: sum of weight * prod k. */
typedef struct eml_recheck_term {
    uint32_t factors[3], count; /* columns */
    mpz_t weight;
} eml_recheck_term;

typedef struct eml_recheck_output {
    eml_recheck_term *terms; /* owned */
    size_t count;
} eml_recheck_output;

/* Two rows. Inputs that are rounded, and that no formula reads, stand just below and just above a tie, so that between
 * the rows none moves by more than 2^-29 of its unit, while all are rounded apart; the others are the same in both.
 * An exact model is continuous in inputs without a grid: as the rows approach each other, what it gives becomes the
 * same, and what is printed stays jump * 2 apart. So at one of them the error is at least `jump`, whatever the model's
 * coefficients are. */
typedef struct eml_rechecked {
    const eml_bundle *bundle; /* borrowed */
    bool known;               /* the code is of the form that the compiler makes; else nothing of what follows */
    bool derived;             /* a row was found that is taken: formulas have values in their ranges; else no jumps */
    mpq_t *below, *above;     /* by input: numbers as tables have them; the same where it does not move */
    mpz_t *k_below, *k_above;
    mpz_t *k_lo, *k_hi; /* ranges of the inputs' integers */
    eml_recheck_output *outputs;
    /* Of the output that was measured last. */
    size_t output;
    mpz_t lo, hi;  /* of its integer, for inputs in their ranges; attained when no term has two factors */
    bool fits;     /* within what a field element's sign tells: what is printed is what the form gives */
    mpq_t jump;    /* half of what is printed of the two rows differs by; 0 when there are none */
    bool *high;    /* by input: whether the first row has what is above the tie */
    mpz_t *slopes; /* by input; 0 between measurements */
} eml_rechecked;

/* The bundle has code, and is not made from assembly; it was loaded (eml_bundle_load). */
void eml_recheck_open(const eml_bundle *bundle, eml_rechecked *out);
/* Time by its terms. */
void eml_recheck_measure(eml_rechecked *recheck, size_t output);
void eml_recheck_close(eml_rechecked *recheck);
static inline bool eml_recheck_moves(const eml_rechecked *recheck, size_t input) {
    return mpz_cmp(recheck->k_below[input], recheck->k_above[input]) != 0;
}
/* The number in the first or the second row of the output that was measured last. */
mpq_srcptr eml_recheck_value(const eml_rechecked *recheck, size_t input, bool second);

/* recheck_report.c: whether the report of a program that hides nothing says of each output what the ABI and the ranges
 * do. lowest and highest: by output, 12 digits of each are compared; NULL: not known. what: of which it does not, or
 * NULL when it is no report of ours. */
bool eml_recheck_report(const eml_bundle *bundle, mpq_t *lowest, mpq_t *highest, const char **what);

#endif
