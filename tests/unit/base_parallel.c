/* Parallel loops do each job once, whatever the number of threads; the CPU mask only takes flags away. */
#include "tests/support/cmocka.h"

#include <stdatomic.h>

#include "runtime/base/cpu.h"
#include "runtime/base/parallel.h"

enum { JOBS = 1000 };
static atomic_uint calls[JOBS];

static void count_call(void *context, size_t index) {
    assert_ptr_equal(context, calls);
    atomic_fetch_add(&calls[index], 1);
}

static void each_job_runs_once(void **state) {
    (void)state;
    unsigned rounds = 0;
    for (unsigned threads = 0; threads <= 4; threads++) {
        eml_threads_set(threads);
        assert_true(eml_threads_get() >= 1);
        eml_parallel_for(0, count_call, calls);
        eml_parallel_for(1, count_call, calls);
        eml_parallel_for(JOBS, count_call, calls);
        rounds++;
        for (size_t i = 0; i < JOBS; i++) assert_int_equal(atomic_load(&calls[i]), i == 0 ? 2 * rounds : rounds);
    }
    eml_threads_set(0);
}

static void run_inner_loop(void *context, size_t index) {
    (void)index;
    eml_parallel_for(10, count_call, context);
}

static void loops_may_nest(void **state) {
    (void)state;
    for (size_t i = 0; i < JOBS; i++) atomic_store(&calls[i], 0);
    eml_threads_set(3);
    eml_parallel_for(20, run_inner_loop, calls);
    eml_threads_set(0);
    for (size_t i = 0; i < 10; i++) assert_int_equal(atomic_load(&calls[i]), 20);
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
        cmocka_unit_test(each_job_runs_once),
        cmocka_unit_test(loops_may_nest),
        cmocka_unit_test(the_mask_takes_flags_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
