/* Sums and differences of several 64-bit words, as chains of add-with-carry. The compilers do not find these chains in
 * plain C, and without them the field is half as fast; tests/unit/field_portable.c runs the plain form everywhere. */
#ifndef EML_FIELD_CARRY_H
#define EML_FIELD_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/int128.h"

#if defined(__x86_64__) && !defined(EML_FIELD_PORTABLE)
#define EML_CARRY_BUILTINS 1
#else
#define EML_CARRY_BUILTINS 0
#endif

/* 0 or 1. */
typedef unsigned char eml_carry;

/* a + b + *carry mod 2^64; *carry becomes the carry out. */
static inline uint64_t eml_add_carry(uint64_t a, uint64_t b, eml_carry *carry) {
#if EML_CARRY_BUILTINS
    unsigned long long sum;
    *carry = __builtin_ia32_addcarryx_u64(*carry, a, b, &sum);
    return sum;
#else
    eml_u128 sum = (eml_u128)a + b + *carry;
    *carry = (eml_carry)(sum >> 64);
    return (uint64_t)sum;
#endif
}

/* a - b - *borrow mod 2^64; *borrow becomes the borrow out. */
static inline uint64_t eml_sub_borrow(uint64_t a, uint64_t b, eml_carry *borrow) {
#if EML_CARRY_BUILTINS && defined(__clang__)
    unsigned long long difference;
    *borrow = __builtin_ia32_subborrow_u64(*borrow, a, b, &difference);
    return difference;
#elif EML_CARRY_BUILTINS
    unsigned long long difference;
    *borrow = __builtin_ia32_sbb_u64(*borrow, a, b, &difference);
    return difference;
#else
    eml_u128 difference = (eml_u128)a - b - *borrow;
    *borrow = (eml_carry)(difference >> 64 & 1);
    return (uint64_t)difference;
#endif
}

/* All ones when carry, else zero. The empty statement hides the value: without it gcc and clang turn some masks into
 * branches on secrets (tests/lattice/ct.c). */
static inline uint64_t eml_carry_mask(bool carry) {
    uint64_t mask = 0 - (uint64_t)carry;
    __asm__("" : "+r"(mask));
    return mask;
}

#endif
