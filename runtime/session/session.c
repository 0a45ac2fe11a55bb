/* Sessions: a bundle and the inputs it is to run on. */
#include "runtime/session/session.h"

#include <string.h>

#include "runtime/base/blocks.h"
#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"
#include "runtime/stark/prover/prover.h"

static eml_answer load(const eml_file *file, eml_region *loaded, eml_region *given, eml_session **out, eml_error *err) {
    eml_session *session = eml_alloc(1, sizeof *session);
    eml_status status = eml_bundle_load(file, &session->bundle, &session->air, err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_program_hash_to_hex(&session->bundle.hash, session->hash);
    eml_session_expect_reveal(session);
    session->watch = eml_alloc(1, sizeof *session->watch);
    session->loaded = loaded;
    session->given_region = given;
    *out = session;
    return EML_ANSWER_YES;
}

static eml_answer load_guarded(const eml_file *file, eml_region *loaded, eml_region *given, eml_session **out,
                               eml_error *err) {
    EML_GUARDED(given == NULL ? NULL : loaded, false, load(file, loaded, given, out, err), eml_answer_no_memory(err));
}

eml_answer eml_session_load(const eml_file *file, eml_session **out, eml_error *err) {
    /* Secret, because the bundle may be its owner's. */
    eml_region *loaded = eml_region_new(true), *given = eml_region_new(true);
    eml_answer answer = load_guarded(file, loaded, given, out, err);
    if (answer == EML_ANSWER_YES) return answer;
    eml_region_free(given);
    eml_region_free(loaded);
    return answer;
}

void eml_session_free(eml_session *session) {
    if (session == NULL) return;
    eml_region_free(session->given_region);
    eml_region_free(session->loaded); /* the session with it */
    eml_blocks_release();
}

void eml_session_clear_inputs(eml_session *session) {
    eml_region_clear(session->given_region); /* the record's arrays with it */
    session->record = (eml_record){0};
    session->results = (eml_rows){0};
    session->given = session->ran = session->has_results = false;
    eml_session_expect_reveal(session);
}

eml_answer eml_session_lose_inputs(eml_session *session, eml_error *err) {
    eml_session_clear_inputs(session);
    return eml_answer_no_memory(err);
}

const char *eml_session_program_hash(const eml_session *session) { return session->hash; }
const char *eml_session_model(const eml_session *session) { return session->bundle.abi.model; }
uint32_t eml_session_trace_rows(const eml_session *session) { return session->bundle.program.shape.n; }
uint32_t eml_session_trace_columns(const eml_session *session) {
    return session->air.columns.width + session->air.columns.aux_width;
}
uint64_t eml_session_rows(const eml_session *session) {
    return session->given ? eml_record_rows(&session->record, &session->bundle.abi) : 0;
}
bool eml_session_hidden(const eml_session *session) { return eml_shape_hides_code(&session->bundle.program.shape); }
uint64_t eml_session_committed(const eml_session *session) {
    const eml_shape *shape = &session->bundle.program.shape;
    return eml_shape_is_committed(shape) ? eml_shape_committed(shape) : 0;
}
const char *eml_session_commitment(const eml_session *session) {
    return session->record.committed ? session->commitment : NULL;
}
bool eml_session_encrypted(const eml_session *session) { return session->bundle.abi.encrypted_outputs; }
bool eml_session_numbered(const eml_session *session) { return session->record.inputs.numbered; }

eml_status eml_session_check_secret(const eml_session *session, const char *then, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (abi->encrypted_outputs) return EML_OK;
    if (abi->raw)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE,
                           "a program from assembly may do anything with ciphertexts, and names no inputs: %s", then);
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "model %s has no secret inputs: %s", abi->model, then);
}

static eml_status check_not_run(const eml_session *session, eml_error *err) {
    if (!session->ran) return EML_OK;
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "the program was run already; clear its inputs first");
}

/* A value that the program does not take is bad input here; only a verifier can turn it into a no. */
static eml_answer added(eml_session *session, eml_status status) {
    session->given |= status == EML_OK;
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_answer_of(status);
}

static eml_answer add_input(eml_session *session, const eml_file *input, bool allow_extra, eml_error *err) {
    eml_status status = check_not_run(session, err);
    if (status == EML_OK)
        status = eml_record_add_input(&session->record, &session->bundle.abi, &session->bundle.program.shape, input,
                                      allow_extra, err);
    if (session->record.committed) eml_rescue_digest_to_hex(session->record.commitment, session->commitment);
    return added(session, status);
}

eml_answer eml_session_add_input(eml_session *session, const eml_file *input, bool allow_extra, eml_error *err) {
    EML_SESSION_CALL(session, err, add_input(session, input, allow_extra, err));
}

static eml_answer keep(eml_session *session, const char *const *names, size_t count, eml_error *err) {
    const eml_abi *abi = &session->bundle.abi;
    if (abi->raw || abi->encrypted_outputs)
        return eml_answer_of(
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "columns are kept beside outputs in a table, but %s",
                        abi->raw ? "a program from assembly has no tables" : "this model's outputs are encrypted"));
    if (session->given)
        return eml_answer_of(
            eml_fail_as(err, EML_ERR_INPUT, EML_CODE_USAGE, "which columns to keep is said before a table is added"));
    char **copies = eml_alloc(count, sizeof *copies);
    for (size_t i = 0; i < count; i++) copies[i] = eml_copy_text(names[i], strlen(names[i]));
    session->record.keep = (const char *const *)copies;
    session->record.keep_count = count;
    return EML_ANSWER_YES;
}

eml_answer eml_session_keep(eml_session *session, const char *const *names, size_t count, eml_error *err) {
    EML_SESSION_CALL(session, err, keep(session, names, count, err));
}

static eml_answer add_arrays(eml_session *session, const eml_arrays *inputs, bool allow_extra, eml_error *err) {
    eml_status status = check_not_run(session, err);
    if (status == EML_OK)
        status = eml_record_add_arrays(&session->record, &session->bundle.abi, inputs, allow_extra, err);
    return added(session, status);
}

eml_answer eml_session_add_arrays(eml_session *session, const eml_arrays *inputs, bool allow_extra, eml_error *err) {
    EML_SESSION_CALL(session, err, add_arrays(session, inputs, allow_extra, err));
}

static eml_answer disassemble(const eml_session *session, eml_bytes *text, eml_error *err) {
    eml_buf buf = {0};
    eml_status status = eml_bundle_require_code(&session->bundle, "see its code", err);
    if (status != EML_OK) return eml_answer_of(status);
    eml_asm_print(&session->bundle.program, &buf);
    *text = eml_bytes_take(&buf);
    return EML_ANSWER_YES;
}

eml_answer eml_session_disassemble(const eml_session *session, eml_bytes *text, eml_error *err) {
    EML_SECRET_CALL(err, disassemble(session, text, err));
}
