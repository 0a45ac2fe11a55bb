/* Memory: arrays of the current region (region.h), and arenas named by lifetime.
 *
 * Sizes that come from a file are capped before they reach these functions, so running out of memory is never an input
 * error: these functions then leave for the innermost guard (guard.h), and their caller never sees it. */
#ifndef EML_BASE_MEMORY_H
#define EML_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* count * size bytes, zeroed, aligned to 64 bytes (one cache line, one AVX-512 register). count * size == 0 gives a
 * valid pointer too. Never NULL. Free with eml_free. */
void *eml_alloc(size_t count, size_t size);

/* As eml_alloc without the zeroing, for large arrays that are written in full. */
void *eml_alloc_raw(size_t count, size_t size);

/* Grows an array from eml_alloc (or NULL) that holds *capacity items of size bytes so that it has room for at least
 * needed items; doubles, updates *capacity, returns the new array (old pointer is invalid). New room is not zeroed. */
void *eml_grow(void *array, size_t *capacity, size_t needed, size_t size);

void eml_free(void *pointer); /* NULL: nothing */

/* The array leaves the region: it stays when the call ends. */
void eml_detach(void *pointer);

char *eml_copy_text(const char *text, size_t length); /* with a terminating NUL; owned by the caller */

/* An arena: everything in it lives until eml_arena_free. Zero-initialise to create. */
typedef struct eml_arena {
    struct eml_arena_block *head;
} eml_arena;

void *eml_arena_alloc(eml_arena *arena, size_t count, size_t size); /* zeroed, aligned to 16 bytes, never NULL */
char *eml_arena_strndup(eml_arena *arena, const char *text, size_t length);
char *eml_arena_printf(eml_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void eml_arena_free(eml_arena *arena);

#endif
