#include "runtime/base/decimal.h"

#include <string.h>

#include "runtime/base/memory.h"

const uint64_t eml_powers_of_ten[EML_POWERS_OF_TEN] = {1,
                                                       10,
                                                       100,
                                                       1000,
                                                       10000,
                                                       100000,
                                                       1000000,
                                                       10000000,
                                                       100000000,
                                                       1000000000,
                                                       UINT64_C(10000000000),
                                                       UINT64_C(100000000000),
                                                       UINT64_C(1000000000000),
                                                       UINT64_C(10000000000000),
                                                       UINT64_C(100000000000000),
                                                       UINT64_C(1000000000000000),
                                                       UINT64_C(10000000000000000),
                                                       UINT64_C(100000000000000000),
                                                       UINT64_C(1000000000000000000)};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "e[+-]digits" from *at to the end of the text. */
static bool scan_exponent(const char *text, size_t length, size_t at, int32_t *out) {
    bool negative = false;
    if (at < length && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    if (at == length) return false;
    int32_t value = 0;
    for (; at < length; at++) {
        if (!is_digit(text[at])) return false;
        value = value * 10 + (text[at] - '0');
        if (value > EML_DECIMAL_EXPONENT_MAX) return false;
    }
    *out = negative ? -value : value;
    return true;
}

static eml_u128 mantissa_of(const char *digits, size_t length) {
    eml_u128 value = 0;
    for (size_t i = 0; i < length; i++)
        if (digits[i] != '.') value = value * 10 + (unsigned)(digits[i] - '0');
    return value;
}

bool eml_decimal_scan(const char *text, size_t length, eml_decimal *out) {
    eml_decimal number = {.digits = text};
    size_t at = 0;
    if (length > 0 && (text[0] == '+' || text[0] == '-')) number.negative = text[at++] == '-';
    /* Digits are counted from 0 at the leftmost one; `whole` is how many stand before the point. */
    int32_t count = 0, whole = -1, first = -1, last = -1;
    size_t first_at = 0, last_at = 0;
    for (; at < length; at++) {
        if (text[at] == '.' && whole < 0) {
            whole = count;
            continue;
        }
        if (!is_digit(text[at])) break;
        if (text[at] != '0') {
            if (first < 0) first = count, first_at = at;
            last = count, last_at = at;
        }
        if (++count > EML_DECIMAL_DIGITS_MAX) return false;
    }
    if (count == 0) return false;
    if (whole < 0) whole = count;
    int32_t exponent = 0;
    if (at < length) {
        if (text[at] != 'e' && text[at] != 'E') return false;
        if (!scan_exponent(text, length, at + 1, &exponent)) return false;
    }
    number.small = true;
    if (first < 0) {
        number.negative = false;
    } else {
        number.digits = text + first_at;
        number.length = last_at - first_at + 1;
        number.exponent = whole - 1 - last + exponent;
        number.small = last - first + 1 <= EML_DECIMAL_SMALL_DIGITS;
        if (number.small) number.mantissa = mantissa_of(number.digits, number.length);
    }
    *out = number;
    return true;
}

/* The digits without the point, NUL-terminated. */
static size_t copy_digits(const eml_decimal *number, char out[EML_DECIMAL_DIGITS_MAX + 1]) {
    size_t count = 0;
    for (size_t i = 0; i < number->length; i++)
        if (number->digits[i] != '.') out[count++] = number->digits[i];
    if (count == 0) out[count++] = '0';
    out[count] = '\0';
    return count;
}

void eml_decimal_to_mpq(const eml_decimal *number, mpq_t out) {
    char digits[EML_DECIMAL_DIGITS_MAX + 1];
    copy_digits(number, digits);
    mpz_set_str(mpq_numref(out), digits, 10);
    if (number->negative) mpz_neg(mpq_numref(out), mpq_numref(out));
    mpz_set_ui(mpq_denref(out), 1);
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(number->exponent < 0 ? -number->exponent : number->exponent));
    if (number->exponent >= 0) {
        mpz_mul(mpq_numref(out), mpq_numref(out), power);
    } else {
        mpz_swap(mpq_denref(out), power);
        mpq_canonicalize(out);
    }
    mpz_clear(power);
}

bool eml_decimal_parse(const char *text, size_t length, mpq_t out) {
    eml_decimal number;
    if (!eml_decimal_scan(text, length, &number)) return false;
    eml_decimal_to_mpq(&number, out);
    return true;
}

void eml_decimal_round_div(mpz_t q, const mpz_t n, const mpz_t d) {
    mpz_t twice, remainder;
    mpz_inits(twice, remainder, NULL);
    mpz_fdiv_qr(q, remainder, n, d);
    mpz_mul_2exp(twice, remainder, 1);
    int half = mpz_cmp(twice, d);
    if (half > 0 || (half == 0 && mpz_odd_p(q))) mpz_add_ui(q, q, 1);
    mpz_clears(twice, remainder, NULL);
}

