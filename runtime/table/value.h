/* A column's numbers as integers: k = (value - offset) / unit, rounded, ties away from zero, with the constants of the
 * column worked out once. A number that went through programs which keep doubles means what it meant: within 8 ulp
 * (binary64, at the number) an end of the range is the end, and a multiple of the column's step the multiple. The fast
 * path is exact or declines; what it declines goes through eml_abi_encode_value, the definition. */
#ifndef EML_TABLE_VALUE_H
#define EML_TABLE_VALUE_H

#include "runtime/base/decimal.h"
#include "runtime/bundle/abi.h"

enum {
    EML_CELL_MARGIN_LOG2 = 3, /* 8 ulp */
    EML_SAFE_DIGITS = 15,     /* significant ones that every decimal keeps on its way through a double */
};

/* One value <-> its field element. Encoding fails (EML_ERR_NO: outside the range, off the grid)
 * with a sentence that the caller prefixes with row and column. */
EML_NODISCARD eml_status eml_abi_encode_value(const eml_input_column *column, const mpq_t value, eml_fe *out,
                                              eml_error *err);
/* EML_ERR_NO, with the value and the range that it is not in. */
eml_status eml_abi_refuse_outside(const eml_input_column *column, const mpq_t value, eml_error *err);
/* The decimal with the fewest places that lies nearer to unit * integer(fe) than half a unit, fe taken as a signed
 * residue. */
void eml_abi_print_value(const eml_output_column *column, eml_fe value, eml_buf *out);
/* A result's unit and name as those of an output, which is printed and read in the same way. Borrows. */
eml_output_column eml_result_as_output(const eml_result_column *column);
/* That decimal as a number. */
void eml_abi_printed_value(const eml_output_column *column, eml_fe value, mpq_t out);
/* The integer whose printed decimal is this number (however spelled), or of whose printed decimal it is the nearest
 * double; EML_ERR_NO when there is none: a changed digit. */
EML_NODISCARD eml_status eml_abi_parse_value(const eml_output_column *column, const mpq_t value, eml_fe *out,
                                             eml_error *err);

/* Whether the printed decimal has more than EML_SAFE_DIGITS significant digits. */
bool eml_abi_needs_digits(const eml_output_column *column, eml_fe value);

/* (value - offset) / unit, rounded. */
void eml_input_round(const eml_input_column *column, const mpq_t value, mpz_t k);
/* The nearest integer, ties away from zero. */
void eml_round_away(mpz_t out, const mpq_t ratio);

/* (value - offset) / unit = (a * value - b) / c. */
typedef struct eml_steps {
    bool small;       /* the constants fit */
    eml_i128 a, b, c; /* a, c > 0 */
} eml_steps;

typedef struct eml_grid {
    const eml_input_column *column; /* borrowed */
    bool small;                     /* the fast path may be tried */
    eml_steps units, steps;         /* steps: of a column that has a step besides its unit */
    eml_i128 lo_num, lo_den, hi_num, hi_den;
} eml_grid;

void eml_grid_init(const eml_input_column *column, eml_grid *out);
/* As eml_abi_encode_value, of a scanned decimal. */
EML_NODISCARD eml_status eml_grid_encode(const eml_grid *grid, const eml_decimal *value, eml_fe *out, eml_error *err);
/* The fast path alone: false (out untouched) when it declines, which it does for every value that is refused. For
 * tests. */
bool eml_grid_encode_fast(const eml_grid *grid, const eml_decimal *value, eml_fe *out);

#endif
