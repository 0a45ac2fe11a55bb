#define KERNEL(name) name##_avx512
#include "runtime/field/kernels_lanes.h"
