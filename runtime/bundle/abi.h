/* The ABI: what a program's tapes mean to a person. Canonical CBOR (abi_encode) is hashed into the program hash, so
 * names, order, ranges, scales and links are part of the program's identity (docs/vm-and-air.md and docs/language.md).
 *
 * A model's inputs and outputs are flattened to scalar *columns*: a scalar input `age` is the column "age", a vector
 * x[10] the columns "x[0]".."x[9]", a matrix m[2,3] "m[0][0]".."m[1][2]".
 *
 * All rationals are exact: GMP mpq, canonical form. */
#ifndef EML_BUNDLE_ABI_H
#define EML_BUNDLE_ABI_H

#include <gmp.h>

#include "runtime/base/bytes.h"
#include "runtime/base/memory.h"
#include "runtime/base/status.h"
#include "runtime/base/visibility.h"
#include "runtime/field/f128.h"
#include "runtime/formula/formula.h"
#include "runtime/hash/blake3.h"
#include "runtime/isa/program.h"

/* How a number becomes an integer: k = (value - offset) / unit, rounded to the nearest (ties away from zero). Integer
 * and step inputs take only values on their grid, others are input errors: the multiples of unit when `exact`, of step
 * where that is not 0, both counted from the offset (runtime/table/value.h). */
typedef struct eml_input_column {
    char *name;
    eml_visibility visibility;
    bool uniform; /* one value for all rows of a run; public only. On the tape it is that value itself, no sum over
                     rows, so that uniform * varying is linear in what varies; to add one to varying values, a program
                     multiplies it with `one` */
    bool exact;
    mpq_t step; /* >= 0; 0 when `exact`, else not unit: each has one spelling */
    eml_formula
        formula;  /* of a derived input, which no table has: of inputs before it that are not derived; else empty */
    char **words; /* of a category: value k is words[k], and unit 1; owned */
    size_t word_count; /* 0: a number */
    /* Secret, and derived or read by formulas, but not by the program: who encrypts has it, and no ciphertext.
     * eml_abi_mark_kept. */
    bool kept;
    mpq_t lo, hi, offset, unit; /* lo <= value <= hi; unit > 0; |(lo or hi) - offset| / unit < 2^EML_ABI_INTEGER_BITS */
} eml_input_column;

typedef struct eml_output_column {
    char *name;
    mpq_t unit;      /* value = unit * integer */
    mpq_t tolerance; /* proved worst-case error over the declared ranges; 0: exact */
    char *link;      /* "identity", "logistic", "exp", ...: for the reader only */
} eml_output_column;

/* What is worked out from the printed outputs (runtime/formula): the formula's value to the nearest multiple of unit,
 * ties away from zero. */
typedef struct eml_result_column {
    char *name;
    mpq_t unit;          /* a power of ten */
    mpq_t tolerance;     /* proved: from what the formula gives of exact outputs; 0: exact */
    eml_formula formula; /* of outputs, then results before it */
} eml_result_column;

/* Inputs of 0 and 1 that stand side by side, of which each row has 1 in exactly one. */
typedef struct eml_onehot_group {
    char *name;          /* of the vector, for messages */
    size_t first, count; /* inputs */
} eml_onehot_group;

/* What others may know of a hidden param (docs/zero-knowledge.md): what was declared, and how many bits its weights
 * have. Bits are counted in sixteenths. */
typedef struct eml_hidden_param {
    char *name;
    uint32_t rank, dims[2]; /* 0: one number; 1: dims[0] of them; 2: dims[0] rows of dims[1]. Unused dims are 1 */
    mpq_t lo, hi;           /* lo <= every element <= hi */
    uint64_t bits;          /* rounded down */
} eml_hidden_param;
enum { EML_REVEAL_UNIT = 16 };

/* What outputs give away of committed inputs, as far as declarations tell, in sixteenths of a bit. Of all outputs
 * together, or of the one that tells most of those that it depends on alone: bits of the committed inputs that they
 * depend on, log2 of how many values there are, rounded down; and row_bits that a row of them tells at most, rounded
 * up. 0 and 0: no output depends on any. */
typedef struct eml_committed_reveal {
    uint64_t bits, row_bits;
} eml_committed_reveal;

