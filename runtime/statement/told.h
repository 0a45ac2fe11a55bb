/* What exact results tell of the integers that they were worked out from: a measure of disclosure, not of what a clever
 * adversary cannot do with less. Each result is a sum of integers with known weights, in the field. */
#ifndef EML_STATEMENT_TOLD_H
#define EML_STATEMENT_TOLD_H

#include "runtime/base/int128.h"
#include "runtime/bundle/abi.h"
#include "runtime/field/f128.h"

/* An integer that is not known: in which of `width` + 1 consecutive places it is, and log2 of how many there are of
 * them that it can have, in sixteenths. */
typedef struct eml_told_value {
    eml_u128 width;
    uint64_t bits;
} eml_told_value;

typedef struct eml_told_term {
    uint32_t value;
    eml_fe weight;
} eml_told_term;

#define EML_TOLD_SEVERAL UINT32_MAX

/* The results so far. Arrays are owned. */
typedef struct eml_told {
    const eml_told_value *values; /* borrowed */
    size_t count;
    size_t results;
    uint32_t *group;       /* by value: the result that had it first, counted from 1; 0: none had it */
    uint32_t *leader;      /* by result, from 1: another one of its group, in the end the group's first */
    uint64_t *result_bits; /* by result: what it tells at most */
    eml_fe **basis;        /* rows of the reduced echelon form of all results; NULL when that was too much work */
    size_t *pivots;        /* by row of the basis */
    size_t rank;
    bool too_large;
    eml_committed_reveal worst;
    uint32_t worst_value;
} eml_told;

/* log2 of x >= 1 in sixteenths, rounded down, exactly. */
uint64_t eml_told_bits(eml_u128 x);

/* For at most `results` results of these values. */
void eml_told_open(eml_told *told, const eml_told_value *values, size_t count, size_t results);
/* A result; no value comes twice, and terms is left in another order. */
void eml_told_add(eml_told *told, eml_told_term *terms, size_t count);
/* A result that depends on these in another way, or with weights that are not known: of which no more is measured than
 * that it tells so many bits. Their weights do not matter. */
void eml_told_add_other(eml_told *told, const eml_told_term *terms, size_t count, uint64_t bits);
/* Likewise, taken for telling all of them. */
void eml_told_add_all(eml_told *told, const eml_told_term *terms, size_t count);
/* Of all results the part that fewest repetitions determine, by eml_reveal_proofs, never more than there is: 0 and 0
 * when they tell nothing. value (NULL: not asked for): of which one, or EML_TOLD_SEVERAL. */
eml_committed_reveal eml_told_close(eml_told *told, uint32_t *value);

#endif
