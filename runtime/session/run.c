/* One run of the program a row. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/memory.h"
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

static void run_rows(eml_session *session) {
    const eml_abi *abi = &session->bundle.abi;
    const eml_rows *inputs = &session->record.inputs;
    size_t rows = (size_t)eml_record_rows(&session->record, abi);
    eml_rows *outputs = &session->record.outputs;
    *outputs = (eml_rows){.rows = rows, .columns = abi->output_count};
    outputs->cells = eml_alloc(rows, abi->output_count * sizeof(eml_fe));
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, abi, EML_PUBLIC);
    eml_fe *values = eml_alloc(tape.length, sizeof *values);
    eml_tapes tapes = {.public_tape = values, .committed = session->record.opening.values};
    for (size_t r = 0; r < rows; r++) {
        eml_abi_tape_fill(&tape, inputs->cells + r * inputs->columns, &EML_FE_ONE, sizeof *values, values);
        run_row(&session->bundle.program, &tapes, outputs->cells + r * outputs->columns);
    }
    eml_free(values);
    eml_abi_tape_free(&tape);
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
        run_rows(session);
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

static eml_status print_rows(const eml_abi *abi, const eml_rows *outputs, eml_style style, eml_buf *out,
                             eml_error *err) {
    eml_rows results;
    EML_TRY(eml_results_of(abi, outputs, &results, err));
    if (style == EML_STYLE_JSON)
        eml_output_rows_print_json(abi, outputs, &results, out);
    else
        eml_output_rows_print_csv(abi, outputs, &results, out);
    eml_rows_free(&results);
    return EML_OK;
}

static eml_answer outputs(const eml_session *session, eml_style style, eml_bytes *out, eml_error *err) {
    if (!session->ran) return eml_answer_of(eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the program was not run"));
    const eml_abi *abi = &session->bundle.abi;
    eml_buf buf = {0};
    eml_status status = EML_OK;
    if (abi->raw)
        eml_raw_result_print(&session->record.result, &buf);
    else if (abi->encrypted_outputs)
        eml_ciphertext_encode(&session->record.encrypted, &buf);
    else
        status = print_rows(abi, &session->record.outputs, style, &buf, err);
    /* As in run_once: a row without a value is bad input. */
    if (status != EML_OK) return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
    *out = eml_bytes_take(&buf);
    return EML_ANSWER_YES;
}

eml_answer eml_session_outputs(const eml_session *session, eml_style style, eml_bytes *out, eml_error *err) {
    EML_CALL(err, outputs(session, style, out, err));
}