/* What stands at a tape position: an input column, or the all-ones input `one` (EML_TAPE_ONE). On the secret tape `one`
 * is the trivial ciphertext of all ones: masks 0, body Delta in every slot. */
#define EML_TAPE_ONE UINT32_MAX

/* Invariants are those of eml_abi_check. */

typedef struct eml_abi {
    bool raw;        /* made from assembly: no columns, tapes are given raw */
    char *model;     /* name; "" when raw */
    bool single_row; /* slot-nonlinear: only N = 1 */
    eml_input_column *inputs;
    size_t input_count;
    eml_onehot_group *groups; /* in the order of their inputs */
    size_t group_count;
    eml_output_column *outputs;
    eml_result_column *results;
    size_t result_count;
    size_t output_count;   /* one output: result on the final stack; several: output tape, in this order */
    uint32_t *public_tape; /* input index or EML_TAPE_ONE for each READ */
    size_t public_len;
    uint32_t *secret_tape; /* for each READ2 */
    size_t secret_len;
    bool encrypted_outputs;      /* outputs are ciphertexts (any secret input) */
    eml_committed_reveal reveal; /* of a model with committed inputs */
    uint32_t delta_bits;         /* encryption scale: Delta = 2^delta_bits; 0 when nothing is encrypted */
    eml_hidden_param *hidden;
    size_t hidden_count; /* 0: the model is public, and the section is not there */
    uint64_t row_bits;   /* of a hidden model: how many bits a row of outputs tells at most, rounded up */
} eml_abi;

enum {
    EML_ABI_COLUMNS_MAX = 1 << 20,
    EML_ABI_TAPE_MAX = 1 << 22,
    EML_ABI_INTEGER_BITS = 120,
    EML_ABI_DELTA_BITS_MAX = 126,
    EML_NAME_MAX = 255,           /* bytes */
    EML_RATIONAL_TEXT_MAX = 1024, /* characters of "p/q" */
    EML_HIDDEN_PARAMS_MAX = 1 << 16,
    EML_WORDS_MAX = 1 << 12, /* of a category */
};

void eml_abi_init(eml_abi *abi); /* empty, raw */
void eml_abi_free(eml_abi *abi);
/* Room for n columns; names NULL, rationals initialised to 0. */
void eml_abi_set_counts(eml_abi *abi, size_t inputs, size_t outputs, size_t public_len, size_t secret_len);

/* Makes room for count hidden params; names NULL, rationals 0. */
void eml_abi_set_hidden(eml_abi *abi, size_t count);
/* Makes room for count results, likewise. */
void eml_abi_set_results(eml_abi *abi, size_t count);
/* Makes room for count one-hot groups; names NULL. */
void eml_abi_set_groups(eml_abi *abi, size_t count);
/* Sets `kept` of every input: of an ABI that has all else. */
void eml_abi_mark_kept(eml_abi *abi);
/* Two words of a category that a cell could mean both, equal or equal as numbers, or that people take for each other.
 */
bool eml_abi_same_words(const char *const *words, size_t count, const char **a, const char **b);
static inline bool eml_input_is_derived(const eml_input_column *column) { return column->formula.count > 0; }
/* At least the largest |k| of a value in the column's range, whatever rounding to the nearest. */
eml_u128 eml_input_magnitude(const eml_input_column *column);
/* A program's eml_shape.abi_flags. */
uint32_t eml_abi_flags(const eml_abi *abi);
/* After how many rows at the latest, over all proofs ever given, the outputs determine what is hidden: its bits over
 * those that a row tells. 0 when nothing is hidden, UINT64_MAX when outputs tell nothing. */
uint64_t eml_abi_reveal_rows(const eml_abi *abi);
/* After how many proofs about one commitment outputs like these determine some of what is committed: bits over
 * row_bits, rounded up. 0 without committed inputs, UINT64_MAX when outputs tell nothing. */
uint64_t eml_abi_reveal_proofs(const eml_abi *abi);
uint64_t eml_reveal_proofs(const eml_committed_reveal *reveal); /* the same of numbers from elsewhere */
/* Whether a proof is about one row: so it was declared, or inputs are committed. */
bool eml_abi_one_row(const eml_abi *abi);

