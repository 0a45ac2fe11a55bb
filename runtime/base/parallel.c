#include "runtime/base/parallel.h"

#include <assert.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/base/memory.h"
#include "runtime/base/thread.h"

/* ---- how many ---- */

static atomic_uint wanted, found; /* by eml_threads_set; by default: 0 until it is asked for */

void eml_threads_set(unsigned count) { atomic_store(&wanted, count); }

/* 0 when the variable says nothing or no number. */
static unsigned long count_from_environment(void) {
    const char *text = getenv("EML_THREADS");
    if (!text || *text < '0' || *text > '9') return 0;
    char *end;
    unsigned long count = strtoul(text, &end, 10);
    return *end ? 0 : count;
}

static unsigned long count_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (unsigned long)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than a cpu_set_t has */
    return online > 0 ? (unsigned long)online : 1;
}

static unsigned at_most_max(unsigned long count) { return count < EML_THREADS_MAX ? (unsigned)count : EML_THREADS_MAX; }

/* Threads that come here at once find the same: a race is harmless. */
static unsigned default_count(void) {
    unsigned count = atomic_load_explicit(&found, memory_order_relaxed);
    if (count) return count;
    unsigned long asked = count_from_environment();
    count = at_most_max(asked ? asked : count_processors());
    atomic_store_explicit(&found, count, memory_order_relaxed);
    return count;
}

unsigned eml_threads_get(void) {
    unsigned count = atomic_load(&wanted);
    return count ? at_most_max(count) : default_count();
}

/* ---- the pool ---- */

/* A loop lives on its caller's stack. The caller takes jobs until there are none, as do the helpers that come
 * meanwhile; then it waits for those that are still in a job, and for nobody else. */
typedef struct loop {
    void (*fn)(void *context, size_t index, void *memory);
    void *context;
    size_t count;
    unsigned char *memory; /* memory_bytes for the caller, then for each seat */
    size_t memory_bytes;
    atomic_size_t next; /* the first job that nobody has taken */
    /* Under the lock: */
    unsigned seats, inside; /* helpers that may still come; that have come and not left */
    pthread_cond_t left;
    struct loop *after;
} loop;

static struct {
    pthread_mutex_t lock; /* of everything here; never held in a job */
    pthread_cond_t work;  /* what idle helpers wait for */
    loop *loops;          /* that are being run */
    pthread_t helpers[EML_THREADS_MAX - 1];
    unsigned helper_count;
    bool closing, is_fork_safe;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER};

static EML_THREAD_LOCAL bool in_job; /* of a shared loop */

static void lock(void) { pthread_mutex_lock(&pool.lock); }
static void unlock(void) { pthread_mutex_unlock(&pool.lock); }

static void run_jobs(loop *l, unsigned seat) {
    unsigned char *memory = l->memory ? l->memory + seat * l->memory_bytes : NULL;
    size_t i;
    while ((i = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed)) < l->count) l->fn(l->context, i, memory);
}

static loop *find_loop(void) {
    loop *l = pool.loops;
    while (l && (l->seats == 0 || atomic_load_explicit(&l->next, memory_order_relaxed) >= l->count)) l = l->after;
    return l;
}

static void join_loop(loop *l) {
    unsigned seat = l->seats--; /* the caller has seat 0 */
    l->inside++;
    unlock();
    run_jobs(l, seat);
    lock();
    if (--l->inside == 0) pthread_cond_signal(&l->left);
}

/* The kernels need rounding to nearest, whatever the thread that made this one has set. */
static void *help(void *unused) {
    (void)unused;
    fesetenv(FE_DFL_ENV);
    in_job = true;
    lock();
    while (!pool.closing) {
        loop *l = find_loop();
        if (l)
            join_loop(l);
        else
            pthread_cond_wait(&pool.work, &pool.lock);
    }
    unlock();
    return NULL;
}

/* All helpers are gone in the child of a fork, and so are the threads that ran the loops. */
static void forget_helpers(void) {
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.work, NULL);
    pool.loops = NULL;
    pool.helper_count = 0;
}

static void make_fork_safe(void) { pool.is_fork_safe = pthread_atfork(lock, unlock, forget_helpers) == 0; }

