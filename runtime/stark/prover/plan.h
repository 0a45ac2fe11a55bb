/* The constraint set compiled to a straight line of base-field operations on blocks of points: what phase 3 runs.
 *
 * A value of the extension is two planes (a and b), so every step works on planes of base elements. Planes are
 * numbered: first the constants, then everything that is loaded for a block (main columns of the current and of the
 * next row, the auxiliary matrix's base columns likewise, periodic columns), then temporaries, which are reused.
 *
 * The result at a point is sum_j factor_j * (initial_j + sum of coefficient * plane over the terms of sum j). Sum 0 is
 * about the transition constraints, each other one about the cells asserted in one row. An extension value v0 + v1 x is
 * two terms, with coefficients c and c x. */
#ifndef EML_PROVER_PLAN_H
#define EML_PROVER_PLAN_H

#include "runtime/stark/composition.h"

typedef enum eml_plan_op { EML_PLAN_ADD, EML_PLAN_SUB, EML_PLAN_MUL, EML_PLAN_DOT } eml_plan_op;

/* plane dst = plane a op plane b; of EML_PLAN_DOT, the sum of the products of pairs a .. a + b - 1. dst may be an
 * operand: kernels read all of a point's operands before they write it. */
typedef struct eml_plan_step {
    eml_plan_op op;
    /* For kernels with lazy limbs (field/lanes.h): the sum or difference would be too loose for its readers; and the
     * units that dst has after the step. */
    bool tighten;
    uint8_t units;
    uint32_t dst, a, b;
} eml_plan_step;

typedef struct eml_plan_pair {
    uint32_t a, b; /* planes */
} eml_plan_pair;

typedef struct eml_plan_term {
    uint32_t plane;
    eml_fe2 coefficient;
} eml_plan_term;

typedef struct eml_plan_sum {
    size_t first, count; /* of terms */
    uint32_t row;        /* for sums > 0: the asserted trace row */
} eml_plan_sum;

typedef struct eml_plan {
    eml_fe *constants; /* planes 0 .. constant_count - 1, everywhere the same; plane 0 is one */
    size_t constant_count, constant_capacity;
    uint32_t main, aux, periodic; /* first plane of each kind; the next row's columns follow the current row's */
    size_t planes;
    eml_plan_step *steps;
    size_t step_count, step_capacity;
    eml_plan_pair *pairs; /* of dot products */
    size_t pair_count, pair_capacity;
    eml_plan_term *terms; /* sum after sum */
    size_t term_count, term_capacity;
    eml_plan_sum *sums;
    size_t sum_count;
} eml_plan;

enum { EML_PLAN_SUMS_MAX = 16 }; /* a plan has at most 2 + S */

/* random: the auxiliary challenges, constants from here on. A row's coefficients are divided by g^row, see
 * eml_plan_input. */
void eml_plan_compile(const eml_air *air, const eml_claim *claim, uint32_t extension, const eml_fe2 *random,
                      const eml_coefficients *coefficients, eml_plan *out);
/* Whether no step and no sum is looser than lanes allow (field/lanes_units.h), plane by plane: what kernels rely on. */
bool eml_plan_units_hold(const eml_plan *plan);
void eml_plan_free(eml_plan *plan);

/* Where points are: point i of the evaluation domain x_i = s w^i is row i * stride of the matrices, its next row that
 * plus `next` rows, modulo their (power of two) rows. 1 / (x_i - g^row) = g^-row / (s w^(i - row ce_blowup) - 1): one
 * table of inverses serves all rows. */
typedef struct eml_plan_input {
    const eml_matrix *main, *aux; /* canonical, as transforms leave them; so is periodic */
    size_t stride, next;
    const eml_matrix *periodic; /* repeats after its (power of two) rows */
    size_t points, ce_blowup;   /* points is a multiple of EML_PLAN_BLOCK */
    const eml_fe *transition;   /* factor of sum 0 at each point */
    const eml_fe *inverse;      /* 1 / (x_i - 1) */
} eml_plan_input;

enum { EML_PLAN_BLOCK = 64 };

/* Evaluates points first .. first + EML_PLAN_BLOCK - 1 (first is a multiple of the block) into out, two base elements
 * each. */
typedef void eml_plan_run_fn(const eml_plan *plan, const eml_plan_input *input, size_t first, void *scratch,
                             eml_fe *out);
typedef struct eml_plan_kernel {
    eml_plan_run_fn *run;
    void (*start)(const eml_plan *plan, void *scratch); /* once, before the first run */
    size_t (*scratch_bytes)(const eml_plan *plan);      /* allocate with eml_alloc_raw */
} eml_plan_kernel;

extern const eml_plan_kernel eml_plan_kernel_c; /* the definition; _avx2 and _avx512 are its rivals */
extern const eml_plan_kernel eml_plan_kernel_avx2, eml_plan_kernel_avx512;
/* The best that this CPU has and the mask (runtime/base/cpu.h) allows. */
const eml_plan_kernel *eml_plan_kernel_best(void);

/* Points of the block whose first is `first`, seen from asserted row `row`: index of the first in the table of
 * inverses; indices wrap at `points`. */
static inline size_t eml_plan_inverse_index(const eml_plan_input *in, size_t first, uint32_t row) {
    return (first + in->points - row * in->ce_blowup) & (in->points - 1);
}

#endif
