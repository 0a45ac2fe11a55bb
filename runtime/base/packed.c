#include "runtime/base/packed.h"

void eml_packed_put_uint(eml_buf *out, uint64_t value) {
    for (; value > 127; value >>= 7) eml_buf_put_u8(out, (uint8_t)(value | 128));
    eml_buf_put_u8(out, (uint8_t)value);
}

bool eml_packed_uint(eml_reader *reader, uint64_t max, uint64_t *out) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        uint8_t byte;
        if (!eml_read_u8(reader, &byte)) return false;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte > 127) continue;
        if ((byte == 0 && shift > 0) || value > max) return false;
        *out = value;
        return true;
    }
    return false;
}

void eml_packed_put_int(eml_buf *out, int64_t value) {
    eml_packed_put_uint(out, value < 0 ? 2 * (uint64_t)-value - 1 : 2 * (uint64_t)value);
}

bool eml_packed_int(eml_reader *reader, int64_t max, int64_t *out) {
    uint64_t code;
    if (!eml_packed_uint(reader, 2 * (uint64_t)max, &code)) return false;
    *out = code & 1 ? -(int64_t)(code / 2) - 1 : (int64_t)(code / 2);
    return true;
}

static size_t bytes_of(const mpz_t odd) { return (mpz_sizeinbase(odd, 2) + 7) / 8; }

static void put_odd(eml_buf *out, const mpz_t odd) {
    size_t count = bytes_of(odd);
    eml_buf_reserve(out, count);
    mpz_export(out->data + out->len, NULL, -1, 1, 0, 0, odd);
    out->len += count;
}

void eml_packed_put_rational(eml_buf *out, const mpq_t value) {
    if (mpq_sgn(value) == 0) {
        eml_packed_put_uint(out, 0);
        return;
    }
    mpz_t p, q;
    mpz_inits(p, q, NULL);
    mp_bitcnt_t up = mpz_scan1(mpq_numref(value), 0), down = mpz_scan1(mpq_denref(value), 0);
    mpz_tdiv_q_2exp(p, mpq_numref(value), up);
    mpz_abs(p, p);
    mpz_tdiv_q_2exp(q, mpq_denref(value), down);
    bool divided = mpz_cmp_ui(q, 1) != 0;
    eml_packed_put_uint(out, 4 * bytes_of(p) + 2 * divided + (mpq_sgn(value) < 0));
    eml_packed_put_int(out, (int64_t)up - (int64_t)down);
    put_odd(out, p);
    if (divided) {
        eml_packed_put_uint(out, bytes_of(q));
        put_odd(out, q);
    }
    mpz_clears(p, q, NULL);
}

static bool take_odd(eml_reader *reader, uint64_t count, mpz_t out) {
    const uint8_t *bytes;
    if (count == 0 || !eml_read_bytes(reader, count, &bytes) || !(bytes[0] & 1) || bytes[count - 1] == 0) return false;
    mpz_import(out, count, -1, 1, 0, 0, bytes);
    return true;
}

static bool take_divisor(eml_reader *reader, const mpz_t p, mpz_t q) {
    uint64_t count = 0;
    if (!eml_packed_uint(reader, EML_PACKED_BYTES_MAX, &count) || !take_odd(reader, count, q)) return false;
    mpz_t common;
    mpz_init(common);
    mpz_gcd(common, p, q);
    bool lowest = mpz_cmp_ui(common, 1) == 0 && mpz_cmp_ui(q, 1) != 0;
    mpz_clear(common);
    return lowest;
}

bool eml_packed_rational(eml_reader *reader, mpq_t out) {
    uint64_t head;
    int64_t exponent;
    mpq_set_ui(out, 0, 1);
    if (!eml_packed_uint(reader, 4 * EML_PACKED_BYTES_MAX + 3, &head)) return false;
    if (head == 0) return true;
    if (!eml_packed_int(reader, EML_PACKED_EXPONENT_MAX, &exponent)) return false;
    if (!take_odd(reader, head / 4, mpq_numref(out))) return false;
    if ((head & 2) && !take_divisor(reader, mpq_numref(out), mpq_denref(out))) return false;
    if (head & 1) mpq_neg(out, out);
    if (exponent < 0)
        mpz_mul_2exp(mpq_denref(out), mpq_denref(out), (mp_bitcnt_t)-exponent);
    else
        mpz_mul_2exp(mpq_numref(out), mpq_numref(out), (mp_bitcnt_t)exponent);
    return true;
}
