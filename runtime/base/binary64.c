#include "runtime/base/binary64.h"

#include "runtime/base/decimal.h"

enum { LEAST_EXPONENT = -1074, MOST_EXPONENT = 1024, FRACTION_BITS = 52 };

/* floor(log2 |value|), value not 0. */
static long floor_log2(const mpq_t value) {
    long bits = (long)mpz_sizeinbase(mpq_numref(value), 2) - (long)mpz_sizeinbase(mpq_denref(value), 2);
    /* 2^(bits - 1) < |value| < 2^(bits + 1) */
    mpz_t scaled;
    mpz_init(scaled);
    bool below;
    if (bits >= 0) {
        mpz_mul_2exp(scaled, mpq_denref(value), (mp_bitcnt_t)bits);
        below = mpz_cmpabs(mpq_numref(value), scaled) < 0;
    } else {
        mpz_mul_2exp(scaled, mpq_numref(value), (mp_bitcnt_t)-bits);
        below = mpz_cmpabs(scaled, mpq_denref(value)) < 0;
    }
    mpz_clear(scaled);
    return below ? bits - 1 : bits;
}

static long ulp_exponent(const mpq_t value) {
    if (mpq_sgn(value) == 0) return LEAST_EXPONENT;
    long exponent = floor_log2(value) - FRACTION_BITS;
    return exponent > LEAST_EXPONENT ? exponent : LEAST_EXPONENT;
}

/* out = value * 2^exponent */
static void scale(mpq_t out, const mpq_t value, long exponent) {
    if (exponent >= 0)
        mpq_mul_2exp(out, value, (mp_bitcnt_t)exponent);
    else
        mpq_div_2exp(out, value, (mp_bitcnt_t)-exponent);
}

void eml_binary64_ulp(const mpq_t value, mpq_t out) {
    long exponent = ulp_exponent(value);
    mpq_set_ui(out, 1, 1);
    scale(out, out, exponent);
}

bool eml_binary64_nearest(const mpq_t value, mpq_t out) {
    long exponent = ulp_exponent(value);
    mpq_t rounded;
    mpq_init(rounded);
    scale(rounded, value, -exponent);
    eml_decimal_round_div(mpq_numref(rounded), mpq_numref(rounded), mpq_denref(rounded));
    mpz_set_ui(mpq_denref(rounded), 1);
    bool finite = exponent + (long)mpz_sizeinbase(mpq_numref(rounded), 2) <= MOST_EXPONENT;
    if (finite) scale(out, rounded, exponent);
    mpq_clear(rounded);
    return finite;
}
