/* Derived inputs: what stands in an expression and is not affine becomes an input of its own, a function of other
 * inputs of one owner, who computes it. The formula of each is over columns of the table, or, in a result, over outputs
 * and results before it.
 *
 * While declarations are read, a column is a number that says of which kind it is; the model has the inputs in order,
 * the derived ones last. */
#ifndef EML_COMPILER_CHECK_DERIVE_H
#define EML_COMPILER_CHECK_DERIVE_H

#include "compiler/check/eval.h"
#include "runtime/formula/formula.h"

#define EML_COLUMN_DERIVED UINT32_C(0x40000000) /* + index among the derived */
#define EML_COLUMN_OUTPUT  UINT32_C(0x80000000) /* + index among output columns */
#define EML_COLUMN_RESULT  UINT32_C(0xC0000000) /* + index among result columns */

/* What a derive says of its value. */
typedef struct eml_pins {
    bool has_range, has_frac;
    mpq_t lo, hi;
    long frac;
} eml_pins;

typedef struct eml_derived {
    eml_formula formula;      /* owned */
    eml_buf code;             /* encoded: of two that are equal there is one */
    const eml_expr *node;     /* where it stands first */
    eml_row_column column;    /* its owner, and whether it is uniform; decl: SIZE_MAX until a let or derive is it */
    const eml_decl *declared; /* the derive that it is; NULL: none */
    eml_pins *pins;           /* of that; owned */
} eml_derived;

/* The element of a derive, the declaration `decl`, as a derived input of its own, affine or not: appended to *sum.
 * False when that cannot be, reported. pins are copied. */
bool eml_derive_declared(eml_evaluator *ev, size_t decl, size_t element, const eml_form *form, const eml_pins *pins,
                         eml_form *sum);

/* The operator on operands, one form each, appended to *sum: as a constant when they are, else as a derived column.
 * False when that cannot be, reported at node. function: of EML_FORMULA_FUNCTION; share: of EML_FORMULA_SOFTMAX. */
typedef struct eml_operation {
    eml_formula_operator operator;
    eml_function function;
    uint32_t share;
    int32_t exponent;
} eml_operation;
bool eml_derive(eml_evaluator *ev, const eml_expr *node, const eml_operation *operation,
                const eml_form *const *operands, size_t count, eml_form *sum);

/* a * b and a / b, which the core cannot do: the coefficient of a single term, which may be hidden, stays outside. */
bool eml_derive_product(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b, eml_form *sum);
bool eml_derive_quotient(eml_evaluator *ev, const eml_expr *node, const eml_form *a, const eml_form *b, eml_form *sum);
/* The form with every product of two inputs of one owner as a derived input. */
bool eml_derive_linear(eml_evaluator *ev, const eml_expr *node, const eml_form *form, eml_form *out);
/* Whether all columns of both have one owner whose values may be computed with. */
bool eml_derive_has_owner(const eml_evaluator *ev, const eml_form *a, const eml_form *b);

/* `category == "word"`: of one element. */
bool eml_derive_is_word(eml_evaluator *ev, const eml_expr *node, const eml_form *category, const eml_expr *word,
                        eml_form *sum);
/* The words of a category; NULL: the form is none. */
const eml_words *eml_derive_words(const eml_evaluator *ev, const eml_form *form);

/* What the form means, in place of derived columns their own formulas. False, reported at node, when a part is hidden,
 * a category, or too much. */
bool eml_derive_formula(eml_evaluator *ev, const eml_expr *node, const eml_form *form, eml_formula *out);

#endif
