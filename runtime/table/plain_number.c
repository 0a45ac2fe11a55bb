#include "runtime/table/plain_number.h"

#include <string.h>

#include "runtime/field/integer.h"

/* ----- A column's constants ----- */

static bool word_of(const mpz_t integer, uint64_t *out) {
    if (mpz_sizeinbase(integer, 2) > 63) return false;
    *out = (uint64_t)eml_mpz_magnitude(integer);
    return true;
}

static void normalize(eml_plain_ratio *ratio) {
    ratio->shift = (unsigned)__builtin_clzll(ratio->d);
    ratio->d <<= ratio->shift;
    ratio->reciprocal = (uint64_t)(~(eml_u128)0 / ratio->d); /* the low word: 2^64 less */
}

static eml_plain_ratio ratio_of(const mpq_t offset, const mpq_t unit, unsigned places) {
    eml_plain_ratio out = {0};
    uint64_t b;
    mpz_t scale;
    mpq_t a, shift;
    mpz_init(scale);
    mpq_inits(a, shift, NULL);
    mpz_ui_pow_ui(scale, 10, places);
    mpq_set_z(a, scale);
    mpq_mul(a, a, unit);
    mpq_inv(a, a); /* a / d as it is of numbers without an offset */
    mpq_div(shift, offset, unit);
    /* Over a common denominator. */
    mpz_lcm(scale, mpq_denref(a), mpq_denref(shift));
    if (word_of(scale, &out.d)) {
        mpz_divexact(mpq_denref(a), scale, mpq_denref(a));
        mpz_mul(mpq_numref(a), mpq_numref(a), mpq_denref(a));
        mpz_divexact(mpq_denref(shift), scale, mpq_denref(shift));
        mpz_mul(mpq_numref(shift), mpq_numref(shift), mpq_denref(shift));
        if (word_of(mpq_numref(shift), &b) && word_of(mpq_numref(a), &out.a)) {
            out.b = mpz_sgn(mpq_numref(shift)) < 0 ? -(int64_t)b : (int64_t)b;
            normalize(&out);
        } else {
            out.a = 0;
        }
    }
    /* Not canonical any more, but cleared all the same. */
    mpq_clears(a, shift, NULL);
    mpz_clear(scale);
    return out;
}

/* The integer of an end, and whether the end is on the grid; an end beyond words is one that no word passes. */
static int64_t end_of(const eml_input_column *column, const mpq_t end, bool *on_grid) {
    mpq_t steps;
    mpz_t k;
    mpq_init(steps);
    mpz_init(k);
    mpq_sub(steps, end, column->offset);
    mpq_div(steps, steps, column->unit);
    eml_round_away(k, steps);
    bool fits = mpz_sizeinbase(k, 2) <= 63;
    *on_grid = fits && mpz_cmp_ui(mpq_denref(steps), 1) == 0;
    int64_t integer = mpz_sgn(k) < 0 ? INT64_MIN : INT64_MAX;
    if (fits) integer = (int64_t)mpz_get_si(k);
    mpz_clear(k);
    mpq_clear(steps);
    return integer;
}

bool eml_plain_grid_init(const eml_input_column *column, eml_plain_grid *out) {
    *out = (eml_plain_grid){.exact = column->exact, .has_steps = mpq_sgn(column->step) != 0};
    bool any = false;
    for (unsigned places = 0; places <= EML_PLAIN_PLACES; places++) {
        out->units[places] = ratio_of(column->offset, column->unit, places);
        if (out->has_steps) out->steps[places] = ratio_of(column->offset, column->step, places);
        any = any || out->units[places].a != 0;
    }
    out->lo = end_of(column, column->lo, &out->at_lo);
    out->hi = end_of(column, column->hi, &out->at_hi);
    return any;
}

/* ----- Scanning ----- */

/* Eight digits at once: those of a little-endian word, the first lowest. */
static bool are_eight_digits(uint64_t word) {
    const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0);
    return ((word & high) | (((word + UINT64_C(0x0606060606060606)) & high) >> 4)) == UINT64_C(0x3333333333333333);
}

static uint64_t value_of_eight(uint64_t word) {
    word -= UINT64_C(0x3030303030303030);
    word = word * 10 + (word >> 8); /* pairs, in every other byte */
    const uint64_t mask = UINT64_C(0x000000ff000000ff);
    return (((word & mask) * UINT64_C(0x000f424000000064)) + (((word >> 16) & mask) * UINT64_C(0x0000271000000001))) >>
           32;
}

