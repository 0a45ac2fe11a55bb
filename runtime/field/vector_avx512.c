#define KERNEL(name) name##_avx512
#include "runtime/field/vector_lanes.h"
