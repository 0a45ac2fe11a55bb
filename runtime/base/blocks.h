/* Large blocks of memory, kept when they are freed and handed out again, whole or in parts: the system clears every page of a fresh one,
 * which for a proof after the first is up to a fifth of the time. What is kept never makes the process larger than what was in use
 * at once at its peak. memory.c is the only user of the first two. */
#ifndef EML_BASE_BLOCKS_H
#define EML_BASE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

/* Blocks have this alignment and are at least twice as large; sizes are multiples of it. */
enum { EML_HUGE_PAGE = 2 * 1024 * 1024 };

/* NULL when there is no memory. Not cleared. */
void *eml_block_alloc(size_t bytes);

/* False when the pointer is not a block; otherwise it is free. */
bool eml_block_free(void *pointer);

/* Bytes that are kept and not in use; always 0 under an address sanitizer, which must see what is freed. */
size_t eml_blocks_kept(void);

/* Gives them back to the system. */
void eml_blocks_release(void);

#endif
