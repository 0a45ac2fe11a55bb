/* Small signed integers as field elements, for tests. */
#ifndef EML_TESTS_SIGNED_H
#define EML_TESTS_SIGNED_H

#include "runtime/field/f128.h"

static inline eml_fe test_fe_from_i64(int64_t value) {
    eml_fe magnitude = eml_fe_from_u64(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    return value < 0 ? eml_fe_canon(eml_fe_neg(magnitude)) : magnitude;
}

#endif
