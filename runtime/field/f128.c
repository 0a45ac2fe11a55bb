#include "runtime/field/f128.h"

#include <string.h>

eml_fe eml_fe_pow_u64_var(eml_fe a, uint64_t e) {
    eml_fe result = EML_FE_ONE;
    for (; e; e >>= 1) {
        if (e & 1) result = eml_fe_mul(result, a);
        a = eml_fe_square(a);
    }
    return result;
}

/* a^(2^count) * b */
static eml_fe shift_mul(eml_fe a, unsigned count, eml_fe b) {
    while (count-- > 0) a = eml_fe_square(a);
    return eml_fe_mul(a, b);
}

/* p - 2 in binary: 82 ones, 0, 1, 00, 1, 0, 40 ones. With x_k = a^(2^k - 1): 127 squarings, 11 multiplications. */
eml_fe eml_fe_inv(eml_fe a) {
    eml_fe x2 = shift_mul(a, 1, a), x4 = shift_mul(x2, 2, x2), x5 = shift_mul(x4, 1, a);
    eml_fe x10 = shift_mul(x5, 5, x5), x20 = shift_mul(x10, 10, x10), x40 = shift_mul(x20, 20, x20);
    eml_fe x41 = shift_mul(x40, 1, a), x82 = shift_mul(x41, 41, x41);
    return shift_mul(shift_mul(shift_mul(x82, 2, a), 3, a), 41, x40);
}

/* (2p - 1) / 3 in binary: 41 times 10, 0011, 00, 19 times 10, 11. With y_k = a^(2 (4^k - 1) / 3), whose exponent is k
 * times 10: 127 squarings, 11 multiplications. The last 42 bits (00, 19 times 10, 11) are y_20 a. */
eml_fe eml_fe_cube_root(eml_fe a) {
    eml_fe y1 = eml_fe_square(a), a3 = eml_fe_mul(y1, a);
    eml_fe y2 = shift_mul(y1, 2, y1), y4 = shift_mul(y2, 4, y2), y5 = shift_mul(y4, 2, y1);
    eml_fe y10 = shift_mul(y5, 10, y5), y20 = shift_mul(y10, 20, y10), y40 = shift_mul(y20, 40, y20);
    eml_fe y41 = shift_mul(y40, 2, y1);
    return shift_mul(shift_mul(y41, 4, a3), 42, eml_fe_mul(y20, a));
}

eml_fe eml_fe_root_of_unity(unsigned log2) {
    eml_fe root = {UINT64_C(0x86b8723e1920f4aa), UINT64_C(0x120532e7b364080a)};
    for (unsigned k = EML_FE_TWO_ADICITY; k > log2; k--) root = eml_fe_square(root);
    return root;
}

/* Little-endian words, not as a loop over bytes, of which gcc 12 makes 70 instructions. */
static uint64_t swap_if_big_endian(uint64_t x) {
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(x) : x;
}

static void put_u64(uint64_t x, uint8_t out[8]) {
    x = swap_if_big_endian(x);
    memcpy(out, &x, sizeof x);
}

static uint64_t get_u64(const uint8_t in[8]) {
    uint64_t x;
    memcpy(&x, in, sizeof x);
    return swap_if_big_endian(x);
}

void eml_fe_to_bytes(eml_fe a, uint8_t out[EML_FE_BYTES]) {
    a = eml_fe_canon(a);
    put_u64(a.lo, out);
    put_u64(a.hi, out + 8);
}

eml_fe eml_fe_from_bytes_mod(const uint8_t bytes[EML_FE_BYTES]) {
    return eml_fe_canon((eml_fe){get_u64(bytes), get_u64(bytes + 8)});
}

bool eml_fe_from_bytes(const uint8_t bytes[EML_FE_BYTES], eml_fe *out) {
    eml_fe a = {get_u64(bytes), get_u64(bytes + 8)};
    if (!eml_fe_is_canonical(a)) return false;
    *out = a;
    return true;
}

bool eml_fe_is_negative(eml_fe a) {
    /* 2a > p - 1 <=> a > (p - 1) / 2, an integer because p is odd */
    const eml_u128 half = ((eml_u128)EML_FE_P_HI << 64 | EML_FE_P_LO) >> 1;
    return eml_fe_u128_(eml_fe_canon(a)) > half;
}

void eml_fe_to_decimal(eml_fe a, char out[EML_FE_DECIMAL_MAX]) {
    char digits[EML_FE_DECIMAL_MAX]; /* p < 10^39: at most 39 digits */
    size_t first = sizeof digits;
    eml_u128 x = eml_fe_u128_(eml_fe_canon(a));
    digits[--first] = '\0';
    do {
        digits[--first] = (char)('0' + (int)(x % 10));
        x /= 10;
    } while (x);
    memcpy(out, digits + first, sizeof digits - first);
}

bool eml_fe_from_decimal(const char *text, size_t length, eml_fe *out) {
    const eml_u128 max = (eml_u128)EML_FE_P_HI << 64 | (EML_FE_P_LO - 1);
    if (length == 0) return false;
    eml_u128 x = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (x > (max - digit) / 10) return false; /* 10 x + digit <= max <=> x <= floor((max - digit) / 10) */
        x = 10 * x + digit;
    }
    *out = eml_fe_of_u128_(x);
    return true;
}
