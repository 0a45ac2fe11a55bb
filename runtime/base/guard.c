#include "runtime/base/guard.h"

#include <alloca.h>
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/hooks.h"
#include "runtime/base/thread.h"

static EML_THREAD_LOCAL eml_guard *innermost;
static EML_THREAD_LOCAL size_t asked_for; /* when the last failure was */

bool eml_guard_enter(eml_guard *guard, eml_region *region, bool own) {
    if (!region) {
        asked_for = sizeof *guard;
        return false;
    }
    eml_hooks_acquire();
    guard->outer = innermost;
    guard->outer_region = eml_region_current();
    guard->region = region;
    guard->own = own;
    guard->rescues = NULL;
    innermost = guard;
    eml_region_make_current(region);
    return true;
}

/* More than a secret call uses: its largest arrays are the bytes that ring elements are sampled from, 48 KiB. */
enum { STACK_OF_SECRETS = 128 * 1024, FRAMES = 512 };

/* How much of the stack below here was used, in whole pages, less room for the frames of those that overwrite it; what was not may be no
 * stack at all, or need memory to become one. */
static size_t used_stack(uintptr_t here) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), used = here % page;
    unsigned char in_memory;
    while (used < STACK_OF_SECRETS && mincore((void *)(here - used - page), page, &in_memory) == 0 && in_memory & 1)
        used += page;
    return used > FRAMES ? used - FRAMES : 0;
}

/* Vector registers: copying text goes through them, and whoever saves them next (the dynamic linker does) would put it on the stack. */
static void wipe_registers(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroall" ::
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                               "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    if (__builtin_cpu_supports("avx512f")) /* this file is compiled without AVX-512: nothing of it is in these */
        __asm__ volatile(".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
                         "vpxord %zmm\\n, %zmm\\n, %zmm\\n\n"
                         ".endr");
#endif
}

/* The stack below the caller. */
__attribute__((noinline)) static void wipe_stack(void) {
    size_t bytes = used_stack((uintptr_t)__builtin_frame_address(0));
    explicit_bzero(alloca(bytes), bytes);
    wipe_registers();
}

static eml_guard *pop(void) {
    eml_guard *guard = innermost;
    innermost = guard->outer;
    eml_region_make_current(guard->outer_region);
    return guard;
}

void eml_guard_leave(void) {
    eml_guard *guard = pop();
    if (eml_region_is_secret(guard->region)) wipe_stack();
    if (guard->own) {
        assert(eml_region_is_empty(guard->region)); /* results were detached, the rest freed */
        eml_region_free(guard->region);
    }
    eml_hooks_release();
}

void eml_guard_failed(void) {
    eml_guard *guard = pop();
    if (eml_region_is_secret(guard->region)) wipe_stack();
    if (guard->own)
        eml_region_free(guard->region);
    else
        eml_region_clear(guard->region);
    eml_hooks_release();
}

eml_status eml_guard_fail(eml_error *err) {
    return eml_fail(err, EML_ERR_MEMORY, "out of memory (asked for %zu bytes)", asked_for);
}

_Noreturn void eml_out_of_memory(size_t bytes) {
    eml_guard *guard = innermost;
    if (!guard) abort();
    for (eml_rescue *rescue = guard->rescues; rescue; rescue = rescue->outer) rescue->run(rescue->context);
    asked_for = bytes;
    longjmp(guard->place, 1);
}

eml_region *eml_guard_pause(void) {
    eml_region *paused = eml_region_current();
    eml_region_make_current(NULL);
    return paused;
}

void eml_guard_resume(eml_region *paused) { eml_region_make_current(paused); }

void eml_rescue_add(eml_rescue *rescue) {
    if (!innermost) return;
    rescue->outer = innermost->rescues;
    innermost->rescues = rescue;
}

void eml_rescue_drop(const eml_rescue *rescue) {
    if (innermost) innermost->rescues = rescue->outer;
}
