#define KERNEL(name) name##_avx512
#include "runtime/field/ntt_tile_lanes.h"
