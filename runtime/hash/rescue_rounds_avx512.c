#define KERNEL(name) name##_avx512
#include "runtime/hash/rescue_rounds_lanes.h"
