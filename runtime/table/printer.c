#include "runtime/table/printer.h"

#include <string.h>

eml_printer eml_printer_of(const mpq_t unit) {
    eml_printer out = {0};
    mpz_t power;
    if (mpz_cmp_ui(mpq_numref(unit), 1) != 0) return out;
    mpz_init_set_ui(power, 1);
    while (out.places < EML_PRINTED_PLACES && mpz_cmp(power, mpq_denref(unit)) < 0) {
        mpz_mul_ui(power, power, 10);
        out.places++;
    }
    out.usable = mpz_cmp(power, mpq_denref(unit)) == 0;
    mpz_clear(power);
    return out;
}

/* Backwards from end; where they begin. */
static char *put_word(uint64_t value, char *end) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    for (; value >= 100; value /= 100) memcpy(end -= 2, pairs + 2 * (value % 100), 2);
    if (value >= 10) memcpy(end -= 2, pairs + 2 * value, 2);
    if (value < 10) *--end = (char)('0' + value);
    return end;
}

static char *put_digits(eml_u128 value, char *end) {
    const uint64_t chunk = UINT64_C(1000000000000000000); /* 18 digits */
    while (value > UINT64_MAX) {
        char *begin = put_word((uint64_t)(value % chunk), end);
        for (end -= 18; begin > end;) *--begin = '0';
        value /= chunk;
    }
    return put_word((uint64_t)value, end);
}

/* A number k 10^-d lies within half a unit of no decimal of fewer places but of itself without zeros at its end. */
size_t eml_printer_put(const eml_printer *printer, eml_i128 integer, char out[EML_PRINTED_MAX]) {
    if (!printer->usable) return 0;
    char digits[EML_PRINTED_MAX], *end = digits + sizeof digits;
    bool negative = integer < 0;
    char *begin = put_digits(negative ? -(eml_u128)integer : (eml_u128)integer, end);
    size_t places = printer->places;
    while ((size_t)(end - begin) <= places) *--begin = '0'; /* one before the point */
    for (; places > 0 && end[-1] == '0'; places--) end--;
    size_t whole = (size_t)(end - begin) - places, length = 0;
    if (negative) out[length++] = '-';
    memcpy(out + length, begin, whole);
    length += whole;
    if (places == 0) return length;
    out[length++] = '.';
    memcpy(out + length, begin + whole, places);
    return length + places;
}

bool eml_printer_read(const eml_printer *printer, const eml_plain_number *number, eml_i128 *integer) {
    unsigned shift = printer->places - number->places;
    if (!printer->usable || number->places > printer->places || shift >= EML_POWERS_OF_TEN) return false;
    /* 10^18 2^64 < 2^124 */
    eml_i128 magnitude = (eml_i128)((eml_u128)number->m * eml_powers_of_ten[shift]);
    *integer = number->negative ? -magnitude : magnitude;
    return true;
}
