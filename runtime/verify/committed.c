/* Openings, held against the program that they are used for. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/isa/commitment.h"
#include "runtime/table/value.h"

enum { STATES_MAX = 1 << 20 }; /* 64 MiB */

static bool same_names(const eml_opening *opening, const eml_abi_tape *columns, const eml_abi *abi) {
    if (opening->names == NULL || opening->count != columns->columns) return false;
    for (size_t i = 0; i < opening->count; i++)
        if (strcmp(opening->names[i], abi->inputs[columns->inputs[i]].name) != 0) return false;
    return true;
}

static void put_names(eml_buf *out, const char *what, const eml_opening *opening, const eml_abi_tape *columns,
                      const eml_abi *abi) {
    enum { SHOWN = 6 };
    size_t count = opening != NULL ? opening->count : columns->columns;
    eml_buf_put_text(out, what);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        eml_buf_printf(out, "%s%s", i > 0 ? ", " : " ",
                       opening == NULL          ? abi->inputs[columns->inputs[i]].name
                       : opening->names == NULL ? "(assembly)"
                                                : opening->names[i]);
    if (count > SHOWN) eml_buf_printf(out, " and %zu more", count - SHOWN);
}

static eml_status refuse_schema(const eml_opening *opening, const eml_abi *abi, const eml_abi_tape *columns,
                                eml_error *err) {
    if (abi->raw || same_names(opening, columns, abi))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "what was committed to has another schema: %s",
                           abi->raw ? "it was made for another program" : "the same names, but other units or ranges");
    eml_buf text = {0};
    put_names(&text, "the commitment is to", opening, columns, abi);
    put_names(&text, ", the committed inputs of the model are", NULL, columns, abi);
    eml_status status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "%.*s", (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    return status;
}

/* The integer stands for a value that the column takes. */
static eml_status check_value(const eml_input_column *column, eml_fe integer, eml_error *err) {
    mpq_t value;
    eml_fe again;
    mpq_init(value);
    eml_fe_to_mpz(integer, mpq_numref(value));
    mpq_mul(value, value, column->unit);
    mpq_add(value, value, column->offset);
    /* An end of the range may itself be rounded, out of it. */
    if (mpq_sgn(column->step) == 0 && !column->exact) {
        eml_fe lo, hi;
        if (eml_abi_encode_value(column, column->lo, &lo, NULL) == EML_OK && eml_fe_eq(lo, integer))
            mpq_set(value, column->lo);
        if (eml_abi_encode_value(column, column->hi, &hi, NULL) == EML_OK && eml_fe_eq(hi, integer))
            mpq_set(value, column->hi);
    }
    eml_status status = eml_abi_encode_value(column, value, &again, err);
    mpq_clear(value);
    if (status == EML_OK && eml_fe_eq(again, integer)) return EML_OK;
    if (status == EML_OK) status = eml_fail(err, EML_ERR_INPUT, "is no value of the column");
    eml_error_prefix(err, "the committed value of \"%s\"", column->name);
    return EML_ERR_INPUT;
}

static eml_status check_values(const eml_opening *opening, const eml_abi *abi, const eml_abi_tape *columns,
                               eml_error *err) {
    for (size_t i = 0; i < columns->columns; i++)
        EML_TRY(check_value(&abi->inputs[columns->inputs[i]], opening->values[i], err));
    return EML_OK;
}

static eml_status check_opening(const eml_opening *opening, const eml_abi *abi, const eml_shape *shape,
                                eml_error *err) {
    if (!eml_shape_is_committed(shape))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "an opening, but %s%s has no committed inputs",
                           abi->raw ? "the program" : "model ", abi->model);
    eml_abi_tape columns;
    eml_abi_tape_init(&columns, abi, EML_COMMITTED);
    bool same = opening->count == eml_shape_committed(shape) && (abi->raw || same_names(opening, &columns, abi));
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) same = same && eml_fe_eq(opening->schema[i], shape->schema[i]);
    eml_status status = same ? check_values(opening, abi, &columns, err) : refuse_schema(opening, abi, &columns, err);
    eml_abi_tape_free(&columns);
    return status;
}

/* The commitment, and the states on the way to it and behind it. */
static void run_sponge(eml_record *record, const eml_shape *shape) {
    const eml_opening *opening = &record->opening;
    uint32_t rows = shape->n - eml_shape_free_rows(shape);
    if (rows > STATES_MAX) {
        eml_opening_commitment(opening, record->commitment);
        return;
    }
    record->commitment_states = eml_alloc_raw(rows, sizeof *record->commitment_states);
    eml_data_sponge_start(shape, record->commitment_states[0]);
    eml_data_sponge_run(shape, opening->salts, opening->values, 0, rows - 1, record->commitment_states);
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++)
        record->commitment[i] = eml_fe_canon(record->commitment_states[eml_shape_commitment_row(shape)][i]);
}

eml_status eml_record_add_opening(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                  eml_opening *opening_take, eml_error *err) {
    if (record->opening.count > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "a second opening; a proof is about one commitment");
    EML_TRY(check_opening(opening_take, abi, shape, err));
    record->opening = *opening_take;
    record->committed = true;
    run_sponge(record, shape);
    *opening_take = (eml_opening){0};
    return EML_OK;
}
