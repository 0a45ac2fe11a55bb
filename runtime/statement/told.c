/* A result y = w_1 x_1 + ... + w_m x_m, its weights integers of the least magnitude, tells at most log2 of how many
 * values it can have, which are multiples of the gcd of the weights. It may tell one x_i more than its part of that:
 *
 * - What is large next to the rest: where all the weights up to the k-th, sorted, are multiples of more than the rest
 *   can reach, the two parts of the sum can be read off one by one, like digits.
 * - The residue of x_i modulo the gcd of the other weights.
 * - Where the others reach less far than x_i does, between which bounds x_i is.
 * - Several results: each group that shares values, as one; and any x_i that is a combination of results in the field.
 */
#include "runtime/statement/told.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"

#define ELIMINATION_MAX (UINT64_C(1) << 31) /* products; beyond it results are taken for telling all */

/* ----- Sizes */

static uint64_t bit_length(eml_u128 x) {
    uint64_t length = 0;
    for (; x != 0; x >>= 1) length++;
    return length;
}

uint64_t eml_told_bits(eml_u128 x) {
    if ((x & (x - 1)) == 0) return EML_REVEAL_UNIT * (bit_length(x) - 1);
    mpz_t power;
    mpz_init_set_ui(power, (uint64_t)(x >> 64));
    mpz_mul_2exp(power, power, 64);
    mpz_add_ui(power, power, (uint64_t)x);
    mpz_pow_ui(power, power, EML_REVEAL_UNIT);
    uint64_t bits = mpz_sizeinbase(power, 2) - 1;
    mpz_clear(power);
    return bits;
}

static uint64_t ceil_bits(eml_u128 x) { return eml_told_bits(x) + ((x & (x - 1)) != 0); }

