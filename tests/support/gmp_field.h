/* The field by GMP: what tests compare with. */
#ifndef EML_TESTS_GMP_FIELD_H
#define EML_TESTS_GMP_FIELD_H

#include <gmp.h>

#include "runtime/field/f128.h"

static inline void test_mpz_from_fe(mpz_t out, eml_fe a) {
    uint64_t words[2] = {a.lo, a.hi};
    mpz_import(out, 2, -1, sizeof *words, 0, 0, words);
}

static inline void test_mpz_init_p(mpz_t p) {
    mpz_init_set_ui(p, 45);
    mpz_mul_2exp(p, p, 40);
    mpz_ui_sub(p, 1, p);
    mpz_t top;
    mpz_init_set_ui(top, 1);
    mpz_mul_2exp(top, top, 128);
    mpz_add(p, p, top);
    mpz_clear(top);
}

/* a as an integer is below 2^128 by type; true when it is congruent to expected mod p. */
static inline bool test_fe_is(eml_fe a, const mpz_t expected, const mpz_t p) {
    mpz_t value;
    mpz_init(value);
    test_mpz_from_fe(value, a);
    bool same = mpz_congruent_p(value, expected, p) != 0;
    mpz_clear(value);
    return same;
}

#endif
