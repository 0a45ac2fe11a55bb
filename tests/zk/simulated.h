/* The simulator: what a prover without any witness writes when it knows the challenges beforehand. */
#ifndef EML_TESTS_ZK_SIMULATED_H
#define EML_TESTS_ZK_SIMULATED_H

#include "runtime/stark/prover/phases.h"

/* Phases 1 to 6 of a prover whose coin is programmed (programmed_coin.h): p is initialised, without a trace. What the
 * checks of a verifier leave open is uniform. Positions are drawn too. */
void simulate_up_to_deep(eml_prover *p);
/* A whole proof of the claim, true or false, with preset standard. */
void simulate(const eml_air *air, const eml_claim *claim, eml_buf *proof);

#endif
