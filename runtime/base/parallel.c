#include "runtime/base/parallel.h"

#include <stdatomic.h>

#ifdef _OPENMP
#include <omp.h>
#endif

static atomic_uint wanted;

void eml_threads_set(unsigned count) { atomic_store(&wanted, count); }

#ifdef _OPENMP

unsigned eml_threads_get(void) {
    unsigned count = atomic_load(&wanted);
    return count ? count : (unsigned)omp_get_max_threads();
}

void eml_parallel_for(size_t count, void (*fn)(void *context, size_t index), void *context) {
    int threads = (int)eml_threads_get();
    if (threads == 1 || count < 2 || omp_in_parallel()) {
        for (size_t i = 0; i < count; i++) fn(context, i);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t i = 0; i < count; i++) fn(context, i);
}

#else

unsigned eml_threads_get(void) { return 1; }

void eml_parallel_for(size_t count, void (*fn)(void *context, size_t index), void *context) {
    for (size_t i = 0; i < count; i++) fn(context, i);
}

#endif

typedef struct ranges {
    size_t count, grain;
    void (*fn)(void *context, size_t first, size_t length);
    void *context;
} ranges;

static void run_range(void *context, size_t index) {
    const ranges *r = context;
    size_t first = index * r->grain, left = r->count - first;
    r->fn(r->context, first, left < r->grain ? left : r->grain);
}

void eml_parallel_ranges(size_t count, size_t grain, void (*fn)(void *context, size_t first, size_t length),
                         void *context) {
    ranges r = {count, grain, fn, context};
    eml_parallel_for((count + grain - 1) / grain, run_range, &r);
}
