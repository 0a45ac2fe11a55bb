/* A prover that sends whatever comes of a trace: what eml_stark_prove does, without the check that the proof will pass.
 */
#ifndef EML_TESTS_SUPPORT_UNCHECKED_H
#define EML_TESTS_SUPPORT_UNCHECKED_H

#include "runtime/stark/prover/prover.h"

void test_prove_unchecked(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                          const eml_stark_params *params, const uint8_t seed[32], eml_buf *proof);

#endif
