/* Where a table of outputs is not what the program gives: for who was refused and wants to know. */
#include "runtime/session/session.h"

#include "runtime/base/temporary.h"
#include "runtime/field/integer.h"
#include "runtime/table/value.h"

/* The first cell that differs, row by row. */
static eml_status compare_rows(const eml_abi *abi, const eml_rows *given, const eml_rows *ran, eml_error *err) {
    size_t rows = eml_rows_count(given), columns = given->cells.columns;
    if (rows != eml_rows_count(ran))
        return eml_fail(err, EML_ERR_NO, "the inputs have %zu rows, the outputs %zu", eml_rows_count(ran), rows);
    for (size_t i = 0; i < rows * columns; i++) {
        eml_i128 is, should;
        if (!eml_cells_get(&given->cells, i / columns, i % columns, &is) ||
            !eml_cells_get(&ran->cells, i / columns, i % columns, &should))
            return eml_temporary_unreadable(err);
        if (is == should) continue;
        const eml_output_column *column = &abi->outputs[i % columns];
        eml_buf gives = {0}, says = {0};
        eml_abi_print_value(column, eml_fe_of_signed(should), &gives);
        eml_abi_print_value(column, eml_fe_of_signed(is), &says);
        eml_fail(err, EML_ERR_NO, "row %zu, column \"%s\": the program gives %.*s on these inputs, the table says %.*s",
                 i / columns + 1, column->name, (int)gives.len, (const char *)gives.data, (int)says.len,
                 (const char *)says.data);
        eml_buf_free(&gives);
        eml_buf_free(&says);
        return EML_ERR_NO;
    }
    return EML_OK;
}

static eml_answer compare(const eml_session *session, const eml_file *outputs, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (!session->ran || abi->raw || abi->encrypted_outputs)
        return eml_answer_of(
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "there is no table of outputs to compare"));
    eml_record given = {0};
    eml_status status = eml_record_read_outputs(&given, abi, outputs, true, err);
    if (status == EML_OK) status = compare_rows(abi, &given.outputs, &session->record.outputs, err);
    eml_record_free(&given);
    return eml_answer_of(status);
}

eml_answer eml_session_compare(const eml_session *session, const eml_file *outputs, eml_error *err) {
    EML_CALL(err, compare(session, outputs, err));
}
