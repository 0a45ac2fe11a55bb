/* Pass 6: the affine model in fixed point.
 *
 * Input column j stands for the integer k_j = round((x_j - offset_j) / unit_j); an output is the integer
 *     m = sum_t weight_t * prod k_j   (the constant term multiplies 1)
 * and means unit * m. Output units are powers of ten, so that what is printed is exactly unit * m. Writing x^ = x -
 * offset, X = max |x^| and dx = the most that unit_j k_j misses x^ by (0 where values lie on the input's own grid),
 * term w * prod x^ has the weight round(w * prod unit_j / unit), which stands for the coefficient v = weight * unit
 * / prod unit_j, and its error is at most
 *     |w - v| prod X_j + |v| (prod (X_j + dx_j) - prod X_j).
 * The bound of an output is the sum over its terms, the constant's included, each summand rounded up to a multiple of
 * 2^-64 * unit. An exact output's error is 0.
 *
 * Of a hidden coefficient (affine.h) all of this but the weight itself takes the interval: w is then the end that is
 * farther from 0, |w - v| half a unit, and an output's range is over all weights that the interval allows. So a hidden
 * model's units, bounds and ranges tell nothing that was not declared.
 *
 * An input that is a factor of a product, or committed, has the offset 0; otherwise the offset is near the centre of
 * the range (on the grid, where there is one), and the constant term absorbs it before it is rounded. */
#ifndef EML_COMPILER_QUANT_QUANTIZE_H
#define EML_COMPILER_QUANT_QUANTIZE_H

#include "compiler/check/model.h"
#include "runtime/bundle/abi.h"

typedef struct eml_quant_input {
    bool choosable; /* the unit is the quantizer's choice: not with `frac`, a single value, or where it must be exact */
    bool factor;    /* of some product */
    bool used;      /* some output has it */
    bool read;      /* some formula has it: what it is rounded to is what that was worked out with */
    mpq_t offset, unit;
    mpq_t step;      /* only its multiples (from offset) are values: the input's own grid; 0: all are */
    unsigned weight; /* W, when the unit was chosen to make that the weight ... */
    size_t matched;  /* ... in this output; else 0 */
    mpq_t reach;     /* X */
    mpq_t rounding;  /* dx */
    mpz_t lo, hi;    /* range of k */
} eml_quant_input;

typedef struct eml_quant_output {
    eml_form centred; /* the model's form in x^; constant term last */
    mpz_t *weights;   /* one a term of centred */
    mpq_t unit;
    mpq_t tolerance; /* 0 for exact outputs; while units are chosen without what `derived` takes of it */
    mpq_t bound;     /* proved worst-case error, likewise */
    mpq_t derived;   /* what the errors of derived inputs come to */
    mpz_t lo, hi;    /* range of m over the box; attained when no term has two factors */
    double row_bits; /* of a hidden model: log2 of how many values a result can have, rounded up to 1/16 */
    mpz_t secret_l1; /* sum over secret terms of |weight| * max |public factor|: what multiplies the noise */
} eml_quant_output;

/* A result is its formula's value to the nearest multiple of unit, a power of ten: what is printed. */
typedef struct eml_quant_result {
    eml_formula formula; /* the model's, with the units that its functions round to */
    mpq_t unit;
    mpq_t bound;  /* proved: the most that it is from what the formula means of the model's outputs */
    mpq_t lo, hi; /* its range */
} eml_quant_result;

typedef struct eml_quant {
    const eml_model *model;    /* borrowed */
    eml_quant_result *results; /* by result of the model; NULL until they are settled */
    eml_quant_input *inputs;
    eml_quant_output *outputs;
    double *hidden_bits;         /* by hidden param of the model: see eml_quant_measure_reveal */
    eml_committed_reveal reveal; /* of committed inputs ... */
    uint32_t reveal_input;       /* ... of this one; EML_NO_INPUT: of several */
    uint32_t delta_bits;         /* 0 when nothing is encrypted */
} eml_quant;

/* Rows of the trace that a quantized model's program has, UINT32_MAX when it is too long: what only later passes
 * know. */
typedef uint32_t eml_quant_rows_fn(const eml_quant *quant);

/* delta_bits: pinned, or -1. Reports into diags; false when there is no such model (out is freed then). */
bool eml_quantize(const eml_model *model, int delta_bits, eml_quant_rows_fn *rows_of, eml_diags *diags, eml_quant *out);
/* The proved bound as it is told: three digits, rounded up, but never above the tolerance that it was proved to
 * meet. */
void eml_quant_stated_bound(const eml_quant_output *output, mpq_t out);
/* Whether the input's values are all on multiples of its unit. */
bool eml_quant_on_own_grid(const eml_quant_input *in);
void eml_quant_free(eml_quant *quant);

/* Of a hidden model: after how many rows at the latest the outputs seen determine the weights, over all proofs ever
 * given: all hidden bits over the bits of a row. 0 when nothing is hidden, SIZE_MAX when outputs tell nothing. */
size_t eml_quant_reveal_rows(const eml_quant *quant);
double eml_quant_hidden_bits(const eml_quant *quant); /* of all params */
double eml_quant_row_bits(const eml_quant *quant);    /* of all outputs */

