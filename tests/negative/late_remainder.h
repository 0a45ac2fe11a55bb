/* An attack on verifiers that do not compare the FRI remainder with its commitment, as Winterfell 0.13.1 does not: the
 * prover picks the remainder after it has seen the query positions. A remainder of as many coefficients as there are
 * queries interpolates whatever the queries show, so nothing before it needs to be a polynomial, and any claim can be
 * "proved". */
#ifndef EML_TESTS_NEGATIVE_LATE_REMAINDER_H
#define EML_TESTS_NEGATIVE_LATE_REMAINDER_H

#include "tests/support/fixture.h"

/* A proof of *claim, which differs from the fixture's truth in the top of the final stack. The program must be so short
 * that its proofs have no FRI layers and at least as many remainder coefficients as queries. True when every check but
 * that of the commitment passes. */
bool late_remainder_prove(const test_fixture *fixture, const eml_claim *claim, eml_preset preset, eml_buf *proof);

#endif
