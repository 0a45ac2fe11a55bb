/* Values that follow from others of their row: derived inputs from the inputs of a table, results from outputs. */
#ifndef EML_TABLE_COMPUTED_H
#define EML_TABLE_COMPUTED_H

#include "runtime/table/rows.h"

/* Derived inputs of one kind. What is computed with is what inputs were rounded to, so all who have their integers find
 * the same. */
typedef struct eml_derivation {
    const eml_abi *abi; /* borrowed */
    eml_visibility visibility;
    mpq_t *values; /* by input; NULL: nothing of this kind is derived */
} eml_derivation;

void eml_derivation_open(eml_derivation *derivation, const eml_abi *abi, eml_visibility visibility);
/* integers: by input, of the kind; those of derived ones are written. EML_ERR_NO: there is no such value, or it is
 * outside the range that the ABI says it has; *input: of which. */
EML_NODISCARD eml_status eml_derivation_fill(eml_derivation *derivation, eml_fe *integers, size_t *input,
                                             eml_error *err);
void eml_derivation_close(eml_derivation *derivation);
/* One derived input; values: by input, those of its formula's columns. EML_ERR_NO likewise. */
EML_NODISCARD eml_status eml_derived_integer(const eml_input_column *column, const mpq_t *values, eml_fe *out,
                                             eml_error *err);

/* Results of all rows, in integers of their units. EML_ERR_NO names row and column. Free with eml_rows_free. */
EML_NODISCARD eml_status eml_results_of(const eml_abi *abi, const eml_rows *outputs, eml_rows *out, eml_error *err);
/* Of one row: outputs by output, out by result; *column: which has none. */
EML_NODISCARD eml_status eml_results_of_row(const eml_abi *abi, const eml_fe *outputs, eml_fe *out, size_t *column,
                                            eml_error *err);

#endif
