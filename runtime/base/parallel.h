/* Threads: a parallel loop over independent jobs. Without OpenMP it is a plain loop. */
#ifndef EML_BASE_PARALLEL_H
#define EML_BASE_PARALLEL_H

#include <stddef.h>

/* How many threads eml_parallel_for uses; 0 (as at first) means as many as OpenMP gives: one a core, or
 * OMP_NUM_THREADS. */
void eml_threads_set(unsigned count);
/* The number of threads that a loop would use now, >= 1. */
unsigned eml_threads_get(void);

/* Calls fn(context, i) for each 0 <= i < count, each exactly once, in any order and possibly at the same time; returns
 * when all are done. Jobs are handed out one by one: each should be worth some microseconds. Loops inside jobs are
 * serial. */
void eml_parallel_for(size_t count, void (*fn)(void *context, size_t index), void *context);

/* Cuts 0 .. count - 1 into ranges of `grain` (the last may be shorter) and calls fn(context, first, length) for each,
 * as above. */
void eml_parallel_ranges(size_t count, size_t grain, void (*fn)(void *context, size_t first, size_t length),
                         void *context);

#endif
