#include "runtime/air/graph.h"

#include <string.h>

void eml_graph_free(eml_graph *graph) {
    eml_free(graph->nodes);
    eml_free(graph->slots);
    *graph = (eml_graph){0};
}

static bool is_commutative(const eml_node *node) { return node->kind == EML_NODE_ADD || node->kind == EML_NODE_MUL; }

/* a + b is the node b + a too; it keeps the order in which it was written first. */
static bool node_eq(const eml_node *x, const eml_node *y) {
    bool same = x->a == y->a && x->b == y->b;
    bool swapped = is_commutative(x) && x->a == y->b && x->b == y->a;
    return x->kind == y->kind && (same || swapped) && x->value.lo == y->value.lo && x->value.hi == y->value.hi;
}

static size_t node_hash(const eml_node *node) {
    bool swap = is_commutative(node) && node->a > node->b;
    const uint64_t parts[] = {swap ? node->b : node->a, swap ? node->a : node->b, node->value.lo, node->value.hi};
    uint64_t h = node->kind;
    for (size_t i = 0; i < 4; i++) h = (h ^ parts[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 29;
    return (size_t)h;
}

static uint32_t *find_slot(const eml_graph *graph, const eml_node *node) {
    size_t i = node_hash(node) & (graph->slot_count - 1);
    while (graph->slots[i] != 0 && !node_eq(&graph->nodes[graph->slots[i] - 1], node))
        i = (i + 1) & (graph->slot_count - 1);
    return &graph->slots[i];
}

static void grow_slots(eml_graph *graph) {
    eml_free(graph->slots);
    graph->slot_count = graph->slot_count ? 2 * graph->slot_count : 1024;
    graph->slots = eml_alloc(graph->slot_count, sizeof *graph->slots);
    for (size_t i = 0; i < graph->count; i++) *find_slot(graph, &graph->nodes[i]) = (uint32_t)i + 1;
}

static eml_term intern(eml_graph *graph, eml_node node) {
    if (2 * (graph->count + 1) > graph->slot_count) grow_slots(graph);
    uint32_t *slot = find_slot(graph, &node);
    if (*slot == 0) {
        graph->nodes = eml_grow(graph->nodes, &graph->capacity, graph->count + 1, sizeof *graph->nodes);
        graph->nodes[graph->count++] = node;
        *slot = (uint32_t)graph->count;
    }
    return *slot - 1;
}

eml_term eml_graph_leaf(eml_graph *graph, eml_node_kind kind, uint32_t a, uint32_t b) {
    return intern(graph, (eml_node){.kind = kind, .a = a, .b = b});
}

eml_term eml_graph_const(eml_graph *graph, eml_fe value) {
    return intern(graph, (eml_node){.kind = EML_NODE_CONST, .value = eml_fe_canon(value)});
}

static const eml_fe *const_value(const eml_graph *graph, eml_term x) {
    return graph->nodes[x].kind == EML_NODE_CONST ? &graph->nodes[x].value : NULL;
}

static bool const_is(const eml_graph *graph, eml_term x, uint64_t value) {
    const eml_fe *c = const_value(graph, x);
    return c && c->lo == value && c->hi == 0;
}

static eml_term inner(eml_graph *graph, eml_node_kind kind, eml_term x, eml_term y) {
    return intern(graph, (eml_node){.kind = kind, .a = x, .b = y});
}

eml_term eml_graph_add(eml_graph *graph, eml_term x, eml_term y) {
    if (const_is(graph, x, 0)) return y;
    if (const_is(graph, y, 0)) return x;
    const eml_fe *a = const_value(graph, x), *b = const_value(graph, y);
    if (a && b) return eml_graph_const(graph, eml_fe_add(*a, *b));
    return inner(graph, EML_NODE_ADD, x, y);
}

eml_term eml_graph_sub(eml_graph *graph, eml_term x, eml_term y) {
    if (const_is(graph, y, 0)) return x;
    const eml_fe *a = const_value(graph, x), *b = const_value(graph, y);
    if (a && b) return eml_graph_const(graph, eml_fe_sub(*a, *b));
    return inner(graph, EML_NODE_SUB, x, y);
}

eml_term eml_graph_mul(eml_graph *graph, eml_term x, eml_term y) {
    if (const_is(graph, x, 0) || const_is(graph, y, 1)) return x;
    if (const_is(graph, y, 0) || const_is(graph, x, 1)) return y;
    const eml_fe *a = const_value(graph, x), *b = const_value(graph, y);
    if (a && b) return eml_graph_const(graph, eml_fe_mul(*a, *b));
    return inner(graph, EML_NODE_MUL, x, y);
}

/* ----- evaluation ----- */

static eml_fe2 evaluate_node(const eml_node *node, const eml_frame *frame, const eml_fe2 *values) {
    switch (node->kind) {
    case EML_NODE_CONST: return eml_fe2_from_base(node->value);
    case EML_NODE_MAIN: return (node->b ? frame->main_next : frame->main_current)[node->a];
    case EML_NODE_AUX: return (node->b ? frame->aux_next : frame->aux_current)[node->a];
    case EML_NODE_PERIODIC: return frame->periodic[node->a];
    case EML_NODE_RANDOM: return frame->random[node->a];
    case EML_NODE_ADD: return eml_fe2_add(values[node->a], values[node->b]);
    case EML_NODE_SUB: return eml_fe2_sub(values[node->a], values[node->b]);
    case EML_NODE_MUL: return eml_fe2_mul(values[node->a], values[node->b]);
    }
    return EML_FE2_ZERO;
}

void eml_air_evaluate(const eml_air *air, const eml_frame *frame, eml_fe2 *values) {
    for (size_t i = 0; i < air->node_count; i++) values[i] = evaluate_node(&air->nodes[i], frame, values);
}
