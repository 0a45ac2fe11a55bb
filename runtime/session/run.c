/* Outputs of rows in plain: the program on each, by the VM, or on many at once, by its sums. */
#include "runtime/session/session.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/temporary.h"
#include "runtime/base/parallel.h"
#include "runtime/field/integer.h"
#include "runtime/session/affine.h"
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

/* The row in r->cells. */
static void run_cells(row_runner *r) {
    const eml_record *record = &r->session->record;
    eml_abi_tape_fill(&r->tape, r->cells, &EML_FE_ONE, sizeof *r->values, r->values);
    run_row(&r->session->bundle.program, &(eml_tapes){.public_tape = r->values, .committed = record->opening.values},
            r->outputs);
}

/* Row i of the piece. */
static void run_one(row_runner *r, size_t i) {
    for (size_t c = 0; c < r->session->record.inputs.cells.columns; c++)
        r->cells[c] = eml_fe_of_signed(eml_cells_view_at(r->columns[c], i));
    run_cells(r);
}

static eml_status run_piece(row_runner *r, size_t piece, eml_cells *outputs, eml_error *err) {
    const eml_cells *inputs = &r->session->record.inputs.cells;
    if (inputs->columns > 0 && !eml_cells_piece(inputs, piece, r->scratch, r->columns))
        return eml_temporary_unreadable(err);
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

/* Pieces on all threads, by the program's sums. */
typedef struct sums_job {
    const eml_affine *affine;
    const eml_cells *inputs;
    eml_cells *outputs;
    size_t first; /* piece */
    atomic_bool unreadable;
} sums_job;

static size_t views_bytes(const eml_cells *cells) { return (cells->columns + 1) * sizeof(eml_cells_view); }

static void sum_piece(void *context, size_t index, void *memory) {
    sums_job *job = context;
    size_t piece = job->first + index;
    uint8_t *scratch = memory;
    eml_cells_view *columns = (void *)(scratch + job->inputs->piece_bytes);
    eml_i128 **out = (void *)((uint8_t *)columns + views_bytes(job->inputs));
    if (!eml_cells_piece(job->inputs, piece, scratch, columns)) {
        atomic_store(&job->unreadable, true);
        return;
    }
    for (size_t o = 0; o < job->outputs->columns; o++)
        out[o] = (void *)eml_cells_at(job->outputs, piece * job->outputs->piece_rows, o);
    eml_affine_rows(job->affine, columns, eml_cells_piece_rows(job->inputs, piece), out);
}

static eml_status check_row(row_runner *r, size_t row, const eml_cells *outputs, eml_error *err) {
    const eml_cells *inputs = &r->session->record.inputs.cells;
    for (size_t c = 0; c < inputs->columns; c++) {
        eml_i128 cell;
        if (!eml_cells_get(inputs, row, c, &cell)) return eml_temporary_unreadable(err);
        r->cells[c] = eml_fe_of_signed(cell);
    }
    run_cells(r);
    for (size_t c = 0; c < outputs->columns; c++) {
        const eml_i128 *column = (const void *)eml_cells_at(outputs, row, c);
        if (column[row % outputs->piece_rows] != eml_fe_signed(r->outputs[c]))
            return eml_fail(err, EML_ERR_INTERNAL, "row %zu: the program's sums differ from its run", row + 1);
    }
    return EML_OK;
}

/* The VM is the definition: of each piece it says the first row and the last, or every row in verify builds. */
static eml_status check_piece(row_runner *r, size_t piece, const eml_cells *outputs, eml_error *err) {
    const eml_cells *inputs = &r->session->record.inputs.cells;
    size_t first = piece * inputs->piece_rows, last = first + eml_cells_piece_rows(inputs, piece) - 1;
    for (size_t row = first; row < last; row = EML_VERIFY_BUILD ? row + 1 : last)
        EML_TRY(check_row(r, row, outputs, err));
    return check_row(r, last, outputs, err);
}

static eml_status sum_pieces(row_runner *r, const eml_affine *affine, eml_cells *outputs, eml_error *err) {
    enum { AT_ONCE = 64, CELL_COST = 1 };
    const eml_cells *inputs = &r->session->record.inputs.cells;
    size_t pieces = eml_cells_pieces(inputs), count;
    size_t bytes = inputs->piece_bytes + views_bytes(inputs) + outputs->columns * sizeof(eml_i128 *);
    for (size_t first = 0; first < pieces; first += count) {
        count = pieces - first < AT_ONCE ? pieces - first : AT_ONCE;
        size_t last = first + count - 1, rows = last * inputs->piece_rows + eml_cells_piece_rows(inputs, last);
        eml_cells_reserve(outputs, rows);
        sums_job job = {.affine = affine, .inputs = inputs, .outputs = outputs, .first = first};
        eml_parallel_with(count, inputs->piece_rows * affine->terms * CELL_COST, bytes, sum_piece, &job);
        if (atomic_load(&job.unreadable)) return eml_temporary_unreadable(err);
        for (size_t p = first; p <= last; p++) EML_TRY(check_piece(r, p, outputs, err));
        EML_TRY(eml_cells_seal(outputs, rows, err));
    }
    return EML_OK;
}

static eml_status step_pieces(row_runner *r, size_t pieces, eml_cells *outputs, eml_error *err) {
    for (size_t p = 0; p < pieces; p++) EML_TRY(run_piece(r, p, outputs, err));
    return EML_OK;
}

/* Without public inputs there is one row, of committed ones. */
static eml_status run_rows(eml_session *session, eml_error *err) {
    enum { FEW = 64 }; /* rows that are not worth looking at the program as a whole */
    const eml_bundle *bundle = &session->bundle;
    const eml_cells *inputs = &session->record.inputs.cells;
    eml_cells *outputs = &session->record.outputs.cells;
    row_runner runner;
    eml_affine affine;
    open_runner(&runner, session);
    if (inputs->columns > 0) {
        eml_cells_init_like(outputs, bundle->abi.output_count, inputs);
    } else {
        eml_cells_init(outputs, bundle->abi.output_count, NULL, true);
        eml_cells_expect(outputs, 1);
    }
    size_t pieces = inputs->columns > 0 ? eml_cells_pieces(inputs) : 1;
    eml_status status;
    if (inputs->rows >= FEW && eml_affine_of(&bundle->program, &bundle->abi, &affine)) {
        status = sum_pieces(&runner, &affine, outputs, err);
        eml_affine_free(&affine);
    } else {
        status = step_pieces(&runner, pieces, outputs, err);
    }
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

static eml_status print_rows(const eml_abi *abi, const eml_record *record, eml_style style, const eml_sink *sink,
                             eml_error *err) {
    const eml_rows *outputs = &record->outputs;
    const eml_kept *kept = &record->inputs.kept;
    eml_rows results;
    EML_TRY(eml_results_of(abi, outputs, &results, err));
    eml_status status = style == EML_STYLE_JSON ? eml_output_rows_print_json(abi, outputs, &results, kept, sink, err)
                                                : eml_output_rows_print_csv(abi, outputs, &results, kept, sink, err);
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
    return print_rows(abi, &session->record, style, sink, err);
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
