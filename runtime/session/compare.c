/* Where a table of outputs is not what the program gives: for who was refused and wants to know. */
#include "runtime/session/session.h"

#include "runtime/table/value.h"

/* The first cell that differs, row by row. */
static eml_status compare_rows(const eml_abi *abi, const eml_rows *given, const eml_rows *ran, eml_error *err) {
    if (given->rows != ran->rows)
        return eml_fail(err, EML_ERR_NO, "the inputs have %zu rows, the outputs %zu", ran->rows, given->rows);
    for (size_t i = 0; i < given->rows * given->columns; i++) {
        if (eml_fe_eq(given->cells[i], ran->cells[i])) continue;
        const eml_output_column *column = &abi->outputs[i % given->columns];
        eml_buf gives = {0}, says = {0};
        eml_abi_print_value(column, ran->cells[i], &gives);
        eml_abi_print_value(column, given->cells[i], &says);
        eml_fail(err, EML_ERR_NO, "row %zu, column \"%s\": the program gives %.*s on these inputs, the table says %.*s",
                 i / given->columns + 1, column->name, (int)gives.len, (const char *)gives.data, (int)says.len,
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
    eml_status status = eml_record_read_outputs(&given, abi, outputs, err);
    if (status == EML_OK) status = compare_rows(abi, &given.outputs, &session->record.outputs, err);
    eml_record_free(&given);
    return eml_answer_of(status);
}

eml_answer eml_session_compare(const eml_session *session, const eml_file *outputs, eml_error *err) {
    EML_CALL(err, compare(session, outputs, err));
}
