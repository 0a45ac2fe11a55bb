/* The constraint set as data (docs/vm-and-air.md): one expression graph a program shape, built by one builder and read
 * by the prover, the verifier, the trace checker and the emitters. No constraint is written anywhere else.
 *
 * Nodes are stored in topological order (operands before users) and hash-consed: equal expressions are one node. */
#ifndef EML_AIR_AIR_H
#define EML_AIR_AIR_H

#include "runtime/air/columns.h"
#include "runtime/base/memory.h"
#include "runtime/field/fe2.h"
#include "runtime/field/matrix.h"

typedef enum eml_node_kind {
    EML_NODE_CONST,    /* value */
    EML_NODE_MAIN,     /* main column a, row b (0 current, 1 next) */
    EML_NODE_AUX,      /* auxiliary column a, row b */
    EML_NODE_PERIODIC, /* periodic column a */
    EML_NODE_RANDOM,   /* auxiliary challenge a */
    EML_NODE_ADD,      /* nodes a, b: a + b, a - b, a * b */
    EML_NODE_SUB,
    EML_NODE_MUL,
} eml_node_kind;

typedef struct eml_node {
    eml_node_kind kind;
    uint32_t a, b;
    eml_fe value;
} eml_node;

/* Winterfell's TransitionConstraintDegree: base, plus the lengths of periodic columns it is multiplied with (cycle 0:
 * none). */
typedef struct eml_degree {
    uint32_t base, cycle;
} eml_degree;

typedef struct eml_constraint {
    const char *label; /* "stack.s3", "sponge1.h0", "decoder.b3 boolean": unique, frozen by golden tests */
    uint32_t root;     /* node that must be 0 */
    eml_degree degree;
} eml_constraint;

typedef struct eml_periodic {
    const char *label;
    uint32_t cycle;       /* length, a power of two <= 16 */
    const eml_fe *values; /* cycle values */
} eml_periodic;

/* Where the value asserted for a cell comes from. */
typedef enum eml_claim_kind {
    EML_CLAIM_ZERO,
    EML_CLAIM_ONE,
    EML_CLAIM_STACK,      /* final stack register index */
    EML_CLAIM_DIGEST,     /* sponge digest element index (2k, 2k+1) */
    EML_CLAIM_ACC_IN,     /* Horner value of the public tape */
    EML_CLAIM_ACC_CT,     /* of the ciphertext tape */
    EML_CLAIM_ACC_OUT,    /* of the output tape */
    EML_CLAIM_COMMITTED,  /* how many committed values there are */
    EML_CLAIM_SCHEMA,     /* element index of the schema's digest */
    EML_CLAIM_COMMITMENT, /* element index of the commitment */
} eml_claim_kind;

typedef struct eml_assertion {
    const char *label; /* "stack.s0 at T" */
    bool auxiliary;
    uint32_t column, row;
    eml_claim_kind claim;
    uint32_t index;
} eml_assertion;

/* A node that has a name: opcode flags and other shared terms, so that dumps can be read. */
typedef struct eml_named_node {
    const char *name; /* an identifier, unique */
    uint32_t node;
} eml_named_node;

typedef struct eml_air {
    eml_shape shape;
    eml_columns columns;
    eml_node *nodes;
    size_t node_count;
    size_t
        main_node_count; /* the nodes before this one suffice for the main constraints and are all in the base field */
    eml_constraint *main_constraints; /* read main and periodic nodes only; order is part of the protocol */
    size_t main_count;
    eml_constraint *aux_constraints; /* may read everything */
    size_t aux_count;
    eml_periodic *periodic;
    size_t periodic_count;
    /* Main before auxiliary, each strictly ascending by (row, column). Part of the protocol: it is the order in which
     * Winterfell sorts assertions before it hands out the composition coefficients (air/src/air/boundary/mod.rs), so
     * assertion i has coefficient i after those of the transition constraints. */
    eml_assertion *assertions;
    size_t assertion_count, main_assertion_count;
    eml_named_node *names; /* by node */
    size_t name_count;
    uint32_t random_count; /* auxiliary challenges: 1, or 0 without auxiliary columns */
    eml_arena arena;       /* owns all of the above */
} eml_air;

/* shape must pass eml_shape_check. Never fails. */
void eml_air_build(const eml_shape *shape, eml_air *out);
void eml_air_free(eml_air *air);

/* BLAKE3 of the canonical text dump: the AIR digest in bundles. */
eml_digest eml_air_digest(const eml_air *air);

/* The statement about one run, as the AIR sees it: Winterfell's public inputs. Order of the elements that seed the coin
 * (eml_claim_elements): n, S, W, public_len, secret_len, output_len, committed_len, form, Delta, 2S digest elements,
 * schema (2), commitment (2), context (2), which is reserved and 0, W final stack elements, public tape, secret
 * tape, output tape. Pointers are borrowed. */
typedef struct eml_claim {
    eml_shape shape;
    eml_fe digests[EML_SPONGES_MAX][EML_RESCUE_DIGEST];
    eml_fe commitment[EML_RESCUE_DIGEST]; /* to the committed tape; 0 without one */
    eml_fe stack[EML_STACK_MAX];
    const eml_fe *public_tape; /* public_len */
    const eml_fe *secret_tape; /* 5 * secret_len, mask0..mask3, body each */
    const eml_fe *output_tape; /* output_len */
} eml_claim;

void eml_claim_elements(const eml_claim *claim, eml_fe **out, size_t *count); /* *out is owned by the caller */

/* The value of an assertion; alpha is the auxiliary challenge (ignored for main assertions). Horner order per
 * docs/vm-and-air.md. */
eml_fe2 eml_claim_value(const eml_claim *claim, const eml_assertion *assertion, eml_fe2 alpha);

/* Evaluates all nodes at one point in the extension. values has room for node_count elements. frame pointers: main and
 * auxiliary columns at the current and next row; periodic values; challenges. */
typedef struct eml_frame {
    const eml_fe2 *main_current, *main_next, *aux_current, *aux_next, *periodic, *random;
} eml_frame;
void eml_air_evaluate(const eml_air *air, const eml_frame *frame, eml_fe2 *values);

/* Auxiliary columns of a trace for a challenge: out is initialised here, n rows, 2 base columns (a, b) per auxiliary
 * column. The free rows (eml_shape_free_rows) and the masks are random, expanded from seed; in the base field when
 * alpha is (b = 0: no extension). */
void eml_air_build_aux(const eml_air *air, const eml_matrix *trace, eml_fe2 alpha, const uint8_t seed[32],
                       eml_matrix *out);

/* Checks a whole trace (main, and aux unless NULL) against every constraint on rows 0..n-k-1 and every assertion.
 * Returns the label of the first violated one and its row, or NULL when all hold. For tests and verify builds. */
const char *eml_air_check_trace(const eml_air *air, const eml_claim *claim, const eml_matrix *trace,
                                const eml_matrix *aux, eml_fe2 alpha, size_t *row);

/* The same for the transitions out of rows first .. last - 1 and the assertions at rows first .. last. */
const char *eml_air_check_rows(const eml_air *air, const eml_claim *claim, const eml_matrix *trace,
                               const eml_matrix *aux, eml_fe2 alpha, size_t first, size_t last, size_t *row);

void eml_air_print(const eml_air *air, eml_buf *out); /* .air text: canonical, complete, readable */

#endif
