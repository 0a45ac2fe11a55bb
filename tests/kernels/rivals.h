/* Which kernels a test program can run: all of them when their sources were compiled into it for no instruction set
 * (EMULATED), else those that this CPU has. */
#ifndef EML_TESTS_RIVALS_H
#define EML_TESTS_RIVALS_H

#include <stdbool.h>
#include <stdio.h>

#include "runtime/base/cpu.h"

static inline bool rival_runs_here(unsigned needs) {
#ifdef EMULATED
    return needs != 0;
#else
    return (eml_cpu_flags() & needs) == needs;
#endif
}

static inline void rival_note_missing(const char *name, unsigned needs) {
    if (!rival_runs_here(needs)) printf("# this CPU cannot run the %s kernels\n", name);
}

#endif
