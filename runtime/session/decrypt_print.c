/* What a decryption tells its owner: the outputs, to the digits that they deserve, and how much of the room for noise
 * they took. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/decimal.h"
#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/text/text.h"

/* The unit to print in: 10^-d with the fewest d that is within the tolerance; the output's own when it is coarser, or
 * exact. */
static void printed_unit(const eml_output_column *column, mpq_t unit) {
    mpq_set(unit, column->unit);
    if (mpq_sgn(column->tolerance) == 0) return;
    mpq_t step;
    mpq_init(step);
    mpq_set_ui(step, 1, 1);
    /* EML_RATIONAL_TEXT_MAX bounds the digits of a tolerance, and so the loop. */
    while (mpq_cmp(step, column->tolerance) > 0) mpz_mul_ui(mpq_denref(step), mpq_denref(step), 10);
    if (mpq_cmp(column->unit, step) < 0) mpq_set(unit, step);
    mpq_clear(step);
}

/* Units of one kind to the nearest of a larger one. */
static eml_fe convert(eml_fe value, const mpq_t ratio) {
    mpz_t integer;
    mpz_init(integer);
    eml_fe_to_mpz(value, integer);
    mpz_mul(integer, integer, mpq_numref(ratio));
    eml_decimal_round_div(integer, integer, mpq_denref(ratio));
    eml_fe converted = eml_fe_from_mpz(integer);
    mpz_clear(integer);
    return converted;
}

/* Column and cells as they are printed. */
static void round_column(const eml_decryption *found, size_t c, eml_output_column *column, eml_fe *cells) {
    mpq_t unit, ratio;
    mpq_inits(unit, ratio, NULL);
    printed_unit(column, unit);
    if (!mpq_equal(unit, column->unit)) {
        mpq_div(ratio, column->unit, unit);
        for (size_t r = 0; r < found->rows; r++)
            cells[r * found->columns + c] = convert(found->cells[r * found->columns + c], ratio);
        mpq_set(column->unit, unit);
    }
    mpq_clears(unit, ratio, NULL);
}

static eml_status print_cells(const eml_abi *abi, const eml_rows *rows, const eml_rows *results, eml_style style,
                              eml_buf *out, eml_error *err) {
    eml_sink sink = eml_sink_of_buf(out);
    return style == EML_STYLE_JSON ? eml_output_rows_print_json(abi, rows, results, NULL, &sink, err)
                                   : eml_output_rows_print_csv(abi, rows, results, NULL, &sink, err);
}

static eml_status print_rounded(const eml_abi *abi, const eml_decryption *found, const eml_rows *results,
                                eml_style style, eml_buf *out, eml_error *err) {
    eml_abi printed = {.output_count = abi->output_count, .results = abi->results, .result_count = abi->result_count};
    size_t count = found->rows * found->columns;
    printed.outputs = eml_alloc(abi->output_count, sizeof *printed.outputs);
    eml_fe *cells = eml_alloc_raw(count, sizeof *cells);
    memcpy(cells, found->cells, count * sizeof *cells);
    for (size_t c = 0; c < found->columns; c++) {
        printed.outputs[c] = abi->outputs[c]; /* borrowed, but for the unit */
        mpq_init(printed.outputs[c].unit);
        mpq_set(printed.outputs[c].unit, abi->outputs[c].unit);
        round_column(found, c, &printed.outputs[c], cells);
    }
    eml_rows rows;
    eml_rows_of_elements(cells, found->rows, found->columns, &rows);
    eml_status status = print_cells(&printed, &rows, results, style, out, err);
    eml_rows_free(&rows);
    for (size_t c = 0; c < found->columns; c++) mpq_clear(printed.outputs[c].unit);
    explicit_bzero(cells, count * sizeof *cells);
    eml_free(cells);
    eml_free(printed.outputs);
    return status;
}

/* Results are those of the exact outputs either way. */
eml_status eml_decryption_print_rows(const eml_abi *abi, const eml_decryption *found, bool exact, eml_style style,
                                     eml_buf *out, eml_error *err) {
    eml_rows rows, results;
    eml_rows_of_elements(found->cells, found->rows, found->columns, &rows);
    EML_TRY(eml_results_of(abi, &rows, &results, err));
    eml_status status = exact ? print_cells(abi, &rows, &results, style, out, err)
                              : print_rounded(abi, found, &results, style, out, err);
    eml_rows_free(&rows);
    eml_rows_free(&results);
    return status;
}

/* Whole bits, rounded up: a finer figure would tell more of the key. */
static unsigned bits(eml_u128 value) {
    unsigned count = 0;
    for (; value; value >>= 1) count++;
    return count;
}

static void print_column_noise(const char *name, unsigned noise, unsigned bound, unsigned limit, eml_style style,
                               eml_buf *out) {
    if (style != EML_STYLE_JSON) {
        eml_buf_printf(out, "%s: noise %u bits, bound %u, limit %u\n", name, noise, bound, limit);
        return;
    }
    eml_buf_put_text(out, "{\"name\": ");
    eml_text_put_json(name, out);
    eml_buf_printf(out, ", \"noise_bits\": %u, \"bound_bits\": %u, \"limit_bits\": %u}", noise, bound, limit);
}

void eml_decryption_print_noise(const eml_abi *abi, const eml_decryption *found, const eml_bound *bounds,
                                eml_style style, eml_buf *out) {
    unsigned limit = bits(eml_lattice_noise_limit(abi->delta_bits));
    bool json = style == EML_STYLE_JSON;
    if (json)
        eml_buf_printf(out, "{\"rows\": %llu, \"delta_bits\": %u, \"outputs\": [", (unsigned long long)found->rows,
                       abi->delta_bits);
    for (size_t i = 0; i < found->columns; i++) {
        if (json) eml_buf_put_text(out, i > 0 ? ",\n " : "\n ");
        print_column_noise(abi->outputs[i].name, bits(found->noise[i]), bits(bounds[i].noise), limit, style, out);
    }
    if (json) eml_buf_put_text(out, "]}\n");
}
