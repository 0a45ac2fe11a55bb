/* One run of the program a row. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/field/integer.h"
#include "runtime/vm/vm.h"

static void run_row(const eml_program *program, const eml_tapes *tapes, eml_fe *outputs) {
    eml_outcome outcome;
    eml_vm_run(program, tapes, &outcome);
    if (program->shape.output_len == 0)
        outputs[0] = outcome.stack[0];
    else
        memcpy(outputs, outcome.output_tape, program->shape.output_len * sizeof(eml_fe));
    eml_outcome_free(&outcome);
}

/* The rows of a piece, one after the other. */
typedef struct row_runner {
    const eml_session *session;
    eml_abi_tape tape;
    eml_cells_view *columns; /* of the piece */
    uint8_t *scratch;
    eml_fe *cells, *values, *outputs; /* of a row: inputs, the public tape, outputs */
} row_runner;

static void open_runner(row_runner *r, const eml_session *session) {
    const eml_cells *inputs = &session->record.inputs.cells;
    *r = (row_runner){.session = session};
    eml_abi_tape_init(&r->tape, &session->bundle.abi, EML_PUBLIC);
    r->columns = eml_alloc(inputs->columns, sizeof *r->columns);
    r->scratch = eml_alloc_raw(1, inputs->piece_bytes);
    r->cells = eml_alloc(inputs->columns, sizeof *r->cells);
    r->values = eml_alloc(r->tape.length, sizeof *r->values);
    r->outputs = eml_alloc(session->bundle.abi.output_count, sizeof *r->outputs);
}

static void close_runner(row_runner *r) {
    eml_abi_tape_free(&r->tape);
    eml_free(r->columns);
    eml_free(r->scratch);
    eml_free(r->cells);
    eml_free(r->values);
    eml_free(r->outputs);
}

/* Row i of the piece. */
static void run_one(row_runner *r, size_t i) {
    const eml_record *record = &r->session->record;
    for (size_t c = 0; c < record->inputs.cells.columns; c++)
        r->cells[c] = eml_fe_of_signed(eml_cells_view_at(r->columns[c], i));
    eml_abi_tape_fill(&r->tape, r->cells, &EML_FE_ONE, sizeof *r->values, r->values);
    run_row(&r->session->bundle.program, &(eml_tapes){.public_tape = r->values, .committed = record->opening.values},
            r->outputs);
}

static eml_status run_piece(row_runner *r, size_t piece, eml_cells *outputs, eml_error *err) {
    const eml_cells *inputs = &r->session->record.inputs.cells;
    if (inputs->columns > 0 && !eml_cells_piece(inputs, piece, r->scratch, r->columns))
        return eml_cells_unreadable(err);
    size_t first = piece * outputs->piece_rows;
    size_t rows = inputs->columns > 0 ? eml_cells_piece_rows(inputs, piece) : 1;
    eml_cells_reserve(outputs, first + rows);
    for (size_t i = 0; i < rows; i++) {
        run_one(r, i);
        for (size_t c = 0; c < outputs->columns; c++)
            eml_cells_set(outputs, first + i, c, eml_fe_signed(r->outputs[c]));
    }
    return eml_cells_seal(outputs, first + rows, err);
}

/* Without public inputs there is one row, of committed ones. */
static eml_status run_rows(eml_session *session, eml_error *err) {
    const eml_cells *inputs = &session->record.inputs.cells;
    eml_cells *outputs = &session->record.outputs.cells;
    row_runner runner;
    open_runner(&runner, session);
    if (inputs->columns > 0) {
        eml_cells_init_like(outputs, session->bundle.abi.output_count, inputs);
    } else {
        eml_cells_init(outputs, session->bundle.abi.output_count, NULL, true);
        eml_cells_expect(outputs, 1);
    }
    size_t pieces = inputs->columns > 0 ? eml_cells_pieces(inputs) : 1;
    eml_status status = EML_OK;
    for (size_t p = 0; p < pieces && status == EML_OK; p++) status = run_piece(&runner, p, outputs, err);
    close_runner(&runner);
    return status;
}

