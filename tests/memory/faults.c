/* Stands in for the C library's functions: the linker finds these first. A sanitizer has functions of its own in their
 * place; then only calls from code that is linked into this program come here (ld --wrap), which are ours and, through
 * the hooks, GMP's and jansson's. */
#include "tests/memory/faults.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_bool armed, on;
static atomic_size_t target, count, live;

void faults_arm(size_t nth, bool for_good) {
    atomic_store(&target, nth);
    atomic_store(&count, 0);
    atomic_store(&on, for_good);
    atomic_store(&armed, true);
}

bool faults_disarm(void) {
    atomic_store(&armed, false);
    return atomic_load(&count) >= atomic_load(&target);
}

size_t faults_live(void) { return atomic_load(&live); }

static bool fails(void) {
    if (!atomic_load(&armed)) return false;
    size_t nth = atomic_fetch_add(&count, 1) + 1, first = atomic_load(&target);
    if (nth != first && !(atomic_load(&on) && nth > first)) return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *pointer) {
    if (pointer) atomic_fetch_add(&live, 1);
    return pointer;
}

static void uncount(const void *pointer) {
    if (pointer) atomic_fetch_sub(&live, 1);
}

#define TEXT_OF(name) #name
#ifdef EML_TESTS_WRAP
#define NAME_OF(name) "__wrap_" TEXT_OF(name)
#define HERE(name)    __wrap_##name
#define THERE(name)   __real_##name
#else
#define NAME_OF(name)        TEXT_OF(name)
#define HERE(name)           name
#define THERE(name)          __libc_##name
#define __libc_aligned_alloc __libc_memalign
#endif

void *THERE(malloc)(size_t bytes);
void *THERE(calloc)(size_t items, size_t size);
void *THERE(realloc)(void *pointer, size_t bytes);
void *THERE(aligned_alloc)(size_t alignment, size_t bytes);
void THERE(free)(void *pointer);

void *HERE(malloc)(size_t bytes);
void *HERE(calloc)(size_t items, size_t size);
void *HERE(realloc)(void *pointer, size_t bytes);
void *HERE(aligned_alloc)(size_t alignment, size_t bytes);
void HERE(free)(void *pointer);
void *map(void *start, size_t bytes, int protection, int flags, int fd, off_t offset) __asm__(NAME_OF(mmap));
void *map64(void *start, size_t bytes, int protection, int flags, int fd, off_t offset) __asm__(NAME_OF(mmap64));

void *HERE(malloc)(size_t bytes) { return fails() ? NULL : counted(THERE(malloc)(bytes)); }
void *HERE(calloc)(size_t items, size_t size) { return fails() ? NULL : counted(THERE(calloc)(items, size)); }

void *HERE(realloc)(void *pointer, size_t bytes) {
    if (fails()) return NULL;
    void *moved = THERE(realloc)(pointer, bytes);
    if (moved) uncount(pointer), counted(moved);
    return moved;
}

void *HERE(aligned_alloc)(size_t alignment, size_t bytes) {
    return fails() ? NULL : counted(THERE(aligned_alloc)(alignment, bytes));
}

void HERE(free)(void *pointer) {
    uncount(pointer);
    THERE(free)(pointer);
}

void *map(void *start, size_t bytes, int protection, int flags, int fd, off_t offset) {
    if (fails()) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, start, bytes, protection, flags, fd, offset);
}

void *map64(void *start, size_t bytes, int protection, int flags, int fd, off_t offset) {
    return map(start, bytes, protection, flags, fd, offset);
}

#ifndef EML_TESTS_WRAP
int posix_memalign(void **out, size_t alignment, size_t bytes) {
    void *pointer = aligned_alloc(alignment, bytes);
    if (!pointer) return ENOMEM;
    *out = pointer;
    return 0;
}
#endif
