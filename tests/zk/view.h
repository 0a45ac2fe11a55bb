/* What a proof shows, for the thieves of this folder. */
#ifndef EML_TESTS_ZK_VIEW_H
#define EML_TESTS_ZK_VIEW_H

#include "runtime/stark/verifier/phases.h"
#include "tests/support/fixture.h"

/* Reads an honest proof of the fixture's claim as a verifier does: challenges, positions and opened rows are in *out,
 * which borrows from proof. Any numbers do as params, presets or not. The test fails when a check does. */
void view_read(const test_fixture *f, const eml_stark_params *params, const eml_buf *proof, eml_verification *out);
void view_free(eml_verification *v);

/* The point of query i. */
eml_fe view_point(const eml_verification *v, size_t i);

/* out[row], row < n: the factor of a column's cell in the column's value at x,
 * column(x) = (x^n - 1) / n * sum_row cell g^row / (x - g^row); x is none of the g^row. */
void view_factors(size_t n, eml_fe2 x, eml_fe2 *out);

#endif
