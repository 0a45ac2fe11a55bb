#define EML_LANES_AVX2
#define KERNEL eml_tape_kernel_avx2
#include "runtime/stark/prover/tape_lanes.h"
