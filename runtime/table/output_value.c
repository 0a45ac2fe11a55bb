/* Outputs as people see them: integers to decimals, and back. */
#include "runtime/base/binary64.h"
#include "runtime/field/integer.h"
#include "runtime/table/value.h"

/* Integers of fewer bits are below p / 2: a residue has one sign. */
enum { OUTPUT_BITS = 126 };

static void value_of_integer(const eml_output_column *column, const mpz_t integer, mpq_t value, mpq_t radius) {
    mpq_set_z(value, integer);
    mpq_mul(value, value, column->unit);
    mpq_div_2exp(radius, column->unit, 1);
}

eml_output_column eml_result_as_output(const eml_result_column *column) {
    eml_output_column out = {.name = column->name};
    *out.unit = *column->unit;
    *out.tolerance = *column->tolerance;
    return out;
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

/* The shortest decimal of an integer, as a number. */
static void printed_value(const eml_output_column *column, const mpz_t integer, mpq_t out) {
    mpq_t number, radius;
    unsigned long places;
    mpq_inits(number, radius, NULL);
    value_of_integer(column, integer, number, radius);
    eml_decimal_shortest(number, radius, mpq_numref(out), &places);
    mpz_ui_pow_ui(mpq_denref(out), 10, places);
    mpq_canonicalize(out);
    mpq_clears(number, radius, NULL);
}

void eml_abi_printed_value(const eml_output_column *column, eml_fe value, mpq_t out) {
    mpz_t integer;
    mpz_init(integer);
    eml_fe_to_mpz(value, integer);
    printed_value(column, integer, out);
    mpz_clear(integer);
}

/* A finite decimal as digits * 10^-places, with the fewest places. */
static unsigned long decimal_places(const mpq_t value, mpz_t digits) {
    mpz_t rest, five;
    mpz_init(rest);
    mpz_init_set_ui(five, 5);
    unsigned long twos = mpz_scan1(mpq_denref(value), 0), fives = mpz_remove(rest, mpq_denref(value), five);
    unsigned long places = twos > fives ? twos : fives;
    mpz_ui_pow_ui(rest, 10, places);
    mpz_mul(digits, mpq_numref(value), rest);
    mpz_divexact(digits, digits, mpq_denref(value));
    mpz_clears(rest, five, NULL);
    return places;
}

/* Whether a finite decimal has more than so many significant digits; zeros before the point are. */
static bool is_longer(const mpq_t value, unsigned count) {
    mpz_t digits, power;
    mpz_inits(digits, power, NULL);
    decimal_places(value, digits);
    mpz_ui_pow_ui(power, 10, count);
    bool longer = mpz_cmpabs(digits, power) >= 0;
    mpz_clears(digits, power, NULL);
    return longer;
}

/* Whether given is this double rounded to the digits that given has, DOUBLE_DIGITS or more: how programs write doubles
 * that they want back. */
static bool is_rounded(const mpq_t given, const mpq_t number) {
    enum { DOUBLE_DIGITS = 17 };
    if (!is_longer(given, DOUBLE_DIGITS - 1)) return false;
    mpz_t digits;
    mpq_t gap, last;
    mpz_init(digits);
    mpq_inits(gap, last, NULL);
    unsigned long places = decimal_places(given, digits);
    mpq_set_ui(last, 1, 1);
    mpz_ui_pow_ui(mpq_denref(last), 10, places);
    mpq_sub(gap, given, number);
    mpq_abs(gap, gap);
    mpq_mul_2exp(gap, gap, 1);
    bool same = mpq_cmp(gap, last) <= 0; /* 2 |given - number| <= 10^-places */
    mpq_clears(gap, last, NULL);
    mpz_clear(digits);
    return same;
}

/* Whether given is the printed decimal, or the double nearest to it, exactly or as programs write it. A decimal of more
 * digits than doubles keep is not known again from its double, which may look like the decimal with a digit changed. */
static bool is_printed(const mpq_t given, const mpq_t printed) {
    if (mpq_equal(given, printed)) return true;
    if (is_longer(printed, EML_SAFE_DIGITS)) return false;
    mpq_t number;
    mpq_init(number);
    bool same = eml_binary64_nearest(printed, number) && (mpq_equal(given, number) || is_rounded(given, number));
    mpq_clear(number);
    return same;
}

bool eml_abi_needs_digits(const eml_output_column *column, eml_fe value) {
    mpq_t printed;
    mpq_init(printed);
    eml_abi_printed_value(column, value, printed);
    bool more = is_longer(printed, EML_SAFE_DIGITS);
    mpq_clear(printed);
    return more;
}

static eml_status refuse_output(const mpq_t printed, eml_error *err) {
    return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE,
                       "this is not a value that the program can give: a digit was changed%s",
                       !is_longer(printed, EML_SAFE_DIGITS)
                           ? ""
                           : ", or the table was rewritten by a program that keeps numbers as doubles, which have no "
                             "room for all digits of this column: copy the file instead");
}

eml_status eml_abi_parse_value(const eml_output_column *column, const mpq_t value, eml_fe *out, eml_error *err) {
    mpz_t integer;
    mpq_t steps, printed;
    mpz_init(integer);
    mpq_inits(steps, printed, NULL);
    mpq_div(steps, value, column->unit);
    eml_decimal_round_div(integer, mpq_numref(steps), mpq_denref(steps));
    printed_value(column, integer, printed);
    bool found = mpz_sizeinbase(integer, 2) <= OUTPUT_BITS && is_printed(value, printed);
    if (found) *out = eml_fe_from_mpz(integer);
    eml_status status = found ? EML_OK : refuse_output(printed, err);
    mpq_clears(steps, printed, NULL);
    mpz_clear(integer);
    return status;
}
