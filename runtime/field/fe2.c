#include "runtime/field/fe2.h"

eml_fe2 eml_fe2_pow_u64_var(eml_fe2 x, uint64_t e) {
    eml_fe2 result = EML_FE2_ONE;
    for (; e; e >>= 1) {
        if (e & 1) result = eml_fe2_mul(result, x);
        x = eml_fe2_mul(x, x);
    }
    return result;
}

eml_fe2 eml_fe2_inv(eml_fe2 x) { return eml_fe2_mul_base(eml_fe2_conjugate(x), eml_fe_inv(eml_fe2_norm(x))); }
