/* The typed affine model: what the checks leave of a source file. Columns are scalars (vectors and matrices flattened
 * row-major), every number is an exact rational, every output a normal form over the input columns. */
#ifndef EML_COMPILER_CHECK_MODEL_H
#define EML_COMPILER_CHECK_MODEL_H

#include "compiler/check/derive.h"
#include "compiler/check/formula_bound.h"

typedef struct eml_model_input {
    char *name; /* the column's: "x[3]" */
    const eml_decl *decl;
    eml_visibility visibility;
    bool uniform;
    mpq_t lo, hi;
    mpq_t step;    /* values are multiples of it; 0: any value (1 for integer) */
    bool has_frac; /* `frac F`: unit 2^-frac, offset 0 */
    long frac;
    mpq_t pin; /* of what a formula reads and has no grid: the unit that it takes for that (units.c); else 0 */
    const eml_words *words; /* of a category: values are 0, 1, ..; else NULL */
    eml_formula formula;    /* of a derived input, of inputs before it that are not; else empty */
    uint32_t derived;       /* of a derived input, which of those that expressions left (derive.h) */
    bool ranged;            /* its range is declared: rows are refused in which it is outside */
    mpq_t error;            /* of a derived input: the most that the formula's value is from what it means */
} eml_model_input;

/* Inputs of which each row has one that is 1. */
typedef struct eml_model_group {
    const eml_decl *decl;
    size_t first, count; /* inputs */
} eml_model_group;

typedef struct eml_model_output {
    char *name;
    const eml_decl *decl;
    eml_form form;
    bool exact;
    mpq_t tolerance; /* 0: not given, or exact */
} eml_model_output;

/* What is worked out from the printed outputs, and from results before it. */
typedef struct eml_model_result {
    char *name;
    const eml_decl *decl;
    eml_formula formula; /* of output columns, then result columns */
    mpq_t tolerance;     /* 0: not given */
} eml_model_result;

/* A param whose values stand in no artifact for others; these know its shape and that they lie in [lo, hi]. */
typedef struct eml_model_hidden {
    const eml_decl *decl;
    uint32_t index; /* of the declaration */
    eml_extent extent;
    mpq_t lo, hi; /* lo < hi */
} eml_model_hidden;

typedef struct eml_expectation {
    size_t output; /* output columns, then result columns */
    mpq_t value;
    bool has_tolerance; /* else the output's own */
    mpq_t tolerance;
} eml_expectation;

typedef struct eml_model_test {
    const eml_test *test;
    mpq_t *inputs; /* by input column; of derived ones 0 */
    eml_expectation *expected;
    size_t expected_count;
} eml_model_test;

typedef struct eml_model {
    const char *name;
    bool single_row;
    bool encrypted; /* some input is secret; then every output is a ciphertext */
    bool committed; /* some input is; then every output reads all that are, once and in order */
    eml_model_input *inputs;
    size_t input_count;
    eml_model_group *groups; /* in the order of their inputs */
    size_t group_count;
    eml_model_output *outputs;
    size_t output_count;
    eml_model_result *results;
    size_t result_count;
    eml_model_hidden *hidden; /* any: the model is hidden */
    size_t hidden_count;
    eml_model_test *tests;
    size_t test_count;
} eml_model;

enum { EML_FRAC_MAX = 120 };

/* Evaluates the declarations in order, then the tests. Reports into diags; the model is complete when diags->errors did
 * not grow, and otherwise holds what could be understood. ast and names must outlive it. */
void eml_model_build(const eml_names *names, eml_diags *diags, eml_model *out);
void eml_model_print(const eml_model *model, eml_buf *out);      /* --emit model */
void eml_model_print_json(const eml_model *model, eml_buf *out); /* --emit model-json */
void eml_model_free(eml_model *model);

/* ----- Between the files of this pass */

/* model_tests.c */
void eml_model_build_tests(eml_evaluator *evaluator, eml_model *model);

/* committed.c: whether an input's declaration allows it to be committed, and the model's inputs to be so together. */
bool eml_model_check_committed_input(eml_evaluator *evaluator, const eml_decl *decl);
void eml_model_check_committed(eml_evaluator *evaluator, const eml_model *model);

/* derived.c: appends the derived inputs that outputs have, in place of what stood for them; and gives units, ranges and
 * errors to what formulas read and to them. */
void eml_model_append_derived(eml_evaluator *evaluator, eml_model *model);
void eml_model_bound_derived(eml_evaluator *evaluator, eml_model *model);
/* How formulas are printed that read the input; in arena. */
eml_formula_column eml_model_formula_column(const char *name, const eml_words *words, eml_arena *arena);
/* What is known of an input that is not derived, its unit rounding included. */
void eml_model_input_bound(const eml_model_input *in, eml_value_bound *out);

/* hidden.c: makes the constants of a hidden param, the declaration `index`, hidden ones; false when they are not in
 * its range. */
bool eml_model_hide(eml_evaluator *evaluator, eml_model *model, size_t index, eml_value *value);
/* Whether what is hidden can stay so: not with secret inputs, nor in exact outputs. */
void eml_model_check_hidden(eml_evaluator *evaluator, const eml_model *model);

#endif
