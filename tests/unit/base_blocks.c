/* Large blocks are handed out again, whole or in parts, are never shared, and never make the process larger than it
 * was. */
#include "tests/support/cmocka.h"

#include <stdint.h>
#include <string.h>

#include "runtime/base/blocks.h"
#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"

enum { MEGABYTE = 1 << 20, SMALLEST = 2 * EML_HUGE_PAGE };

static void test_blocks_come_back(void **state) {
    (void)state;
    if (!EML_BLOCKS_KEEP) return;
    eml_blocks_release();
    unsigned char *a = eml_alloc_raw(SMALLEST + 1, 1); /* sizes are rounded up */
    assert_int_equal((size_t)a % EML_HUGE_PAGE, 0);
    memset(a, 1, SMALLEST);
    eml_free(a);
    assert_int_equal(eml_blocks_kept(), 3 * EML_HUGE_PAGE);
    unsigned char *zeroed = eml_alloc(SMALLEST, 1);
    assert_ptr_equal(zeroed, a); /* its beginning */
    for (size_t i = 0; i < SMALLEST; i++) assert_int_equal(zeroed[i], 0);
    assert_int_equal(eml_blocks_kept(), EML_HUGE_PAGE);
    eml_free(zeroed);
    assert_ptr_equal(eml_alloc_raw(3 * EML_HUGE_PAGE, 1), a); /* the parts are one again */
    assert_int_equal(eml_blocks_kept(), 0);
    eml_free(a);
    eml_blocks_release();
    assert_int_equal(eml_blocks_kept(), 0);
}

/* The smallest block that is large enough is taken; what is in the way goes, and no more than that. */
static void test_never_larger_than_the_peak(void **state) {
    (void)state;
    if (!EML_BLOCKS_KEEP) return;
    eml_blocks_release();
    void *a = eml_alloc_raw(8 * MEGABYTE, 1), *wall = eml_alloc_raw(SMALLEST, 1), *b = eml_alloc_raw(10 * MEGABYTE, 1);
    eml_free(b);
    eml_free(a);
    assert_int_equal(eml_blocks_kept(), 18 * MEGABYTE);
    assert_ptr_equal(eml_alloc_raw(8 * MEGABYTE, 1), a);
    eml_free(a);
    void *c = eml_alloc_raw(12 * MEGABYTE, 1); /* fits in none: 12 of 18 go */
    assert_int_equal(eml_blocks_kept(), 6 * MEGABYTE);
    void *d = eml_alloc_raw(30 * MEGABYTE, 1); /* beyond the peak: nothing may be kept */
    assert_int_equal(eml_blocks_kept(), 0);
    eml_free(c);
    eml_free(d);
    eml_free(wall);
    assert_int_equal(eml_blocks_kept(), 42 * MEGABYTE + SMALLEST);
    eml_blocks_release();
    assert_int_equal(eml_blocks_kept(), 0);
}

static void test_small_arrays_are_no_blocks(void **state) {
    (void)state;
    eml_blocks_release();
    void *small = eml_alloc_raw(SMALLEST - 1, 1);
    assert_false(eml_block_free(small, false));
    assert_false(eml_block_free(NULL, false));
    assert_false(eml_block_free((void *)(uintptr_t)EML_HUGE_PAGE, false));
    eml_free(small);
    eml_free(NULL);
    assert_int_equal(eml_blocks_kept(), 0);
}

/* Threads that take, fill, check and give back: nobody else writes into a block in use. */
static void fill_and_check(void *context, size_t job) {
    (void)context;
    size_t bytes = SMALLEST + job % 7 * EML_HUGE_PAGE;
    unsigned char *first = eml_alloc_raw(bytes, 1), *second = eml_alloc_raw(SMALLEST, 1);
    for (size_t i = 0; i < bytes; i += 4096) first[i] = (unsigned char)job;
    for (size_t i = 0; i < SMALLEST; i += 4096) second[i] = (unsigned char)~job;
    for (size_t i = 0; i < bytes; i += 4096) assert_int_equal(first[i], (unsigned char)job);
    eml_free(first);
    for (size_t i = 0; i < SMALLEST; i += 4096) assert_int_equal(second[i], (unsigned char)~job);
    eml_free(second);
}

static void test_threads(void **state) {
    (void)state;
    eml_threads_set(4);
    eml_parallel_for(200, 100 * 1000, fill_and_check, NULL);
    eml_threads_set(0);
    eml_blocks_release();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_come_back), cmocka_unit_test(test_never_larger_than_the_peak),
        cmocka_unit_test(test_small_arrays_are_no_blocks), cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
