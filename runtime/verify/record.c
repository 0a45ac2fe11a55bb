/* Input and output files, read into a record. */
#include "runtime/verify/verify.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/temporary.h"
#include "runtime/bundle/cbor_io.h"
#include "runtime/ciphertext/format.h"
#include "runtime/table/read.h"
#include "runtime/text/file_kind.h"

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

/* Whether the program takes a table of public inputs, and has none yet. */
static eml_status check_takes_table(const eml_record *record, const eml_abi *abi, const char *name, eml_error *err) {
    if (eml_rows_count(&record->inputs) > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: a second table of inputs; this model takes one",
                           name);
    if (eml_abi_columns(abi, EML_PUBLIC) == 0 && eml_abi_columns(abi, EML_COMMITTED) > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: a table, but model %s has no public inputs: all are committed, so who proves gives "
                           "their opening, who verifies their commitment, and nobody a table",
                           name, abi->model);
    if (eml_abi_columns(abi, EML_PUBLIC) == 0 && abi->secret_len > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: not a ciphertext file, and all inputs of model %s are secret; eml encrypt makes one",
                           name, abi->model);
    return EML_OK;
}

static eml_status add_rows(eml_record *record, const eml_abi *abi, eml_feed *feed, const uint8_t *first, size_t count,
                           bool allow_extra, eml_error *err) {
    if (eml_lwe_has_magic(first, count, EML_MAGIC_SECRET_KEY))
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "%s: a secret key is nobody's input; keep it to decrypt with", feed->name);
    EML_TRY(check_takes_table(record, abi, feed->name, err));
    eml_rows_options options = {allow_extra, record->keep, record->keep_count};
    return eml_rows_read(abi, EML_ROWS_PUBLIC, feed, &options, &record->inputs, err);
}

/* Whether tables in memory are what the program takes and gives. */
static eml_status check_arrays(const eml_abi *abi, bool ciphertexts, const char *what, eml_error *err) {
    if (abi->raw)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "%s in arrays, but a program from assembly has no columns: its %s are a JSON file", what,
                           what);
    if (ciphertexts)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "%s in arrays, but those of model %s are a file of ciphertexts", what, abi->model);
    return EML_OK;
}

eml_status eml_record_add_arrays(eml_record *record, const eml_abi *abi, const eml_arrays *arrays, bool allow_extra,
                                 eml_error *err) {
    EML_TRY(check_arrays(abi, false, "inputs", err));
    EML_TRY(check_takes_table(record, abi, "(arrays)", err));
    if (record->keep_count > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "columns are kept of a table in a file: arrays have what is to stand beside the outputs");
    return eml_rows_of_arrays(abi, EML_ROWS_PUBLIC, arrays, allow_extra, &record->inputs, err);
}

eml_status eml_record_take_output_arrays(eml_record *record, const eml_abi *abi, const eml_arrays *arrays,
                                         bool allow_extra, eml_error *err) {
    EML_TRY(check_arrays(abi, abi->encrypted_outputs, "outputs", err));
    return eml_rows_of_arrays(abi, EML_ROWS_OUTPUTS, arrays, allow_extra, &record->outputs, err);
}

static eml_status decode_ciphertext(const char *name, const eml_buf *bytes, eml_ciphertext *out, eml_error *err) {
    eml_status status = eml_ciphertext_decode(bytes->data, bytes->len, out, err);
    if (status != EML_OK && (eml_lwe_has_magic(bytes->data, bytes->len, EML_MAGIC_CIPHERTEXT) ||
                             !eml_file_kind_explain(name, bytes->data, bytes->len, "a file of ciphertexts", err)))
        eml_error_prefix(err, "%s", name);
    return status;
}

static eml_status add_ciphertext(eml_record *record, const eml_abi *abi, const char *name, const eml_buf *bytes,
                                 eml_error *err) {
    if (abi->secret_len == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_SHAPE,
                           "%s: holds ciphertexts, but model %s has no secret inputs", name, abi->model);
    if (record->secrets.rows > 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "%s: a second file of ciphertexts; this model takes one",
                           name);
    return decode_ciphertext(name, bytes, &record->secrets, err);
}

static size_t size_limit(const eml_abi *abi) {
    return abi->secret_len > 0 && !abi->raw ? EML_LATTICE_FILE_BYTES_MAX : EML_ROWS_BYTES_MAX;
}

