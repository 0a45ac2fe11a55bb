#define EML_LANES_AVX2
#define KERNEL(name) name##_avx2
#include "runtime/stark/prover/fold_rows_lanes.h"
