/* Large blocks of memory, kept when they are freed and handed out again, whole or in parts: the system clears every
 * page of a fresh one, which for a proof after the first is up to a fifth of the time. What is kept never makes the
 * process larger than what was in use at once at its peak. memory.c and region.c are the only users of the first
 * functions. */
#ifndef EML_BASE_BLOCKS_H
#define EML_BASE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/region.h"

/* An address sanitizer must see what is freed: nothing is kept under one. */
#if defined(__SANITIZE_ADDRESS__)
#define EML_BLOCKS_KEEP 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EML_BLOCKS_KEEP 0
#endif
#endif
#ifndef EML_BLOCKS_KEEP
#define EML_BLOCKS_KEEP 1
#endif

/* Blocks have this alignment and are at least twice as large; sizes are multiples of it. */
enum { EML_HUGE_PAGE = 2 * 1024 * 1024 };

/* Of a region, which may be NULL. NULL when there is no memory, or no block left to keep it as. Not cleared. */
void *eml_block_alloc(size_t bytes, const eml_region *region);

/* False when the pointer is not a block; otherwise it is free, and was overwritten first if wipe. */
bool eml_block_free(void *pointer, bool wipe);
/* False when the pointer is not a block; otherwise it is no region's. */
bool eml_block_detach(void *pointer);

void eml_blocks_free_of(const eml_region *region, bool wipe);
bool eml_blocks_any_of(const eml_region *region);

/* Bytes that are kept and not in use. */
size_t eml_blocks_kept(void);

/* Gives them back to the system. */
void eml_blocks_release(void);

#endif
