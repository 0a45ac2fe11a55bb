/* The compiler, as the command line sees it: the pipeline from source to artifacts. driver.c reads as the list of
 * passes. */
#ifndef EML_COMPILER_DRIVER_H
#define EML_COMPILER_DRIVER_H

#include "lang/diag.h"
#include "runtime/bundle/bundle.h"

typedef enum eml_emit {
#define EMIT(NAME, name, weights, meaning) EML_EMIT_##NAME,
#include "compiler/emit/emit.def"
#undef EMIT
    EML_EMIT_COUNT
} eml_emit;

enum { EML_COMPILE_SALT_BYTES = 32 };

typedef struct eml_compile_options {
    int delta_bits;   /* --delta: pin the encryption scale; -1 when not given */
    uint32_t sponges; /* --sponges: pin S; 0 when not given */
    /* EML_COMPILE_SALT_BYTES, as secret as a hidden model's weights, from which its salts follow
     * (compiler/code/salts.h). NULL: drawn, so that its hash is another every time. */
    const uint8_t *salt;
    /* Called as each pass begins, with what it does ("checking"), in words that stay. NULL: nobody watches. */
    void (*watch)(void *context, const char *pass);
    void *watch_context;
} eml_compile_options;

/* One compilation; zero-initialise, free with eml_compilation_free. Whatever the outcome, diags holds what was said
 * about the source. */
typedef struct eml_compilation {
    eml_source source;
    eml_diags diags;
    struct eml_passes *passes; /* the intermediate forms, for dumps and tests */
    eml_bundle bundle;         /* set when eml_compile returned EML_OK */
} eml_compilation;

/* Reads and compiles path. EML_ERR_INPUT: diags tells, and err is empty, or err tells that the file is no text;
 * EML_ERR_IO: the source cannot be read, err tells. (A CSV file that it names and that cannot be read is a diagnostic,
 * at its place in the source.) */
EML_NODISCARD eml_status eml_compile(const char *path, const eml_compile_options *options, eml_compilation *out,
                                     eml_error *err);
/* Stops after checking and quantization (eml check). */
EML_NODISCARD eml_status eml_compile_check(const char *path, const eml_compile_options *options, eml_compilation *out,
                                           eml_error *err);
/* Appends one artifact. Dumps of early stages work even when a later stage failed; EML_ERR_INPUT when that stage was
 * not reached. */
EML_NODISCARD eml_status eml_compile_emit(const eml_compilation *compilation, eml_emit kind, eml_buf *out,
                                          eml_error *err);
void eml_compilation_free(eml_compilation *compilation);

/* New secret bytes for eml_compile_options.salt. EML_ERR_INTERNAL: the system gives no random numbers. */
EML_NODISCARD eml_status eml_compile_draw_salt(uint8_t out[EML_COMPILE_SALT_BYTES], eml_error *err);

/* Whether the bundle's salts are those that this salt gives its code: compiling its source with it makes it again. */
bool eml_compile_makes_again(const uint8_t salt[EML_COMPILE_SALT_BYTES], const eml_bundle *bundle);

/* Whether the model has hidden params; only after EML_OK, or once it was checked. */
bool eml_compile_hides(const eml_compilation *compilation);
/* Whether this artifact of a hidden model is its owner's alone. */
bool eml_emit_has_weights(eml_emit kind);

const char *eml_emit_name(eml_emit kind);
bool eml_emit_by_name(const char *name, size_t length, eml_emit *out);

/* The quantization report for people: a few lines. Only after EML_OK. */
void eml_compile_report(const eml_compilation *compilation, eml_buf *out);
/* The same for programs: JSON. */
void eml_compile_report_json(const eml_compilation *compilation, eml_buf *out);

/* Where the error of each output may come from, and a row where it does, a table for people. Only after EML_OK, of
 * eml_compile_check as well. */
void eml_compile_budget(const eml_compilation *compilation, eml_buf *out);
/* For programs: of each output that is not exact, and of a model that hides nothing, the row with the largest error
 * that was found, a JSON array. */
void eml_compile_witness_json(const eml_compilation *compilation, eml_buf *out);

/* How eml_compile_test proves a test's row and verifies the proof, without the compiler linking a prover. csv: by kind
 * of input, a header line and one row; those of secret ones are to be encrypted, those of committed ones to be
 * committed to. Empty when there are none. Returns EML_OK when the proof was made and accepted; a fault of ours ends
 * the tests, anything else fails this one, with *err as the reason. */
typedef struct eml_test_prover {
    eml_status (*prove)(void *context, const eml_bundle *bundle, const eml_buf csv[EML_VISIBILITIES], eml_error *err);
    void *context;
} eml_test_prover;

/* eml test: runs every test block of a compiled model on the VM (secret inputs as noiseless ciphertexts) and compares
 * what it decodes with the expected values, within the test's tolerance or else the output's; with a prover (else
 * NULL), also proves and verifies. One line a test into *report and a summary, or a JSON array. EML_ERR_NO when one
 * fails; a model without tests passes. */
EML_NODISCARD eml_status eml_compile_test(const eml_compilation *compilation, const eml_test_prover *prover, bool json,
                                          eml_buf *report, eml_error *err);

#endif
