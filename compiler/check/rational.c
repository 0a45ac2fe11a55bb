#include "compiler/check/rational.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/memory.h"

void eml_rational_round(const mpq_t value, mpz_t out) {
    mpz_t doubled, rest;
    mpz_inits(doubled, rest, NULL);
    /* floor((2 num + den) / (2 den)), one less on a tie that came out odd. */
    mpz_mul_2exp(doubled, mpq_numref(value), 1);
    mpz_add(doubled, doubled, mpq_denref(value));
    mpz_t divisor;
    mpz_init(divisor);
    mpz_mul_2exp(divisor, mpq_denref(value), 1);
    mpz_fdiv_qr(out, rest, doubled, divisor);
    if (mpz_sgn(rest) == 0 && mpz_odd_p(out)) mpz_sub_ui(out, out, 1);
    mpz_clears(doubled, rest, divisor, NULL);
}

void eml_rational_sum(mpq_t *items, size_t count, mpq_t out) {
    if (count == 0) {
        mpq_set_ui(out, 0, 1);
        return;
    }
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t i = 0; i + width < count; i += 2 * width) mpq_add(items[i], items[i], items[i + width]);
    }
    mpq_set(out, items[0]);
}

static double integer_log2(const mpz_t value) {
    long exponent;
    double mantissa = mpz_get_d_2exp(&exponent, value);
    return log2(fabs(mantissa)) + (double)exponent;
}

double eml_rational_log2(const mpq_t value) {
    if (mpq_sgn(value) == 0) return -INFINITY;
    return integer_log2(mpq_numref(value)) - integer_log2(mpq_denref(value));
}

void eml_rational_scale2(mpq_t out, const mpq_t value, long exponent) {
    if (exponent >= 0) {
        mpq_mul_2exp(out, value, (unsigned long)exponent);
    } else {
        mpq_div_2exp(out, value, (unsigned long)-exponent);
    }
}

void eml_rational_power10(mpq_t out, long exponent) {
    mpq_set_ui(out, 1, 1);
    mpz_ui_pow_ui(exponent >= 0 ? mpq_numref(out) : mpq_denref(out), 10,
                  (unsigned long)(exponent >= 0 ? exponent : -exponent));
}

void eml_rational_floor_power10(const mpq_t value, mpq_t out) {
    long exponent = (long)floor(eml_rational_log2(value) * EML_LOG10_OF_2) + 1; /* at most one too high */
    for (eml_rational_power10(out, exponent); mpq_cmp(out, value) > 0; eml_rational_power10(out, exponent)) exponent--;
}

void eml_rational_floor_bits(mpq_t value, unsigned bits) {
    long above = (long)eml_integer_bits(mpq_numref(value)), below = (long)eml_integer_bits(mpq_denref(value));
    if (above <= (long)bits && below <= (long)bits) return;
    mpz_t whole;
    mpq_t scaled;
    mpz_init(whole);
    mpq_init(scaled);
    long shift = (long)bits - above + below; /* value * 2^shift has bits, or one more, before the point */
    eml_rational_scale2(scaled, value, shift);
    mpz_fdiv_q(whole, mpq_numref(scaled), mpq_denref(scaled));
    if (eml_integer_bits(whole) > bits) {
        mpz_fdiv_q_2exp(whole, whole, 1);
        shift--;
    }
    mpq_set_z(scaled, whole);
    eml_rational_scale2(value, scaled, -shift);
    mpz_clear(whole);
    mpq_clear(scaled);
}

void eml_rational_ceil_digits(const mpq_t value, unsigned digits, mpq_t out) {
    if (mpq_sgn(value) == 0) {
        mpq_set_ui(out, 0, 1);
        return;
    }
    mpq_t grid, steps;
    mpq_inits(grid, steps, NULL);
    eml_rational_floor_power10(value, grid);
    for (unsigned i = 1; i < digits; i++) mpz_mul_ui(mpq_denref(grid), mpq_denref(grid), 10);
    mpq_canonicalize(grid);
    mpq_div(steps, value, grid);
    mpz_cdiv_q(mpq_numref(steps), mpq_numref(steps), mpq_denref(steps));
    mpz_set_ui(mpq_denref(steps), 1);
    mpq_mul(out, steps, grid);
    mpq_clears(grid, steps, NULL);
}

size_t eml_integer_bits(const mpz_t value) { return mpz_sgn(value) == 0 ? 0 : mpz_sizeinbase(value, 2); }

size_t eml_rational_limbs(const mpq_t value) { return mpz_size(mpq_numref(value)) + mpz_size(mpq_denref(value)); }

/* value to 12 significant digits; lead is the largest power of ten that is at most |value|. */
static void print_digits(const mpq_t value, const mpq_t lead, eml_buf *out) {
    mpq_t radius; /* half a unit of the twelfth digit */
    mpz_t scale;
    mpq_init(radius);
    mpz_init(scale);
    mpz_ui_pow_ui(scale, 10, 11);
    mpz_mul_ui(scale, scale, 2);
    mpz_set(mpq_numref(radius), mpq_numref(lead));
    mpz_mul(mpq_denref(radius), mpq_denref(lead), scale);
    mpq_canonicalize(radius);
    eml_decimal_print_shortest(value, radius, out);
    mpz_clear(scale);
    mpq_clear(radius);
}

void eml_rational_print_short(const mpq_t value, eml_buf *out) {
    enum { PLAIN_EXPONENT = 15 };
    if (mpq_sgn(value) == 0) {
        eml_buf_put_text(out, "0");
        return;
    }
    mpq_t lead, scaled;
    mpq_inits(lead, scaled, NULL);
    mpq_abs(scaled, value);
    eml_rational_floor_power10(scaled, lead);
    long exponent = lround(eml_rational_log2(lead) * EML_LOG10_OF_2);
    if (labs(exponent) <= PLAIN_EXPONENT) {
        print_digits(value, lead, out);
    } else {
        mpq_div(scaled, value, lead);
        mpq_set_ui(lead, 1, 1);
        print_digits(scaled, lead, out);
        eml_buf_printf(out, "e%ld", exponent);
    }
    mpq_clears(lead, scaled, NULL);
}

void eml_rational_print_dump(const mpq_t value, eml_buf *out) {
    enum { LONG = 12 };
    size_t start = out->len;
    eml_decimal_print_exact(value, out);
    if (out->len - start <= LONG || memchr(out->data + start, '/', out->len - start) == NULL) return;
    eml_buf_put_text(out, " (");
    eml_rational_print_short(value, out);
    eml_buf_put_text(out, ")");
}

mpq_t *eml_rationals_new(size_t count) {
    mpq_t *items = eml_alloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++) mpq_init(items[i]);
    return items;
}

void eml_rationals_free(mpq_t *items, size_t count) {
    if (items == NULL) return;
    for (size_t i = 0; i < count; i++) mpq_clear(items[i]);
    eml_free(items);
}
