/* Input and output files, read into a record. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/memory.h"

static void append(eml_fe **to, size_t *to_len, const eml_fe *from, size_t from_len, size_t size) {
    eml_fe *joined = eml_alloc(*to_len + from_len, size * sizeof(eml_fe));
    if (*to_len > 0) memcpy(joined, *to, *to_len * size * sizeof(eml_fe));
    if (from_len > 0) memcpy(joined + *to_len * size, from, from_len * size * sizeof(eml_fe));
    eml_free(*to);
    *to = joined;
    *to_len += from_len;
}

static eml_status add_tapes(eml_record *record, const char *name, const eml_buf *text, eml_error *err) {
    eml_raw_tapes tapes;
    EML_TRY(eml_raw_tapes_parse(name, (const char *)text->data, text->len, &tapes, err));
    append(&record->tapes.public_tape, &record->tapes.public_len, tapes.public_tape, tapes.public_len, 1);
    append(&record->tapes.secret_tape, &record->tapes.secret_len, tapes.secret_tape, tapes.secret_len, EML_CT_ELEMENTS);
    eml_raw_tapes_free(&tapes);
    return EML_OK;
}

static eml_status add_rows(eml_record *record, const eml_abi *abi, const char *name, const eml_buf *text,
                           bool allow_extra, eml_error *err) {
    EML_TRY(eml_rows_parse(abi, EML_ROWS_PUBLIC, name, (const char *)text->data, text->len, allow_extra,
                           &record->inputs, err));
    if (!abi->single_row || record->inputs.rows == 1) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "%s: %zu rows, but model %s is declared single row: give it one row at a time",
                    name, record->inputs.rows, abi->model);
}

eml_status eml_record_add_input(eml_record *record, const eml_abi *abi, const eml_file *file, size_t already,
                                bool allow_extra, eml_error *err) {
    const char *name = eml_session_file_name(file);
    if (!abi->raw && already > 0)
        return eml_fail(err, EML_ERR_INPUT, "%s: a second table of inputs; this model takes one", name);
    eml_buf text = {0};
    eml_status status = eml_session_read_file(file, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK)
        status = abi->raw ? add_tapes(record, name, &text, err) : add_rows(record, abi, name, &text, allow_extra, err);
    eml_buf_free(&text);
    return status;
}

eml_status eml_record_read_outputs(eml_record *record, const eml_abi *abi, const eml_file *file, eml_error *err) {
    const char *name = eml_session_file_name(file);
    eml_buf text = {0};
    eml_status status = eml_session_read_file(file, EML_ROWS_BYTES_MAX, &text, err);
    if (status == EML_OK && abi->raw)
        status = eml_raw_result_parse(name, (const char *)text.data, text.len, &record->result, err);
    else if (status == EML_OK)
        status = eml_rows_parse(abi, EML_ROWS_OUTPUTS, name, (const char *)text.data, text.len, false, &record->outputs,
                                err);
    eml_buf_free(&text);
    return status;
}

static eml_status check_length(const char *what, size_t given, uint64_t expected, eml_error *err) {
    if (given == expected) return EML_OK;
    return eml_fail(err, EML_ERR_INPUT, "the %s has %zu entries, the program takes %llu", what, given,
                    (unsigned long long)expected);
}

eml_status eml_record_check_tapes(const eml_record *record, const eml_shape *shape, eml_error *err) {
    EML_TRY(check_length("public tape", record->tapes.public_len, shape->public_len, err));
    return check_length("secret tape", record->tapes.secret_len, shape->secret_len, err);
}

uint64_t eml_record_rows(const eml_record *record, const eml_abi *abi) { return abi->raw ? 1 : record->inputs.rows; }

void eml_record_free(eml_record *record) {
    eml_rows_free(&record->inputs);
    eml_rows_free(&record->outputs);
    eml_raw_tapes_free(&record->tapes);
    eml_raw_result_free(&record->result);
    *record = (eml_record){0};
}