/* Whether an ABI is one that a program can have; decoding has checked it, a compiler asks before it encodes. Counts are
 * within their caps; rationals are canonical and short enough to write; lo <= hi, units positive, tolerances not
 * negative; names are visible UTF-8 (runtime/text/names.h) without surrounding blanks, no two inputs nor two outputs
 * share one, and no two names are alike; tape entries name existing columns of that tape's kind; secret columns are not
 * uniform, and there is none without a secret tape; committed columns are not uniform, have the offset 0, and are not
 * beside secret ones; derived columns come last, have formulas of others of their kind, and are uniform only of uniform
 * ones; words are like names, and a category has a value for each; one-hot groups have names of their own and two
 * inputs or more of one kind, public or secret, that take 0 and 1 and no group has twice; results have formulas of
 * outputs and results before them and a power of ten as unit; hidden params have names like columns, a shape and a
 * range; outputs are encrypted exactly when there is a secret tape, and then delta_bits > 0, else 0. A raw ABI is
 * empty. The message names the field. */
EML_NODISCARD eml_status eml_abi_check(const eml_abi *abi, eml_error *err);
/* The part of it that is about inputs, of an ABI with nothing else. */
EML_NODISCARD eml_status eml_abi_check_inputs(const eml_abi *abi, eml_error *err);
/* Whether an ABI belongs to a program of this shape: tape lengths (unless raw), output tape of output_count elements
 * (five each when encrypted) or none for a single output, Delta = 2^delta_bits or 0; the hidden form when there are
 * hidden params or committed inputs, salts exactly with the former; a committed tape with each committed input once for
 * each output, and their schema's digest (schema.h); the flags that say so. */
EML_NODISCARD eml_status eml_abi_check_shape(const eml_abi *abi, const eml_shape *shape, eml_error *err);

/* Canonical CBOR, appended. Layout: docs/formats.md. abi passes eml_abi_check. */
void eml_abi_encode(const eml_abi *abi, eml_buf *out);
/* Accepts exactly what eml_abi_encode writes; errors name byte offset and field. */
EML_NODISCARD eml_status eml_abi_decode(const uint8_t *bytes, size_t count, eml_abi *out, eml_error *err);
eml_digest eml_abi_digest(const eml_abi *abi);             /* BLAKE3 of the encoding */
void eml_abi_print_json(const eml_abi *abi, eml_buf *out); /* --emit abi-json */
/* , "formula": "max(0, x - 1)" */
void eml_formula_put_json(const eml_formula *formula, const eml_formula_column *names, eml_buf *out);
/* Names of the columns that formulas read, by column: of derived inputs, and of results. Owned by the caller; what they
 * point to is the ABI's. */
eml_formula_column *eml_abi_input_names(const eml_abi *abi);
eml_formula_column *eml_abi_result_names(const eml_abi *abi);
/* "in [18, 100], multiples of 1": which numbers the input takes. */
void eml_input_print_range(const eml_input_column *column, eml_buf *out);

/* From the columns of a table to a tape, for one kind of input. A table of public (secret, committed) inputs has a
 * column for each of them (but those that are kept), in the ABI's order: column c is inputs[c], derived ones last.
 * Position j of that tape takes column entries[j], or `one` (EML_TAPE_ONE); of the committed tape, which is read again
 * for each output, these are the columns in order. The one place that numbers them. */
typedef struct eml_abi_tape {
    size_t columns, length;
    uint32_t *inputs;  /* owned */
    uint32_t *entries; /* owned */
} eml_abi_tape;

size_t eml_abi_columns(const eml_abi *abi,
                       eml_visibility visibility); /* how many inputs are of the kind, and not kept */
void eml_abi_tape_init(eml_abi_tape *tape, const eml_abi *abi, eml_visibility visibility);
/* values has `size` bytes for each column, one `size` bytes, out is written `size` bytes for each position. */
void eml_abi_tape_fill(const eml_abi_tape *tape, const void *values, const void *one, size_t size, void *out);
void eml_abi_tape_free(eml_abi_tape *tape);
/* The tape of one row in plain: inputs has the value of every input of the ABI, `one` what stands for `one`. On the
 * secret tape a value is the body of a ciphertext whose masks are 0. Owned by the caller. */
eml_fe *eml_abi_tape_of(const eml_abi *abi, eml_visibility visibility, const eml_fe *inputs, eml_fe one);

#endif
