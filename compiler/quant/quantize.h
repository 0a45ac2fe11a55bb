/* Pass 6: the affine model in fixed point (design 5.1).
 *
 * Input column j stands for the integer k_j = round((x_j - offset_j) / unit_j); an output is the integer
 *     m = sum_t weight_t * prod k_j   (the constant term multiplies 1)
 * and means unit * m. Writing x^ = x - offset, X = max |x^| and dx = the input's rounding error (0 where values lie on
 * the grid), term w * prod x^ has the weight W = round(w * prod unit_j / unit), so with dw = |w - W * unit / prod
 * unit_j| its error is at most
 *     (|w| + dw) prod (X_j + dx_j) - |w| prod X_j,
 * which for one factor is |w| dx + X dw + dx dw. The bound of an output is the sum over its terms, the constant's
 * included, each summand rounded up to a multiple of 2^-64 * unit, and half a unit for printing (the ABI prints the
 * shortest decimal that reads back). An exact output's error is 0, in print too.
 *
 * An input that is a factor of a product has the offset 0; otherwise the offset is near the centre of the range (on the
 * grid, where there is one), and the constant term absorbs it before it is rounded. */
#ifndef EML_COMPILER_QUANT_QUANTIZE_H
#define EML_COMPILER_QUANT_QUANTIZE_H

#include "compiler/check/model.h"

typedef struct eml_quant_input {
    bool on_grid; /* only multiples of unit (from offset) are values */
    bool fixed;   /* unit is not the quantizer's choice: grid, `frac`, or a single value */
    bool used;    /* some output has it */
    mpq_t offset, unit;
    mpq_t reach;    /* X */
    mpq_t rounding; /* dx */
    mpz_t lo, hi;   /* range of k */
} eml_quant_input;

typedef struct eml_quant_output {
    eml_form centred; /* the model's form in x^; constant term last */
    mpz_t *weights;   /* one a term of centred */
    long frac_bits;   /* F: unit = 2^-F, except for exact outputs */
    mpq_t unit;
    mpq_t tolerance; /* given, or the default; 0 for exact outputs */
    bool default_tolerance;
    mpq_t bound;     /* proved worst-case error */
    mpz_t lo, hi;    /* range of m over the box; attained when no term has two factors */
    mpz_t secret_l1; /* sum over secret terms of |weight| * max |public factor|: what multiplies the noise */
} eml_quant_output;

typedef struct eml_quant {
    const eml_model *model; /* borrowed */
    eml_quant_input *inputs;
    eml_quant_output *outputs;
    unsigned free_degree; /* scale.c's n */
    uint32_t delta_bits;  /* 0 when nothing is encrypted */
} eml_quant;

/* The tolerance of an output that declares none: this fraction of its range over the declared box, rounded down to a
 * power of ten. */
#define EML_DEFAULT_TOLERANCE_TEXT "1e-6 of the output's range, rounded down to a power of ten"

/* delta_bits: pinned, or -1. Reports into diags; false when there is no such model (out is freed then). */
bool eml_quantize(const eml_model *model, int delta_bits, eml_diags *diags, eml_quant *out);
/* The proved bound as it is told: three digits, rounded up, but never above the tolerance that it was proved to meet. */
void eml_quant_stated_bound(const eml_quant_output *output, mpq_t out);
void eml_quant_free(eml_quant *quant);

void eml_quant_print(const eml_quant *quant, eml_buf *out);       /* --emit quant */
void eml_quant_report(const eml_quant *quant, eml_buf *out);      /* for people, after compiling */
/* For programs. A bundle's report leaves the inputs out: its ABI has them, vector by vector. */
void eml_quant_report_json(const eml_quant *quant, bool inputs, eml_buf *out);

/* ----- Between the files of this pass */

void eml_quant_encode_inputs(eml_quant *quant);                   /* encode.c: offsets, fixed units, reach */
void eml_quant_encode_ranges(eml_quant *quant);                   /* encode.c: dx and range of k, once units stand */
bool eml_quant_choose_scales(eml_quant *quant, eml_diags *diags); /* scale.c: units, F, weights, bounds */
void eml_quant_measure(eml_quant *quant);                         /* budget.c: lo, hi, secret_l1 */
uint32_t eml_quant_minimal_delta(const eml_quant *quant);         /* budget.c */
size_t eml_quant_budget_bits(const eml_quant *quant);             /* budget.c: what an encrypted model needs */
bool eml_quant_check_budget(eml_quant *quant, int delta_bits, eml_diags *diags); /* budget.c: overflow, Delta */
/* scale.c: bias shifts precision from inputs to weights: units are 2^(-bias/2) of the balanced ones. */
void eml_quant_scale(eml_quant *quant, int bias);
/* The largest |value| a secret term's public factor multiplies it with; 1 without one. */
void eml_quant_public_factor(const eml_quant *quant, eml_monomial monomial, mpz_t out);
bool eml_quant_is_secret(const eml_quant *quant, eml_monomial monomial);

#endif
