#include "runtime/table/computed.h"

#include "runtime/base/memory.h"
#include "runtime/base/temporary.h"
#include "runtime/field/integer.h"
#include "runtime/table/value.h"

/* The nearest integer to value / unit, ties away from zero; false: it is too large for a field element to tell its
 * sign. */
static bool round_to_units(const mpq_t value, const mpq_t unit, eml_fe *out) {
    enum { BITS = 126 };
    mpq_t steps;
    mpz_t k;
    mpq_init(steps);
    mpz_init(k);
    mpq_div(steps, value, unit);
    eml_round_away(k, steps);
    bool fits = mpz_sizeinbase(k, 2) <= BITS;
    if (fits) *out = eml_fe_from_mpz(k);
    mpz_clear(k);
    mpq_clear(steps);
    return fits;
}

/* Derived inputs. */

static bool is_of(const eml_derivation *derivation, size_t input) {
    return derivation->abi->inputs[input].visibility == derivation->visibility;
}

void eml_derivation_open(eml_derivation *derivation, const eml_abi *abi, eml_visibility visibility) {
    *derivation = (eml_derivation){.abi = abi, .visibility = visibility};
    bool any = false;
    for (size_t i = abi->input_count; i-- > 0 && eml_input_is_derived(&abi->inputs[i]);)
        any = any || is_of(derivation, i);
    if (!any) return;
    derivation->values = eml_alloc(abi->input_count, sizeof *derivation->values);
    for (size_t i = 0; i < abi->input_count; i++) mpq_init(derivation->values[i]);
}

void eml_derivation_close(eml_derivation *derivation) {
    for (size_t i = 0; derivation->values != NULL && i < derivation->abi->input_count; i++)
        mpq_clear(derivation->values[i]);
    eml_free(derivation->values);
    *derivation = (eml_derivation){0};
}

static void value_of(const eml_input_column *column, eml_fe integer, mpq_t out) {
    eml_fe_to_mpz(integer, mpq_numref(out));
    mpz_set_ui(mpq_denref(out), 1);
    mpq_mul(out, out, column->unit);
    mpq_add(out, out, column->offset);
}

eml_status eml_derived_integer(const eml_input_column *column, const mpq_t *values, eml_fe *out, eml_error *err) {
    mpq_t value;
    mpq_init(value);
    eml_status status = eml_formula_value(&column->formula, values, value, err);
    if (status == EML_OK && (mpq_cmp(value, column->lo) < 0 || mpq_cmp(value, column->hi) > 0))
        status = eml_abi_refuse_outside(column, value, err);
    if (status == EML_OK) {
        mpq_sub(value, value, column->offset);
        round_to_units(value, column->unit, out); /* it fits: so eml_abi_check has it of the range */
    }
    mpq_clear(value);
    return status;
}

eml_status eml_derivation_fill(eml_derivation *derivation, eml_fe *integers, size_t *input, eml_error *err) {
    const eml_abi *abi = derivation->abi;
    if (derivation->values == NULL) return EML_OK;
    for (size_t i = 0; i < abi->input_count; i++) {
        if (!is_of(derivation, i)) continue;
        *input = i;
        if (eml_input_is_derived(&abi->inputs[i]))
            EML_TRY(eml_derived_integer(&abi->inputs[i], (const mpq_t *)derivation->values, &integers[i], err));
        else
            value_of(&abi->inputs[i], integers[i], derivation->values[i]);
    }
    return EML_OK;
}

/* Results. */

/* The decimal that is printed, which everybody who has the table has. */
static void printed_result(const eml_result_column *column, eml_fe integer, mpq_t out) {
    eml_fe_to_mpz(integer, mpq_numref(out));
    mpz_set_ui(mpq_denref(out), 1);
    mpq_mul(out, out, column->unit);
}

static eml_status fill_results(const eml_abi *abi, const eml_fe *outputs, mpq_t *values, mpq_t value, eml_fe *out,
                               size_t *column, eml_error *err) {
    for (size_t o = 0; o < abi->output_count; o++) eml_abi_printed_value(&abi->outputs[o], outputs[o], values[o]);
    for (size_t r = 0; r < abi->result_count; r++) {
        *column = r;
        EML_TRY(eml_formula_value(&abi->results[r].formula, (const mpq_t *)values, value, err));
        if (!round_to_units(value, abi->results[r].unit, &out[r]))
            return eml_fail_as(err, EML_ERR_NO, EML_CODE_RANGE, "the result is too large");
        printed_result(&abi->results[r], out[r], values[abi->output_count + r]);
    }
    return EML_OK;
}

/* Numbers to compute with: of outputs and results, and one. */
static mpq_t *open_values(const eml_abi *abi) {
    size_t count = abi->output_count + abi->result_count + 1;
    mpq_t *values = eml_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++) mpq_init(values[i]);
    return values;
}

static void close_values(const eml_abi *abi, mpq_t *values) {
    for (size_t i = 0; i <= abi->output_count + abi->result_count; i++) mpq_clear(values[i]);
    eml_free(values);
}

eml_status eml_results_of_row(const eml_abi *abi, const eml_fe *outputs, eml_fe *out, size_t *column, eml_error *err) {
    mpq_t *values = open_values(abi);
    eml_status status =
        fill_results(abi, outputs, values, values[abi->output_count + abi->result_count], out, column, err);
    close_values(abi, values);
    return status;
}

/* Working memory of a row: numbers, outputs and results. */
typedef struct results_row {
    mpq_t *values;
    eml_fe *outputs, *results;
} results_row;

static eml_status compute_row(const eml_abi *abi, const eml_rows *outputs, size_t r, const results_row *row,
                              eml_cells *out, eml_error *err) {
    size_t column = 0;
    for (size_t o = 0; o < abi->output_count; o++) {
        eml_i128 output;
        if (!eml_cells_get(&outputs->cells, r, o, &output)) return eml_temporary_unreadable(err);
        row->outputs[o] = eml_fe_of_signed(output);
    }
    eml_status status = fill_results(abi, row->outputs, row->values, row->values[abi->output_count + abi->result_count],
                                     row->results, &column, err);
    if (status != EML_OK) {
        eml_error_prefix(err, "row %zu, result \"%s\"", r + 1, abi->results[column].name);
        return status;
    }
    eml_cells_reserve(out, r + 1);
    for (size_t c = 0; c < abi->result_count; c++) eml_cells_set(out, r, c, eml_fe_signed(row->results[c]));
    return eml_cells_seal(out, r + 1, err);
}

eml_status eml_results_of(const eml_abi *abi, const eml_rows *outputs, eml_rows *out, eml_error *err) {
    results_row row = {open_values(abi), eml_alloc(abi->output_count, sizeof(eml_fe)),
                       eml_alloc(abi->result_count, sizeof(eml_fe))};
    eml_rows rows = {0};
    eml_status status = EML_OK;
    eml_cells_init_like(&rows.cells, abi->result_count, &outputs->cells);
    for (size_t r = 0; r < eml_rows_count(outputs) && abi->result_count > 0 && status == EML_OK; r++)
        status = compute_row(abi, outputs, r, &row, &rows.cells, err);
    close_values(abi, row.values);
    eml_free(row.outputs);
    eml_free(row.results);
    if (status == EML_OK)
        *out = rows;
    else
        eml_rows_free(&rows);
    return status;
}
