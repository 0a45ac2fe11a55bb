/* The kernels behind eml_rescue_rounds (rescue_prime.h), chosen at run time by the CPU's abilities
 * (runtime/base/cpu.h). */
#ifndef EML_HASH_RESCUE_ROUNDS_H
#define EML_HASH_RESCUE_ROUNDS_H

#include "runtime/hash/rescue_prime.h"

typedef void eml_rescue_rounds_fn(eml_fe (*states)[EML_RESCUE_WIDTH], const unsigned *rounds, size_t count);

/* The definition; needs AVX2 and FMA; AVX-512 F, DQ, VL, BW and IFMA. */
eml_rescue_rounds_fn eml_rescue_rounds_c, eml_rescue_rounds_avx2, eml_rescue_rounds_avx512;

#endif
