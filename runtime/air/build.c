#include "runtime/air/build.h"

#include <stdlib.h>
#include <string.h>

static int compare_assertions(const void *left, const void *right) {
    const eml_assertion *x = left, *y = right;
    if (x->auxiliary != y->auxiliary) return x->auxiliary ? 1 : -1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static int compare_names(const void *left, const void *right) {
    const eml_named_node *x = left, *y = right;
    return x->node < y->node ? -1 : x->node > y->node;
}

/* Moves a growable array into the arena. */
static void *settle(eml_arena *arena, void *array, size_t count, size_t size) {
    void *settled = eml_arena_alloc(arena, count, size);
    if (count > 0) memcpy(settled, array, count * size);
    eml_free(array);
    return settled;
}

/* Nodes are numbered as the constraints, in their order, first reach them, operands left to right: the order in which
 * they were made depends on the order in which the compiler evaluates arguments, and must not show in dumps and
 * digests. */
typedef struct numbering {
    const eml_node *from;
    eml_node *to;
    uint32_t *number; /* of each old node, plus one; 0: not reached yet */
    uint32_t count;
} numbering;

static bool has_operands(const eml_node *node) {
    return node->kind == EML_NODE_ADD || node->kind == EML_NODE_SUB || node->kind == EML_NODE_MUL;
}

static uint32_t number_node(numbering *n, uint32_t index) {
    if (n->number[index] != 0) return n->number[index] - 1;
    eml_node node = n->from[index];
    if (has_operands(&node)) {
        node.a = number_node(n, node.a);
        node.b = number_node(n, node.b);
    }
    n->to[n->count] = node;
    n->number[index] = ++n->count;
    return n->count - 1;
}

static void number_nodes(eml_builder *b) {
    eml_air *air = b->air;
    air->nodes = eml_arena_alloc(&air->arena, b->graph.count, sizeof *air->nodes);
    numbering n = {b->graph.nodes, air->nodes, eml_alloc(b->graph.count, sizeof(uint32_t)), 0};
    for (size_t i = 0; i < air->main_count; i++)
        air->main_constraints[i].root = number_node(&n, air->main_constraints[i].root);
    air->main_node_count = n.count;
    for (size_t i = 0; i < air->aux_count; i++)
        air->aux_constraints[i].root = number_node(&n, air->aux_constraints[i].root);
    for (size_t i = 0; i < air->name_count; i++) air->names[i].node = number_node(&n, air->names[i].node);
    air->node_count = n.count;
    eml_free(n.number);
}

static void finish(eml_builder *b) {
    eml_air *air = b->air;
    for (size_t i = 0; i < air->assertion_count; i++) air->main_assertion_count += !air->assertions[i].auxiliary;
    qsort(air->assertions, air->assertion_count, sizeof *air->assertions, compare_assertions);
    number_nodes(b);
    qsort(air->names, air->name_count, sizeof *air->names, compare_names);
    eml_arena *arena = &air->arena;
    eml_graph_free(&b->graph);
    air->main_constraints = settle(arena, air->main_constraints, air->main_count, sizeof *air->main_constraints);
    air->aux_constraints = settle(arena, air->aux_constraints, air->aux_count, sizeof *air->aux_constraints);
    air->periodic = settle(arena, air->periodic, air->periodic_count, sizeof *air->periodic);
    air->assertions = settle(arena, air->assertions, air->assertion_count, sizeof *air->assertions);
    air->names = settle(arena, air->names, air->name_count, sizeof *air->names);
}

void eml_air_build(const eml_shape *shape, eml_air *out) {
    *out = (eml_air){.shape = *shape, .columns = eml_columns_of(shape)};
    out->shape.delta = eml_fe_canon(shape->delta);
    eml_builder b = {.air = out, .shape = &out->shape, .columns = &out->columns};
    eml_build_decoder(&b);
    eml_build_system(&b);
    eml_build_depth(&b);
    eml_build_program_words(&b);
    eml_build_stack(&b);
    eml_build_sponges(&b);
    eml_build_absent_tapes(&b);
    eml_build_arithmetic(&b);
    eml_build_data_sponge(&b);
    if (out->columns.aux_width > 0) eml_build_tapes(&b);
    eml_build_balance(&b);
    eml_build_mask(&b);
    eml_build_boundary(&b);
    finish(&b);
}

void eml_air_free(eml_air *air) {
    eml_arena_free(&air->arena);
    *air = (eml_air){0};
}

eml_digest eml_air_digest(const eml_air *air) {
    eml_buf text = {0};
    eml_air_print(air, &text);
    eml_digest digest = eml_blake3_hash(text.data, text.len);
    eml_buf_free(&text);
    return digest;
}
