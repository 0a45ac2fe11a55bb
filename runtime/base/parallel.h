/* Threads: a parallel loop over independent jobs, on the caller's thread and on helpers that sleep between loops. When
 * the system makes no thread, loops use the helpers there are, or run on the caller's thread alone. */
#ifndef EML_BASE_PARALLEL_H
#define EML_BASE_PARALLEL_H

#include <stddef.h>

enum { EML_THREADS_MAX = 1024 };

/* How many threads a loop may use, at most EML_THREADS_MAX; 0 (as at first) means as many as the environment variable
 * EML_THREADS says, else one for each processor that the process may run on. */
void eml_threads_set(unsigned count);
/* The number of threads that a loop may use now, >= 1. */
unsigned eml_threads_get(void);

/* Calls fn(context, i) for each 0 <= i < count, each exactly once, in any order and possibly at the same time; returns
 * when all are done. Jobs are handed out one by one: each should be worth some microseconds. `cost` is about how many
 * nanoseconds one takes with the fastest kernels: a loop that takes less than sharing it costs stays on the caller's
 * thread.
 *
 * Loops inside jobs are serial. Jobs must not allocate: helpers have no guard, and a call must not be left while
 * helpers are in its loop. */
void eml_parallel_for(size_t count, size_t cost, void (*fn)(void *context, size_t index), void *context);

/* As above for jobs that need working memory: each thread has `bytes` of it, not initialized, aligned as eml_alloc
 * does, which the caller's thread allocates before the first job. */
void eml_parallel_with(size_t count, size_t cost, size_t bytes, void (*fn)(void *context, size_t index, void *memory),
                       void *context);

/* Cuts 0 .. count - 1 into ranges of `grain` (the last may be shorter) and calls fn(context, first, length) for each,
 * as above; the cost is that of a whole range. */
void eml_parallel_ranges(size_t count, size_t grain, size_t cost,
                         void (*fn)(void *context, size_t first, size_t length), void *context);

#endif
