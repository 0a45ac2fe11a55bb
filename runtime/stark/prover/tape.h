/* The constraint set compiled to a straight line of base-field operations on blocks of points: what phase 3 runs.
 *
 * A value of the extension is two planes (a and b), so every step works on planes of base elements. Planes are
 * numbered: first the constants, then everything that is loaded for a block (main columns of the current and of the
 * next row, the auxiliary matrix's base columns likewise, periodic columns), then temporaries, which are reused.
 *
 * The result at a point is sum_j factor_j * (initial_j + sum of coefficient * plane over the terms of sum j). Sum 0 is
 * about the transition constraints, each other one about the cells asserted in one row. An extension value v0 + v1 x is
 * two terms, with coefficients c and c x. */
#ifndef EML_STARK_PROVER_TAPE_H
#define EML_STARK_PROVER_TAPE_H

#include "runtime/stark/composition.h"

typedef enum eml_tape_op { EML_TAPE_ADD, EML_TAPE_SUB, EML_TAPE_MUL, EML_TAPE_DOT } eml_tape_op;

/* plane dst = plane a op plane b; of EML_TAPE_DOT, the sum of the products of pairs a .. a + b - 1. dst may be an operand: kernels read all
 * of a point's operands before they write it. */
typedef struct eml_tape_step {
    eml_tape_op op;
    /* For kernels with lazy limbs (field/lanes.h): the sum or difference would be too loose for its readers; and the units that dst
     * has after the step. */
    bool tighten;
    uint8_t units;
    uint32_t dst, a, b;
} eml_tape_step;

typedef struct eml_tape_pair {
    uint32_t a, b; /* planes */
} eml_tape_pair;

typedef struct eml_tape_term {
    uint32_t plane;
    eml_fe2 coefficient;
} eml_tape_term;

typedef struct eml_tape_sum {
    size_t first, count; /* of terms */
    uint32_t row;        /* for sums > 0: the asserted trace row */
} eml_tape_sum;

typedef struct eml_tape {
    eml_fe *constants; /* planes 0 .. constant_count - 1, everywhere the same; plane 0 is one */
    size_t constant_count, constant_capacity;
    uint32_t main, aux, periodic; /* first plane of each kind; the next row's columns follow the current row's */
    size_t planes;
    eml_tape_step *steps;
    size_t step_count, step_capacity;
    eml_tape_pair *pairs; /* of dot products */
    size_t pair_count, pair_capacity;
    eml_tape_term *terms; /* sum after sum */
    size_t term_count, term_capacity;
    eml_tape_sum *sums;
    size_t sum_count;
} eml_tape;

enum { EML_TAPE_SUMS_MAX = 16 }; /* a tape has at most 2 + S */

/* random: the auxiliary challenges, constants from here on. A row's coefficients are divided by g^row, see
 * eml_tape_input. */
void eml_tape_compile(const eml_air *air, const eml_claim *claim, uint32_t extension, const eml_fe2 *random,
                      const eml_coefficients *coefficients, eml_tape *out);
/* Whether no step and no sum is looser than lanes allow (field/lanes_units.h), plane by plane: what kernels rely on. */
bool eml_tape_units_hold(const eml_tape *tape);
void eml_tape_free(eml_tape *tape);

/* Where points are: point i of the evaluation domain x_i = s w^i is row i * stride of the matrices, its next row that
 * plus `next` rows, modulo their (power of two) rows. 1 / (x_i - g^row) = g^-row / (s w^(i - row ce_blowup) - 1): one
 * table of inverses serves all rows. */
typedef struct eml_tape_input {
    const eml_matrix *main, *aux; /* canonical, as transforms leave them; so is periodic */
    size_t stride, next;
    const eml_matrix *periodic; /* repeats after its (power of two) rows */
    size_t points, ce_blowup;   /* points is a multiple of EML_TAPE_BLOCK */
    const eml_fe *transition;   /* factor of sum 0 at each point */
    const eml_fe *inverse;      /* 1 / (x_i - 1) */
} eml_tape_input;

enum { EML_TAPE_BLOCK = 64 };

/* Evaluates points first .. first + EML_TAPE_BLOCK - 1 (first is a multiple of the block) into out, two base elements
 * each. */
typedef void eml_tape_run_fn(const eml_tape *tape, const eml_tape_input *input, size_t first, void *scratch,
                             eml_fe *out);
typedef struct eml_tape_kernel {
    eml_tape_run_fn *run;
    void (*start)(const eml_tape *tape, void *scratch); /* once, before the first run */
    size_t (*scratch_bytes)(const eml_tape *tape);      /* allocate with eml_alloc_raw */
} eml_tape_kernel;

extern const eml_tape_kernel eml_tape_kernel_c; /* the definition; _avx2 and _avx512 are its rivals */
extern const eml_tape_kernel eml_tape_kernel_avx2, eml_tape_kernel_avx512;
/* The best that this CPU has and the mask (runtime/base/cpu.h) allows. */
const eml_tape_kernel *eml_tape_kernel_best(void);

/* Points of the block whose first is `first`, seen from asserted row `row`: index of the first in the table of
 * inverses; indices wrap at `points`. */
static inline size_t eml_tape_inverse_index(const eml_tape_input *in, size_t first, uint32_t row) {
    return (first + in->points - row * in->ce_blowup) & (in->points - 1);
}

#endif