/* Whether a multiple of 10^-places lies inside: |m / 10^places - a/b| < r/s, that is |m b - a 10^places| s < r b
 * 10^places, for the nearest such m, which is left in digits. */
static bool fits(const mpq_t value, const mpq_t radius, unsigned long places, mpz_t digits) {
    mpz_t power, scaled, gap;
    mpz_inits(power, scaled, gap, NULL);
    mpz_ui_pow_ui(power, 10, places);
    mpz_mul(scaled, mpq_numref(value), power);
    eml_decimal_round_div(digits, scaled, mpq_denref(value));
    mpz_mul(gap, digits, mpq_denref(value));
    mpz_sub(gap, gap, scaled);
    mpz_mul(gap, gap, mpq_denref(radius));
    mpz_mul(power, power, mpq_denref(value));
    mpz_mul(power, power, mpq_numref(radius));
    bool inside = mpz_cmpabs(gap, power) < 0;
    mpz_clears(power, scaled, gap, NULL);
    return inside;
}

void eml_decimal_shortest(const mpq_t value, const mpq_t radius, mpz_t digits, unsigned long *places) {
    /* What fits with d places fits with d + 1, so the least d is found by galloping and bisection. It ends: once 10^-d
     * < 2 radius some multiple is inside. */
    unsigned long low = 0, high = 0;
    while (!fits(value, radius, high, digits)) {
        low = high + 1;
        high = 2 * high + 1;
    }
    while (low < high) {
        unsigned long middle = low + (high - low) / 2;
        if (fits(value, radius, middle, digits))
            high = middle;
        else
            low = middle + 1;
    }
    fits(value, radius, high, digits);
    *places = high;
}

void eml_decimal_near(const mpq_t value, const mpq_t radius, mpq_t out) {
    unsigned long places;
    mpz_t digits;
    mpz_init(digits);
    eml_decimal_shortest(value, radius, digits, &places);
    mpz_swap(mpq_numref(out), digits);
    mpz_ui_pow_ui(mpq_denref(out), 10, places);
    mpq_canonicalize(out);
    mpz_clear(digits);
}

/* digits * 10^-places */
static void put_scaled(const mpz_t digits, unsigned long places, eml_buf *out) {
    if (mpz_sgn(digits) < 0) eml_buf_put_u8(out, '-');
    char *text = eml_alloc(mpz_sizeinbase(digits, 10) + 2, 1);
    mpz_get_str(text, 10, digits);
    const char *magnitude = text + (text[0] == '-');
    size_t length = strlen(magnitude);
    size_t whole = length > places ? length - places : 0;
    if (whole > 0)
        eml_buf_put(out, magnitude, whole);
    else
        eml_buf_put_u8(out, '0');
    if (places > 0) {
        eml_buf_put_u8(out, '.');
        for (size_t zeros = length < places ? places - length : 0; zeros > 0; zeros--) eml_buf_put_u8(out, '0');
        eml_buf_put(out, magnitude + whole, length - whole);
    }
    eml_free(text);
}

void eml_decimal_print_shortest(const mpq_t value, const mpq_t radius, eml_buf *out) {
    mpz_t digits;
    mpz_init(digits);
    unsigned long places;
    eml_decimal_shortest(value, radius, digits, &places);
    put_scaled(digits, places, out);
    mpz_clear(digits);
}

static void put_integer(const mpz_t value, eml_buf *out) { put_scaled(value, 0, out); }

void eml_decimal_print_exact(const mpq_t value, eml_buf *out) {
    /* q = 2^twos * 5^fives * rest is a finite decimal exactly when rest = 1, with max(twos, fives) places. */
    mpz_t rest, factor;
    mpz_inits(rest, factor, NULL);
    unsigned long twos = mpz_scan1(mpq_denref(value), 0);
    mpz_tdiv_q_2exp(rest, mpq_denref(value), twos);
    mpz_set_ui(factor, 5);
    unsigned long fives = mpz_remove(rest, rest, factor);
    if (mpz_cmp_ui(rest, 1) == 0) {
        unsigned long places = twos > fives ? twos : fives;
        mpz_ui_pow_ui(factor, 10, places);
        mpz_mul(factor, factor, mpq_numref(value));
        mpz_divexact(factor, factor, mpq_denref(value));
        put_scaled(factor, places, out);
    } else {
        put_integer(mpq_numref(value), out);
        eml_buf_put_u8(out, '/');
        put_integer(mpq_denref(value), out);
    }
    mpz_clears(rest, factor, NULL);
}
