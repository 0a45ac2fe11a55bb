/* Allocations that fail when they are told to: every allocating function of the C library that ours, GMP, jansson and
 * libsodium call. */
#ifndef EML_TESTS_MEMORY_FAULTS_H
#define EML_TESTS_MEMORY_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

/* From now on, the nth allocation of any thread fails, and if for_good every later one. */
void faults_arm(size_t nth, bool for_good);
/* No more; whether there was an nth. */
bool faults_disarm(void);

/* Allocations that were not freed, of all threads. */
size_t faults_live(void);

#endif
