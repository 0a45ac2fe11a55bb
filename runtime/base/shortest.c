#include "runtime/base/shortest.h"

#include <gmp.h>
#include <string.h>

#include "runtime/base/decimal.h"

/* stored: the exponent field as it is; bits: of the fraction. */
static eml_binary binary_of(uint64_t fraction, unsigned stored, unsigned bits, int bias, bool negative) {
    eml_binary out = {.negative = negative, .exponent = (int)(stored == 0 ? 1 : stored) - bias - (int)bits};
    out.m = stored == 0 ? fraction : fraction | UINT64_C(1) << bits;
    out.narrow = fraction == 0 && stored > 1;
    return out;
}

bool eml_binary_of_double(double value, eml_binary *out) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned stored = bits >> 52 & 0x7ff;
    if (stored == 0x7ff) return false;
    *out = binary_of(bits & ((UINT64_C(1) << 52) - 1), stored, 52, 1023, bits >> 63 != 0);
    return true;
}

bool eml_binary_of_float(float value, eml_binary *out) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned stored = bits >> 23 & 0xff;
    if (stored == 0xff) return false;
    *out = binary_of(bits & ((1u << 23) - 1), stored, 23, 127, bits >> 31 != 0);
    return true;
}

/* What reads back as the number is from (4 m - (1 or 2)) to (4 m + 2) times 2^(exponent - 2), the ends with it when m
 * is even. */
static unsigned below(const eml_binary *number) { return number->narrow ? 1 : 2; }
static bool ends_too(const eml_binary *number) { return number->m % 2 == 0; }

/* The nearest integer to x / 2^shift, ties to even. */
static uint64_t round_shift(eml_u128 x, unsigned shift) {
    eml_u128 whole = x >> shift, half = (eml_u128)1 << (shift - 1), rest = x - (whole << shift);
    return (uint64_t)whole + (rest > half || (rest == half && (whole & 1)));
}

/* An integer below 2^63, of 10 and more to the last place that counts. */
static bool words_of_large(const eml_binary *number, uint64_t *m) {
    enum { POWER_MAX = 19 };
    if (64 - __builtin_clzll(number->m) + number->exponent > 63) return false;
    eml_u128 value = (eml_u128)number->m << (number->exponent + 2), power = 4, open = !ends_too(number);
    eml_u128 low = value - ((eml_u128)below(number) << number->exponent) + open;
    eml_u128 high = value + ((eml_u128)2 << number->exponent) - open;
    for (int p = 0; p < POWER_MAX; p++) power *= 10;
    for (; power >= 4; power /= 10) {
        eml_u128 least = (low + power - 1) / power, most = high / power;
        if (least > most) continue;
        eml_u128 nearest = value / power, rest = value % power;
        nearest += 2 * rest > power || (2 * rest == power && (nearest & 1));
        nearest = nearest < least ? least : nearest > most ? most : nearest;
        *m = (uint64_t)(nearest * (power / 4));
        return true;
    }
    return false;
}

bool eml_shortest_words(const eml_binary *number, uint64_t *m, unsigned *places) {
    enum { SHIFT_MAX = 127 };
    *places = 0;
    *m = number->m;
    if (number->m == 0) return true;
    if (number->exponent > 0) return words_of_large(number, m);
    unsigned shift = (unsigned)(2 - number->exponent);
    if (shift - 2 <= (unsigned)__builtin_ctzll(number->m)) { /* an integer, of which no other is as near */
        *m >>= shift - 2;
        return true;
    }
    if (shift > SHIFT_MAX) return false;
    /* Times 10^places / 2^shift: the number, and the ends. Below 2^56 5^places < 2^126. */
    eml_u128 value = (eml_u128)number->m << 2, low = value - below(number), high = value + 2, open = !ends_too(number);
    for (; *places <= EML_SHORTEST_PLACES; ++*places, shift--, low *= 5, high *= 5, value *= 5) {
        eml_u128 mask = ((eml_u128)1 << shift) - 1;
        uint64_t least = (uint64_t)((low + mask + open) >> shift), most = (uint64_t)((high - open) >> shift);
        if (least > most) continue;
        uint64_t nearest = round_shift(value, shift);
        *m = nearest < least ? least : nearest > most ? most : nearest;
        return true;
    }
    return false;
}

/* ----- Any number ----- */

/* m 2^exponent 10^places is out over the divisor. */
static void scale(mpz_t out, const mpz_t m, int exponent, long places) {
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(places < 0 ? -places : places));
    mpz_set(out, m);
    if (places > 0) mpz_mul(out, out, power);
    if (exponent > 0) mpz_mul_2exp(out, out, (mp_bitcnt_t)exponent);
    mpz_clear(power);
}

static void divisor_of(mpz_t out, int exponent, long places) {
    mpz_ui_pow_ui(out, 10, (unsigned long)(places < 0 ? -places : 0));
    if (exponent < 0) mpz_mul_2exp(out, out, (mp_bitcnt_t)-exponent);
}

/* The decimal of so many places, which may be negative; false: none reads back as the number. */
static bool decimal_at(const eml_binary *number, long places, mpz_t digits) {
    mpz_t value, low, high, divisor, quarters;
    mpz_inits(value, low, high, divisor, quarters, NULL);
    mpz_set_ui(quarters, 4 * number->m);
    scale(value, quarters, number->exponent - 2, places);
    mpz_sub_ui(quarters, quarters, below(number));
    scale(low, quarters, number->exponent - 2, places);
    mpz_set_ui(quarters, 4 * number->m + 2);
    scale(high, quarters, number->exponent - 2, places);
    divisor_of(divisor, number->exponent - 2, places);
    if (!ends_too(number)) mpz_add_ui(low, low, 1), mpz_sub_ui(high, high, 1);
    mpz_cdiv_q(low, low, divisor);
    mpz_fdiv_q(high, high, divisor);
    bool found = mpz_cmp(low, high) <= 0;
    eml_decimal_round_div(digits, value, divisor);
    if (mpz_cmp(digits, low) < 0) mpz_set(digits, low);
    if (mpz_cmp(digits, high) > 0) mpz_set(digits, high);
    mpz_clears(value, low, high, divisor, quarters, NULL);
    return found;
}

/* Of a number that has no decimal in words: digits and an exponent. */
static void print_any(const eml_binary *number, eml_buf *out) {
    mpz_t digits;
    mpz_init(digits);
    /* The first digit of m 2^exponent stands below 10^top; 0.30103 > log10 2. */
    long bits = 64 - __builtin_clzll(number->m) + number->exponent;
    long places = -(bits > 0 ? bits * 30103 / 100000 + 1 : bits * 30102 / 100000 + 1);
    while (!decimal_at(number, places, digits)) places++;
    char text[32]; /* 17 digits at most */
    eml_buf_put_text(out, mpz_get_str(text, 10, digits));
    if (places != 0) eml_buf_printf(out, "e%ld", -places);
    mpz_clear(digits);
}

void eml_shortest_print(const eml_binary *number, eml_buf *out) {
    uint64_t m;
    unsigned places;
    if (number->negative) eml_buf_put_u8(out, '-');
    if (!eml_shortest_words(number, &m, &places)) {
        print_any(number, out);
        return;
    }
    char digits[EML_SHORTEST_PLACES + 4]; /* with a point, and a 0 before it */
    size_t at = sizeof digits;
    for (unsigned put = 0; m > 0 || put <= places; put++, m /= 10) {
        if (put == places && places > 0) digits[--at] = '.';
        digits[--at] = (char)('0' + m % 10);
    }
    eml_buf_put(out, digits + at, sizeof digits - at);
}
