/* Passes 2 to 4: shape, affine form and slot typing of every expression, in one walk over the declarations. Each file
 * has the rules of one: shape.c which shapes fit, affine.c what the operations do to forms, slots.c which products are
 * allowed. */
#ifndef EML_COMPILER_CHECK_EVAL_H
#define EML_COMPILER_CHECK_EVAL_H

#include "compiler/check/affine.h"
#include "compiler/check/names.h"
#include "compiler/check/shape.h"

/* A value: a normal form an element. items NULL: the expression was wrong and has been reported; whatever uses it stays
 * silent. */
typedef struct eml_value {
    eml_extent extent;
    eml_form *items;
    bool borrowed; /* a declaration's own items: not to be changed or freed */
} eml_value;

/* What the slot rules ask of an input column, and where it was declared. */
typedef struct eml_row_column {
    eml_visibility visibility;
    bool uniform;
    size_t decl, element; /* element: index within the declaration, row-major */
} eml_row_column;

/* What is not affine (derive.h), by index; slots: open addressing by code, index + 1. */
typedef struct eml_derivations {
    struct eml_derived *items;
    size_t count, capacity, nodes; /* nodes: of all formulas together, at most EML_DERIVED_NODES_MAX */
    size_t *slots, mask;
} eml_derivations;

typedef struct eml_evaluator {
    const eml_names *names; /* borrowed, like ast and diags */
    const eml_ast *ast;
    eml_diags *diags;
    eml_value *values;       /* by declaration, those evaluated so far; owned */
    eml_extent *extents;     /* declared extents of inputs, for column names; owned */
    eml_row_column *columns; /* by input column; owned */
    size_t column_count, column_capacity;
    eml_derivations derived;
    bool results;                     /* reading a result: columns are outputs and results */
    size_t *firsts;                   /* by declaration: of outputs and results their first column; owned */
    uint64_t work_left;               /* see EML_WORK_MAX */
    size_t terms_held, terms_growing; /* of the values that live, and of the one being made: see EML_TERMS_MAX */
} eml_evaluator;

/* Exact arithmetic can grow without bound (squaring again and again, products of large matrices); each operation is
 * charged the limbs it touches, and past this sum the model is refused. A dot product of 16384 float64 numbers costs
 * about 2^18. */
#define EML_WORK_MAX ((uint64_t)1 << 28)
enum { EML_EXPONENT_MAX = 1000 };

/* All forms that live at one time, of declarations and of the expression being read, have at most this many terms: 0.5
 * GB; constants are not counted. A matrix product has one for each of its weights; a vector to which a sum over all its
 * elements is added, one for each pair of elements. */
#define EML_TERMS_MAX (1 << 21)

enum { EML_DERIVED_NODES_MAX = 1 << 20 };

void eml_evaluator_init(eml_evaluator *evaluator, const eml_names *names, eml_diags *diags);
void eml_evaluator_free(eml_evaluator *evaluator);

eml_value eml_eval(eml_evaluator *evaluator, const eml_expr *expr);
/* A constant scalar; what names it in messages ("the tolerance"). False when it is none (reported,
 * or poisoned before). */
bool eml_eval_number(eml_evaluator *evaluator, const eml_expr *expr, const char *what, mpq_t out);

/* Reports a form with a hidden coefficient where everybody would see it; what names the place. False when there is
 * none. */
bool eml_eval_refuse_hidden(eml_evaluator *evaluator, const eml_expr *expr, const char *what, const eml_form *form);

/* What eml_eval gave: freed; or copied, when it is a declaration's own (false, reported at node, when that is too
 * much). */
void eml_evaluator_drop(eml_evaluator *evaluator, eml_value *value);
bool eml_evaluator_own(eml_evaluator *evaluator, const eml_expr *node, eml_value *value);

eml_value eml_value_new(eml_extent extent); /* all elements 0 */
void eml_value_own(eml_value *value);       /* copies borrowed items */
void eml_value_free(eml_value *value);

/* "x[3]", "m[0][2]": a column's name, as the ABI has it. element counts row-major. */
void eml_column_name_print(const char *name, eml_extent extent, size_t element, eml_buf *out);
void eml_evaluator_column_name(const eml_evaluator *evaluator, uint32_t column, eml_buf *out);
/* Of any kind of column (derive.h). */
eml_row_column eml_evaluator_column(const eml_evaluator *evaluator, uint32_t column);

/* Slot typing (docs/soundness.md): may the program multiply these forms? */
bool eml_row_typing_allows(const eml_evaluator *evaluator, const eml_form *a, const eml_form *b);
/* Why not, of forms that nobody can multiply either (derive.h). */
void eml_row_typing_refuse(eml_evaluator *evaluator, const eml_expr *node, const eml_form *a, const eml_form *b);

#endif
