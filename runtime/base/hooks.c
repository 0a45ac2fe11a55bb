#include "runtime/base/hooks.h"

#include <gmp.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "runtime/base/escape.h"
#include "runtime/base/region.h"

typedef void *take_fn(size_t bytes);
typedef void *resize_fn(void *bytes, size_t before, size_t after);
typedef void drop_fn(void *bytes, size_t count);
typedef void free_fn(void *bytes);

/* The host's functions: written before ours are set, read by threads that are outside our calls. */
static _Atomic(take_fn *) gmp_take, json_take;
static _Atomic(resize_fn *) gmp_resize;
static _Atomic(drop_fn *) gmp_drop;
static _Atomic(free_fn *) json_free;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t calls; /* that run now */

static bool inside(void) { return eml_region_current() != NULL; }

static void *take(size_t bytes) {
    void *piece = bytes <= EML_PIECE_MAX ? eml_piece_alloc(EML_ALIGN_SMALL, bytes) : NULL;
    if (!piece) eml_out_of_memory(bytes);
    return piece;
}

static void *resize(void *piece, size_t bytes) {
    size_t before = eml_piece_bytes(piece);
    void *other = take(bytes);
    memcpy(other, piece, before < bytes ? before : bytes);
    eml_piece_free(piece);
    return other;
}

/* ---- what is set while a call runs ---- */

static void *take_number(size_t bytes) { return inside() ? take(bytes) : atomic_load(&gmp_take)(bytes); }

static void *resize_number(void *bytes, size_t before, size_t after) {
    return inside() ? resize(bytes, after) : atomic_load(&gmp_resize)(bytes, before, after);
}

static void drop_number(void *bytes, size_t count) {
    if (inside())
        eml_piece_free(bytes);
    else
        atomic_load (&gmp_drop)(bytes, count);
}

static void *take_node(size_t bytes) { return inside() ? take(bytes) : atomic_load(&json_take)(bytes); }

static void free_node(void *bytes) {
    if (inside())
        eml_piece_free(bytes);
    else
        atomic_load (&json_free)(bytes);
}

/* ---- setting them ---- */

static void set_gmp(void) {
    take_fn *host_take;
    resize_fn *host_resize;
    drop_fn *host_drop;
    mp_get_memory_functions(&host_take, &host_resize, &host_drop);
    if (host_take == take_number) return;
    atomic_store(&gmp_take, host_take);
    atomic_store(&gmp_resize, host_resize);
    atomic_store(&gmp_drop, host_drop);
    mp_set_memory_functions(take_number, resize_number, drop_number);
}

static void reset_gmp(void) {
    take_fn *now;
    mp_get_memory_functions(&now, NULL, NULL);
    if (now == take_number)
        mp_set_memory_functions(atomic_load(&gmp_take), atomic_load(&gmp_resize), atomic_load(&gmp_drop));
}

static void set_json(void) {
    take_fn *host_take;
    free_fn *host_free;
    json_get_alloc_funcs(&host_take, &host_free);
    if (host_take == take_node) return;
    atomic_store(&json_take, host_take);
    atomic_store(&json_free, host_free);
    json_set_alloc_funcs(take_node, free_node);
}

static void reset_json(void) {
    take_fn *now;
    json_get_alloc_funcs(&now, NULL);
    if (now == take_node) json_set_alloc_funcs(atomic_load(&json_take), atomic_load(&json_free));
}

void eml_hooks_acquire(void) {
    pthread_mutex_lock(&lock);
    calls++;
    set_gmp();
    set_json();
    pthread_mutex_unlock(&lock);
}

void eml_hooks_release(void) {
    pthread_mutex_lock(&lock);
    if (--calls == 0) {
        reset_gmp();
        reset_json();
    }
    pthread_mutex_unlock(&lock);
}
