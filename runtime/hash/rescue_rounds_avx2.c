#define EML_LANES_AVX2
#define KERNEL(name) name##_avx2
#include "runtime/hash/rescue_rounds_lanes.h"
