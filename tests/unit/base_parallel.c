/* Parallel loops do each job once, whatever the number of threads and whoever else runs loops; the CPU mask only takes
 * flags away. Run once more with tests/support/few_threads.c, which refuses to make threads. */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/cpu.h"
#include "runtime/base/parallel.h"

enum { JOBS = 1000, LITTLE = 1, MUCH = 1000 * 1000 * 1000 };
static atomic_uint calls[JOBS];

static void count_call(void *context, size_t index) {
    assert_ptr_equal(context, calls);
    atomic_fetch_add(&calls[index], 1);
}

/* The threads of this process. */
static unsigned count_tasks(void) {
    unsigned count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (struct dirent *entry; (entry = readdir(tasks));) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* As many helpers as may be made. */
static unsigned helpers_of(unsigned most) {
    const char *allowed = getenv("THREADS_ALLOWED");
    return allowed && strtoul(allowed, NULL, 10) < most ? (unsigned)strtoul(allowed, NULL, 10) : most;
}

/* First, as long as there are no helpers. */
static void little_loops_wake_nobody(void **state) {
    (void)state;
    unsigned before = count_tasks();
    eml_threads_set(3);
    eml_parallel_for(JOBS, LITTLE, count_call, calls);
    eml_parallel_for(1, MUCH, count_call, calls);
    eml_threads_set(0);
    assert_int_equal(count_tasks(), before);
    for (size_t i = 0; i < JOBS; i++) atomic_store(&calls[i], 0);
}

static void each_job_runs_once(void **state) {
    (void)state;
    static const unsigned threads[] = {0, 1, 2, 3, 4, 1000000, 2};
    for (unsigned i = 0; i < sizeof threads / sizeof *threads; i++) {
        eml_threads_set(threads[i]);
        assert_in_range(eml_threads_get(), 1, EML_THREADS_MAX);
        eml_parallel_for(0, MUCH, count_call, calls);
        eml_parallel_for(1, MUCH, count_call, calls);
        eml_parallel_for(JOBS, MUCH, count_call, calls);
        for (size_t k = 0; k < JOBS; k++) assert_int_equal(atomic_load(&calls[k]), (k == 0 ? 2 : 1) * (i + 1));
    }
    eml_threads_set(0);
}

static void run_inner_loop(void *context, size_t index) {
    (void)index;
    eml_parallel_for(10, MUCH, count_call, context);
}

static void loops_may_nest(void **state) {
    (void)state;
    for (size_t i = 0; i < JOBS; i++) atomic_store(&calls[i], 0);
    eml_threads_set(3);
    eml_parallel_for(20, MUCH, run_inner_loop, calls);
    eml_threads_set(0);
    for (size_t i = 0; i < 10; i++) assert_int_equal(atomic_load(&calls[i]), 20);
}

static void pause_briefly(void) { nanosleep(&(struct timespec){.tv_nsec = 100 * 1000}, NULL); }

/* Jobs that last until one is on a helper, so that there is one. */
typedef struct meeting {
    pthread_t caller;
    atomic_bool helped, wrong;
} meeting;

static void look_around(void *context, size_t index) {
    meeting *m = context;
    (void)index;
    if (!pthread_equal(pthread_self(), m->caller)) {
        sigset_t blocked;
        pthread_sigmask(SIG_BLOCK, NULL, &blocked);
        if (fegetround() != FE_TONEAREST || !sigismember(&blocked, SIGTERM) || sigismember(&blocked, SIGSEGV))
            atomic_store(&m->wrong, true);
        atomic_store(&m->helped, true);
    }
    while (!atomic_load(&m->helped)) pause_briefly();
}

/* Rounding and signals are the caller's: helpers have their own. */
static bool meet_helper(void) {
    meeting m = {.caller = pthread_self()};
    fesetround(FE_UPWARD);
    eml_threads_set(2);
    eml_parallel_for(2, MUCH, look_around, &m);
    eml_threads_set(0);
    bool kept = fegetround() == FE_UPWARD;
    fesetround(FE_TONEAREST);
    return kept && !atomic_load(&m.wrong);
}

static void helpers_keep_their_own(void **state) {
    (void)state;
    if (helpers_of(1) == 0) return; /* where none can be made */
    unsigned before = count_tasks();
    assert_true(meet_helper());
    assert_int_equal(count_tasks(), before + 1);
}

#if defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* The child of a fork starts without helpers, and makes new ones. 0: all is well. Not where a sanitizer's own locks may
 * be held by threads that the child does not have. */
static int run_in_child(void) {
    bool may_make_threads = getenv("THREADS_ALLOWED") == NULL;
    for (size_t i = 0; i < JOBS; i++) atomic_store(&calls[i], 0);
    eml_threads_set(3);
    eml_parallel_for(JOBS, MUCH, count_call, calls);
    for (size_t i = 0; i < JOBS; i++)
        if (atomic_load(&calls[i]) != 1) return 3;
    if (may_make_threads && !meet_helper()) return 4;
    return count_tasks() == (may_make_threads ? 3 : 1) ? 0 : 5;
}

static void check_fork(void) {
    if (SANITIZED) return;
    pid_t child = fork();
    if (child == 0) _exit(run_in_child());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* Each thread that is in a loop has memory that no other one writes to. */
static void use_memory(void *context, size_t index, void *memory) {
    atomic_uint *wrong = context;
    size_t *mine = memory;
    for (size_t i = 0; i < 100; i++) mine[i] = index;
    if (index % 50 == 0) pause_briefly();
    for (size_t i = 0; i < 100; i++)
        if (mine[i] != index) atomic_fetch_add(wrong, 1);
}

static void threads_have_memory_of_their_own(void **state) {
    (void)state;
    atomic_uint wrong = 0;
    eml_threads_set(4);
    eml_parallel_with(JOBS, MUCH, 100 * sizeof(size_t), use_memory, &wrong);
    eml_parallel_with(JOBS, LITTLE, 100 * sizeof(size_t), use_memory, &wrong);
    eml_threads_set(0);
    assert_int_equal(atomic_load(&wrong), 0);
}

enum { CALLERS = 4, LOOPS = 60, SMALL = 100 };

static void count_small(void *context, size_t index) {
    atomic_uint *counts = context;
    atomic_fetch_add(&counts[index], 1);
}

static void *run_loops(void *unused) {
    static atomic_uint turn;
    atomic_uint counts[SMALL];
    for (size_t i = 0; i < SMALL; i++) atomic_init(&counts[i], 0);
    for (unsigned loop = 1; loop <= LOOPS; loop++) {
        eml_threads_set(1 + atomic_fetch_add(&turn, 1) % 5);
        eml_parallel_for(SMALL, MUCH, count_small, counts);
        for (size_t i = 0; i < SMALL; i++)
            if (atomic_load(&counts[i]) != loop) return &turn; /* not NULL */
    }
    return unused;
}

static void several_threads_run_loops(void **state) {
    (void)state;
    pthread_t callers[CALLERS];
    size_t made = 0;
    while (made < CALLERS && pthread_create(&callers[made], NULL, run_loops, NULL) == 0) made++;
    check_fork(); /* in the middle of it */
    assert_null(run_loops(NULL));
    for (size_t i = 0; i < made; i++) {
        void *wrong;
        pthread_join(callers[i], &wrong);
        assert_null(wrong);
    }
    eml_threads_set(0);
    check_fork();
}

static void the_mask_takes_flags_away(void **state) {
    (void)state;
    eml_cpu_set_mask(EML_CPU_ALL);
    unsigned all = eml_cpu_flags();
    for (unsigned mask = 0; mask <= EML_CPU_ALL; mask++) {
        eml_cpu_set_mask(mask);
        assert_int_equal(eml_cpu_flags(), all & mask);
    }
    eml_cpu_set_mask(EML_CPU_ALL);
    if (all & EML_CPU_AVX512_IFMA) assert_true(all & EML_CPU_AVX512);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_loops_wake_nobody),
        cmocka_unit_test(helpers_keep_their_own),
        cmocka_unit_test(each_job_runs_once),
        cmocka_unit_test(loops_may_nest),
        cmocka_unit_test(threads_have_memory_of_their_own),
        cmocka_unit_test(several_threads_run_loops),
        cmocka_unit_test(the_mask_takes_flags_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
