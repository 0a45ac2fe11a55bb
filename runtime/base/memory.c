#include "runtime/base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/blocks.h"
#include "runtime/base/escape.h"
#include "runtime/base/region.h"

enum { ARENA_BLOCK = 64 * 1024 };

static size_t saturated(size_t count, size_t size) {
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes;
}

static void *alloc_block(size_t bytes) {
    size_t rounded = (bytes + EML_HUGE_PAGE - 1) / EML_HUGE_PAGE * EML_HUGE_PAGE;
    return eml_block_alloc(rounded, eml_region_current());
}

void *eml_alloc_raw(size_t count, size_t size) {
    size_t bytes = saturated(count, size);
    void *pointer = NULL;
    if (bytes <= EML_PIECE_MAX) {
        /* Transforms walk large matrices in strides of more than a page: huge pages save most of
         * the address translations. */
        if (bytes >= 2 * EML_HUGE_PAGE) pointer = alloc_block(bytes);
        if (!pointer) pointer = eml_piece_alloc(EML_ALIGN_ARRAY, bytes);
    }
    if (!pointer) eml_out_of_memory(bytes);
    return pointer;
}

void *eml_alloc(size_t count, size_t size) {
    void *pointer = eml_alloc_raw(count, size);
    memset(pointer, 0, count * size);
    return pointer;
}

void *eml_grow(void *array, size_t *capacity, size_t needed, size_t size) {
    if (needed <= *capacity) return array;
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < needed) wanted = wanted > SIZE_MAX / 2 ? needed : wanted * 2;
    void *bigger = eml_alloc_raw(wanted, size);
    if (array) memcpy(bigger, array, *capacity * size);
    eml_free(array);
    *capacity = wanted;
    return bigger;
}

void eml_free(void *pointer) {
    if (!eml_block_free(pointer, eml_region_is_secret(eml_region_current()))) eml_piece_free(pointer);
}

void eml_detach(void *pointer) {
    if (!eml_block_detach(pointer)) eml_piece_detach(pointer);
}

char *eml_copy_text(const char *text, size_t length) {
    char *copy = eml_alloc(length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

struct eml_arena_block {
    struct eml_arena_block *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

void *eml_arena_alloc(eml_arena *arena, size_t count, size_t size) {
    size_t bytes = saturated(count, size);
    if (bytes > EML_PIECE_MAX) eml_out_of_memory(bytes);
    bytes = (bytes + 15) / 16 * 16;
    struct eml_arena_block *block = arena->head;
    if (!block || block->size - block->used < bytes) {
        size_t room = bytes > ARENA_BLOCK ? bytes : ARENA_BLOCK;
        block = eml_alloc_raw(1, sizeof *block + room);
        block->size = room;
        block->used = 0;
        block->next = arena->head;
        arena->head = block;
    }
    void *pointer = block->bytes + block->used;
    block->used += bytes;
    memset(pointer, 0, bytes);
    return pointer;
}

char *eml_arena_strndup(eml_arena *arena, const char *text, size_t length) {
    char *copy = eml_arena_alloc(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *eml_arena_printf(eml_arena *arena, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t length = n < 0 ? 0 : (size_t)n;
    char *text = eml_arena_alloc(arena, length + 1, 1);
    vsnprintf(text, length + 1, format, again);
    va_end(again);
    return text;
}

void eml_arena_free(eml_arena *arena) {
    for (struct eml_arena_block *block = arena->head; block;) {
        struct eml_arena_block *next = block->next;
        eml_free(block);
        block = next;
    }
    arena->head = NULL;
}
