#define EML_LANES_AVX2
#define KERNEL(name) name##_avx2
#include "runtime/field/ntt_tile_lanes.h"
