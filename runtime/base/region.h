/* Regions: the memory of a call of the library, piece by piece, so that all of it can go at once.
 *
 * Every piece that a thread allocates belongs to the thread's current region, if it has one, until it is freed or
 * detached. A region is used by one thread at a time. What a secret region holds, and what is freed while one is
 * current, is overwritten first. */
#ifndef EML_BASE_REGION_H
#define EML_BASE_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct eml_region eml_region;

eml_region *eml_region_new(bool secret);   /* NULL: no memory */
void eml_region_clear(eml_region *region); /* frees its pieces */
void eml_region_free(eml_region *region);  /* and the region; NULL: nothing */
bool eml_region_is_empty(const eml_region *region);
bool eml_region_is_secret(const eml_region *region); /* of NULL: false */

/* The calling thread's; NULL: what is allocated belongs to nobody. */
eml_region *eml_region_current(void);
void eml_region_make_current(eml_region *region);

/* Alignments of pieces: of numbers and nodes; of arrays (one cache line, one AVX-512 register). */
typedef enum eml_alignment { EML_ALIGN_SMALL = 16, EML_ALIGN_ARRAY = 64 } eml_alignment;

/* A piece of the current region, of at most EML_PIECE_MAX bytes; NULL: no memory. */
#define EML_PIECE_MAX (SIZE_MAX / 2)
void *eml_piece_alloc(eml_alignment alignment, size_t bytes);
void eml_piece_free(void *piece); /* NULL: nothing */
/* A file descriptor as a piece, which is closed where a piece is freed: a call that is left for want of memory leaves
 * no file open. NULL: no memory, and the descriptor is still the caller's. */
const int *eml_piece_own(int descriptor);
size_t eml_piece_bytes(const void *piece);
void eml_piece_detach(void *piece); /* from its region: it is its owner's to free */

#endif
