/* What an input takes, for a person. */
#include "runtime/base/decimal.h"
#include "runtime/bundle/abi.h"

void eml_input_print_range(const eml_input_column *column, eml_buf *out) {
    eml_buf_put_text(out, "in [");
    eml_decimal_print_exact(column->lo, out);
    eml_buf_put_text(out, ", ");
    eml_decimal_print_exact(column->hi, out);
    eml_buf_put_text(out, "], ");
    bool grid = column->exact || mpq_sgn(column->step) != 0;
    if (grid) eml_buf_put_text(out, "multiples of ");
    if (grid) eml_decimal_print_exact(column->exact ? column->unit : column->step, out);
    if (!column->exact)
        eml_buf_printf(out, "%srounded to multiples of about %.6g", grid ? ", " : "", mpq_get_d(column->unit));
}
