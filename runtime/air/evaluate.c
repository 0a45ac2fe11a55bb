#include "runtime/air/air.h"

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