/* Signals are the host's: helpers block all but those that a fault of their own raises. */
static void block_signals(sigset_t *before) {
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&set, own[i]);
    pthread_sigmask(SIG_SETMASK, &set, before);
}

/* 1 MiB of stack: jobs use some tens of KiB. */
static bool start_helper(void) {
    enum { STACK_BYTES = 1 << 20 };
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigset_t before;
    block_signals(&before);
    bool started = pthread_create(&pool.helpers[pool.helper_count], &attributes, help, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    pool.helper_count += started;
    return started;
}

/* How many helpers a loop gets that could use `most`, after trying to make those that are missing. */
static unsigned recruit(size_t most) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned count = eml_threads_get() - 1;
    if (most < count) count = (unsigned)most;
    if (count == 0) return 0;
    pthread_once(&once, make_fork_safe);
    lock();
    bool may_start = pool.is_fork_safe && !pool.closing;
    while (may_start && pool.helper_count < count) may_start = start_helper();
    if (pool.helper_count < count) count = pool.helper_count;
    unlock();
    return count;
}

/* At exit, and when the library is unloaded: waits for helpers in a job to finish it. Loops of other threads go on
 * alone. */
__attribute__((destructor)) static void dismiss_helpers(void) {
    lock();
    unsigned count = pool.helper_count;
    pool.closing = true;
    pool.helper_count = 0;
    pthread_cond_broadcast(&pool.work);
    unlock();
    for (unsigned i = 0; i < count; i++) pthread_join(pool.helpers[i], NULL);
}

/* ---- loops ---- */

/* Nanoseconds. Waking a helper takes some 50 microseconds, and on a busy machine a helper in a job may lose its
 * processor for milliseconds, for which the caller waits. */
enum { WORTH_SHARING = 1000 * 1000 };

static void enter(loop *l) {
    lock();
    l->after = pool.loops;
    pool.loops = l;
    unsigned seats = l->seats;
    unlock();
    for (unsigned i = 0; i < seats; i++) pthread_cond_signal(&pool.work);
}

static void leave(loop *l) {
    lock();
    loop **link = &pool.loops;
    while (*link != l) link = &(*link)->after;
    *link = l->after;
    while (l->inside > 0) pthread_cond_wait(&l->left, &pool.lock);
    unlock();
}

static void share_jobs(loop *l) {
    pthread_cond_init(&l->left, NULL);
    in_job = true;
    enter(l);
    run_jobs(l, 0);
    leave(l);
    in_job = false;
    pthread_cond_destroy(&l->left);
}

void eml_parallel_with(size_t count, size_t cost, size_t bytes, void (*fn)(void *context, size_t index, void *memory),
                       void *context) {
    enum { ALIGNMENT = 64 };
    assert(!in_job || bytes == 0);
    bool alone = in_job || count < 2 || cost < WORTH_SHARING / count;
    loop l = {.fn = fn,
              .context = context,
              .count = count,
              .memory_bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT,
              .seats = alone ? 0 : recruit(count - 1)};
    if (bytes) l.memory = eml_alloc_raw(l.seats + (size_t)1, l.memory_bytes);
    if (l.seats > 0)
        share_jobs(&l);
    else
        run_jobs(&l, 0);
    eml_free(l.memory);
}

typedef struct plain {
    void (*fn)(void *context, size_t index);
    void *context;
} plain;

static void run_plain(void *context, size_t index, void *memory) {
    const plain *p = context;
    (void)memory;
    p->fn(p->context, index);
}

void eml_parallel_for(size_t count, size_t cost, void (*fn)(void *context, size_t index), void *context) {
    plain p = {fn, context};
    eml_parallel_with(count, cost, 0, run_plain, &p);
}

typedef struct ranges {
    size_t count, grain;
    void (*fn)(void *context, size_t first, size_t length);
    void *context;
} ranges;

static void run_range(void *context, size_t index) {
    const ranges *r = context;
    size_t first = index * r->grain, left = r->count - first;
    r->fn(r->context, first, left < r->grain ? left : r->grain);
}

void eml_parallel_ranges(size_t count, size_t grain, size_t cost,
                         void (*fn)(void *context, size_t first, size_t length), void *context) {
    ranges r = {count, grain, fn, context};
    eml_parallel_for((count + grain - 1) / grain, cost, run_range, &r);
}
