/* What files say of inputs: names and ranges of the elements of a vector, and coefficients by the names of what they
 * multiply. */
#ifndef EML_COMPILER_CHECK_INPUT_FILES_H
#define EML_COMPILER_CHECK_INPUT_FILES_H

#include "compiler/check/model.h"

/* Each reports and returns false when the file does not fit. inputs: count of one declaration, in order. */

/* `columns csv(..)`: a name each. */
bool eml_inputs_name(eml_diags *diags, const eml_decl *decl, eml_model_input *inputs, size_t count);
/* An end of the range each. */
bool eml_inputs_end(eml_diags *diags, const eml_expr *csv, eml_model_input *inputs, size_t count, bool high);

/* The value of a param. Of rows by the names of the inputs' columns, each once; other rows may only be those that
 * params have `at` their name: */
bool eml_coefficients_read(eml_diags *diags, const eml_ast *ast, const eml_decl *decl, const eml_model_input *inputs,
                           size_t count, mpq_t *out);
/* of the row that `at` names; */
bool eml_coefficient_read(eml_diags *diags, const eml_decl *decl, mpq_t out);
/* of all rows in their order. */
bool eml_column_read(eml_diags *diags, const eml_decl *decl, size_t count, mpq_t *out);

#endif