void eml_quant_print(const eml_quant *quant, eml_buf *out);        /* --emit quant */
void eml_quant_print_json(const eml_quant *quant, eml_buf *out);   /* --emit quant-json */
void eml_quant_print_budget(const eml_quant *quant, eml_buf *out); /* where each output's error may come from */
void eml_quant_report(const eml_quant *quant, eml_buf *out);       /* for people, after compiling */
/* For programs. A bundle's report leaves the inputs out: its ABI has them, vector by vector. */
void eml_quant_report_json(const eml_quant *quant, bool inputs, eml_buf *out);

/* ----- Between the files of this pass */

unsigned eml_quant_factors(eml_monomial monomial, uint32_t out[2]);

/* encode.c */
void eml_quant_encode_inputs(eml_quant *quant); /* offsets, pinned units, reach */
void eml_quant_encode_ranges(eml_quant *quant); /* dx and range of k, once units stand */
/* The distances from the offset are lo, lo + step, ...: how many, when the input has a grid and those are few; else
 * 0. Of few the worst rounding is looked for; more come close to half a unit. */
unsigned eml_quant_few_values(const eml_model_input *in, const eml_quant_input *q, mpq_t lo);
enum { EML_QUANT_VALUES_LISTED = 64 };
/* Units of the inputs that are factors: powers of ten whose rounding takes about 10^-share of each tolerance. */
void eml_quant_factor_units(eml_quant *quant, int share);
int eml_quant_factor_shares(const eml_quant *quant); /* how many to try: 0, 1, ... */

/* error.c: with the units as they stand */
double eml_quant_size(const eml_form_term *term); /* the largest |coefficient| */
void eml_quant_weight(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpz_t out);
/* The least and the greatest weight that the coefficient can have, as far as others know. */
void eml_quant_term_weights(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpz_t lo,
                            mpz_t hi);
/* Of a term of centred, whose weights are set. */
void eml_quant_weight_range(const eml_quant *quant, const eml_quant_output *output, size_t term, mpz_t lo, mpz_t hi);
void eml_quant_term_error(const eml_quant *quant, const eml_form_term *term, const mpq_t output_unit, mpq_t out);
void eml_quant_bound(eml_quant *quant, size_t output);       /* -> bound */
void eml_quant_set_weights(eml_quant *quant, size_t output); /* -> weights */
/* What the inputs whose unit is pinned cost alone, as if weights and other inputs were exact. */
void eml_quant_pinned_error(const eml_quant *quant, size_t output, mpq_t out);

/* quantize.c: adds what the errors of the term's derived inputs come to. */
void eml_quant_add_derived_error(const eml_quant *quant, const eml_form_term *term, mpq_t sum);

/* exact.c: the unit in which an exact output has no error; reports when there is none. */
bool eml_quant_exact_unit(eml_quant *quant, size_t output, eml_diags *diags);

/* choose.c: units, and with them weights, bounds and ranges; false when no unit will do. */
bool eml_quant_choose_units(eml_quant *quant, eml_quant_rows_fn *rows_of);
/* Whether there are any with which the model fits the field and the encryption. */
bool eml_quant_can_fit(eml_quant *quant, eml_quant_rows_fn *rows_of);

/* choose_hidden.c: the same of a model with hidden params or committed inputs: the coarsest units of outputs with which
 * bounds meet their tolerances. */
bool eml_quant_choose_hidden(eml_quant *quant);

/* results.c: units and bounds of results, once outputs have theirs; reports when one cannot keep its tolerance. */
bool eml_quant_settle_results(eml_quant *quant, eml_diags *diags);
void eml_quant_free_results(eml_quant *quant);

/* reveal.c: -> hidden_bits, row_bits, reveal. The bits of a param are the sum over its
 * elements of log2 of how many integers the weight can be that has the element as a factor (of several the finest),
 * rounded down to 1/16. Elements that only stand in weights with others count as these weights do, at most one each. */
void eml_quant_measure_reveal(eml_quant *quant);

/* What units are chosen by, least first: faults, rows of the trace, bits of the largest result (encrypted: of what it
 * occupies with its Delta and noise), digits of all outputs together. */
typedef struct eml_quant_cost {
    enum { EML_QUANT_SOUND, EML_QUANT_LONG, EML_QUANT_UNFIT } fault; /* more digits than a double keeps; no room */
    uint32_t rows;
    size_t bits, digits;
} eml_quant_cost;

enum { EML_QUANT_UNIT_BITS = 80 };  /* significant ones of a unit that was chosen */
enum { EML_QUANT_DIGITS_MAX = 15 }; /* that a double keeps, of any decimal */

/* budget.c */
void eml_quant_measure(eml_quant *quant);                /* lo, hi, secret_l1 */
size_t eml_quant_digits(const eml_quant_output *output); /* decimal ones of the largest result */
eml_quant_cost eml_quant_cost_of(const eml_quant *quant, eml_quant_rows_fn *rows_of);
uint32_t eml_quant_minimal_delta(const eml_quant *quant);
bool eml_quant_check_budget(eml_quant *quant, int delta_bits, eml_diags *diags); /* overflow, Delta */
/* The largest |value| a secret term's public factor multiplies it with; 1 without one. */
void eml_quant_public_factor(const eml_quant *quant, eml_monomial monomial, mpz_t out);
bool eml_quant_is_secret(const eml_quant *quant, eml_monomial monomial);
/* The committed factor of a monomial; EML_NO_INPUT without one. */
uint32_t eml_quant_committed_factor(const eml_quant *quant, eml_monomial monomial);

#endif
