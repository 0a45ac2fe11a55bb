/* What the session's files share: how the public API's objects are made of bundle, rows, statement and AIR. */
#ifndef EML_SESSION_SESSION_H
#define EML_SESSION_SESSION_H

#include "runtime/air/air.h"
#include "runtime/bundle/bundle.h"
#include "runtime/bundle/rows.h"
#include "runtime/bundle/statement.h"
#include "runtime/include/eml.h"

/* Inputs and outputs by value: what a statement is about. Of a model: tables; of an assembly program: raw tapes and result. */
typedef struct eml_record {
    eml_rows inputs, outputs;
    eml_raw_tapes tapes;
    eml_raw_result result;
} eml_record;

struct eml_session {
    eml_bundle bundle;
    eml_air air;
    char hash[EML_PROGRAM_HASH_HEX + 1];
    eml_record record;
    size_t inputs; /* files added */
    bool ran;
};

/* Appends the file's bytes to *out; messages name file->path. */
EML_NODISCARD eml_status eml_session_read_file(const eml_file *file, size_t limit, eml_buf *out, eml_error *err);
const char *eml_session_file_name(const eml_file *file);

/* Reads a bundle and compares its AIR digest with the AIR that its shape gives. */
EML_NODISCARD eml_status eml_session_read_bundle(const eml_file *file, eml_bundle *bundle, eml_air *air,
                                                 eml_error *err);

/* Reads one input file into the record. already: files read before. EML_ERR_NO: a well-formed number that its column does not
 * take (outside its range or off its grid). */
EML_NODISCARD eml_status eml_record_add_input(eml_record *record, const eml_abi *abi, const eml_file *file,
                                              size_t already, bool allow_extra, eml_error *err);
/* EML_ERR_INPUT unless raw tapes have the lengths that the shape says. */
EML_NODISCARD eml_status eml_record_check_tapes(const eml_record *record, const eml_shape *shape, eml_error *err);
/* Outputs from a file: likewise, EML_ERR_NO when a number cannot be an output of this program. */
EML_NODISCARD eml_status eml_record_read_outputs(eml_record *record, const eml_abi *abi, const eml_file *file,
                                                 eml_error *err);
uint64_t eml_record_rows(const eml_record *record, const eml_abi *abi); /* 1 when raw */
void eml_record_free(eml_record *record);

/* The statement that a program with this hash takes the record's inputs to its outputs. Borrows everything. */
eml_statement eml_record_statement(const eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                   const eml_program_hash *program);

/* The STARK's claim for a statement with this digest: tapes and final stack at tau. The claim borrows from values. */
void eml_session_claim(const eml_statement *statement, const eml_digest *digest,
                       eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST], eml_statement_values *values,
                       eml_claim *claim);

/* Hands a buffer over to the caller of the public API. */
eml_bytes eml_session_take(eml_buf *buf);
eml_answer eml_session_answer(eml_status status);

#endif
