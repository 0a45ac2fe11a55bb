#define KERNEL(name) name##_avx512
#include "runtime/stark/prover/fold_rows_lanes.h"
