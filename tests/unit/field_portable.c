/* The arithmetic without the carry builtins, as other processors than x86-64 have it. */
#define EML_FIELD_PORTABLE 1
#include "tests/unit/field_f128.c"
