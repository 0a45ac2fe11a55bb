/* Sessions: a bundle, the inputs that it is to run on, and what the run gave. */
#ifndef EML_SESSION_SESSION_H
#define EML_SESSION_SESSION_H

#include "runtime/verify/verify.h"

/* Lives in a region with all that was loaded, which nothing changes; what its inputs lead to has a region of its own. */
struct eml_session {
    eml_region *loaded, *given_region;
    eml_bundle bundle;
    eml_air air;
    char hash[EML_PROGRAM_HASH_HEX + 1];
    eml_record record;
    bool given; /* an input file was added */
    bool ran;
    struct eml_prove_watch *watch; /* of the last proof */
    eml_progress *progress;        /* the host's; NULL: none */
    void *progress_context;
};

/* Runs on the record's inputs, of which there are ciphertexts: complete, with the right labels. */
EML_NODISCARD eml_status eml_session_run_encrypted(eml_session *session, eml_error *err);

/* As EML_CALL, in the region of the session's inputs: for what changes them. When it fails they are gone. */
#define EML_SESSION_CALL(session, err, call)                                                                           \
    EML_GUARDED((session)->given_region, false, call, eml_session_lose_inputs(session, err))
eml_answer eml_session_lose_inputs(eml_session *session, eml_error *err);

#endif
