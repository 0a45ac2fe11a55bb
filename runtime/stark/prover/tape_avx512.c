#define KERNEL eml_tape_kernel_avx512
#include "runtime/stark/prover/tape_lanes.h"
