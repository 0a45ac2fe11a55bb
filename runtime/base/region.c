#include "runtime/base/region.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/blocks.h"
#include "runtime/base/thread.h"

/* Stands right before the piece's bytes, in a ring of its region's pieces; a ring of its own when it belongs to none.
 */
typedef struct tie {
    struct tie *before, *after;
    size_t bytes;
    eml_alignment alignment;
    int descriptor; /* closed with the piece; -1: none */
} tie;

_Static_assert(sizeof(tie) % EML_ALIGN_SMALL == 0 && sizeof(tie) <= EML_ALIGN_ARRAY, "pieces keep their alignment");

struct eml_region {
    tie ring; /* of no bytes itself */
    bool secret;
};

static EML_THREAD_LOCAL eml_region *current;

eml_region *eml_region_current(void) { return current; }
void eml_region_make_current(eml_region *region) { current = region; }
bool eml_region_is_secret(const eml_region *region) { return region && region->secret; }

/* ---- pieces ---- */

/* How much stands before the bytes. */
static size_t lead(eml_alignment alignment) { return alignment > sizeof(tie) ? alignment : sizeof(tie); }

static tie *tie_of(const void *piece) { return (tie *)((uintptr_t)piece - sizeof(tie)); }

static void make_ring(tie *l) { l->before = l->after = l; }

static void insert(tie *l, tie *ring) {
    l->before = ring;
    l->after = ring->after;
    ring->after->before = l;
    ring->after = l;
}

static void take_out(tie *l) {
    l->before->after = l->after;
    l->after->before = l->before;
}

void *eml_piece_alloc(eml_alignment alignment, size_t bytes) {
    size_t some = bytes > 0 ? bytes : 1; /* so that a piece of none lies within what was allocated for it */
    size_t room = (lead(alignment) + some + alignment - 1) / alignment * alignment;
    unsigned char *start = alignment == EML_ALIGN_SMALL ? malloc(room) : aligned_alloc(alignment, room);
    if (!start) return NULL;
    void *piece = start + lead(alignment);
    tie *l = tie_of(piece);
    l->bytes = bytes;
    l->alignment = alignment;
    l->descriptor = -1;
    if (current)
        insert(l, &current->ring);
    else
        make_ring(l);
    return piece;
}

const int *eml_piece_own(int descriptor) {
    int *piece = eml_piece_alloc(EML_ALIGN_SMALL, sizeof *piece);
    if (piece == NULL) return NULL;
    *piece = tie_of(piece)->descriptor = descriptor;
    return piece;
}

static void release(tie *l, bool wipe) {
    unsigned char *end_of_tie = (unsigned char *)(l + 1);
    if (l->descriptor >= 0) close(l->descriptor);
    if (wipe) explicit_bzero(end_of_tie, l->bytes);
    free(end_of_tie - lead(l->alignment));
}

void eml_piece_free(void *piece) {
    if (!piece) return;
    take_out(tie_of(piece));
    release(tie_of(piece), eml_region_is_secret(current));
}

size_t eml_piece_bytes(const void *piece) { return tie_of(piece)->bytes; }

void eml_piece_detach(void *piece) {
    take_out(tie_of(piece));
    make_ring(tie_of(piece));
}

/* ---- regions ---- */

eml_region *eml_region_new(bool secret) {
    eml_region *region = malloc(sizeof *region);
    if (!region) return NULL;
    make_ring(&region->ring);
    region->secret = secret;
    return region;
}

bool eml_region_is_empty(const eml_region *region) {
    return region->ring.after == &region->ring && !eml_blocks_any_of(region);
}

void eml_region_clear(eml_region *region) {
    for (tie *l = region->ring.after, *next; l != &region->ring; l = next) {
        next = l->after;
        release(l, region->secret);
    }
    make_ring(&region->ring);
    eml_blocks_free_of(region, region->secret);
}

void eml_region_free(eml_region *region) {
    if (!region) return;
    eml_region_clear(region);
    free(region);
}
