/* Reproducible test data: every program starts from the same seed, or from that in EML_TEST_SEED (see .ci/long). */
#ifndef EML_TESTS_RANDOM_H
#define EML_TESTS_RANDOM_H

#include <stdint.h>
#include <stdlib.h>

#include "runtime/field/fe2.h"

static uint64_t test_random_state = 0x9e3779b97f4a7c15;

__attribute__((constructor)) static void test_random_seed(void) {
    const char *given = getenv("EML_TEST_SEED");
    if (given != NULL) test_random_state += 0xd1342543de82ef95 * strtoull(given, NULL, 10);
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static inline uint64_t test_random(void) {
    uint64_t z = test_random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static inline eml_fe test_random_fe(void) {
    uint64_t lo = test_random();
    return (eml_fe){lo, test_random()};
}

static inline eml_fe2 test_random_fe2(void) {
    eml_fe a = test_random_fe();
    return (eml_fe2){a, test_random_fe()};
}

/* Representatives at which carries, folds and the last subtraction change their minds. */
static const eml_fe test_edges[] = {
    {0, 0},
    {1, 0},
    {2, 0},
    {EML_FE_FOLD - 1, 0},
    {EML_FE_FOLD, 0},
    {EML_FE_FOLD + 1, 0},
    {UINT64_MAX, 0},
    {0, 1},
    {1, 1},
    {UINT64_MAX, UINT64_MAX >> 1},
    {0, UINT64_C(1) << 63},
    {(EML_FE_P_LO >> 1) | UINT64_C(1) << 63, EML_FE_P_HI >> 1},       /* (p - 1) / 2 */
    {((EML_FE_P_LO >> 1) | UINT64_C(1) << 63) + 1, EML_FE_P_HI >> 1}, /* (p + 1) / 2 */
    {0, UINT64_MAX},
    {UINT64_MAX, UINT64_MAX - 1},
    {EML_FE_P_LO - 2, EML_FE_P_HI},
    {EML_FE_P_LO - 1, EML_FE_P_HI},
    {EML_FE_P_LO, EML_FE_P_HI}, /* the other representative of 0, and those of 1 and 2 */
    {EML_FE_P_LO + 1, EML_FE_P_HI},
    {EML_FE_P_LO + 2, EML_FE_P_HI},
    {UINT64_MAX - 1, UINT64_MAX},
    {UINT64_MAX, UINT64_MAX}, /* that of 45 * 2^40 - 2 */
};

enum { TEST_EDGES = sizeof test_edges / sizeof *test_edges };

/* An edge or any element, with equal chances. */
static inline eml_fe test_random_element(void) {
    uint64_t choice = test_random();
    return choice & 1 ? test_edges[(choice >> 1) % TEST_EDGES] : test_random_fe();
}

static inline void test_random_elements(eml_fe *x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = test_random_element();
}

#endif
