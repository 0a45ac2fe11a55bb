/* The prover: Winterfell 0.13.1's protocol and proof format over f128 with BLAKE3-256 (docs/soundness.md). */
#ifndef EML_STARK_PROVER_H
#define EML_STARK_PROVER_H

#include "runtime/air/air.h"
#include "runtime/stark/params.h"

/* The phases: PHASE(NAME, name, text, share). share: percent of the time of a large proof (docs/performance.md), from
 * which a watcher can tell how much is left. The trace is made by the caller. */
#define EML_PROVE_PHASES(PHASE)                                                                                        \
    PHASE(TRACE, trace, "running the program", 20)                                                                     \
    PHASE(EXTEND, extend, "extending the trace", 29)                                                                   \
    PHASE(COMMIT, commit, "committing to the trace", 5)                                                                \
    PHASE(AUXILIARY, auxiliary, "accumulating the tapes", 4)                                                           \
    PHASE(CONSTRAINTS, constraints, "evaluating the constraints", 23)                                                  \
    PHASE(COMPOSITION, composition, "committing to the composition", 11)                                               \
    PHASE(DEEP, deep, "opening out of domain", 5)                                                                      \
    PHASE(FRI, fri, "folding", 2)                                                                                      \
    PHASE(GRINDING, grinding, "proof of work", 1)                                                                      \
    PHASE(QUERIES, queries, "answering queries", 0)

typedef enum eml_prove_phase {
#define PHASE(NAME, name, text, share) EML_PROVE_##NAME,
    EML_PROVE_PHASES(PHASE)
#undef PHASE
        EML_PROVE_PHASE_COUNT
} eml_prove_phase;

/* Told when a phase begins: its text, and how much of the whole (0 to 1) is done by then, roughly. */
typedef void eml_prove_report_fn(void *context, const char *phase, double done);

/* Seconds by phase, and memory: what `eml prove` and the benchmark report. Zero-initialise; report may be NULL. */
typedef struct eml_prove_watch {
    eml_prove_report_fn *report;
    void *context;
    double seconds[EML_PROVE_PHASE_COUNT];
    uint64_t peak_bytes; /* bytes of matrices and trees alive at once, at most */
    double clock;        /* when the current phase began; 0 before the first */
    eml_prove_phase phase;
} eml_prove_watch;

/* Ends the current phase and begins another; EML_PROVE_PHASE_COUNT ends the last. watch may be NULL. */
void eml_prove_enter(eml_prove_watch *watch, eml_prove_phase phase);
const char *eml_prove_phase_name(eml_prove_phase phase); /* "extend" */

/* Proves that trace (taken: freed as soon as it is committed) satisfies air with the claim's assertions, and appends
 * Winterfell proof bytes to *proof. A trace that breaks a constraint or an assertion is no proof: found by what the
 * verifier checks at the out-of-domain point, EML_ERR_INTERNAL, and nothing is appended. seed feeds the random last row
 * of the auxiliary segment. watch may be NULL. */
EML_NODISCARD eml_status eml_stark_prove(const eml_air *air, const eml_claim *claim, eml_matrix *trace_take,
                                         const eml_stark_params *params, const uint8_t seed[32], eml_buf *proof,
                                         eml_prove_watch *watch, eml_error *err);

#endif