static eml_status add_opening(eml_record *record, const eml_abi *abi, const eml_shape *shape, const char *name,
                              const eml_buf *bytes, eml_error *err) {
    eml_opening opening;
    eml_status status = eml_opening_decode(bytes->data, bytes->len, &opening, err);
    if (status == EML_OK) {
        status = eml_record_add_opening(record, abi, shape, &opening, err);
        eml_opening_free(&opening);
    }
    if (status != EML_OK) eml_error_prefix(err, "%s", name);
    return status;
}

/* Tables are read step by step, other files as a whole. */
static eml_status add_feed(eml_record *record, const eml_abi *abi, const eml_shape *shape, eml_feed *feed,
                           bool allow_extra, eml_error *err) {
    const uint8_t *first;
    size_t count;
    EML_TRY(eml_feed_peek(feed, &first, &count, err));
    bool opening = eml_cbor_begins(first, count, EML_OPENING_MAGIC);
    bool ciphertext = !abi->raw && eml_lwe_has_magic(first, count, EML_MAGIC_CIPHERTEXT);
    if (!opening && !abi->raw && !ciphertext) return add_rows(record, abi, feed, first, count, allow_extra, err);
    eml_buf bytes = {0};
    eml_status status = eml_feed_read_all(feed, size_limit(abi), &bytes, err);
    if (status == EML_OK && opening)
        status = add_opening(record, abi, shape, feed->name, &bytes, err);
    else if (status == EML_OK && abi->raw)
        status = add_tapes(record, feed->name, &bytes, err);
    else if (status == EML_OK)
        status = add_ciphertext(record, abi, feed->name, &bytes, err);
    eml_buf_free(&bytes);
    return status;
}

eml_status eml_record_add_input(eml_record *record, const eml_abi *abi, const eml_shape *shape, const eml_file *file,
                                bool allow_extra, eml_error *err) {
    eml_feed feed;
    EML_TRY(eml_verify_open_file(file, &feed, err));
    eml_status status = add_feed(record, abi, shape, &feed, allow_extra, err);
    eml_feed_close(&feed);
    return status;
}

static eml_status read_outputs(eml_record *record, const eml_abi *abi, eml_feed *feed, bool allow_extra,
                               eml_error *err) {
    if (!abi->raw && !abi->encrypted_outputs)
        return eml_rows_read(abi, EML_ROWS_OUTPUTS, feed, &(eml_rows_options){.allow_extra = allow_extra},
                             &record->outputs, err);
    eml_buf bytes = {0};
    eml_status status = eml_feed_read_all(feed, size_limit(abi), &bytes, err);
    if (status == EML_OK && abi->raw)
        status = eml_raw_result_parse(feed->name, (const char *)bytes.data, bytes.len, &record->result, err);
    else if (status == EML_OK)
        status = decode_ciphertext(feed->name, &bytes, &record->encrypted, err);
    eml_buf_free(&bytes);
    return status;
}

eml_status eml_record_read_outputs(eml_record *record, const eml_abi *abi, const eml_file *file, bool allow_extra,
                                   eml_error *err) {
    eml_feed feed;
    EML_TRY(eml_verify_open_file(file, &feed, err));
    eml_status status = read_outputs(record, abi, &feed, allow_extra, err);
    eml_feed_close(&feed);
    return status;
}

static eml_status check_length(const char *what, size_t given, uint64_t expected, eml_error *err) {
    if (given == expected) return EML_OK;
    return eml_fail(err, EML_ERR_NO, "the %s has %zu entries, the program takes %llu", what, given,
                    (unsigned long long)expected);
}

static eml_status check_tapes(const eml_record *record, const eml_shape *shape, eml_error *err) {
    EML_TRY(check_length("public tape", record->tapes.public_len, shape->public_len, err));
    return check_length("secret tape", record->tapes.secret_len, shape->secret_len, err);
}

static bool all_uniform(const eml_abi *abi) {
    for (size_t i = 0; i < abi->input_count; i++)
        if (abi->inputs[i].visibility == EML_PUBLIC && !abi->inputs[i].uniform) return false;
    return true;
}

