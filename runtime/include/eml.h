/* libeml: run, prove and verify compiled models. The one public header; it needs nothing but the C library.
 *
 * Link libeml for everything. Who only verifies links libeml_verify, which has neither a prover nor a virtual machine
 * nor keys in it: the functions marked EML_VERIFY_API. A library exports what is declared here and nothing else.
 *
 * Objects are opaque and independent of each other: use one from one thread at a time, different ones from different
 * threads. Nothing is printed. Of the whole process, and changing, are only
 *   the thread count, and the threads, which sleep between calls,
 *   what the processor can do (looked up once),
 *   the memory that proofs keep for the next,
 *   the allocation functions of GMP and jansson, while a call runs.
 * Hostile files are refused; they never crash, hang or take memory out of proportion to their size.
 *
 * When there is no memory, whoever asked for it (the library, GMP, jansson or libsodium), a call gives
 * EML_ANSWER_FAULT: all that it allocated is freed, its outputs are not written, and the process goes on. The library
 * uses GMP and jansson, whose allocation functions belong to the whole process. They are the library's while a call
 * runs; what other threads and eml_progress functions allocate meanwhile goes to the functions that the host had set,
 * and when no call runs any more those are set again. A host that sets them does so while no call runs. */
#ifndef EML_H
#define EML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define EML_VERIFY_API __attribute__((visibility("default"))) /* in libeml and in libeml_verify */
#else
#define EML_VERIFY_API
#endif
#define EML_API EML_VERIFY_API /* in libeml alone */

