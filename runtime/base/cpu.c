#include "runtime/base/cpu.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#if defined(__x86_64__) || defined(__i386__)
static unsigned detect(void) {
    unsigned flags = 0;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) flags |= EML_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw")) {
        flags |= EML_CPU_AVX512;
        if (__builtin_cpu_supports("avx512ifma")) flags |= EML_CPU_AVX512_IFMA;
    }
    return flags;
}
#else
static unsigned detect(void) { return 0; }
#endif

/* The kernels on doubles need it, and a host program may have set its threads otherwise: bits 13 and 14 of MXCSR. */
static bool rounds_to_nearest(void) {
#if defined(__x86_64__)
    return (__builtin_ia32_stmxcsr() & 0x6000) == 0;
#else
    return true;
#endif
}

static unsigned mask_from_environment(void) {
    const char *text = getenv("EML_CPU_MASK");
    if (!text || !*text) return EML_CPU_ALL;
    char *end;
    unsigned long value = strtoul(text, &end, 0);
    return *end ? EML_CPU_ALL : (unsigned)(value & EML_CPU_ALL);
}

/* Both words are computed at most once a thread that comes first, always to the same value: a race is harmless. */
enum { UNKNOWN = 1 << 30 };
static atomic_uint detected = UNKNOWN, mask = UNKNOWN;

unsigned eml_cpu_flags(void) {
    unsigned flags = atomic_load_explicit(&detected, memory_order_relaxed);
    if (flags == UNKNOWN) {
        flags = detect();
        atomic_store_explicit(&detected, flags, memory_order_relaxed);
    }
    unsigned allowed = atomic_load_explicit(&mask, memory_order_relaxed);
    if (allowed == UNKNOWN) {
        allowed = mask_from_environment();
        atomic_store_explicit(&mask, allowed, memory_order_relaxed);
    }
    if (!rounds_to_nearest()) allowed &= ~(unsigned)EML_CPU_AVX2;
    return flags & allowed;
}

void eml_cpu_set_mask(unsigned allowed) { atomic_store_explicit(&mask, allowed & EML_CPU_ALL, memory_order_relaxed); }
