/* Each cell of a run's main trace before row T, changed to another value, violates a constraint or an assertion,
 * whatever the auxiliary columns; and so does each auxiliary cell up to row T, but of masks. Fails the
 * test that calls it otherwise. */
#ifndef EML_TESTS_FORGERY_CELLS_H
#define EML_TESTS_FORGERY_CELLS_H

#include "tests/forgery/forge.h"

/* Whether changes of main cells in rows first .. last go unnoticed when the accumulators are made anew, as a prover
 * would. */
bool change_survives(const run *changed, size_t first, size_t last, eml_fe2 alpha);
/* Leaves the run as it was. */
void assert_every_cell_counts(run *honest);

#endif
