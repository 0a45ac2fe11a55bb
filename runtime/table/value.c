#include "runtime/table/value.h"

#include "runtime/base/binary64.h"
#include "runtime/field/integer.h"
#include "runtime/text/text.h"

/* Inputs: the definition. */

static eml_excerpt number_text(const mpq_t number) {
    eml_buf text = {0};
    eml_decimal_print_exact(number, &text);
    eml_excerpt out = eml_text_excerpt((const char *)text.data, text.len);
    eml_buf_free(&text);
    return out;
}

eml_status eml_abi_refuse_outside(const eml_input_column *column, const mpq_t value, eml_error *err) {
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "%s is outside the declared range [%s, %s]",
                       number_text(value).text, number_text(column->lo).text, number_text(column->hi).text);
}

/* What values are multiples of; 0: of nothing. */
static mpq_srcptr step_of(const eml_input_column *column) { return column->exact ? column->unit : column->step; }

/* The offset is the compiler's affair when it is a multiple of the step itself. */
static eml_status refuse_off_grid(const eml_input_column *column, const mpq_t value, mpq_t steps, eml_error *err) {
    mpq_div(steps, column->offset, step_of(column));
    bool plain = mpz_cmp_ui(mpq_denref(steps), 1) == 0;
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "%s is not a multiple of the step %s%s%s",
                       number_text(value).text, number_text(step_of(column)).text, plain ? "" : " counted from ",
                       plain ? "" : number_text(column->offset).text);
}

void eml_round_away(mpz_t q, const mpq_t ratio) {
    mpz_t twice, n; /* (2 |n| + d) / (2 d), rounded down, with n's sign */
    mpz_inits(twice, n, NULL);
    mpz_mul_2exp(n, mpq_numref(ratio), 1);
    mpz_abs(n, n);
    mpz_add(n, n, mpq_denref(ratio));
    mpz_mul_2exp(twice, mpq_denref(ratio), 1);
    mpz_fdiv_q(n, n, twice);
    if (mpq_sgn(ratio) < 0) mpz_neg(n, n);
    mpz_swap(q, n);
    mpz_clears(twice, n, NULL);
}

/* k = (value - offset) / unit, rounded. */
static void round_steps(const eml_input_column *column, const mpq_t value, mpq_srcptr unit, mpz_t k) {
    mpq_t steps;
    mpq_init(steps);
    mpq_sub(steps, value, column->offset);
    mpq_div(steps, steps, unit);
    eml_round_away(k, steps);
    mpq_clear(steps);
}

void eml_input_round(const eml_input_column *column, const mpq_t value, mpz_t k) {
    round_steps(column, value, column->unit, k);
}

/* k of an end of the range, when k is past it: the value is within the margin outside, or the multiple that it means
 * is. What a program computes is bounded by its inputs' ranges (runtime/statement/bounds.h), so no k may leave them. */
static void clamp(const eml_input_column *column, mpz_t k) {
    mpz_t end;
    mpz_init(end);
    eml_input_round(column, column->lo, end);
    if (mpz_cmp(k, end) < 0) mpz_set(k, end);
    eml_input_round(column, column->hi, end);
    if (mpz_cmp(k, end) > 0) mpz_set(k, end);
    mpz_clear(end);
}

/* The nearest multiple of the column's step, if it has one and value is within margin of it. */
static bool snap(const eml_input_column *column, const mpq_t value, const mpq_t margin, mpq_t meant) {
    mpq_set(meant, value);
    if (mpq_sgn(step_of(column)) == 0) return true;
    mpz_t k;
    mpq_t gap;
    mpz_init(k);
    mpq_init(gap);
    round_steps(column, value, step_of(column), k);
    mpq_set_z(meant, k);
    mpq_mul(meant, meant, step_of(column));
    mpq_add(meant, meant, column->offset);
    mpq_sub(gap, meant, value);
    mpq_abs(gap, gap);
    bool near = mpq_cmp(gap, margin) <= 0;
    mpq_clear(gap);
    mpz_clear(k);
    return near;
}

static bool is_inside(const eml_input_column *column, const mpq_t value, const mpq_t margin) {
    mpq_t moved;
    mpq_init(moved);
    mpq_add(moved, value, margin);
    bool inside = mpq_cmp(moved, column->lo) >= 0;
    mpq_sub(moved, value, margin);
    inside = inside && mpq_cmp(moved, column->hi) <= 0;
    mpq_clear(moved);
    return inside;
}

static eml_status encode_within(const eml_input_column *column, const mpq_t value, const mpq_t margin, eml_fe *out,
                                eml_error *err) {
    if (!is_inside(column, value, margin)) return eml_abi_refuse_outside(column, value, err);
    eml_status status = EML_OK;
    mpq_t meant;
    mpz_t k;
    mpq_init(meant);
    mpz_init(k);
    if (!snap(column, value, margin, meant)) {
        status = refuse_off_grid(column, value, meant, err);
    } else {
        eml_input_round(column, meant, k);
        clamp(column, k);
        *out = eml_fe_from_mpz(k); /* eml_abi_check: < 2^120, + 1 for the rounding */
    }
    mpz_clear(k);
    mpq_clear(meant);
    return status;
}

eml_status eml_abi_encode_value(const eml_input_column *column, const mpq_t value, eml_fe *out, eml_error *err) {
    mpq_t margin;
    mpq_init(margin);
    eml_binary64_ulp(value, margin);
    mpq_mul_2exp(margin, margin, EML_CELL_MARGIN_LOG2);
    eml_status status = encode_within(column, value, margin, out, err);
    mpq_clear(margin);
    return status;
}

/* Inputs: the fast path. */

