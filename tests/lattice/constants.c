/* Prints the constants that estimate.py checks, as NAME VALUE lines, from the headers that the code is compiled with.
 */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/field/f128.h"
#include "runtime/ciphertext/params.h"

#define SHOW(constant) printf("%s %" PRIu64 "\n", #constant, (uint64_t)(constant))

int main(void) {
    SHOW(EML_LATTICE_DEGREE);
    SHOW(EML_LATTICE_RANK);
    SHOW(EML_LATTICE_ERROR_PAIRS);
    SHOW(EML_LATTICE_ERROR_WORD_BITS);
    SHOW(EML_LATTICE_SIGMA_LOG2);
    SHOW(EML_LATTICE_NOISE_BOUND);
    SHOW(EML_LATTICE_MARGIN_BITS);
    SHOW(EML_LATTICE_DELTA_BITS_MIN);
    SHOW(EML_FE_P_HI);
    SHOW(EML_FE_P_LO);
    return 0;
}