static eml_u128 gcd(eml_u128 a, eml_u128 b) {
    while (b != 0) {
        eml_u128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* ----- Accounts */

/* Of value alone, or of several. Nothing tells more than there is; of what is told altogether the least is named. */
static void keep_worse(eml_told *told, uint32_t value, uint64_t of, uint64_t bits) {
    if (bits == 0 || of == 0) return;
    eml_committed_reveal with = {of, bits < of ? bits : of}, worst = told->worst;
    eml_u128 left = (eml_u128)with.bits * worst.row_bits, right = (eml_u128)worst.bits * with.row_bits;
    if (worst.row_bits > 0 && (left > right || (left == right && with.bits >= worst.bits))) return;
    told->worst = with;
    told->worst_value = value;
}

/* So much is told of one value. */
static void tell(eml_told *told, uint32_t value, uint64_t bits) {
    keep_worse(told, value, told->values[value].bits, bits);
}

static size_t leader_of(const eml_told *told, size_t result) {
    while (told->leader[result] != result) result = told->leader[result];
    return result;
}

/* A result that depends on these: its group, and what it tells. */
static void enter(eml_told *told, const eml_told_term *terms, size_t count, uint64_t bits) {
    size_t result = ++told->results;
    told->leader[result] = (uint32_t)result;
    told->result_bits[result] = bits;
    for (size_t i = 0; i < count; i++) {
        uint32_t *group = &told->group[terms[i].value];
        if (*group == 0) *group = (uint32_t)result;
        told->leader[leader_of(told, *group)] = told->leader[result];
        *group = (uint32_t)result;
    }
}

/* ----- One result */

typedef struct part {
    uint32_t value;
    eml_u128 weight, reach; /* reach = weight * width: how far this term goes */
    eml_u128 before, after; /* gcd of the weights before it, and behind it, in its block; 0: none */
} part;

static int by_weight(const void *a, const void *b) {
    eml_u128 x = ((const part *)a)->weight, y = ((const part *)b)->weight;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* False when the sum can reach around the field: then it tells what its weights do not say. */
static bool take_parts(const eml_told *told, const eml_told_term *terms, size_t count, part *parts, eml_u128 *reach) {
    const eml_u128 most = (eml_u128)EML_FE_P_HI << 64 | (EML_FE_P_LO - 1);
    *reach = 0;
    for (size_t i = 0; i < count; i++) {
        eml_u128 weight = eml_fe_magnitude(terms[i].weight), width = told->values[terms[i].value].width;
        if (width > (most - *reach) / weight) return false;
        parts[i] = (part){.value = terms[i].value, .weight = weight, .reach = weight * width};
        *reach += parts[i].reach;
    }
    qsort(parts, count, sizeof *parts, by_weight);
    return true;
}

/* What a block of terms, whose sum is known, tells of each. */
static void tell_each(eml_told *told, part *block, size_t count, eml_u128 reach) {
    for (size_t i = 1; i < count; i++) block[i].before = gcd(block[i - 1].before, block[i - 1].weight);
    for (size_t i = count - 1; i > 0; i--) block[i - 1].after = gcd(block[i].after, block[i].weight);
    for (size_t i = 0; i < count; i++) {
        const part *p = &block[i];
        eml_u128 values = told->values[p->value].width + 1;
        eml_u128 others = gcd(p->before, p->after), residues = others / gcd(others, p->weight);
        eml_u128 left = (reach - p->reach) / p->weight + 1;
        if (residues > 1) tell(told, p->value, ceil_bits(residues));
        if (left < values) tell(told, p->value, ceil_bits(values) - eml_told_bits(left));
    }
}

static uint64_t tell_block(eml_told *told, part *block, size_t count, eml_u128 unit) {
    eml_u128 reach = 0;
    uint64_t of = 0;
    for (size_t i = 0; i < count; i++) {
        reach += block[i].reach;
        of += told->values[block[i].value].bits;
    }
    uint64_t bits = ceil_bits(reach / unit + 1);
    keep_worse(told, count == 1 ? block[0].value : EML_TOLD_SEVERAL, of, bits);
    if (count > 1) tell_each(told, block, count, reach);
    return bits;
}

/* Blocks as short as they can be, largest weights first. Returns what they tell together. */
static uint64_t tell_blocks(eml_told *told, part *parts, size_t count, eml_u128 reach) {
    uint64_t bits = 0;
    for (size_t from = 0, to; from < count; from = to) {
        eml_u128 unit = 0;
        to = from;
        do {
            unit = gcd(parts[to].weight, unit);
            reach -= parts[to++].reach;
        } while (to < count && reach >= unit);
        bits += tell_block(told, parts + from, to - from, unit);
    }
    return bits;
}

/* ----- Combinations of results */

static void subtract(eml_fe *row, const eml_fe *from, eml_fe times, size_t count) {
    for (size_t i = 0; i < count; i++) row[i] = eml_fe_sub(row[i], eml_fe_mul(times, from[i]));
}

/* One more row of the reduced echelon form, unless it depends on those that are there. */
static void add_row(eml_told *told, const eml_told_term *terms, size_t count) {
    eml_fe *row = eml_alloc(told->count, sizeof *row);
    for (size_t i = 0; i < count; i++) row[terms[i].value] = terms[i].weight;
    for (size_t i = 0; i < told->rank; i++) {
        eml_fe times = row[told->pivots[i]];
        if (!eml_fe_is_zero(times)) subtract(row, told->basis[i], times, told->count);
    }
    size_t pivot = 0;
    while (pivot < told->count && eml_fe_is_zero(row[pivot])) pivot++;
    if (pivot == told->count) {
        eml_free(row);
        return;
    }
    eml_fe inverse = eml_fe_inv(row[pivot]);
    for (size_t i = pivot; i < told->count; i++) row[i] = eml_fe_mul(row[i], inverse);
    for (size_t i = 0; i < told->rank; i++) {
        eml_fe times = told->basis[i][pivot];
        if (!eml_fe_is_zero(times)) subtract(told->basis[i], row, times, told->count);
    }
    told->pivots[told->rank] = pivot;
    told->basis[told->rank++] = row;
}

/* A value is a combination of results exactly when a row of the reduced form is that value alone. */
static void tell_combined(eml_told *told) {
    for (size_t i = 0; i < told->rank; i++) {
        size_t used = 0;
        for (size_t j = 0; j < told->count && used < 2; j++) used += !eml_fe_is_zero(told->basis[i][j]);
        uint32_t value = (uint32_t)told->pivots[i];
        if (used == 1) tell(told, value, told->values[value].bits);
    }
}

/* ----- All results */

void eml_told_open(eml_told *told, const eml_told_value *values, size_t count, size_t results) {
    size_t rank = results < count ? results : count;
    *told = (eml_told){.values = values,
                       .count = count,
                       .group = eml_alloc(count, sizeof(uint32_t)),
                       .leader = eml_alloc(results + 1, sizeof(uint32_t)),
                       .result_bits = eml_alloc(results + 1, sizeof(uint64_t))};
    told->too_large = (eml_u128)results * rank * count > ELIMINATION_MAX;
    if (told->too_large) return;
    told->basis = eml_alloc(rank, sizeof *told->basis);
    told->pivots = eml_alloc(rank, sizeof *told->pivots);
}

/* Without those of values that are known, and of weight 0. */
static size_t drop_known(const eml_told *told, eml_told_term *terms, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (told->values[terms[i].value].bits > 0 && !eml_fe_is_zero(terms[i].weight)) terms[kept++] = terms[i];
    return kept;
}

void eml_told_add(eml_told *told, eml_told_term *terms, size_t count) {
    count = drop_known(told, terms, count);
    if (count == 0) return;
    eml_u128 reach;
    part *parts = eml_alloc(count, sizeof *parts);
    bool measured = !told->too_large && take_parts(told, terms, count, parts, &reach);
    if (measured) {
        enter(told, terms, count, tell_blocks(told, parts, count, reach));
        add_row(told, terms, count);
    } else {
        eml_told_add_all(told, terms, count);
    }
    eml_free(parts);
}

static uint64_t bits_of(const eml_told *told, const eml_told_term *terms, size_t count) {
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++) bits += told->values[terms[i].value].bits;
    return bits;
}

void eml_told_add_other(eml_told *told, const eml_told_term *terms, size_t count, uint64_t bits) {
    keep_worse(told, count == 1 ? terms[0].value : EML_TOLD_SEVERAL, bits_of(told, terms, count), bits);
    enter(told, terms, count, bits);
}

void eml_told_add_all(eml_told *told, const eml_told_term *terms, size_t count) {
    eml_told_add_other(told, terms, count, bits_of(told, terms, count));
}

/* What each group of results tells of the values that it depends on. */
static void tell_groups(eml_told *told) {
    eml_committed_reveal *groups = eml_alloc(told->results + 1, sizeof *groups);
    for (size_t i = 1; i <= told->results; i++) groups[leader_of(told, i)].row_bits += told->result_bits[i];
    for (size_t i = 0; i < told->count; i++)
        if (told->group[i] > 0) groups[leader_of(told, told->group[i])].bits += told->values[i].bits;
    for (size_t i = 1; i <= told->results; i++) keep_worse(told, EML_TOLD_SEVERAL, groups[i].bits, groups[i].row_bits);
    eml_free(groups);
}

eml_committed_reveal eml_told_close(eml_told *told, uint32_t *value) {
    tell_groups(told);
    tell_combined(told);
    for (size_t i = 0; i < told->rank; i++) eml_free(told->basis[i]);
    eml_free(told->basis);
    eml_free(told->pivots);
    eml_free(told->group);
    eml_free(told->leader);
    eml_free(told->result_bits);
    if (value != NULL) *value = told->worst_value;
    return told->worst;
}
