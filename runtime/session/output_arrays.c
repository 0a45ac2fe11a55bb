/* Outputs and results of a run, a column at a time, as numbers. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/binary64.h"
#include "runtime/base/temporary.h"
#include "runtime/field/integer.h"
#include "runtime/table/printer.h"
#include "runtime/table/value.h"
#include "runtime/text/text.h"

const char *eml_session_output_name(const eml_session *session, size_t column) {
    const eml_abi *abi = &session->bundle.abi;
    if (column < abi->output_count) return abi->outputs[column].name;
    column -= abi->output_count;
    return column < abi->result_count ? abi->results[column].name : NULL;
}

/* A column of the run: where its integers are, and what they mean. */
typedef struct found_column {
    const eml_cells *cells;
    size_t column;
    eml_output_column as_output;
} found_column;

/* Computed once for all columns. */
static eml_status find_results(eml_session *session, eml_error *err) {
    if (session->has_results) return EML_OK;
    EML_TRY(eml_results_of(&session->bundle.abi, &session->record.outputs, &session->results, err));
    session->has_results = true;
    return EML_OK;
}

static eml_status find_column(eml_session *session, const char *name, size_t rows, found_column *out, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (!session->ran) return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the program was not run");
    if (abi->raw || abi->encrypted_outputs)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the outputs are no table in plain");
    if (rows != eml_session_rows(session))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "room for %zu rows, the outputs have %llu", rows,
                           (unsigned long long)eml_session_rows(session));
    size_t c = 0;
    const char *known;
    while ((known = eml_session_output_name(session, c)) != NULL && strcmp(known, name) != 0) c++;
    if (known == NULL)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE, "model %s has no output \"%s\"", abi->model,
                           eml_text_excerpt(name, strlen(name)).text);
    bool result = c >= abi->output_count;
    if (result) EML_TRY(find_results(session, err));
    if (result)
        *out = (found_column){&session->results.cells, c - abi->output_count,
                              eml_result_as_output(&abi->results[c - abi->output_count])};
    else
        *out = (found_column){&session->record.outputs.cells, c, abi->outputs[c]};
    return EML_OK;
}

/* What is done with the integers of a piece: rows `first` and after. */
typedef struct taker {
    eml_status (*take)(const struct taker *t, size_t first, eml_cells_view view, size_t rows, eml_error *err);
    const found_column *found;
    double *doubles;
    int64_t *integers;
    eml_printer printer;
} taker;

static eml_status take_pieces(const taker *t, eml_error *err) {
    const eml_cells *cells = t->found->cells;
    uint8_t *scratch = eml_alloc_raw(1, EML_PIECE_COLUMN_BYTES);
    eml_status status = EML_OK;
    for (size_t p = 0; p < eml_cells_pieces(cells) && status == EML_OK; p++) {
        eml_cells_view view = eml_cells_column(cells, p, t->found->column, scratch);
        status = view.cells == NULL ? eml_temporary_unreadable(err)
                                    : t->take(t, p * cells->piece_rows, view, eml_cells_piece_rows(cells, p), err);
    }
    eml_free(scratch);
    return status;
}

/* ----- Doubles ----- */

/* The definition; false: beyond the largest. */
static bool nearest_double(const eml_output_column *column, eml_i128 integer, double *out) {
    mpq_t value;
    mpq_init(value);
    eml_abi_printed_value(column, eml_fe_of_signed(integer), value);
    bool found = eml_binary64_nearest(value, value);
    if (found) *out = mpq_get_d(value);
    mpq_clear(value);
    return found;
}

/* Both numbers of a quotient are doubles, so it is the nearest to the decimal. */
static eml_status take_doubles(const taker *t, size_t first, eml_cells_view view, size_t rows, eml_error *err) {
    enum { PLACES_MAX = 22 };
    const int64_t most = INT64_C(1) << 53;
    const eml_printer *printer = &t->printer;
    bool quick = printer->usable && printer->places <= PLACES_MAX;
    double power = 1;
    for (unsigned i = 0; quick && i < printer->places; i++) power *= 10;
    for (size_t i = 0; i < rows; i++) {
        eml_i128 integer = eml_cells_view_at(view, i);
        if (quick && integer >= -most && integer <= most)
            t->doubles[first + i] = (double)(int64_t)integer / power;
        else if (!nearest_double(&t->found->as_output, integer, &t->doubles[first + i]))
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_RANGE, "row %zu: no double is as large as the value",
                               first + i + 1);
    }
    return EML_OK;
}

static eml_answer output_doubles(eml_session *session, const char *name, double *values, size_t rows, eml_error *err) {
    found_column found;
    eml_status status = find_column(session, name, rows, &found, err);
    if (status == EML_OK)
        status = take_pieces(
            &(taker){take_doubles, &found, .doubles = values, .printer = eml_printer_of(found.as_output.unit)}, err);
    /* As in a run: a row without a value is bad input. */
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
}

eml_answer eml_session_output_doubles(eml_session *session, const char *name, double *values, size_t rows,
                                      eml_error *err) {
    EML_SESSION_CALL(session, err, output_doubles(session, name, values, rows, err));
}

/* ----- Integers ----- */

static eml_status take_integers(const taker *t, size_t first, eml_cells_view view, size_t rows, eml_error *err) {
    for (size_t i = 0; i < rows; i++) {
        eml_i128 integer = eml_cells_view_at(view, i);
        if (integer < INT64_MIN || integer > INT64_MAX)
            return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_RANGE,
                               "row %zu: the integer has more than 64 bits; eml_session_outputs prints it",
                               first + i + 1);
        t->integers[first + i] = (int64_t)integer;
    }
    return EML_OK;
}

static eml_answer output_integers(eml_session *session, const char *name, int64_t *values, size_t rows, eml_bytes *unit,
                                  eml_error *err) {
    found_column found;
    eml_status status = find_column(session, name, rows, &found, err);
    if (status == EML_OK) status = take_pieces(&(taker){take_integers, &found, .integers = values}, err);
    if (status != EML_OK) return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
    eml_buf text = {0};
    if (unit == NULL) return EML_ANSWER_YES;
    eml_decimal_print_exact(found.as_output.unit, &text);
    *unit = eml_bytes_take(&text);
    return EML_ANSWER_YES;
}

eml_answer eml_session_output_integers(eml_session *session, const char *name, int64_t *values, size_t rows,
                                       eml_bytes *unit, eml_error *err) {
    EML_SESSION_CALL(session, err, output_integers(session, name, values, rows, unit, err));
}
