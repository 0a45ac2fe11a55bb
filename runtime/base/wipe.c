#include "runtime/base/wipe.h"

#include <alloca.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* More than a secret call uses: its largest arrays are the bytes that ring elements are sampled from, 48 KiB. */
enum { STACK_OF_SECRETS = 128 * 1024, FRAMES = 512 };

/* How much of the stack below here was used, in whole pages, less room for the frames of those that overwrite it; what
 * was not may be no stack at all, or need memory to become one. */
static size_t used_stack(uintptr_t here) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), used = here % page;
    unsigned char in_memory;
    while (used < STACK_OF_SECRETS && mincore((void *)(here - used - page), page, &in_memory) == 0 && in_memory & 1)
        used += page;
    return used > FRAMES ? used - FRAMES : 0;
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

__attribute__((noinline)) void eml_wipe_stack(void) {
    size_t bytes = used_stack((uintptr_t)__builtin_frame_address(0));
    explicit_bzero(alloca(bytes), bytes);
    wipe_registers();
}
