#include <time.h>

#include "runtime/stark/prover/prover.h"

static const struct {
    const char *name, *text;
    double share;
} phases[] = {
#define PHASE(NAME, name, text, share) {#name, text, share},
    EML_PROVE_PHASES(PHASE)
#undef PHASE
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double done_before(eml_prove_phase phase) {
    double before = 0, all = 0;
    for (int i = 0; i < EML_PROVE_PHASE_COUNT; i++) {
        if (i < (int)phase) before += phases[i].share;
        all += phases[i].share;
    }
    return before / all;
}

void eml_prove_enter(eml_prove_watch *watch, eml_prove_phase phase) {
    if (!watch) return;
    double time = now();
    if (watch->clock != 0) watch->seconds[watch->phase] += time - watch->clock;
    watch->clock = time;
    watch->phase = phase;
    if (watch->report)
        watch->report(watch->context, phase < EML_PROVE_PHASE_COUNT ? phases[phase].text : "", done_before(phase));
}

const char *eml_prove_phase_name(eml_prove_phase phase) { return phases[phase].name; }
