#include "compiler/code/salts.h"

#include <sodium.h>

static bool is_usable(const eml_fe *salts, size_t index) {
    bool usable = !eml_fe_is_zero(salts[index]);
    for (size_t i = 0; i < index; i++) usable = usable && !eml_fe_eq(salts[i], salts[index]);
    return usable;
}

eml_status eml_salts_draw(eml_fe out[2 * EML_SPONGES_MAX], eml_error *err) {
    if (sodium_init() < 0) return eml_fail(err, EML_ERR_INTERNAL, "no source of randomness");
    uint8_t bytes[EML_FE_BYTES];
    for (size_t i = 0; i < 2 * EML_SPONGES_MAX; i++) {
        do randombytes_buf(bytes, sizeof bytes);
        while (!eml_fe_from_bytes(bytes, &out[i]) || !is_usable(out, i));
    }
    return EML_OK;
}
