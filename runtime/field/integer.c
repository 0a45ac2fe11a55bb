#include "runtime/field/integer.h"

#include <assert.h>

static void from_words(eml_fe value, mpz_t out) {
    uint64_t words[2] = {value.lo, value.hi};
    mpz_import(out, 2, -1, sizeof words[0], 0, 0, words);
}

eml_u128 eml_mpz_magnitude(const mpz_t integer) {
    uint64_t words[2] = {0, 0};
    assert(mpz_sizeinbase(integer, 2) <= 128);
    mpz_export(words, NULL, -1, sizeof words[0], 0, 0, integer);
    return (eml_u128)words[1] << 64 | words[0];
}

eml_u128 eml_fe_magnitude(eml_fe value) {
    return eml_fe_u128_(eml_fe_canon(eml_fe_is_negative(value) ? eml_fe_neg(value) : value));
}

static eml_fe residue(const mpz_t integer) {
    mpz_t p, rest;
    mpz_inits(p, rest, NULL);
    from_words((eml_fe){EML_FE_P_LO, EML_FE_P_HI}, p);
    mpz_fdiv_r(rest, integer, p);
    eml_fe value = eml_fe_of_u128_(eml_mpz_magnitude(rest));
    mpz_clears(p, rest, NULL);
    return value;
}

eml_fe eml_fe_from_mpz(const mpz_t integer) {
    if (mpz_sizeinbase(integer, 2) > 127) return residue(integer);
    eml_fe magnitude = eml_fe_of_u128_(eml_mpz_magnitude(integer)); /* below 2^127 < p */
    return mpz_sgn(integer) < 0 ? eml_fe_canon(eml_fe_neg(magnitude)) : magnitude;
}

void eml_fe_to_mpz(eml_fe value, mpz_t out) {
    bool negative = eml_fe_is_negative(value);
    from_words(eml_fe_canon(negative ? eml_fe_neg(value) : value), out);
    if (negative) mpz_neg(out, out);
}

void eml_mpz_multiply_range(mpz_t lo, mpz_t hi, const mpz_t from, const mpz_t to) {
    mpz_t corners[4];
    for (int i = 0; i < 4; i++) {
        mpz_init(corners[i]);
        mpz_mul(corners[i], i / 2 ? hi : lo, i % 2 ? to : from);
    }
    mpz_set(lo, corners[0]);
    mpz_set(hi, corners[0]);
    for (int i = 0; i < 4; i++) {
        if (mpz_cmp(corners[i], lo) < 0) mpz_set(lo, corners[i]);
        if (mpz_cmp(corners[i], hi) > 0) mpz_set(hi, corners[i]);
        mpz_clear(corners[i]);
    }
}
