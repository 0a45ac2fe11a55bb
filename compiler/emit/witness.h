/* Witnesses: rows at which an output's error comes near its proved bound, found by looking, and the error there, worked
 * out exactly.
 *
 * Of an affine output every input errs on its own, so the worst row is the one in which each is worst: an end of its
 * range, or the outermost number that it rounds by half a unit. With products and formulas what one input errs by
 * depends on the others; then inputs take turns until none can make it worse, which need not be the worst row. So what
 * is found is a lower bound of the error, the proved bound an upper one.
 *
 * A row is one that tables take: derived inputs are in ranges that were declared, and one-hot groups are one-hot.
 *
 * Not of models with hidden params: the error at a row tells of weights. */
#ifndef EML_COMPILER_EMIT_WITNESS_H
#define EML_COMPILER_EMIT_WITNESS_H

#include "compiler/quant/quantize.h"

/* A number that an input may have, as a table has it, and what it becomes. */
typedef struct eml_witness_choice {
    mpq_t value;
    mpz_t k;
} eml_witness_choice;

typedef struct eml_witness_input {
    eml_witness_choice *choices; /* owned; of a derived one none */
    size_t count, capacity;
    size_t chosen;
    bool read;         /* by a formula */
    uint32_t *readers; /* owned: the derived inputs that have it */
    size_t reader_count, reader_capacity;
    size_t group;      /* 1 + which one-hot group it is in; 0: none */
    eml_formula meant; /* of a derived one: its formula, with units so fine that they do not matter; owned */
    /* As the choices stand. */
    mpz_t k;
    mpq_t exact;   /* what the model means, from the offset: the value, of derived ones to 2^-64 of their units */
    mpq_t rounded; /* what k stands for, offset and all */
    mpq_t whole;   /* exact + offset */
} eml_witness_input;

typedef struct eml_witness {
    const eml_quant *quant; /* borrowed */
    eml_abi inputs;         /* what tables have; nothing else of the ABI */
    eml_witness_input *items;
    mpq_t *exacts, *rounded; /* by input: what formulas are of; borrowed from items */
    /* Of the output that is looked at. */
    size_t output;
    uint32_t *first, *terms; /* terms of input i: terms[first[i]] to terms[first[i + 1]]; owned */
    uint32_t *seen, visit;   /* by term: at which visit last */
    bool *depends;           /* by input */
    size_t work;             /* formulas worked out */
} eml_witness;

void eml_witness_open(const eml_quant *quant, eml_witness *out);
/* The largest error that was found, and its row: what the inputs' choices are afterwards. False: none was looked for,
 * as the output is exact. */
bool eml_witness_find(eml_witness *witness, size_t output, mpq_t error);
/* Of the row: what the input is there. For inputs that are not derived. */
mpq_srcptr eml_witness_value(const eml_witness *witness, size_t input);
/* Whether the input, which is not derived, has a part in the row: the output depends on it, or whether the row is taken
 * at all does. */
bool eml_witness_depends(const eml_witness *witness, size_t input);
void eml_witness_close(eml_witness *witness);

/* witness_print.c: "error 0.0051 found, at area = 71.5, ..." of an output, a line; the rows of all outputs that are not
 * exact as a table of inputs; and the same with the errors as JSON, an array. */
void eml_witness_print(eml_witness *witness, size_t output, eml_buf *out);
void eml_witness_print_csv(const eml_quant *quant, eml_buf *out);
void eml_witness_print_json(const eml_quant *quant, eml_buf *out);

#endif
