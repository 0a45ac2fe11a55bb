/* The quadratic extension E = F_p[x]/(x^2 - x - 1), Winterfell's QuadExtension over f128. An element is a + b x.
 * In the `test` preset (no extension) every b is zero: the same code serves both, only drawing and encoding differ. */
#ifndef EML_FIELD_FE2_H
#define EML_FIELD_FE2_H

#include "runtime/field/f128.h"

typedef struct eml_fe2 {
    eml_fe a, b;
} eml_fe2;

#define EML_FE2_ZERO ((eml_fe2){{0, 0}, {0, 0}})
#define EML_FE2_ONE  ((eml_fe2){{1, 0}, {0, 0}})

static inline eml_fe2 eml_fe2_from_base(eml_fe a) { return (eml_fe2){a, {0, 0}}; }
static inline eml_fe2 eml_fe2_add(eml_fe2 x, eml_fe2 y) {
    return (eml_fe2){eml_fe_add(x.a, y.a), eml_fe_add(x.b, y.b)};
}
static inline eml_fe2 eml_fe2_sub(eml_fe2 x, eml_fe2 y) {
    return (eml_fe2){eml_fe_sub(x.a, y.a), eml_fe_sub(x.b, y.b)};
}

/* (a + b x)(c + d x) = (ac + bd) + ((a + b)(c + d) - ac) x, using x^2 = x + 1. */
static inline eml_fe2 eml_fe2_mul(eml_fe2 x, eml_fe2 y) {
    eml_fe ac = eml_fe_mul(x.a, y.a), bd = eml_fe_mul(x.b, y.b);
    eml_fe cross = eml_fe_mul(eml_fe_add(x.a, x.b), eml_fe_add(y.a, y.b));
    return (eml_fe2){eml_fe_sum_canon(ac, bd), eml_fe_sub_canon(cross, ac)};
}
static inline eml_fe2 eml_fe2_mul_base(eml_fe2 x, eml_fe s) {
    return (eml_fe2){eml_fe_mul(x.a, s), eml_fe_mul(x.b, s)};
}
/* The conjugate of x is 1 - x (sum 1, product -1), so that of a + b x is (a + b) - b x. */
static inline eml_fe2 eml_fe2_conjugate(eml_fe2 x) { return (eml_fe2){eml_fe_add(x.a, x.b), eml_fe_neg(x.b)}; }
/* x times its conjugate: a (a + b) - b^2. It is 0 for 0 only, because x^2 - x - 1 is irreducible (5 is no square). */
static inline eml_fe eml_fe2_norm(eml_fe2 x) {
    return eml_fe_sub(eml_fe_mul(x.a, eml_fe_add(x.a, x.b)), eml_fe_square(x.b));
}
static inline bool eml_fe2_eq(eml_fe2 x, eml_fe2 y) { return eml_fe_eq(x.a, y.a) && eml_fe_eq(x.b, y.b); }

eml_fe2 eml_fe2_pow_u64_var(eml_fe2 x, uint64_t e);
/* 1/x, and 0 for 0. */
eml_fe2 eml_fe2_inv(eml_fe2 x);

#endif
