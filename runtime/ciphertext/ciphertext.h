/* Columns of encrypted values: the inputs of a data owner, or the outputs of a run on them.
 *
 * A column is 5 polynomials whose coefficients are slots: mask0..mask3 (v in docs/encryption.md), then the body (u),
 * the order of runtime/statement/statement.h, so cells are used there in place. rows values take
 * eml_lattice_slots(rows) slots; an input holds 0 in the slots that no row uses.
 *
 * A ciphertext says what it is: key id, Delta, column names and encodings, and for outputs the program that made them.
 * Nothing vouches for that but the proof and, to who has the secret key, the sender's tag; it is what makes mixing
 * files an error and not a wrong number. */
#ifndef EML_CIPHERTEXT_CIPHERTEXT_H
#define EML_CIPHERTEXT_CIPHERTEXT_H

#include "runtime/base/bytes.h"
#include "runtime/base/status.h"
#include "runtime/field/f128.h"
#include "runtime/hash/blake3.h"
#include "runtime/ciphertext/params.h"

typedef enum eml_ciphertext_kind { EML_CIPHERTEXT_INPUTS = 0, EML_CIPHERTEXT_OUTPUTS = 1 } eml_ciphertext_kind;

enum { EML_PROGRAM_ID_BYTES = 32 };

/* name: 1 to EML_LATTICE_NAME_MAX bytes of a name (runtime/text/names.h). encoding: a digest, chosen by the caller, of
 * how integers stand for values (offset, unit), so that data scaled for one model is not fed to another that scales
 * differently. */
typedef struct eml_ciphertext_column {
    char *name;
    eml_digest encoding;
} eml_ciphertext_column;

/* What a ciphertext says of itself. Borrowed when it is an argument. */
typedef struct eml_ciphertext_label {
    eml_ciphertext_kind kind;
    uint32_t delta_bits;                   /* Delta = 2^delta_bits, EML_LATTICE_DELTA_BITS_MIN .. _MAX */
    eml_digest key;                        /* id of the key pair */
    uint8_t program[EML_PROGRAM_ID_BYTES]; /* outputs: the program hash; inputs: zero */
    size_t column_count;                   /* 1 .. EML_LATTICE_COLUMNS_MAX */
    eml_ciphertext_column *columns;        /* in ABI order */
} eml_ciphertext_label;

typedef struct eml_ciphertext {
    eml_ciphertext_label label; /* columns and their names are owned */
    uint64_t rows;              /* 1 .. EML_LATTICE_ROWS_MAX */
    uint64_t slots;             /* eml_lattice_slots(rows) */
    eml_digest tag;             /* the sender's, of inputs (runtime/lattice/tag.h); zero: none */
    eml_fe *cells;              /* owned; [column][5][slots] */
} eml_ciphertext;

/* Field elements in the cells of so many rows (up to the limits) and columns. */
static inline uint64_t eml_ciphertext_cells(uint64_t rows, size_t columns) {
    return columns * EML_LATTICE_PARTS * eml_lattice_slots(rows);
}

/* EML_ERR_INPUT unless rows, columns and cells are within the limits of params.h. */
EML_NODISCARD eml_status eml_ciphertext_check_size(uint64_t rows, uint64_t columns, eml_error *err);

/* EML_ERR_INPUT unless EML_LATTICE_DELTA_BITS_MIN <= delta_bits <= EML_LATTICE_DELTA_BITS_MAX. */
EML_NODISCARD eml_status eml_ciphertext_check_scale(uint32_t delta_bits, eml_error *err);

/* A copy of the label and zero cells. The label is valid (asserted): what a caller builds, not what a file says. */
void eml_ciphertext_init(eml_ciphertext *ciphertext, const eml_ciphertext_label *label, uint64_t rows);
void eml_ciphertext_free(eml_ciphertext *ciphertext);

/* The slots of part 0..3 (masks) or 4 (body) of a column. */
eml_fe *eml_ciphertext_part(const eml_ciphertext *ciphertext, size_t column, size_t part);

bool eml_ciphertext_tagged(const eml_ciphertext *ciphertext);

/* EML_ERR_NO and both key ids when this is another key's. */
EML_NODISCARD eml_status eml_ciphertext_match_key(const eml_ciphertext *ciphertext, const eml_digest *key,
                                                  eml_error *err);

/* The same label, or EML_ERR_NO and the first difference in words (kind, key, program, Delta, then columns). The key of
 * `expected` is not compared when it is all zero: whoever runs or proves need not know the key. */
EML_NODISCARD eml_status eml_ciphertext_match(const eml_ciphertext *ciphertext, const eml_ciphertext_label *expected,
                                              eml_error *err);

/* All that a file says but the tag: the bytes of eml_ciphertext_encode without it. Not for secrets. */
void eml_ciphertext_absorb(const eml_ciphertext *ciphertext, eml_blake3 *hasher);

/* Files. Reading refuses (EML_ERR_INPUT, naming the field) anything malformed or over a limit, before allocating for
 * it. */
void eml_ciphertext_encode(const eml_ciphertext *ciphertext, eml_buf *out);
EML_NODISCARD eml_status eml_ciphertext_decode(const uint8_t *bytes, size_t count, eml_ciphertext *out, eml_error *err);

#endif
