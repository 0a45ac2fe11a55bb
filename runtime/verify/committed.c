/* Openings, held against the program that they are used for. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/isa/commitment.h"
#include "runtime/table/value.h"

enum { STATES_MAX = 1 << 20 }; /* 64 MiB */

enum { SHOWN = 6 };

static void put_names(const char *what, const eml_abi *abi, const eml_abi_tape *columns, eml_buf *out) {
    eml_buf_put_text(out, what);
    for (size_t i = 0; i < columns->columns && i < SHOWN; i++)
        eml_buf_printf(out, "%s%s", i > 0 ? ", " : " ", abi->inputs[columns->inputs[i]].name);
    if (columns->columns > SHOWN) eml_buf_printf(out, " and %zu more", columns->columns - SHOWN);
}

static bool same_range(const eml_input_column *a, const eml_input_column *b) {
    return mpq_equal(a->lo, b->lo) && mpq_equal(a->hi, b->hi) && mpq_equal(a->unit, b->unit) &&
           mpq_equal(a->step, b->step) && a->exact == b->exact;
}

/* The first input that the issuer's schema and the model's have otherwise. */
static void put_difference(const eml_opening *opening, const eml_abi *abi, const eml_abi_tape *columns, eml_buf *out) {
    const eml_abi *given = &opening->columns;
    bool names = given->input_count == columns->columns;
    for (size_t i = 0; names && i < columns->columns; i++)
        names = strcmp(given->inputs[i].name, abi->inputs[columns->inputs[i]].name) == 0;
    if (!names) {
        eml_abi_tape all;
        eml_abi_tape_init(&all, given, EML_COMMITTED);
        put_names("it is to", given, &all, out);
        eml_abi_tape_free(&all);
        put_names(", the committed inputs of the model are, in this order,", abi, columns, out);
        return;
    }
    size_t i = 0;
    while (i + 1 < columns->columns && same_range(&given->inputs[i], &abi->inputs[columns->inputs[i]])) i++;
    eml_buf_printf(out, "\"%s\" is ", given->inputs[i].name);
    eml_input_print_range(&given->inputs[i], out);
    eml_buf_put_text(out, ", in the model ");
    eml_input_print_range(&abi->inputs[columns->inputs[i]], out);
}

static eml_status refuse_schema(const eml_opening *opening, const eml_abi *abi, const eml_abi_tape *columns,
                                eml_error *err) {
    if (abi->raw != opening->columns.raw || abi->raw)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "the commitment was made for another program%s",
                           abi->raw == opening->columns.raw ? ""
                           : abi->raw                       ? ": for named inputs, and this one is from assembly"
                                                            : ", one from assembly");
    eml_buf text = {0};
    put_difference(opening, abi, columns, &text);
    eml_status status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                                    "the commitment is to other inputs: %.*s; who vouches for the data commits again, "
                                    "with this model or its schema",
                                    (int)text.len, (const char *)text.data);
    eml_buf_free(&text);
    return status;
}

/* The integer stands for a value that the column takes. Messages do not tell it: they are kept where openings are not.
 */
static eml_status check_value(const eml_input_column *column, eml_fe integer, eml_error *err) {
    mpq_t value;
    eml_fe again = EML_FE_ZERO;
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
    eml_status status = eml_abi_encode_value(column, value, &again, NULL);
    mpq_clear(value);
    if (status == EML_OK && eml_fe_eq(again, integer)) return EML_OK;
    eml_buf range = {0};
    eml_input_print_range(column, &range);
    status = eml_fail_as(err, EML_ERR_INPUT, EML_CODE_RANGE,
                         "the committed value of \"%s\" is none that the model takes: %.*s", column->name,
                         (int)range.len, (const char *)range.data);
    eml_buf_free(&range);
    return status;
}

static eml_status check_values(const eml_opening *opening, const eml_abi *abi, const eml_abi_tape *columns,
                               eml_error *err) {
    for (size_t i = 0; i < columns->columns; i++)
        EML_TRY(check_value(&abi->inputs[columns->inputs[i]], opening->values[i], err));
    return EML_OK;
}

static eml_status check_schema(const eml_opening *opening, const eml_abi *abi, const eml_shape *shape,
                               const eml_abi_tape *columns, eml_error *err) {
    bool same = opening->count == eml_shape_committed(shape) && abi->raw == opening->columns.raw;
    for (size_t i = 0; i < EML_RESCUE_DIGEST; i++) same = same && eml_fe_eq(opening->schema[i], shape->schema[i]);
    return same ? EML_OK : refuse_schema(opening, abi, columns, err);
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

static void drop_opening(eml_record *record) {
    eml_opening_free(&record->opening);
    eml_free(record->commitment_states);
    record->commitment_states = NULL;
}

static eml_status take_opening(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                               const eml_abi_tape *columns, eml_opening *take, eml_error *err) {
    EML_TRY(check_schema(take, abi, shape, columns, err));
    record->opening = *take;
    *take = (eml_opening){0};
    run_sponge(record, shape);
    eml_status status = eml_opening_check(&record->opening, record->commitment, err);
    if (status == EML_OK) status = check_values(&record->opening, abi, columns, err);
    if (status != EML_OK) drop_opening(record);
    return status;
}

eml_status eml_record_add_opening(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                  eml_opening *opening_take, eml_error *err) {
    if (record->opening.count > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "a second opening; a proof is about one commitment");
    if (!eml_shape_is_committed(shape))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "an opening, but %s%s has no committed inputs",
                           abi->raw ? "the program" : "model ", abi->model);
    eml_abi_tape columns;
    eml_abi_tape_init(&columns, abi, EML_COMMITTED);
    eml_status status = take_opening(record, abi, shape, &columns, opening_take, err);
    eml_abi_tape_free(&columns);
    record->committed = status == EML_OK;
    return status;
}
