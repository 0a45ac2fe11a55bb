/* Sessions: a bundle and the inputs it is to run on. */
#include "runtime/session/session.h"

#include "runtime/base/blocks.h"
#include "runtime/base/memory.h"
#include "runtime/isa/instructions.h"

eml_answer eml_session_load(const eml_file *file, eml_session **out, eml_error *err) {
    eml_session *session = eml_alloc(1, sizeof *session);
    eml_status status = eml_bundle_load(file, &session->bundle, &session->air, err);
    if (status != EML_OK) {
        eml_free(session);
        return eml_session_answer(status);
    }
    eml_program_hash_to_hex(&session->bundle.hash, session->hash);
    *out = session;
    return EML_ANSWER_YES;
}

void eml_session_free(eml_session *session) {
    if (session == NULL) return;
    eml_record_free(&session->record);
    eml_air_free(&session->air);
    eml_bundle_free(&session->bundle);
    eml_free(session->watch);
    eml_free(session);
    eml_blocks_release();
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
bool eml_session_encrypted(const eml_session *session) { return session->bundle.abi.encrypted_outputs; }

eml_answer eml_session_add_input(eml_session *session, const eml_file *input, bool allow_extra, eml_error *err) {
    if (session->ran)
        return eml_session_answer(eml_fail(err, EML_ERR_INPUT, "the program was run already; load it again"));
    eml_status status = eml_record_add_input(&session->record, &session->bundle.abi, input, allow_extra, err);
    session->given |= status == EML_OK;
    /* A value that the program does not take is bad input here; only a verifier can turn it into a no. */
    return status == EML_ERR_NO ? EML_ANSWER_INPUT : eml_session_answer(status);
}

eml_answer eml_session_disassemble(const eml_session *session, eml_bytes *text, eml_error *err) {
    (void)err;
    eml_buf buf = {0};
    eml_asm_print(&session->bundle.program, &buf);
    *text = eml_session_take(&buf);
    return EML_ANSWER_YES;
}
