/* A hash-consing builder of expressions: equal expressions are one node, constants are folded,
 * operands precede users. */
#ifndef EML_AIR_GRAPH_H
#define EML_AIR_GRAPH_H

#include "runtime/air/air.h"

typedef struct eml_graph {
    eml_node *nodes; /* owned */
    size_t count, capacity;
    uint32_t *slots; /* owned; open addressing, node + 1, 0 is free; a power of two, at most half full */
    size_t slot_count;
} eml_graph;

typedef uint32_t eml_term; /* a node of the graph */

void eml_graph_free(eml_graph *graph);

/* A leaf that is not a constant: kind and its a and b as in eml_node. */
eml_term eml_graph_leaf(eml_graph *graph, eml_node_kind kind, uint32_t a, uint32_t b);
eml_term eml_graph_const(eml_graph *graph, eml_fe value);
eml_term eml_graph_add(eml_graph *graph, eml_term x, eml_term y);
eml_term eml_graph_sub(eml_graph *graph, eml_term x, eml_term y);
eml_term eml_graph_mul(eml_graph *graph, eml_term x, eml_term y);

#endif
