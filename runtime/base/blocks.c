#include "runtime/base/blocks.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

typedef struct block {
    unsigned char *start; /* NULL: this entry is vacant */
    size_t bytes;
    bool used;
    const eml_region *region; /* of one that is used */
} block;

/* A proof has some tens of blocks. What does not fit in the table is not kept. */
enum { BLOCKS_MAX = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static block blocks[BLOCKS_MAX];
static size_t used_bytes, kept_bytes, peak_bytes; /* the most that was used at once */

static void advise(void *start, size_t bytes) {
#ifdef MADV_HUGEPAGE
    madvise(start, bytes, MADV_HUGEPAGE); /* advice: failing changes nothing */
#else
    (void)start, (void)bytes;
#endif
}

/* ---- the table ---- */

static block *find(const void *start) {
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        if (blocks[i].start == start) return &blocks[i];
    return NULL;
}

static block *find_vacant(void) { return find(NULL); }

/* The smallest kept block of at least so many bytes; else, if any is wanted, the largest; else NULL. */
static block *find_kept(size_t bytes, bool any) {
    block *best = NULL;
    for (size_t i = 0; i < BLOCKS_MAX; i++) {
        block *b = &blocks[i];
        if (!b->start || b->used || (b->bytes < bytes && !any)) continue;
        bool better =
            !best || (best->bytes < bytes ? b->bytes > best->bytes : b->bytes >= bytes && b->bytes < best->bytes);
        if (better) best = b;
    }
    return best;
}

/* Neighbours that are kept become one. */
static void merge(block *b) {
    for (size_t i = 0; i < BLOCKS_MAX; i++) {
        block *other = &blocks[i];
        if (!other->start || other->used || other == b) continue;
        bool before = other->start + other->bytes == b->start, after = b->start + b->bytes == other->start;
        if (!before && !after) continue;
        if (before) b->start = other->start;
        b->bytes += other->bytes;
        *other = (block){0};
    }
}

/* The end of a kept block goes back to the system. */
static void drop(block *b, size_t bytes) {
    b->bytes -= bytes;
    munmap(b->start + b->bytes, bytes);
    kept_bytes -= bytes;
    if (b->bytes == 0) *b = (block){0};
}

static void drop_kept(size_t bytes) {
    while (bytes > 0) {
        block *b = find_kept(bytes, true);
        size_t step = b->bytes < bytes ? b->bytes : bytes;
        drop(b, step);
        bytes -= step;
    }
}

/* ---- blocks ---- */

/* From the system, aligned by giving back what is before and after. */
static unsigned char *map(size_t bytes) {
    size_t room = bytes + EML_HUGE_PAGE;
    unsigned char *start = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    size_t before = (EML_HUGE_PAGE - (uintptr_t)start % EML_HUGE_PAGE) % EML_HUGE_PAGE, after = EML_HUGE_PAGE - before;
    if (before) munmap(start, before);
    munmap(start + before + bytes, after);
    advise(start + before, bytes);
    return start + before;
}

/* What is kept makes way for what would make the process larger than its peak. */
static block *map_block(block *vacant, size_t bytes) {
    size_t limit = used_bytes + bytes > peak_bytes ? used_bytes + bytes : peak_bytes;
    if (used_bytes + kept_bytes + bytes > limit) drop_kept(used_bytes + kept_bytes + bytes - limit);
    unsigned char *start = map(bytes);
    if (!start) {
        drop_kept(kept_bytes);
        start = map(bytes);
    }
    if (!start) return NULL;
    *vacant = (block){.start = start, .bytes = bytes};
    kept_bytes += bytes;
    return vacant;
}

/* A kept block, or the beginning of one, or a new one. */
static void *alloc_locked(size_t bytes, const eml_region *region) {
    block *b = find_kept(bytes, false), *vacant = find_vacant();
    if (!vacant) return NULL;
    if (!b) b = map_block(vacant, bytes);
    if (!b) return NULL;
    if (b->bytes > bytes) {
        *vacant = (block){.start = b->start + bytes, .bytes = b->bytes - bytes};
        b->bytes = bytes;
    }
    b->used = true;
    b->region = region;
    kept_bytes -= bytes;
    used_bytes += bytes;
    if (used_bytes > peak_bytes) peak_bytes = used_bytes;
    return b->start;
}

void *eml_block_alloc(size_t bytes, const eml_region *region) {
    if (!EML_BLOCKS_KEEP) return NULL;
    pthread_mutex_lock(&lock);
    void *pointer = alloc_locked(bytes, region);
    pthread_mutex_unlock(&lock);
    return pointer;
}

static void free_locked(block *b, bool wipe) {
    if (wipe) explicit_bzero(b->start, b->bytes);
    b->used = false;
    used_bytes -= b->bytes;
    kept_bytes += b->bytes;
    merge(b);
}

static bool may_be_block(const void *pointer) {
    return EML_BLOCKS_KEEP && pointer && (uintptr_t)pointer % EML_HUGE_PAGE == 0;
}

/* NULL when it is none that is used. */
static block *find_used(const void *pointer) {
    block *b = find(pointer);
    return b && b->used ? b : NULL;
}

bool eml_block_free(void *pointer, bool wipe) {
    if (!may_be_block(pointer)) return false;
    pthread_mutex_lock(&lock);
    block *b = find_used(pointer);
    if (b) free_locked(b, wipe);
    pthread_mutex_unlock(&lock);
    return b != NULL;
}

bool eml_block_detach(void *pointer) {
    if (!may_be_block(pointer)) return false;
    pthread_mutex_lock(&lock);
    block *b = find_used(pointer);
    if (b) b->region = NULL;
    pthread_mutex_unlock(&lock);
    return b != NULL;
}

/* NULL when it has none that is used. */
static block *find_of(const eml_region *region) {
    for (size_t i = 0; i < BLOCKS_MAX; i++)
        if (blocks[i].used && blocks[i].region == region) return &blocks[i];
    return NULL;
}

void eml_blocks_free_of(const eml_region *region, bool wipe) {
    pthread_mutex_lock(&lock);
    for (block *b; (b = find_of(region)) != NULL;) free_locked(b, wipe);
    pthread_mutex_unlock(&lock);
}

bool eml_blocks_any_of(const eml_region *region) {
    pthread_mutex_lock(&lock);
    bool any = find_of(region) != NULL;
    pthread_mutex_unlock(&lock);
    return any;
}

size_t eml_blocks_kept(void) {
    pthread_mutex_lock(&lock);
    size_t bytes = kept_bytes;
    pthread_mutex_unlock(&lock);
    return bytes;
}

void eml_blocks_release(void) {
    pthread_mutex_lock(&lock);
    drop_kept(kept_bytes);
    peak_bytes = used_bytes;
    pthread_mutex_unlock(&lock);
}
