/* What outputs give away of what is hidden, and whether a proof may. */
#include "runtime/session/session.h"

#include "runtime/base/memory.h"
#include "runtime/statement/reveal.h"

uint64_t eml_session_reveal_proofs(const eml_session *session) { return session->reveal_proofs; }
uint64_t eml_session_reveal_rows(const eml_session *session) { return eml_abi_reveal_rows(&session->bundle.abi); }
void eml_session_allow_reveal(eml_session *session) { session->may_reveal = true; }

/* Of assembly nothing is known. */
void eml_session_expect_reveal(eml_session *session) {
    const eml_bundle *bundle = &session->bundle;
    session->reveal_input = NULL;
    if (!eml_shape_is_committed(&bundle->program.shape)) return;
    eml_committed_reveal reveal = eml_reveal_of_any_row(&bundle->program, &bundle->abi);
    session->reveal_proofs = bundle->abi.raw ? 1 : eml_reveal_proofs(&reveal);
}

/* The bundle's maker may want the data, so no smaller number is believed than the code gives for the row. */
void eml_session_measure_reveal(eml_session *session) {
    const eml_bundle *bundle = &session->bundle;
    const eml_rows *inputs = &session->record.inputs;
    if (bundle->abi.raw || !eml_shape_is_committed(&bundle->program.shape)) return;
    eml_abi_tape tape;
    eml_abi_tape_init(&tape, &bundle->abi, EML_PUBLIC);
    eml_fe *values = eml_alloc(tape.length, sizeof *values);
    eml_fe *cells = NULL;
    if (eml_rows_elements(inputs, &cells, NULL) != EML_OK) return; /* of one row, which is in memory */
    eml_abi_tape_fill(&tape, cells, &EML_FE_ONE, sizeof *values, values);
    eml_free(cells);
    const eml_input_column *input;
    eml_committed_reveal found = eml_reveal_of(&bundle->program, &bundle->abi, values, &input);
    uint64_t proofs = eml_reveal_proofs(&found), declared = eml_abi_reveal_proofs(&bundle->abi);
    session->reveal_proofs = proofs < declared ? proofs : declared;
    session->reveal_input = proofs <= declared && input != NULL ? input->name : NULL;
    eml_free(values);
    eml_abi_tape_free(&tape);
}

static eml_status check_proofs(const eml_session *session, eml_error *err) {
    if (session->reveal_proofs != 1 || session->may_reveal) return EML_OK;
    if (session->bundle.abi.raw)
        return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                           "a program from assembly may give away the committed inputs as they are: it is proved only "
                           "when you allow it (--reveal)");
    const char *quote = session->reveal_input != NULL ? "\"" : "";
    return eml_fail_as(err, EML_ERR_INPUT, EML_CODE_LIMIT,
                       "outputs are exact, and those of this one proof may be all that it takes to work out %s%s%s: it "
                       "is proved only when you allow it (--reveal)",
                       quote, session->reveal_input != NULL ? session->reveal_input : "the committed inputs", quote);
}

eml_status eml_session_check_reveal(const eml_session *session, eml_error *err) {
    EML_TRY(check_proofs(session, err));
    uint64_t rows = eml_record_rows(&session->record, &session->bundle.abi), most = eml_session_reveal_rows(session);
    if (most == 0 || rows <= most || session->may_reveal) return EML_OK;
    return eml_fail_as(
        err, EML_ERR_INPUT, EML_CODE_LIMIT,
        "outputs are exact, and those of %llu row%s may be all that it takes to work out what is hidden: "
        "%llu rows are proved only when you allow it (--reveal)",
        (unsigned long long)most, most == 1 ? "" : "s", (unsigned long long)rows);
}