static eml_status repeat_row(eml_rows *rows, size_t count, eml_error *err) {
    eml_cells *cells = &rows->cells, repeated;
    eml_cells_init(&repeated, cells->columns, cells->widths, cells->stays);
    eml_cells_reserve(&repeated, count);
    for (size_t c = 0; c < cells->columns; c++) {
        eml_i128 value;
        if (!eml_cells_get(cells, 0, c, &value)) return eml_temporary_unreadable(err);
        for (size_t r = 0; r < count; r++) eml_cells_set(&repeated, r, c, value);
    }
    EML_TRY(eml_cells_seal(&repeated, count, err));
    eml_cells_free(cells);
    *cells = repeated;
    return EML_OK;
}

static eml_status match_rows(eml_record *record, const eml_abi *abi, eml_error *err) {
    eml_rows *table = &record->inputs;
    uint64_t rows = record->secrets.rows, given = eml_rows_count(table);
    if (given == 0 || rows == 0 || given == rows) return EML_OK;
    if (given != 1 || !all_uniform(abi))
        return eml_fail(err, EML_ERR_NO, "the table of public inputs has %llu rows, the ciphertexts have %llu",
                        (unsigned long long)given, (unsigned long long)rows);
    if (rows * table->cells.columns > EML_ROWS_CELLS_MAX)
        return eml_fail_as(err, EML_ERR_NO, EML_CODE_LIMIT, "the public inputs of %llu rows are more than %d values",
                           (unsigned long long)rows, EML_ROWS_CELLS_MAX);
    return repeat_row(table, rows, err);
}

static eml_status refuse_no_table(const eml_abi *abi, eml_error *err) {
    enum { SHOWN = 6 };
    size_t columns = 0;
    eml_buf names = {0};
    for (size_t i = 0; i < abi->input_count && !eml_input_is_derived(&abi->inputs[i]); i++) {
        if (abi->inputs[i].visibility != EML_PUBLIC) continue;
        if (columns++ < SHOWN) eml_buf_printf(&names, "%s%s", columns > 1 ? ", " : "", abi->inputs[i].name);
    }
    if (columns > SHOWN) eml_buf_printf(&names, " and %zu more", columns - SHOWN);
    eml_status status =
        eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "a table of the public inputs was not given (--input): %.*s",
                    (int)names.len, (const char *)names.data);
    eml_buf_free(&names);
    return status;
}

eml_status eml_record_complete(eml_record *record, const eml_abi *abi, const eml_shape *shape, eml_error *err) {
    if (eml_shape_is_committed(shape) && !record->committed)
        return eml_fail_as(
            err, EML_ERR_INPUT, EML_CODE_USAGE,
            "the opening of the committed inputs was not given (--opening): eml commit makes it, and who "
            "vouches for the data hands it over");
    if (abi->raw) return check_tapes(record, shape, err);
    if (abi->secret_len > 0 && record->secrets.rows == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the ciphertexts of the secret inputs were not given");
    if (eml_abi_columns(abi, EML_PUBLIC) > 0 && eml_rows_count(&record->inputs) == 0) return refuse_no_table(abi, err);
    if (eml_record_rows(record, abi) == 0)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "no inputs were given");
    EML_TRY(match_rows(record, abi, err));
    if (!eml_abi_one_row(abi) || eml_record_rows(record, abi) == 1) return EML_OK;
    return eml_fail(err, EML_ERR_NO, "%llu rows, but model %s %s: give it one row at a time",
                    (unsigned long long)eml_record_rows(record, abi), abi->model,
                    abi->single_row ? "is declared single row" : "has committed inputs");
}

uint64_t eml_record_rows(const eml_record *record, const eml_abi *abi) {
    if (abi->raw) return 1;
    if (record->committed && eml_abi_columns(abi, EML_PUBLIC) == 0) return 1;
    return record->secrets.rows > 0 ? record->secrets.rows : eml_rows_count(&record->inputs);
}

void eml_record_free(eml_record *record) {
    eml_rows_free(&record->inputs);
    eml_rows_free(&record->outputs);
    eml_ciphertext_free(&record->secrets);
    eml_ciphertext_free(&record->encrypted);
    eml_raw_tapes_free(&record->tapes);
    eml_raw_result_free(&record->result);
    eml_opening_free(&record->opening);
    eml_free(record->commitment_states);
    *record = (eml_record){0};
}
