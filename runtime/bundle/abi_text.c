/* What an input takes, for a person. */
#include "runtime/base/decimal.h"
#include "runtime/bundle/abi.h"

eml_formula_column *eml_abi_input_names(const eml_abi *abi) {
    eml_formula_column *names = eml_alloc(abi->input_count, sizeof *names);
    for (size_t i = 0; i < abi->input_count; i++) {
        const eml_input_column *column = &abi->inputs[i];
        names[i] = (eml_formula_column){column->name, (const char *const *)column->words, column->word_count};
    }
    return names;
}

eml_formula_column *eml_abi_result_names(const eml_abi *abi) {
    eml_formula_column *names = eml_alloc(abi->output_count + abi->result_count, sizeof *names);
    for (size_t i = 0; i < abi->output_count; i++) names[i].name = abi->outputs[i].name;
    for (size_t i = 0; i < abi->result_count; i++) names[abi->output_count + i].name = abi->results[i].name;
    return names;
}

static void print_words(const eml_input_column *column, eml_buf *out) {
    enum { SHOWN = 8 };
    eml_buf_put_text(out, "one of ");
    for (size_t k = 0; k < column->word_count && k < SHOWN; k++)
        eml_buf_printf(out, "%s\"%s\"", k > 0 ? ", " : "", column->words[k]);
    if (column->word_count > SHOWN) eml_buf_printf(out, " and %zu more", column->word_count - SHOWN);
}

void eml_input_print_range(const eml_input_column *column, eml_buf *out) {
    if (column->word_count > 0) {
        print_words(column, out);
        return;
    }
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