static bool small_of_mpz(const mpz_t integer, eml_i128 *out) {
    if (mpz_sizeinbase(integer, 2) > 126) return false;
    eml_i128 magnitude = (eml_i128)eml_mpz_magnitude(integer);
    *out = mpz_sgn(integer) < 0 ? -magnitude : magnitude;
    return true;
}

static eml_steps steps_of(const mpq_t offset, const mpq_t unit) {
    eml_steps out;
    mpz_t a, b, c, gcd;
    mpz_inits(a, b, c, gcd, NULL);
    mpz_mul(a, mpq_denref(offset), mpq_denref(unit));
    mpz_mul(b, mpq_numref(offset), mpq_denref(unit));
    mpz_mul(c, mpq_denref(offset), mpq_numref(unit));
    mpz_gcd(gcd, a, b);
    mpz_gcd(gcd, gcd, c);
    mpz_divexact(a, a, gcd);
    mpz_divexact(b, b, gcd);
    mpz_divexact(c, c, gcd);
    out.small = small_of_mpz(a, &out.a) && small_of_mpz(b, &out.b) && small_of_mpz(c, &out.c);
    mpz_clears(a, b, c, gcd, NULL);
    return out;
}

void eml_grid_init(const eml_input_column *column, eml_grid *out) {
    *out = (eml_grid){.column = column, .units = steps_of(column->offset, column->unit), .steps = {.small = true}};
    if (mpq_sgn(column->step) != 0) out->steps = steps_of(column->offset, column->step);
    out->small = out->units.small && out->steps.small && small_of_mpz(mpq_numref(column->lo), &out->lo_num) &&
                 small_of_mpz(mpq_denref(column->lo), &out->lo_den) &&
                 small_of_mpz(mpq_numref(column->hi), &out->hi_num) &&
                 small_of_mpz(mpq_denref(column->hi), &out->hi_den);
}

static int bits_of(eml_i128 x) {
    eml_u128 magnitude = x < 0 ? (eml_u128)-x : (eml_u128)x;
    uint64_t high = (uint64_t)(magnitude >> 64), low = (uint64_t)magnitude;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

/* a * b when it surely stays below 2^125 in magnitude, so that a sum or a doubling of two such products stays below
 * 2^127. */
static bool multiply(eml_i128 a, eml_i128 b, eml_i128 *out) {
    if (bits_of(a) + bits_of(b) > 125) return false;
    *out = a * b;
    return true;
}

static bool power_of_ten(int32_t exponent, eml_i128 *out) {
    if (exponent > 36) return false;
    *out = exponent <= 18 ? (eml_i128)eml_powers_of_ten[exponent]
                          : (eml_i128)eml_powers_of_ten[18] * (eml_i128)eml_powers_of_ten[exponent - 18];
    return true;
}

/* Nearest integer to n / d, ties away from zero, d > 0; *exact tells whether d divides n. Bound: |n| < 2^126, d <
 * 2^125. */
static eml_i128 round_div(eml_i128 n, eml_i128 d, bool *exact) {
    eml_i128 quotient, remainder;
    if (n >= INT64_MIN && n <= INT64_MAX && d <= INT64_MAX) {
        quotient = (int64_t)n / (int64_t)d;
        remainder = (int64_t)n % (int64_t)d;
    } else {
        quotient = n / d;
        remainder = n % d;
    }
    *exact = remainder == 0;
    if (remainder < 0) remainder += d, quotient -= 1;
    eml_i128 rest = d - remainder;
    return quotient + (remainder > rest || (remainder == rest && n > 0)); /* quotient is rounded down */
}

/* num / den in steps, to the nearest; false when the numbers are too large. */
static bool count_steps(const eml_steps *steps, eml_i128 num, eml_i128 den, eml_i128 *out, bool *exact) {
    eml_i128 scaled, shift, divisor;
    if (!multiply(num, steps->a, &scaled) || !multiply(den, steps->b, &shift) || !multiply(den, steps->c, &divisor))
        return false;
    *out = round_div(scaled - shift, divisor, exact);
    return true;
}

bool eml_grid_encode_fast(const eml_grid *grid, const eml_decimal *value, eml_fe *out) {
    if (!grid->small || !value->small) return false;
    /* value = num / den */
    eml_i128 num = value->negative ? -(eml_i128)value->mantissa : (eml_i128)value->mantissa, den = 1, power;
    if (!power_of_ten(value->exponent < 0 ? -value->exponent : value->exponent, &power)) return false;
    if (value->exponent < 0)
        den = power;
    else if (!multiply(num, power, &num))
        return false;
    eml_i128 left, right;
    if (!multiply(grid->lo_num, den, &left) || !multiply(num, grid->lo_den, &right) || left > right) return false;
    if (!multiply(grid->hi_num, den, &left) || !multiply(num, grid->hi_den, &right) || left < right) return false;
    bool exact, multiple = true;
    eml_i128 integer, ignored;
    if (!count_steps(&grid->units, num, den, &integer, &exact)) return false;
    if (grid->column->exact && !exact) return false;
    if (grid->steps.c != 0 && !count_steps(&grid->steps, num, den, &ignored, &multiple)) return false;
    if (!multiple) return false;
    eml_fe magnitude = eml_fe_of_u128_((eml_u128)(integer < 0 ? -integer : integer));
    *out = integer < 0 ? eml_fe_neg(magnitude) : magnitude;
    return true;
}

eml_status eml_grid_encode(const eml_grid *grid, const eml_decimal *value, eml_fe *out, eml_error *err) {
    if (eml_grid_encode_fast(grid, value, out)) return EML_OK;
    mpq_t number;
    mpq_init(number);
    eml_decimal_to_mpq(value, number);
    eml_status status = eml_abi_encode_value(grid->column, number, out, err);
    mpq_clear(number);
    return status;
}
