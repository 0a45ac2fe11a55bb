/* What the files that verify share, and the session builds on: bundles and tables as they are read, the record of
 * inputs and outputs, the statement about it. */
#ifndef EML_VERIFY_VERIFY_H
#define EML_VERIFY_VERIFY_H

#include "runtime/air/air.h"
#include "runtime/base/guard.h"
#include "runtime/bundle/bundle.h"
#include "runtime/base/feed.h"
#include "runtime/bundle/opening.h"
#include "runtime/table/raw.h"
#include "runtime/table/rows.h"
#include "runtime/statement/statement.h"
#include "runtime/include/eml.h"
#include "runtime/ciphertext/ciphertext.h"

/* Inputs and outputs by value: what a statement is about. Of a model: the table of its public inputs and the
 * ciphertexts of its secret ones; a table of outputs or, when there are ciphertexts, the encrypted outputs. Of an
 * assembly program: raw tapes and result. Of committed inputs their commitment, and who proves has its opening. What is
 * not there has no rows. */
typedef struct eml_record {
    const char *const *keep; /* which columns of the table of inputs are kept; borrowed */
    size_t keep_count;
    eml_rows inputs, outputs;
    eml_ciphertext secrets, encrypted;
    eml_raw_tapes tapes;
    eml_raw_result result;
    bool committed;                                /* what follows is known */
    eml_fe commitment[EML_RESCUE_DIGEST];          /* to the committed inputs */
    eml_opening opening;                           /* of who proves; empty for who verifies */
    eml_fe (*commitment_states)[EML_RESCUE_WIDTH]; /* of the opening, for traces: eml_tapes; owned; NULL: too many */
} eml_record;

/* Appends the file's bytes to *out; messages name file->path. */
EML_NODISCARD eml_status eml_verify_read_file(const eml_file *file, size_t limit, eml_buf *out, eml_error *err);
/* The file's bytes step by step; to be closed. */
EML_NODISCARD eml_status eml_verify_open_file(const eml_file *file, eml_feed *out, eml_error *err);
const char *eml_verify_file_name(const eml_file *file);
static inline bool eml_file_given(const eml_file *file) { return file->path != NULL || file->bytes != NULL; }

/* Reads a bundle and compares its AIR digest with the AIR that its shape gives. */
EML_NODISCARD eml_status eml_bundle_load(const eml_file *file, eml_bundle *bundle, eml_air *air, eml_error *err);

/* Reads one input file into the record: ciphertexts or an opening when its first bytes say so. EML_ERR_NO: a
 * well-formed number that its column does not take (outside its range or off its grid). */
EML_NODISCARD eml_status eml_record_add_input(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                              const eml_file *file, bool allow_extra, eml_error *err);
/* Outputs from a file: likewise, EML_ERR_NO when a number cannot be an output of this program. */
EML_NODISCARD eml_status eml_record_read_outputs(eml_record *record, const eml_abi *abi, const eml_file *file,
                                                 bool allow_extra, eml_error *err);

/* The same from memory, of the table of public inputs and of outputs in plain. */
EML_NODISCARD eml_status eml_record_add_arrays(eml_record *record, const eml_abi *abi, const eml_arrays *arrays,
                                               bool allow_extra, eml_error *err);
EML_NODISCARD eml_status eml_record_take_output_arrays(eml_record *record, const eml_abi *abi, const eml_arrays *arrays,
                                                       bool allow_extra, eml_error *err);

/* Takes an opening of committed inputs like the program's (of abi and shape), each in its range. Moves it.
 * EML_ERR_INPUT: it is for other inputs, or the program has none. */
EML_NODISCARD eml_status eml_record_add_opening(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                                eml_opening *opening_take, eml_error *err);

/* Once all inputs are read. EML_ERR_INPUT when something is missing: a table when there are public inputs, ciphertexts
 * when there are secret ones, a commitment or opening when there are committed ones. EML_ERR_NO when they are not what
 * the program takes: raw tapes of other lengths, tables and ciphertexts of unequal numbers of rows, several rows for a
 * model that takes one. A table of uniform inputs alone may have one row for all ciphertexts: it is repeated. */
EML_NODISCARD eml_status eml_record_complete(eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                             eml_error *err);
/* EML_ERR_NO unless the ciphertext files that were read say that they are this program's, under one key. */
EML_NODISCARD eml_status eml_record_check_labels(const eml_record *record, const eml_abi *abi,
                                                 const eml_program_hash *program, eml_error *err);
uint64_t eml_record_rows(const eml_record *record, const eml_abi *abi); /* 1 when raw, 0 when there are no inputs */
void eml_record_free(eml_record *record);

/* The statement that a program with this hash takes the record's inputs to its outputs. Borrows everything. */
eml_statement eml_record_statement(const eml_record *record, const eml_abi *abi, const eml_shape *shape,
                                   const eml_program_hash *program);

/* The STARK's claim for a statement with this digest: tapes and final stack. The claim borrows from values. */
EML_NODISCARD eml_status eml_statement_claim(const eml_statement *statement, const eml_digest *digest,
                                             eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST],
                                             eml_statement_values *values, eml_claim *claim, eml_error *err);

/* What ciphertext files of a program's inputs or outputs say of themselves; the key is left zero. A column's encoding
 * is BLAKE3 derive_key("eml v1 column encoding") of how its integers stand for values: of an input offset, unit, lo and
 * hi, of an output its unit, each as "p/q" or "p" with a newline. EML_ERR_INPUT: a name or a Delta that ciphertext
 * files do not have. Names are borrowed from the ABI; free with eml_label_free. */
EML_NODISCARD eml_status eml_label_of(const eml_abi *abi, eml_ciphertext_kind kind, const eml_program_hash *program,
                                      eml_ciphertext_label *out, eml_error *err);
void eml_label_free(eml_ciphertext_label *label);

/* How what a file says of itself begins as JSON: its kind and the version of its format. */
void eml_inspect_begin_json(const char *kind, eml_buf *out);

/* What a key or ciphertext file says; bytes begin with its magic (eml_inspect_is_lattice). name is for messages. */
bool eml_inspect_is_lattice(const eml_buf *bytes);
EML_NODISCARD eml_status eml_inspect_lattice(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out,
                                             eml_error *err);

/* What an opening says; bytes begin with its magic. */
EML_NODISCARD eml_status eml_inspect_opening(const char *name, const eml_buf *bytes, eml_style style, eml_buf *out,
                                             eml_error *err);

/* eml_verify within a call: of the program of a bundle that the caller has loaded. verdict is written when the status
 * is EML_OK or EML_ERR_NO. */
EML_NODISCARD eml_status eml_verify_loaded(const eml_verify_request *request, eml_verdict *verdict, eml_error *err);

/* Hands buffers over to the caller of the public API: both or, when there is no memory, none. */
eml_bytes eml_bytes_take(eml_buf *buf);
void eml_bytes_take_both(eml_buf *first, eml_buf *second, eml_bytes *first_out, eml_bytes *second_out);

/* Every public function that allocates runs its body in a guard, with a region for the call alone, which is overwritten
 * before it is freed where there are keys, passphrases or rows in the clear. */
#define EML_CALL(err, call)        EML_GUARDED(eml_region_new(false), true, call, eml_answer_no_memory(err))
#define EML_SECRET_CALL(err, call) EML_GUARDED(eml_region_new(true), true, call, eml_answer_no_memory(err))
eml_answer eml_answer_no_memory(eml_error *err);

#endif
