/* Sessions: a bundle, the inputs that it is to run on, and what the run gave. */
#ifndef EML_SESSION_SESSION_H
#define EML_SESSION_SESSION_H

#include "runtime/lattice/decrypt.h"
#include "runtime/statement/row_rule.h"
#include "runtime/table/computed.h"
#include "runtime/verify/verify.h"

/* Lives in a region with all that was loaded, which nothing changes; what its inputs lead to has a region of its own.
 */
struct eml_session {
    eml_region *loaded, *given_region;
    eml_bundle bundle;
    eml_air air;
    char hash[EML_PROGRAM_HASH_HEX + 1], commitment[EML_RESCUE_DIGEST_HEX + 1]; /* the latter when the record has one */
    eml_record record;
    bool given; /* an input file was added */
    bool ran;
    eml_rows results; /* of the run, once somebody has asked for a column of them: */
    bool has_results;
    bool may_reveal;
    uint64_t reveal_proofs;        /* eml_session_reveal_proofs */
    const char *reveal_input;      /* of which committed input; NULL: of several, or not known */
    struct eml_prove_watch *watch; /* of the last proof */
    eml_progress *progress;        /* the host's; NULL: none */
    void *progress_context;
};

/* What the outputs of any row tell of committed inputs, and of the row that the session runs. */
void eml_session_expect_reveal(eml_session *session);
void eml_session_measure_reveal(eml_session *session);
/* EML_ERR_INPUT when outputs may tell all that is hidden and nobody has allowed it. */
EML_NODISCARD eml_status eml_session_check_reveal(const eml_session *session, eml_error *err);

/* Runs on the record's inputs, of which there are ciphertexts: complete, with the right labels. */
EML_NODISCARD eml_status eml_session_run_encrypted(eml_session *session, eml_error *err);

/* EML_ERR_INPUT unless the model has secret inputs; then: "there is nothing to encrypt". */
EML_NODISCARD eml_status eml_session_check_secret(const eml_session *session, const char *then, eml_error *err);
/* The key of a request, opened; eml_secret_key_free wipes it. */
EML_NODISCARD eml_status eml_session_secret_key(const eml_file *file, const char *passphrase, eml_secret_key *out,
                                                eml_error *err);

/* A decryption's outputs as text, and what there is to say of their noise. */
EML_NODISCARD eml_status eml_decryption_print_rows(const eml_abi *abi, const eml_decryption *found, bool exact,
                                                   eml_style style, eml_buf *out, eml_error *err);
void eml_decryption_print_noise(const eml_abi *abi, const eml_decryption *found, const eml_bound *bounds,
                                eml_style style, eml_buf *out);

/* As EML_CALL, in the region of the session's inputs: for what changes them. When it fails they are gone. */
#define EML_SESSION_CALL(session, err, call)                                                                           \
    EML_GUARDED((session)->given_region, false, call, eml_session_lose_inputs(session, err))
eml_answer eml_session_lose_inputs(eml_session *session, eml_error *err);

#endif