static uint64_t load_word(const char *text) {
    uint64_t word;
    memcpy(&word, text, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static bool is_digit(char c) { return (unsigned char)(c - '0') < 10; }

/* Digits but leading zeros are counted, so that m cannot have wrapped when there are few enough. */
static const char *scan_digits(const char *text, uint64_t *m) {
    for (uint64_t word; are_eight_digits(word = load_word(text)); text += 8) *m = *m * 100000000 + value_of_eight(word);
    for (; is_digit(*text); text++) *m = *m * 10 + (unsigned)(*text - '0');
    return text;
}

/* After the "e": how much the point moves to the right. */
static const char *scan_exponent(const char *text, int *exponent) {
    bool negative = *text == '-';
    text += negative || *text == '+';
    const char *first = text;
    for (*exponent = 0; is_digit(*text) && text - first < 4; text++) *exponent = *exponent * 10 + (*text - '0');
    if (negative) *exponent = -*exponent;
    return text == first || is_digit(*text) ? NULL : text;
}

/* Of a number's digits. */
static ptrdiff_t leading_zeros(const char *text) {
    ptrdiff_t count = 0;
    for (; *text == '0' || *text == '.'; text++) count += *text == '0';
    return count;
}

static bool move_point(eml_plain_number *number, int exponent) {
    int places = (int)number->places - exponent;
    for (; places < 0; places++)
        if (__builtin_mul_overflow(number->m, 10, &number->m)) return false;
    number->places = (unsigned)places;
    return places <= EML_PLAIN_PLACES;
}

const char *eml_plain_scan(const char *text, eml_plain_number *out) {
    enum { DIGITS = 19 };
    *out = (eml_plain_number){.negative = *text == '-'};
    text += out->negative || *text == '+';
    const char *whole = text;
    text = scan_digits(text, &out->m);
    ptrdiff_t digits = text - whole;
    if (*text == '.') {
        const char *point = text;
        text = scan_digits(text + 1, &out->m);
        out->places = (unsigned)(text - point - 1);
        digits += out->places;
    }
    if (digits == 0 || (digits > DIGITS && digits - leading_zeros(whole) > DIGITS)) return NULL;
    if ((*text | 0x20) != 'e') return text;
    int exponent;
    text = scan_exponent(text + 1, &exponent);
    return text != NULL && move_point(out, exponent) ? text : NULL;
}

/* ----- Rounding ----- */

/* Quotient and remainder of x < 2^64 d by a normalized d: Moeller and Granlund, "Improved division by invariant
 * integers", IEEE Transactions on Computers 60 (2011), algorithm 4. */
static inline uint64_t divide(eml_u128 x, const eml_plain_ratio *by, uint64_t *rest) {
    uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    eml_u128 estimate = (eml_u128)by->reciprocal * high + x;
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1, r = low - quotient * by->d;
    if (r > (uint64_t)estimate) quotient--, r += by->d;
    if (r >= by->d) quotient++, r -= by->d;
    *rest = r;
    return quotient;
}

/* The nearest integer to the ratio, ties away from zero, and whether it is the ratio itself. False: too large. */
static inline bool round_ratio(const eml_plain_ratio *ratio, const eml_plain_number *number, int64_t *integer,
                               bool *whole) {
    if (ratio->a == 0) return false;
    eml_i128 n = (eml_i128)((eml_u128)ratio->a * number->m); /* < 2^127 */
    n = (number->negative ? -n : n) - ratio->b;
    eml_u128 magnitude = n < 0 ? -(eml_u128)n : (eml_u128)n;
    /* The quotient is below 2^63. */
    if (magnitude >> 63 >= ratio->d >> ratio->shift) return false;
    uint64_t rest, quotient = divide(magnitude << ratio->shift, ratio, &rest);
    *whole = rest == 0;
    quotient += rest >= ratio->d - rest;
    if (quotient > INT64_MAX) return false;
    *integer = n < 0 ? -(int64_t)quotient : (int64_t)quotient;
    return true;
}

bool eml_plain_encode(const eml_plain_grid *grid, const eml_plain_number *number, int64_t *integer) {
    bool whole, multiple = true;
    int64_t k, ignored;
    if (number->places > EML_PLAIN_PLACES) return false;
    if (!round_ratio(&grid->units[number->places], number, &k, &whole)) return false;
    if (grid->exact && !whole) return false;
    if (grid->has_steps && !round_ratio(&grid->steps[number->places], number, &ignored, &multiple)) return false;
    /* A number beyond an end is rounded to the end's integer or beyond. */
    bool inside =
        (k > grid->lo && k < grid->hi) || (whole && ((k == grid->lo && grid->at_lo) || (k == grid->hi && grid->at_hi)));
    if (!inside || !multiple) return false;
    *integer = k;
    return true;
}
