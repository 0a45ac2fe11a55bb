/* The constraint set compiled to a straight line of base-field operations on blocks of points: what phase 3 runs.
 *
 * A value of the extension is two planes (a and b), so every step works on planes of base elements: loads, +, -, *, and "accumulate",
 * which adds coefficient * plane to one of the tape's accumulators (extension elements). An extension value v0 + v1 x accumulates as two planes,
 * with coefficients c and c x. Accumulator 0 sums the transition constraints; the others one asserted row each. */
#ifndef EML_STARK_PROVER_TAPE_H
#define EML_STARK_PROVER_TAPE_H

#include "runtime/stark/composition.h"

enum { EML_TAPE_BLOCK = 64 };

typedef enum eml_tape_op {
    EML_TAPE_MAIN,     /* plane dst = main column a of the current (b = 0) or next (b = 1) row */
    EML_TAPE_AUX,      /* base column a of the auxiliary matrix, likewise */
    EML_TAPE_PERIODIC, /* periodic column a */
    EML_TAPE_ADD,
    EML_TAPE_SUB,
    EML_TAPE_MUL,
    EML_TAPE_ACCUMULATE, /* accumulator dst += coefficient * plane a */
} eml_tape_op;

typedef struct eml_tape_step {
    eml_tape_op op;
    uint32_t dst, a, b;
    eml_fe2 coefficient;
} eml_tape_step;

typedef struct eml_tape {
    eml_tape_step *steps;
    size_t step_count, step_capacity;
    eml_fe *constants; /* planes 0 .. constant_count - 1 hold these, everywhere the same */
    size_t constant_count, constant_capacity;
    size_t planes;
    eml_fe2 *initial; /* accumulators start here: minus the asserted values, times their coefficients */
    uint32_t *rows;   /* accumulator i > 0 is about this trace row */
    size_t accumulators;
} eml_tape;

/* random: the auxiliary challenges, constants from here on. */
void eml_tape_compile(const eml_air *air, const eml_claim *claim, uint32_t extension, const eml_fe2 *random,
                      const eml_coefficients *coefficients, eml_tape *out);
void eml_tape_free(eml_tape *tape);

/* Where a block's points are: point i of the evaluation domain is row i * stride of the matrices, its next row that plus `next`
 * rows, modulo the matrices' (power of two) rows; periodic column c is at periodic + c * period, and repeats. */
typedef struct eml_tape_input {
    const eml_matrix *main, *aux;
    size_t stride, next;
    const eml_fe *periodic;
    size_t period; /* a power of two */
} eml_tape_input;

/* Evaluates points first .. first + count - 1 (count <= EML_TAPE_BLOCK). planes: room for tape->planes * EML_TAPE_BLOCK elements,
 * filled by eml_tape_start once; sums: accumulators * EML_TAPE_BLOCK. */
void eml_tape_start(const eml_tape *tape, eml_fe *planes);
void eml_tape_run(const eml_tape *tape, const eml_tape_input *input, size_t first, size_t count, eml_fe *planes,
                  eml_fe2 *sums);

#endif
