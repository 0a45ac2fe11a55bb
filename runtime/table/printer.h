/* Decimals of a column whose unit is a power of ten, without GMP and without allocation. What is printed and read is
 * what eml_abi_print_value and eml_abi_parse_value (value.h) say, the definition, or it declines. */
#ifndef EML_TABLE_PRINTER_H
#define EML_TABLE_PRINTER_H

#include "runtime/table/plain_number.h"

enum {
    EML_PRINTED_PLACES = 36,
    EML_PRINTED_MAX = 48, /* bytes: a sign, 39 digits, a point and a leading 0 */
};

typedef struct eml_printer {
    bool usable;     /* the unit is 10^-places */
    unsigned places; /* <= EML_PRINTED_PLACES */
} eml_printer;

eml_printer eml_printer_of(const mpq_t unit);
/* Writes the decimal of |integer| < 2^127, without a NUL; how many bytes. 0: declined. */
size_t eml_printer_put(const eml_printer *printer, eml_i128 integer, char out[EML_PRINTED_MAX]);
/* The integer whose decimal this is; false: declined. */
bool eml_printer_read(const eml_printer *printer, const eml_plain_number *number, eml_i128 *integer);

#endif
