/* Guards: when memory ends, a call is left, what it allocated is gone, and nothing else is. */
#include "tests/support/cmocka.h"

#include <gmp.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/guard.h"
#include "runtime/base/memory.h"

#define TOO_MUCH ((size_t)INT64_MAX)
enum { BLOCK = 5 << 20 };

static int failed(eml_error *err) { return (int)eml_guard_fail(err); }

/* ---- leaving ---- */

static int overspend(void) {
    eml_alloc(100, 1);
    eml_alloc(BLOCK, 1);
    mpz_t number;
    mpz_init_set_ui(number, 7);
    eml_alloc(TOO_MUCH, 1);
    return 0;
}

static int guarded(eml_region *region, eml_error *err) { EML_GUARDED(region, false, overspend(), failed(err)); }

static void test_a_call_is_left(void **state) {
    (void)state;
    eml_error err = {0};
    eml_region *region = eml_region_new(false);
    assert_int_equal(guarded(region, &err), EML_ERR_MEMORY);
    assert_string_equal(err.text, "out of memory (asked for 9223372036854775807 bytes)");
    assert_true(eml_region_is_empty(region));
    assert_null(eml_region_current());
    eml_region_free(region);
    assert_int_equal(guarded(NULL, &err), EML_ERR_MEMORY); /* no memory for a region */
}

/* ---- nested ---- */

static int nest(eml_region *outer, eml_region *inner) {
    void *kept = eml_alloc(1, 1);
    eml_error err;
    assert_int_equal(guarded(inner, &err), EML_ERR_MEMORY);
    assert_ptr_equal(eml_region_current(), outer);
    assert_false(eml_region_is_empty(outer));
    eml_free(kept);
    return 5;
}

static int guarded_nest(eml_region *outer, eml_region *inner) { EML_GUARDED(outer, false, nest(outer, inner), -1); }

static void test_the_innermost_guard_is_reached(void **state) {
    (void)state;
    eml_region *outer = eml_region_new(false), *inner = eml_region_new(false);
    assert_int_equal(guarded_nest(outer, inner), 5);
    assert_true(eml_region_is_empty(outer));
    eml_region_free(outer);
    eml_region_free(inner);
}

/* ---- what stays ---- */

static int give(void **small, void **large) {
    *small = eml_alloc(3, 1);
    *large = eml_alloc(BLOCK, 1);
    eml_detach(*small);
    eml_detach(*large);
    return 0;
}

static int guarded_give(void **small, void **large) { EML_GUARDED(eml_region_new(true), true, give(small, large), -1); }

static void test_what_is_detached_stays(void **state) {
    (void)state;
    unsigned char *small, *large;
    assert_int_equal(guarded_give((void **)&small, (void **)&large), 0);
    small[2] = large[BLOCK - 1] = 1;
    eml_free(small);
    eml_free(large);
}

/* ---- rescues ---- */

static char order[8];

static void note(void *context) { strcat(order, context); }

static int rescue(void) {
    eml_rescue first = {note, "a", NULL}, second = {note, "b", NULL}, third = {note, "c", NULL};
    eml_rescue_add(&first);
    eml_rescue_add(&second);
    eml_rescue_add(&third);
    eml_rescue_drop(&third);
    return overspend();
}

static int guarded_rescue(eml_error *err) { EML_GUARDED(eml_region_new(false), true, rescue(), failed(err)); }

static void test_rescues_run_from_the_last(void **state) {
    (void)state;
    eml_error err;
    order[0] = '\0';
    assert_int_equal(guarded_rescue(&err), EML_ERR_MEMORY);
    assert_string_equal(order, "ba");
}

/* ---- secrets ---- */

enum { SECRET = 8192, LETTER = 0x5a };

/* Leaves a secret on the stack. */
__attribute__((noinline)) static int spill(bool fail) {
    volatile unsigned char local[SECRET];
    for (size_t i = 0; i < SECRET; i++) local[i] = LETTER;
    if (fail) eml_alloc(TOO_MUCH, 1);
    return local[0];
}

static int guarded_spill(bool fail) { EML_GUARDED(eml_region_new(true), true, spill(fail), -1); }

static void test_a_failed_secret_call_leaves_nothing_on_the_stack(void **state) {
    (void)state;
    assert_int_equal(guarded_spill(true), -1);
    const volatile unsigned char *here = __builtin_frame_address(0);
    size_t left = 0;
    for (size_t i = 1; i <= SECRET; i++) left += here[-(ptrdiff_t)i] == LETTER;
    assert_true(left < SECRET / 8);
}

/* ---- the process's allocation functions ---- */

static size_t host_calls;

static void *host_take(size_t bytes) {
    host_calls++;
    return malloc(bytes);
}

static void *host_resize(void *bytes, size_t before, size_t after) {
    (void)before;
    host_calls++;
    return realloc(bytes, after);
}

static void host_drop(void *bytes, size_t count) {
    (void)count;
    free(bytes);
}

static int use_both(bool pause) {
    eml_region *paused = pause ? eml_guard_pause() : NULL;
    mpz_t number;
    mpz_init(number);
    mpz_ui_pow_ui(number, 3, 1000);
    mpz_clear(number);
    json_t *list = json_pack("[s, i]", "text", 1);
    json_decref(list);
    if (pause) eml_guard_resume(paused);
    return 0;
}

static int guarded_use(bool pause) { EML_GUARDED(eml_region_new(false), true, use_both(pause), -1); }

static void test_the_hosts_functions(void **state) {
    (void)state;
    mp_set_memory_functions(host_take, host_resize, host_drop);
    json_set_alloc_funcs(host_take, free);
    host_calls = 0;
    assert_int_equal(guarded_use(false), 0);
    assert_int_equal(host_calls, 0); /* within a call: ours */
    assert_int_equal(guarded_use(true), 0);
    assert_true(host_calls > 0); /* in the host's own code: its own */
    void *(*take)(size_t), *(*json_take)(size_t);
    mp_get_memory_functions(&take, NULL, NULL);
    json_get_alloc_funcs(&json_take, NULL);
    assert_true(take == host_take && json_take == host_take); /* afterwards: as if nothing had been */
    mp_set_memory_functions(NULL, NULL, NULL);
    json_set_alloc_funcs(malloc, free);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_is_left),
        cmocka_unit_test(test_the_innermost_guard_is_reached),
        cmocka_unit_test(test_what_is_detached_stays),
        cmocka_unit_test(test_rescues_run_from_the_last),
        cmocka_unit_test(test_a_failed_secret_call_leaves_nothing_on_the_stack),
        cmocka_unit_test(test_the_hosts_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
