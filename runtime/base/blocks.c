#include "runtime/base/blocks.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef struct block {
    void *pointer; /* NULL: this entry is vacant */
    size_t bytes;
    bool used;
} block;

/* A proof has some tens of blocks. What does not fit in the table is not kept. */
enum { BLOCKS_MAX = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block blocks[BLOCKS_MAX];
static size_t used_bytes, kept_bytes, peak_bytes; /* the most that was used at once */

#if defined(__SANITIZE_ADDRESS__)
#define KEEPS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS 0
#endif
#endif
#ifndef KEEPS
#define KEEPS 1
#endif

static void drop(block *b) {
    kept_bytes -= b->bytes;
    free(b->pointer);
    *b = (block){0};
}

/* A kept block of exactly this size: a proof of the same shape asks for the same sizes again. */
static block *find_kept(size_t bytes) {
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        if (blocks[i].pointer && !blocks[i].used && blocks[i].bytes == bytes) return &blocks[i];
    return NULL;
}

/* What to give back so that `excess` bytes or more are: the smallest block that is enough, else the largest. */
static block *find_victim(size_t excess) {
    block *victim = NULL;
    for (size_t i = 0; i < BLOCKS_MAX; i++) {
        block *b = &blocks[i];
        if (!b->pointer || b->used) continue;
        bool better = !victim || (victim->bytes < excess ? b->bytes > victim->bytes
                                                         : b->bytes >= excess && b->bytes < victim->bytes);
        if (better) victim = b;
    }
    return victim;
}

static block *find(const void *pointer) {
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        if (blocks[i].pointer == pointer) return &blocks[i];
    return NULL;
}

static void *fresh(size_t bytes) {
    void *pointer = aligned_alloc(EML_HUGE_PAGE, bytes);
#ifdef MADV_HUGEPAGE
    if (pointer) madvise(pointer, bytes, MADV_HUGEPAGE); /* advice: failing changes nothing */
#endif
    return pointer;
}

static void *alloc_locked(size_t bytes) {
    block *b = find_kept(bytes);
    if (b) {
        kept_bytes -= bytes;
    } else {
        size_t limit = used_bytes + bytes > peak_bytes ? used_bytes + bytes : peak_bytes;
        while (used_bytes + kept_bytes + bytes > limit) drop(find_victim(used_bytes + kept_bytes + bytes - limit));
        void *pointer = fresh(bytes);
        b = pointer ? find(NULL) : NULL;
        if (!b) return pointer;
        *b = (block){.pointer = pointer, .bytes = bytes};
    }
    b->used = true;
    used_bytes += bytes;
    if (used_bytes > peak_bytes) peak_bytes = used_bytes;
    return b->pointer;
}

void *eml_block_alloc(size_t bytes) {
    if (!KEEPS) return fresh(bytes);
    pthread_mutex_lock(&lock);
    void *pointer = alloc_locked(bytes);
    pthread_mutex_unlock(&lock);
    return pointer;
}

bool eml_block_free(void *pointer) {
    if (!KEEPS || (uintptr_t)pointer % EML_HUGE_PAGE) return false;
    pthread_mutex_lock(&lock);
    block *b = pointer ? find(pointer) : NULL;
    if (b) {
        b->used = false;
        used_bytes -= b->bytes;
        kept_bytes += b->bytes;
    }
    pthread_mutex_unlock(&lock);
    return b != NULL;
}

size_t eml_blocks_kept(void) {
    pthread_mutex_lock(&lock);
    size_t bytes = kept_bytes;
    pthread_mutex_unlock(&lock);
    return bytes;
}

void eml_blocks_release(void) {
    pthread_mutex_lock(&lock);
    while (kept_bytes) drop(find_victim(SIZE_MAX));
    peak_bytes = used_bytes;
    pthread_mutex_unlock(&lock);
}