#ifdef __cplusplus
extern "C" {
#endif

/* What every function that can fail gives back; the values are the exit statuses of the `eml` command. */
typedef enum eml_answer {
    EML_ANSWER_YES = 0,   /* done */
    EML_ANSWER_NO = 1,    /* a definite no: the proof is refused */
    EML_ANSWER_INPUT = 2, /* bad usage or bad input; the error says what and where */
    EML_ANSWER_FAULT = 3, /* a fault: a check inside the library failed, or there was no memory */
} eml_answer;

/* What kind of thing went wrong; codes keep their numbers and meanings, and more may come. */
typedef enum eml_code {
    EML_CODE_NONE = 0,    /* nothing has failed */
    EML_CODE_USAGE = 1,   /* the call: no such preset, no program hash, no inputs, not run yet */
    EML_CODE_FILE = 2,    /* a file cannot be opened or read */
    EML_CODE_FORMAT = 3,  /* bytes that are no file of the kind expected: malformed, cut off, of an unknown version */
    EML_CODE_LIMIT = 4,   /* more bytes, rows, columns or instructions than a documented limit */
    EML_CODE_SHAPE = 5,   /* well-formed, but not what the program takes: columns, numbers of rows, lengths of tapes */
    EML_CODE_RANGE = 6,   /* a number that its column does not take: outside its range or off its grid */
    EML_CODE_PROGRAM = 7, /* ciphertexts made for another model or program */
    EML_CODE_KEY = 8,     /* another key, a missing or wrong passphrase, a damaged key */
    EML_CODE_NOISE = 9,   /* ciphertexts that do not decrypt to what the model gives */
    EML_CODE_MEMORY = 10, /* no memory */
    EML_CODE_INTERNAL = 11, /* a check inside the library failed */
    EML_CODE_TYPES =
        12, /* a program that is no model's: its outputs are not those of the rows, or it takes ciphertexts apart */
    EML_CODE_BOUNDS = 13, /* an encrypted model whose numbers or noise can be more than decrypts exactly */
    EML_CODE_PROOF = 14,  /* decrypting: the proof is refused */
    EML_CODE_SENDER = 15, /* decrypting: ciphertexts without a sender's tag, or with another's */
    EML_CODE_DIGEST = 16, /* a bundle that states another hash or digest than the one of what is in it */
} eml_code;

/* One sentence for a person and a code for a program, set by the last call that failed with it. A proof that is refused
 * is no error: its verdict says why. Every `eml_error *` below may be NULL. */
typedef struct eml_error eml_error;
EML_VERIFY_API eml_error *eml_error_new(void); /* NULL: no memory */
EML_VERIFY_API const char *eml_error_text(const eml_error *error);
EML_VERIFY_API eml_code eml_error_code(const eml_error *error);
EML_VERIFY_API void eml_error_free(eml_error *error);

/* A file to read: bytes in memory when bytes is not NULL (path is then only its name in messages and may be NULL), else
 * the file at path ("-" is standard input). */
typedef struct eml_file {
    const char *path;
    const void *bytes;
    size_t size;
} eml_file;

/* Bytes that the library made. Text is also followed by a NUL that size does not count. */
typedef struct eml_bytes {
    unsigned char *data;
    size_t size;
} eml_bytes;
EML_VERIFY_API void eml_bytes_free(eml_bytes *bytes);
EML_VERIFY_API void eml_bytes_wipe(eml_bytes *bytes); /* overwrites, then frees: for keys and decrypted rows */

typedef enum eml_style { EML_STYLE_TEXT, EML_STYLE_JSON } eml_style;

EML_VERIFY_API const char *eml_version(void); /* "0.1.0" */

/* How many threads a call may use, at most 1,024; 0, as at first: EML_THREADS, else one a processor. */
EML_VERIFY_API void eml_set_threads(unsigned threads);

/* ----- Tables in memory ----- */

/* What a column's values are. A floating-point number means the decimal with the fewest digits that reads back as it,
 * which is what a CSV or JSON file of it says; so a statement about arrays is that about the file. A double is the
 * common case and the fastest. */
typedef enum eml_array_type {
    EML_ARRAY_DOUBLE = 1,
    EML_ARRAY_FLOAT = 2,
    EML_ARRAY_INT64 = 3,
    EML_ARRAY_INT32 = 4,
    EML_ARRAY_INT16 = 5,
    EML_ARRAY_INT8 = 6,
    EML_ARRAY_UINT64 = 7,
    EML_ARRAY_UINT32 = 8,
    EML_ARRAY_UINT16 = 9,
    EML_ARRAY_UINT8 = 10,
    EML_ARRAY_TEXT = 11, /* const char *, each ended by a NUL: a word, or a number's decimal. NULL: missing */
} eml_array_type;

/* A column's values, one a row. With words, which are what a category takes, the values are integers, and indices of
 * them: a row's word is words[value], none when that is negative. */
typedef struct eml_array {
    const char *name; /* of the input or output, as the header of a table has it: "age", "x[3]" */
    eml_array_type type;
    const void *values; /* row 0's; they need no alignment */
    ptrdiff_t stride;   /* bytes from a row's to the next; 0: one behind the other. So a column of a matrix is one */
    const char *const *words; /* NULL: values are what they are */
    size_t word_count;
} eml_array;

/* The Arrow C Data Interface (https://arrow.apache.org/docs/format/CDataInterface.html), as it says to declare it. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

/* A table: columns, or an Arrow record batch, which is a struct array (format "+s") of floating-point numbers (g, f),
 * integers (l, i, s, c, L, I, S, C), booleans (b: 0 and 1), strings (u, U) and dictionaries of strings. Both are
 * borrowed for the call: the batch is not released. What its buffers hold is believed as far as the structures say. */
typedef struct eml_arrays {
    const eml_array *columns; /* of `rows` values each; NULL: the batch */
    size_t count, rows;
    const struct ArrowSchema *schema;
    const struct ArrowArray *batch;
} eml_arrays;

/* ----- Running and proving ----- */

/* A compiled program, and the inputs it is to run on. When there is no memory to add an input, to run or for a column
 * of outputs, the session is afterwards as it was loaded: without inputs. */
typedef struct eml_session eml_session;

/* Reads a bundle and checks all of it: digests and program hash are recomputed from the code. */
EML_API eml_answer eml_session_load(const eml_file *bundle, eml_session **out, eml_error *error);
/* Also gives back the memory that proofs keep for the next. */
EML_API void eml_session_free(eml_session *session);

EML_API const char *eml_session_program_hash(const eml_session *session); /* 64 hex digits */
EML_API const char *eml_session_model(const eml_session *session);        /* the model's name; "" for assembly */
EML_API uint64_t eml_session_rows(const eml_session *session);            /* of the inputs; 0 before there are any */
EML_API uint32_t eml_session_trace_rows(const eml_session *session);
EML_API uint32_t eml_session_trace_columns(const eml_session *session);

/* Whether the model has secret inputs: it then runs on ciphertexts and gives ciphertexts. */
EML_API bool eml_session_encrypted(const eml_session *session);

/* Whether the table of inputs began with a column without a name that only numbers the rows, as pandas and R write it;
 * it was skipped. */
EML_API bool eml_session_numbered(const eml_session *session);

/* Adds an input file, before the run. A model takes one table, CSV or JSON, with a column for every public input
 * (unknown columns are errors unless allow_extra), one ciphertext file with its secret inputs, and one opening of its
 * committed inputs; the file's first bytes tell which it is. A program made from assembly takes raw tapes as JSON;
 * several files are read one after the other. */
EML_API eml_answer eml_session_add_input(eml_session *session, const eml_file *input, bool allow_extra,
                                         eml_error *error);

/* Columns of the table of inputs, by name, that the table of outputs is to have too, before the outputs: as they are,
 * such as an id, and unproved: text in UTF-8. They need not be inputs. Before the table is added, for that table; names
 * are copied. INPUT when the model has no outputs in plain. A name that is an output's or stands in no column of the
 * table is said when that is added. */
EML_API eml_answer eml_session_keep(eml_session *session, const char *const *names, size_t count, eml_error *error);
/* Adds the table of the model's public inputs from memory, as the CSV file of the same values would: the outputs and
 * the proofs are the same, and the errors name the same rows (counted from 1) and columns. A missing value, a null, NaN
 * and infinity are refused. */
EML_API eml_answer eml_session_add_arrays(eml_session *session, const eml_arrays *inputs, bool allow_extra,
                                          eml_error *error);

/* Takes the inputs and the outputs away: the session is as it was loaded, for other inputs. */
EML_API void eml_session_clear_inputs(eml_session *session);

/* Runs the program on every row. */
EML_API eml_answer eml_session_run(eml_session *session, eml_error *error);

/* The outputs of the run: TEXT is CSV with a header line, JSON an array of objects. Raw results are always JSON,
 * encrypted outputs a ciphertext file. */
EML_API eml_answer eml_session_outputs(const eml_session *session, eml_style style, eml_bytes *out, eml_error *error);

/* The same, handed to `write` a piece at a time: a table of any length takes little memory. write returns false when it
 * cannot take the bytes, which ends the call with EML_ANSWER_INPUT and EML_CODE_FILE. */
typedef bool eml_write(void *context, const void *bytes, size_t count);
EML_API eml_answer eml_session_write_outputs(const eml_session *session, eml_style style, eml_write *write,
                                             void *context, eml_error *error);

/* The outputs, then the results of the model, by number: the column's name; NULL past the last one. */
EML_API const char *eml_session_output_name(const eml_session *session, size_t column);
/* A column of the run's outputs or results, of all rows, of which there are eml_session_rows: the doubles nearest to
 * the decimals that eml_session_outputs prints. Whoever gives them to eml_verify gives the printed outputs, up to 15
 * significant digits. */
EML_API eml_answer eml_session_output_doubles(eml_session *session, const char *name, double *values, size_t rows,
                                              eml_error *error);
/* The same as what is proved: integers, of a unit that is put into *unit (NULL: not) as text, "0.01" or "p/q". INPUT
 * when one is no 64-bit integer. */
EML_API eml_answer eml_session_output_integers(eml_session *session, const char *name, int64_t *values, size_t rows,
                                               eml_bytes *unit, eml_error *error);

/* YES when a table holds the outputs of the run, in plain, whatever else it holds; NO with the first row and column
 * that differ. */
EML_API eml_answer eml_session_compare(const eml_session *session, const eml_file *outputs, eml_error *error);

/* Whether the model hides parameters, or an assembly program is of the hidden form: the bundle is then its owner's
 * alone, and proofs of presets standard and high are zero-knowledge if the program has salts, as every model has. */
EML_API bool eml_session_hidden(const eml_session *session);
/* Whether a proof with this preset shows nothing but inputs and outputs. Of a hidden program one that does not lets
 * whoever has it work out what is hidden. */
EML_API bool eml_session_zero_knowledge(const eml_session *session, const char *preset);
/* Why a hidden program's proof with this preset is not zero-knowledge, a clause for a person; NULL when it is, and of
 * programs that hide nothing. */
EML_API const char *eml_session_weakness(const eml_session *session, const char *preset);
/* Outputs are exact, so they give away what is hidden: after how many rows at the latest, over all proofs ever given,
 * they may be all that it takes to work it out. 0: nothing is hidden; UINT64_MAX: outputs tell nothing. */
EML_API uint64_t eml_session_reveal_rows(const eml_session *session);
/* The same of committed inputs: after how many proofs about one commitment, from whatever models like this. */
EML_API uint64_t eml_session_reveal_proofs(const eml_session *session);
/* Lets eml_session_prove prove more than that, which it refuses otherwise. */
EML_API void eml_session_allow_reveal(eml_session *session);

/* One proof for all rows; runs first when that was not done. preset: "standard" or "high" ("test" is for tests;
 * verifiers refuse it unless it is asked for by name). */
EML_API eml_answer eml_session_prove(eml_session *session, const char *preset, eml_bytes *proof, eml_error *error);

/* Told when a phase of proving begins: what it is, and roughly how much of the whole (0 to 1) is done by then; at the
 * end with "" and 1. */
typedef void eml_progress(void *context, const char *phase, double done);
EML_API void eml_session_watch(eml_session *session, eml_progress *progress, void *context);

/* What the last proof cost. Phase 0, 1, ...: its name and seconds; false past the last one, or before any proof. */
EML_API bool eml_session_phase(const eml_session *session, unsigned phase, const char **name, double *seconds);
/* The most bytes that its matrices and trees took at once. */
EML_API uint64_t eml_session_peak_bytes(const eml_session *session);

/* ----- Committed inputs (docs/zero-knowledge.md) ----- */

/* How many values a proof commits to; 0: the program has no committed inputs. A proof is then about one row. */
EML_API uint64_t eml_session_committed(const eml_session *session);
/* The commitment that the opening which was added belongs to, 64 hex digits; NULL before. */
EML_API const char *eml_session_commitment(const eml_session *session);

/* "I vouch for this row": for whoever knows that the values are true, a laboratory, a bank. */
typedef struct eml_commit_request {
    eml_file subject; /* a bundle, the public one will do, or a schema file (eml_bundle_schema) */
    eml_file row;     /* a table with a column for every committed input, and one row; of an assembly program JSON */
    bool allow_extra; /* of that table */
} eml_commit_request;

/* opening: a file's bytes, with the values in them, for whoever proves; write it with mode 0600, wipe its bytes.
 * commitment: for everybody. Made with fresh random numbers: twice the same row gives two commitments. */
EML_API eml_answer eml_commit(const eml_commit_request *request, eml_bytes *opening, char commitment[65],
                              eml_error *error);

/* What the committed inputs of a bundle mean, as a file that eml_commit takes instead of it. Models that declare the
 * same committed inputs have the same schema: a commitment serves them all. */
EML_API eml_answer eml_bundle_schema(const eml_file *bundle, eml_bytes *schema, eml_error *error);

/* ----- Encrypting (docs/encryption.md) ----- */

/* A new key pair: two files' bytes. passphrase NULL: the secret key is not locked. Write it with mode 0600, wipe its
 * bytes. */
EML_API eml_answer eml_keygen(const char *passphrase, eml_bytes *secret_key, eml_bytes *public_key, eml_error *error);

/* Whether a secret key file is locked with a passphrase. */
EML_API eml_answer eml_key_locked(const eml_file *secret_key, bool *locked, eml_error *error);

/* "Encrypt this table", which has a column for every secret input of the model, CSV or JSON. With the secret key, which
 * is the owner's way, the ciphertexts carry the sender's tag: what they lead to can be decrypted without trusting
 * whoever passed them on. Anybody can encrypt with the public key, without a tag. One of the two is given; path and
 * bytes of the other are NULL. */
typedef struct eml_encrypt_request {
    eml_file secret_key;
    const char *passphrase; /* NULL: none; not used when the key is not locked */
    eml_file public_key;
    eml_file rows;
    bool allow_extra;
} eml_encrypt_request;
EML_API eml_answer eml_session_encrypt(const eml_session *session, const eml_encrypt_request *request,
                                       eml_bytes *ciphertext, eml_error *error);

/* Whom a decryption trusts. Who chose a ciphertext can take the secret key from what it decrypts to, through the most
 * honest of models. */
typedef enum eml_trust {
    EML_TRUST_PROOF = 0,    /* nobody: the proof, and the sender's tag, which takes the secret key to make */
    EML_TRUST_SENDER = 1,   /* whoever made the sent ciphertexts; the proof shows that the outputs follow from them */
    EML_TRUST_EVERYONE = 2, /* whoever made the outputs, too: nothing is verified */
} eml_trust;

/* "Decrypt these outputs of this model, which are what the proof says that it makes of the ciphertexts that I sent." */
typedef struct eml_decrypt_request {
    eml_file secret_key;
    const char *passphrase; /* NULL: none; not used when the key is not locked */
    eml_file ciphertext;    /* the encrypted outputs */
    eml_file sent;          /* the encrypted inputs. This and the next two are not read with EML_TRUST_EVERYONE */
    eml_file public_input;  /* the table of the model's public inputs; path and bytes NULL: it has none */
    bool allow_extra;       /* of that table */
    eml_file proof;         /* of preset standard or high */
    eml_trust trust;
    bool exact;            /* print every digit of the outputs, not only those of the declared tolerance */
    eml_style style;       /* of the rows: as eml_session_outputs */
    eml_style noise_style; /* of the noise report */
} eml_decrypt_request;

/* rows: the decrypted outputs; noise: for each output the noise measured, its bound and what decryption can bear, in
 * whole bits, rounded up, for the key's owner only. NO: the proof is refused, no sender's tag or another's, another
 * key's ciphertext, a wrong passphrase, outputs of another program, outputs that do not decrypt; rows and noise are
 * then not written. */
EML_API eml_answer eml_session_decrypt(const eml_session *session, const eml_decrypt_request *request, eml_bytes *rows,
                                       eml_bytes *noise, eml_error *error);

/* ----- Assembly ----- */

EML_API eml_answer eml_assemble(const eml_file *text, eml_bytes *bundle, eml_error *error);
EML_API eml_answer eml_session_disassemble(const eml_session *session, eml_bytes *text, eml_error *error);

/* ----- Verifying ----- */

/* "The program with this hash, run on these inputs, gave these outputs." */
typedef struct eml_verify_request {
    const char
        *program_hash; /* 64 hex digits: known to the caller, never taken from the prover. NULL: that of the bundle */
    eml_file bundle;   /* of that program; path and bytes NULL: none. Needed when its inputs are encrypted, because what
                                 such a program may do is checked in its code */
    const char *commitment; /* 64 hex digits: to the committed inputs, from whoever vouches for them, never from the
                               prover. NULL: the program has none */
    const eml_file *inputs; /* as eml_session_add_input takes them: a table, ciphertexts, or both */
    size_t input_count;
    bool allow_extra; /* of the tables of inputs and of outputs: columns that the proof says nothing of */
    eml_file outputs, proof;
    const char *preset;              /* NULL: standard or high; else only this one */
    bool require_zero_knowledge;     /* refuse a proof that may show more than inputs and outputs */
    const eml_arrays *input_arrays;  /* the table of public inputs from memory, instead of a file; NULL: none */
    const eml_arrays *output_arrays; /* the outputs, and results, instead of the file `outputs`; NULL: that */
} eml_verify_request;

typedef struct eml_verdict {
    bool accepted;
    char program_hash[65]; /* of the program that was asked about */
    char commitment[65];   /* that the verdict is about; "" when the program has no committed inputs */
    const char *reason;    /* "none" when accepted, else the refusal's name, which never changes its meaning */
    char sentence[640];    /* the refusal for a person */
    uint64_t rows;         /* that the proof is about */
    bool numbered;         /* a table began with a column of row numbers, which was skipped */
    const char *results;   /* "none": the model has none, or outputs are encrypted; "checked": each in the table is what
                              the row's outputs give;   "absent": the table has not all of them. Set when accepted */
    const char *preset;    /* that the proof was made with; NULL when none was recognised */
    bool zero_knowledge;   /* the proof shows nothing but inputs, outputs and what the program's hash is of; set when
                              accepted. False: whoever has it can work out the program, if it was hidden */
    const char *weakness;  /* why a hidden program's proof is not zero-knowledge, a clause for a person; else NULL */
    unsigned proven_bits;  /* of security, as docs/soundness.md defines them; set when accepted */
    unsigned proof_of_work_bits; /* of the proven ones */
    unsigned conjectured_bits;   /* by a formula whose assumption has been disproved in part: quote the proven ones */
    uint64_t uncovered_columns;  /* of the tables, that the proof says nothing of: with allow_extra */
} eml_verdict;

/* YES with accepted set, NO with the reason, INPUT when the question itself cannot be asked (a file that cannot be
 * read, a table that is no table). verdict is written in the first two cases. */
EML_VERIFY_API eml_answer eml_verify(const eml_verify_request *request, eml_verdict *verdict, eml_error *error);

/* ----- Looking at files ----- */

/* What a bundle, proof, key or ciphertext says about itself, for a person (TEXT) or a machine (JSON). Nothing is
 * verified but the file's form. */
EML_VERIFY_API eml_answer eml_inspect(const eml_file *file, eml_style style, eml_bytes *out, eml_error *error);

/* What can be worked out again from a bundle alone, compared with what it states: YES when all of it agrees, NO when
 * something does not; text is written in both cases, and says what has to be taken on trust. INPUT: no bundle. Of an
 * owner's bundle the text tells nothing that its public one does not. */
EML_VERIFY_API eml_answer eml_recheck(const eml_file *bundle, eml_style style, eml_bytes *out, eml_error *error);

/* The values in an opening as a table of one row, CSV (TEXT) or JSON, as they can be committed to again. */
EML_VERIFY_API eml_answer eml_opening_row(const eml_file *opening, eml_style style, eml_bytes *row, eml_error *error);

/* The program hash that a bundle has, as 64 hex digits and a NUL. */
EML_VERIFY_API eml_answer eml_bundle_program_hash(const eml_file *bundle, char out[65], eml_error *error);

#ifdef __cplusplus
}
#endif
#endif
