/* Building the constraint set: the state that the state machines' files (build.h) share, and what they write
 * constraints with. */
#ifndef EML_AIR_BUILDER_H
#define EML_AIR_BUILDER_H

#include "runtime/air/graph.h"

/* Opcode flags: 1 on a row with that opcode (or one of that group), else 0, given that illegal codes are excluded. */
typedef struct eml_flags {
    eml_term of[EML_OP_CODES]; /* set for legal codes */
    eml_term c;                /* b3 - a: a left shift that is no arithmetic */
    eml_term writes;           /* write or write2 */
    eml_term left5;            /* add2 or write2 */
} eml_flags;

/* A sponge's periodic columns. */
typedef struct eml_schedule {
    eml_term absorb, round;
    eml_term constants[2 * EML_RESCUE_WIDTH]; /* of the round; 0 on rows without one */
} eml_schedule;

/* Constraints, assertions, periodic columns and names while their number is not known. */
typedef struct eml_builder {
    eml_air *air; /* shape, columns and arena are set; labels go into the arena */
    const eml_shape *shape;
    const eml_columns *columns;
    eml_graph graph;
    eml_flags flags;
    eml_term word;     /* the group's opcode word so far, this row included: 32 * opw + op */
    eml_schedule last; /* the last program sponge's, once the sponges are built: the data sponge has the same */
    size_t main_capacity, aux_capacity, periodic_capacity, assertion_capacity, name_capacity;
} eml_builder;

/* Leaves. */
eml_term eml_builder_cell(eml_builder *b, uint32_t column);      /* current row */
eml_term eml_builder_next(eml_builder *b, uint32_t column);      /* next row */
eml_term eml_builder_bit(eml_builder *b, uint32_t bit);          /* opcode bit b0 .. b4 */
eml_term eml_builder_reg(eml_builder *b, uint32_t i, bool next); /* stack register; 0 beyond W */
eml_term eml_builder_aux(eml_builder *b, uint32_t column, bool next);
eml_term eml_builder_u64(eml_builder *b, uint64_t value);
eml_term eml_builder_periodic(eml_builder *b, const char *label, const eml_fe *values, uint32_t cycle);

/* Whether the constraint set knows the instruction: READ3 where there is a committed tape. */
static inline bool eml_builder_knows(const eml_builder *b, uint8_t code) {
    return eml_op_name(code) != NULL && (code != EML_OP_READ3 || eml_shape_is_committed(b->shape));
}

/* Short forms on the builder's graph. */
eml_term eml_plus(eml_builder *b, eml_term x, eml_term y);
eml_term eml_minus(eml_builder *b, eml_term x, eml_term y);
eml_term eml_times(eml_builder *b, eml_term x, eml_term y);
eml_term eml_not(eml_builder *b, eml_term x); /* 1 - x */

/* Gives a node the name that dumps use for it. */
eml_term eml_builder_name(eml_builder *b, const char *name, eml_term node);

/* root = 0 on every row but the last eml_shape_exempt. The label is printf-formatted. */
void eml_builder_require(eml_builder *b, eml_term root, eml_degree degree, const char *label, ...) EML_PRINTF(4, 5);
void eml_builder_require_aux(eml_builder *b, eml_term root, eml_degree degree, const char *label);
/* A cell's value. "at 0", "at T" or "at digest" is put behind the column's name to make the label. */
void eml_builder_assert(eml_builder *b, bool auxiliary, uint32_t column, uint32_t row, eml_claim_kind claim,
                        uint32_t index);

#endif
