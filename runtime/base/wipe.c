#include "runtime/base/wipe.h"

#include <alloca.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than a secret call uses: its largest arrays are the bytes that ring elements are sampled from, 48 KiB. */
enum { STACK_OF_SECRETS = 128 * 1024, FRAMES = 512 };

/* Pages below here that are in memory: what was not written may be no stack at all, or need memory to become one. A
 * large array may leave pages in between that were not. */
typedef struct used_pages {
    size_t page, part; /* bytes of a page, and of the one that here is in below here */
    size_t count;      /* whole pages up to the last that is in memory */
    bool in_memory[STACK_OF_SECRETS / 4096];
} used_pages;

static void find_used(uintptr_t here, used_pages *used) {
    *used = (used_pages){.page = (size_t)sysconf(_SC_PAGESIZE)};
    used->part = here % used->page;
    size_t most = sizeof used->in_memory / sizeof *used->in_memory;
    for (size_t i = 0; i < most && (i + 1) * used->page <= STACK_OF_SECRETS; i++) {
        unsigned char state;
        if (mincore((void *)(here - used->part - (i + 1) * used->page), used->page, &state) != 0) return;
        used->in_memory[i] = state & 1;
        if (used->in_memory[i]) used->count = i + 1;
    }
}

/* Vector registers: copying text goes through them, and whoever saves them next (the dynamic linker does) would put it
 * on the stack. */
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

/* What of from .. to lies within low .. end. */
static void wipe_within(uintptr_t low, uintptr_t end, uintptr_t from, uintptr_t to) {
    if (from < low) from = low;
    if (to > end) to = end;
    if (from < to) explicit_bzero((void *)from, to - from);
}

/* What this function itself needs lies above what it overwrites; the last FRAMES bytes are left to those that
 * overwrite. */
__attribute__((noinline)) void eml_wipe_stack(void) {
    used_pages used;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    find_used(here, &used);
    size_t bytes = used.part + used.count * used.page;
    if (bytes > FRAMES) {
        uintptr_t low = (uintptr_t)alloca(bytes - FRAMES), end = low + bytes - FRAMES, top = here - used.part;
        wipe_within(low, end, top, end);
        for (size_t i = 0; i < used.count; i++)
            if (used.in_memory[i]) wipe_within(low, end, top - (i + 1) * used.page, top - i * used.page);
    }
    wipe_registers();
}