static void run_raw(eml_session *session) {
    const eml_shape *shape = &session->bundle.program.shape;
    eml_record *record = &session->record;
    eml_outcome outcome;
    eml_vm_run(&session->bundle.program,
               &(eml_tapes){.public_tape = record->tapes.public_tape,
                            .secret_tape = record->tapes.secret_tape,
                            .committed = record->opening.values},
               &outcome);
    record->result = (eml_raw_result){.stack_len = shape->W, .output_len = shape->output_len};
    record->result.stack = eml_alloc(shape->W, sizeof(eml_fe));
    memcpy(record->result.stack, outcome.stack, shape->W * sizeof(eml_fe));
    record->result.output_tape = outcome.output_tape;
    outcome.output_tape = NULL;
    eml_outcome_free(&outcome);
}

static eml_status run(eml_session *session, eml_error *err) {
    const eml_bundle *bundle = &session->bundle;
    EML_TRY(eml_bundle_require_code(bundle, "run or prove it", err));
    EML_TRY(eml_record_complete(&session->record, &bundle->abi, &bundle->program.shape, err));
    EML_TRY(eml_record_check_labels(&session->record, &bundle->abi, &bundle->hash, err));
    if (bundle->abi.encrypted_outputs) return eml_session_run_encrypted(session, err);
    if (bundle->abi.raw)
        run_raw(session);
    else
        EML_TRY(run_rows(session, err));
    eml_session_measure_reveal(session);
    return EML_OK;
}

static eml_answer run_once(eml_session *session, eml_error *err) {
    if (session->ran) return EML_ANSWER_YES;
    eml_status status = run(session, err);
    session->ran = status == EML_OK;
    /* Inputs that are not this program's are bad input here; only a verifier can turn them into a no. */
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
}

eml_answer eml_session_run(eml_session *session, eml_error *err) {
    EML_SESSION_CALL(session, err, run_once(session, err));
}

static eml_status print_rows(const eml_abi *abi, const eml_rows *outputs, eml_style style, const eml_sink *sink,
                             eml_error *err) {
    eml_rows results;
    EML_TRY(eml_results_of(abi, outputs, &results, err));
    eml_status status = style == EML_STYLE_JSON ? eml_output_rows_print_json(abi, outputs, &results, sink, err)
                                                : eml_output_rows_print_csv(abi, outputs, &results, sink, err);
    eml_rows_free(&results);
    return status;
}

static eml_status write_encrypted(const eml_record *record, bool raw, const eml_sink *sink, eml_error *err) {
    eml_buf buf = {0};
    if (raw)
        eml_raw_result_print(&record->result, &buf);
    else
        eml_ciphertext_encode(&record->encrypted, &buf);
    eml_status status = eml_sink_flush(sink, &buf, err);
    eml_buf_free(&buf);
    return status;
}

static eml_status write_outputs(const eml_session *session, eml_style style, const eml_sink *sink, eml_error *err) {
    if (!session->ran) return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the program was not run");
    const eml_abi *abi = &session->bundle.abi;
    if (abi->raw || abi->encrypted_outputs) return write_encrypted(&session->record, abi->raw, sink, err);
    return print_rows(abi, &session->record.outputs, style, sink, err);
}

/* As in run_once: a row without a value is bad input. */
static eml_answer answer_of(eml_status status) {
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
}

static eml_answer outputs(const eml_session *session, eml_style style, eml_bytes *out, eml_error *err) {
    eml_buf buf = {0};
    eml_sink sink = eml_sink_of_buf(&buf);
    eml_status status = write_outputs(session, style, &sink, err);
    if (status != EML_OK) return answer_of(status);
    *out = eml_bytes_take(&buf);
    return EML_ANSWER_YES;
}

eml_answer eml_session_outputs(const eml_session *session, eml_style style, eml_bytes *out, eml_error *err) {
    EML_CALL(err, outputs(session, style, out, err));
}

/* The host's function, which allocates nothing of ours. */
typedef struct host_writer {
    eml_write *write;
    void *context;
} host_writer;

static eml_status write_to_host(void *context, const void *bytes, size_t count, eml_error *err) {
    const host_writer *host = context;
    eml_region *paused = eml_guard_pause();
    bool written = host->write(host->context, bytes, count);
    eml_guard_resume(paused);
    return written ? EML_OK : eml_fail_as(err, EML_ERR_IO, EML_CODE_FILE, "the outputs cannot be written");
}

static eml_answer write_all(const eml_session *session, eml_style style, host_writer *host, eml_error *err) {
    return answer_of(write_outputs(session, style, &(eml_sink){write_to_host, host}, err));
}

eml_answer eml_session_write_outputs(const eml_session *session, eml_style style, eml_write *write, void *context,
                                     eml_error *err) {
    host_writer host = {write, context};
    EML_CALL(err, write_all(session, style, &host, err));
}
