#include "runtime/table/tie.h"

#include "runtime/base/decimal.h"
#include "runtime/table/value.h"

enum { NEAR_BITS = 30 };

bool eml_input_is_rounded(const eml_input_column *column) {
    return !column->exact && mpq_sgn(column->step) == 0 && column->word_count == 0 && !eml_input_is_derived(column) &&
           mpq_cmp(column->lo, column->hi) < 0;
}

/* The half-way number of this kind that is farthest out and still `room` inside the range. */
static void outermost(const eml_input_column *column, bool highest, const mpq_t room, mpq_t tie) {
    mpq_t half;
    mpz_t k;
    mpq_init(half);
    mpz_init(k);
    mpq_set_ui(half, 1, 2);
    (highest ? mpq_sub : mpq_add)(tie, highest ? column->hi : column->lo, room);
    mpq_sub(tie, tie, column->offset);
    mpq_div(tie, tie, column->unit);
    mpq_sub(tie, tie, half); /* (k + 1/2) - 1/2 */
    (highest ? mpz_fdiv_q : mpz_cdiv_q)(k, mpq_numref(tie), mpq_denref(tie));
    mpq_set_z(tie, k);
    mpq_add(tie, tie, half);
    mpq_mul(tie, tie, column->unit);
    mpq_add(tie, tie, column->offset);
    mpz_clear(k);
    mpq_clear(half);
}

/* The shortest decimal within 3/4 of delta of tie + delta (delta may be negative). */
static void beside(const mpq_t tie, const mpq_t delta, mpq_t out) {
    mpq_t near, radius;
    mpq_inits(near, radius, NULL);
    mpq_set_ui(radius, 3, 4);
    mpq_mul(radius, radius, delta);
    mpq_abs(radius, radius);
    mpq_add(near, tie, delta);
    eml_decimal_near(near, radius, out);
    mpq_clears(near, radius, NULL);
}

bool eml_tie_find(const eml_input_column *column, bool highest, mpq_t below, mpq_t above) {
    if (!eml_input_is_rounded(column)) return false;
    mpq_t tie, delta;
    mpq_inits(tie, delta, NULL);
    mpq_div_2exp(delta, column->unit, NEAR_BITS - 1); /* room for both sides */
    outermost(column, highest, delta, tie);
    mpq_div_2exp(delta, delta, 2);
    beside(tie, delta, above);
    mpq_neg(delta, delta);
    beside(tie, delta, below);
    mpq_clears(tie, delta, NULL);
    return mpq_cmp(column->lo, below) <= 0 && mpq_cmp(above, column->hi) <= 0;
}
