/* Forged executions: traces that a dishonest prover would make, each true to the constraints everywhere but where the
 * public proof of concept that this design comes from had no constraint. A forgery is complete: program, claim and main
 * trace (every row, random last row), self-consistent after the forged cells, so that a prover can prove it and a
 * verifier must refuse. */
#ifndef EML_TESTS_FORGERY_FORGE_H
#define EML_TESTS_FORGERY_FORGE_H

#include "runtime/air/air.h"
#include "runtime/vm/vm.h"

typedef struct forgery {
    const char *name;     /* what is forged */
    const char *violated; /* label of the one constraint or assertion that catches it */
    eml_claim claim;      /* borrows the tapes below; claim.shape is the shape that prover and verifier agree on */
    eml_matrix trace;     /* owned */
    eml_fe *tapes[3];     /* owned: public, secret, output tape of the claim */
} forgery;

size_t forgery_count(void);
void forgery_build(size_t index, forgery *out);
void forgery_free(forgery *forged);

/* A run of assembled code on tapes of arbitrary distinct values. What forgeries and the cell test start from. */
typedef struct run {
    eml_program program;
    eml_air air;
    eml_matrix trace;
    eml_claim claim; /* borrows the tapes below */
    eml_fe *tapes[3];
} run;

void run_build(const char *assembly, run *out);
void run_free(run *honest);
/* Runs out->program anew, on other tapes: after its code or shape was changed. */
void run_again(run *out);
/* Claims what the trace now says: final stack and written outputs. */
void run_restate(run *forged);

/* Recomputes column's cells of rows first .. last from the constraint with that label, which must fix the cell of the
 * next row given the row before: solves the linear equation on each row. */
void forge_column(const eml_air *air, eml_matrix *trace, const char *label, uint32_t column, size_t first, size_t last);
/* The same for depth and stack registers, row by row, to row n - 2. Cells that a tape supplies stay as they are. */
void forge_stack(const eml_air *air, eml_matrix *trace, size_t first);

#endif
