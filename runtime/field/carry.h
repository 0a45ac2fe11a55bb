/* The product of two 64-bit words, and sums and differences of numbers of two and three words. The compilers do not
 * find chains of add-with-carry in plain C, and gcc keeps 128-bit products in memory: without this the field is half as
 * fast. tests/unit/field_portable.c runs the plain form everywhere. Nothing here branches on a value: to act on a
 * carry, functions choose between two words. */
#ifndef EML_FIELD_CARRY_H
#define EML_FIELD_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/int128.h"

/* All ones when carry, else zero. The empty statement hides the value: without it gcc and clang turn some masks into
 * branches on secrets (tests/lattice/ct.c). */
static inline uint64_t eml_carry_mask(bool carry) {
    uint64_t mask = 0 - (uint64_t)carry;
    __asm__("" : "+r"(mask));
    return mask;
}

#if defined(__x86_64__) && !defined(EML_FIELD_PORTABLE)

/* Where an operand may be. Given the choice, clang puts every operand into memory. */
#ifdef __clang__
#define EML_WORD_ANY_ "re"
#define EML_WORD_REG_ "r"
#else
#define EML_WORD_ANY_ "rme"
#define EML_WORD_REG_ "rm"
#endif

static inline void eml_word_mul(uint64_t *lo, uint64_t *hi, uint64_t a, uint64_t b) {
    __asm__("mulq %[b]" : "=a"(*lo), "=d"(*hi) : "%0"(a), [b] EML_WORD_REG_(b) : "cc");
}

static inline void eml_word_add2(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1) {
    __asm__("addq %[b0], %[x0]\n\tadcq %[b1], %[x1]"
            : [x0] "+&r"(*x0), [x1] "+r"(*x1)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1)
            : "cc");
}

static inline uint64_t eml_word_add2_choose(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1, uint64_t carry,
                                            uint64_t none) {
    __asm__("addq %[b0], %[x0]\n\tadcq %[b1], %[x1]\n\tcmovcq %[carry], %[none]"
            : [x0] "+&r"(*x0), [x1] "+&r"(*x1), [none] "+r"(none)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1), [carry] EML_WORD_REG_(carry)
            : "cc");
    return none;
}

static inline void eml_word_sub2(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1) {
    __asm__("subq %[b0], %[x0]\n\tsbbq %[b1], %[x1]"
            : [x0] "+&r"(*x0), [x1] "+r"(*x1)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1)
            : "cc");
}

static inline uint64_t eml_word_sub2_choose(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1, uint64_t borrow,
                                            uint64_t none) {
    __asm__("subq %[b0], %[x0]\n\tsbbq %[b1], %[x1]\n\tcmovcq %[borrow], %[none]"
            : [x0] "+&r"(*x0), [x1] "+&r"(*x1), [none] "+r"(none)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1), [borrow] EML_WORD_REG_(borrow)
            : "cc");
    return none;
}

static inline void eml_word_add3(uint64_t *x0, uint64_t *x1, uint64_t *x2, uint64_t b0, uint64_t b1, uint64_t b2) {
    __asm__("addq %[b0], %[x0]\n\tadcq %[b1], %[x1]\n\tadcq %[b2], %[x2]"
            : [x0] "+&r"(*x0), [x1] "+&r"(*x1), [x2] "+r"(*x2)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1), [b2] EML_WORD_ANY_(b2)
            : "cc");
}

static inline uint64_t eml_word_add3_choose(uint64_t *x0, uint64_t *x1, uint64_t *x2, uint64_t b0, uint64_t b1,
                                            uint64_t b2, uint64_t carry, uint64_t none) {
    __asm__("addq %[b0], %[x0]\n\tadcq %[b1], %[x1]\n\tadcq %[b2], %[x2]\n\tcmovcq %[carry], %[none]"
            : [x0] "+&r"(*x0), [x1] "+&r"(*x1), [x2] "+&r"(*x2), [none] "+r"(none)
            : [b0] EML_WORD_ANY_(b0), [b1] EML_WORD_ANY_(b1), [b2] EML_WORD_ANY_(b2), [carry] EML_WORD_REG_(carry)
            : "cc");
    return none;
}

#else

/* lo + 2^64 hi = a b. */
static inline void eml_word_mul(uint64_t *lo, uint64_t *hi, uint64_t a, uint64_t b) {
    eml_u128 product = (eml_u128)a * b;
    *lo = (uint64_t)product;
    *hi = (uint64_t)(product >> 64);
}

/* x += b modulo 2^128, of x = x0 + 2^64 x1 and b likewise. */
static inline void eml_word_add2(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1) {
    eml_u128 sum = ((eml_u128)*x1 << 64 | *x0) + ((eml_u128)b1 << 64 | b0);
    *x0 = (uint64_t)sum;
    *x1 = (uint64_t)(sum >> 64);
}

static inline uint64_t eml_word_choose_(bool condition, uint64_t yes, uint64_t no) {
    uint64_t mask = eml_carry_mask(condition);
    return (yes & mask) | (no & ~mask);
}

/* The same; gives `carry` if the sum was 2^128 or more, else `none`. */
static inline uint64_t eml_word_add2_choose(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1, uint64_t carry,
                                            uint64_t none) {
    eml_word_add2(x0, x1, b0, b1);
    return eml_word_choose_(((eml_u128)*x1 << 64 | *x0) < ((eml_u128)b1 << 64 | b0), carry, none);
}

/* x -= b modulo 2^128. */
static inline void eml_word_sub2(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1) {
    eml_u128 difference = ((eml_u128)*x1 << 64 | *x0) - ((eml_u128)b1 << 64 | b0);
    *x0 = (uint64_t)difference;
    *x1 = (uint64_t)(difference >> 64);
}

/* The same; gives `borrow` if x was less than b, else `none`. */
static inline uint64_t eml_word_sub2_choose(uint64_t *x0, uint64_t *x1, uint64_t b0, uint64_t b1, uint64_t borrow,
                                            uint64_t none) {
    bool borrowed = ((eml_u128)*x1 << 64 | *x0) < ((eml_u128)b1 << 64 | b0);
    eml_word_sub2(x0, x1, b0, b1);
    return eml_word_choose_(borrowed, borrow, none);
}

/* x += b modulo 2^192, of three words each. Gives `carry` if the sum was 2^192 or more, else `none`. */
static inline uint64_t eml_word_add3_choose(uint64_t *x0, uint64_t *x1, uint64_t *x2, uint64_t b0, uint64_t b1,
                                            uint64_t b2, uint64_t carry, uint64_t none) {
    eml_u128 low = (eml_u128)*x0 + b0, middle = (eml_u128)*x1 + b1 + (uint64_t)(low >> 64);
    eml_u128 high = (eml_u128)*x2 + b2 + (uint64_t)(middle >> 64);
    *x0 = (uint64_t)low;
    *x1 = (uint64_t)middle;
    *x2 = (uint64_t)high;
    return eml_word_choose_((bool)(high >> 64), carry, none);
}

static inline void eml_word_add3(uint64_t *x0, uint64_t *x1, uint64_t *x2, uint64_t b0, uint64_t b1, uint64_t b2) {
    eml_word_add3_choose(x0, x1, x2, b0, b1, b2, 0, 0);
}

#endif

#endif
