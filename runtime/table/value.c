#include "runtime/table/value.h"

#include "runtime/field/integer.h"
#include "runtime/text/text.h"

/* Integers of fewer bits are below p / 2: a residue has one sign. */
enum { OUTPUT_BITS = 126 };

/* Inputs: the definition. */

static eml_excerpt number_text(const mpq_t number) {
    eml_buf text = {0};
    eml_decimal_print_exact(number, &text);
    eml_excerpt out = eml_text_excerpt((const char *)text.data, text.len);
    eml_buf_free(&text);
    return out;
}

static eml_status refuse_outside(const eml_input_column *column, const mpq_t value, eml_error *err) {
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

eml_status eml_abi_encode_value(const eml_input_column *column, const mpq_t value, eml_fe *out, eml_error *err) {
    if (mpq_cmp(value, column->lo) < 0 || mpq_cmp(value, column->hi) > 0) return refuse_outside(column, value, err);
    mpq_t distance, steps;
    mpq_inits(distance, steps, NULL);
    mpq_sub(distance, value, column->offset);
    bool on_grid = true;
    if (mpq_sgn(step_of(column)) != 0) {
        mpq_div(steps, distance, step_of(column));
        on_grid = mpz_cmp_ui(mpq_denref(steps), 1) == 0;
    }
    eml_status status = EML_OK;
    if (!on_grid) {
        status = refuse_off_grid(column, value, steps, err);
    } else {
        mpq_div(steps, distance, column->unit);
        eml_decimal_round_div(mpq_numref(steps), mpq_numref(steps), mpq_denref(steps));
        *out = eml_fe_from_mpz(mpq_numref(steps)); /* eml_abi_check: < 2^120, + 1 for the rounding */
    }
    mpq_clears(distance, steps, NULL);
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
    static const uint64_t powers[] = {1,
                                      10,
                                      100,
                                      1000,
                                      10000,
                                      100000,
                                      1000000,
                                      10000000,
                                      100000000,
                                      1000000000,
                                      10000000000,
                                      100000000000,
                                      1000000000000,
                                      10000000000000,
                                      100000000000000,
                                      1000000000000000,
                                      10000000000000000,
                                      100000000000000000,
                                      1000000000000000000};
    if (exponent > 36) return false;
    *out = exponent <= 18 ? (eml_i128)powers[exponent] : (eml_i128)powers[18] * (eml_i128)powers[exponent - 18];
    return true;
}

/* Nearest integer to n / d, ties to even, d > 0; *exact tells whether d divides n. Bound: |n| < 2^126, d < 2^125. */
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
    return quotient + (remainder > rest || (remainder == rest && (quotient & 1)));
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

/* Outputs. */

static void value_of_integer(const eml_output_column *column, const mpz_t integer, mpq_t value, mpq_t radius) {
    mpq_set_z(value, integer);
    mpq_mul(value, value, column->unit);
    mpq_div_2exp(radius, column->unit, 1);
}

void eml_abi_print_value(const eml_output_column *column, eml_fe value, eml_buf *out) {
    mpz_t integer;
    mpq_t number, radius;
    mpz_init(integer);
    mpq_inits(number, radius, NULL);
    eml_fe_to_mpz(value, integer);
    value_of_integer(column, integer, number, radius);
    eml_decimal_print_shortest(number, radius, out);
    mpq_clears(number, radius, NULL);
    mpz_clear(integer);
}

/* Whether the shortest decimal of this integer is the given number. */
static bool is_printed_as(const eml_output_column *column, const mpz_t integer, const mpq_t given) {
    mpz_t digits, power;
    mpq_t number, radius;
    unsigned long places;
    mpz_inits(digits, power, NULL);
    mpq_inits(number, radius, NULL);
    value_of_integer(column, integer, number, radius);
    eml_decimal_shortest(number, radius, digits, &places);
    mpz_ui_pow_ui(power, 10, places);
    mpz_mul(power, power, mpq_numref(given));
    mpz_mul(digits, digits, mpq_denref(given));
    bool same = mpz_cmp(power, digits) == 0;
    mpq_clears(number, radius, NULL);
    mpz_clears(digits, power, NULL);
    return same;
}

eml_status eml_abi_parse_value(const eml_output_column *column, const mpq_t value, eml_fe *out, eml_error *err) {
    mpz_t integer;
    mpq_t steps;
    mpz_init(integer);
    mpq_init(steps);
    mpq_div(steps, value, column->unit);
    eml_decimal_round_div(integer, mpq_numref(steps), mpq_denref(steps));
    bool found = mpz_sizeinbase(integer, 2) <= OUTPUT_BITS && is_printed_as(column, integer, value);
    if (found) *out = eml_fe_from_mpz(integer);
    mpq_clear(steps);
    mpz_clear(integer);
    if (found) return EML_OK;
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE,
                       "this is not a value that the program can give: a digit was changed");
}
