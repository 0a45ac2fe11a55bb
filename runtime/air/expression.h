/* Infix text of a graph, for the dumps: which nodes get a name of their own, and expressions with as few parentheses as
 * possible. The dialect supplies how leaves and names are written. */
#ifndef EML_AIR_EXPRESSION_H
#define EML_AIR_EXPRESSION_H

#include "runtime/air/air.h"

typedef struct eml_writer eml_writer;
struct eml_writer {
    const eml_air *air;
    eml_buf *out;
    const char **names; /* by node; NULL: written in place. In arena. */
    bool *reached;      /* by node: used by the constraints at hand */
    bool *extension;    /* by node: reads auxiliary columns or challenges */
    eml_arena arena;
    /* Writes a leaf. */
    void (*leaf)(const eml_writer *writer, const eml_node *node);
    /* Put around a base-field operand of an extension operation; empty where there is nothing to convert. */
    const char *lift_open, *lift_close;
};

/* Names, besides the air's own: t0, t1, ... for every inner node with more than one use among the constraints. */
void eml_writer_init(eml_writer *writer, const eml_air *air, eml_buf *out);
void eml_writer_free(eml_writer *writer);

/* Marks what the constraints use. */
void eml_writer_reach(eml_writer *writer, const eml_constraint *constraints, size_t count);

/* The node's name, or its expression. */
void eml_writer_put(const eml_writer *writer, uint32_t node);
/* Its expression though it has a name. */
void eml_writer_put_definition(const eml_writer *writer, uint32_t node);

static inline bool eml_node_is_leaf(const eml_node *node) { return node->kind < EML_NODE_ADD; }

#endif
