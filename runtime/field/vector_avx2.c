#define EML_LANES_AVX2
#define KERNEL(name) name##_avx2
#include "runtime/field/vector_lanes.h"
