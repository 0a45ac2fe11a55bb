#include "runtime/air/expression.h"

static void mark_used(const eml_air *air, uint32_t *uses) {
    for (size_t i = 0; i < air->main_count; i++) uses[air->main_constraints[i].root]++;
    for (size_t i = 0; i < air->aux_count; i++) uses[air->aux_constraints[i].root]++;
    for (size_t i = air->node_count; i-- > 0;) {
        const eml_node *node = &air->nodes[i];
        if (uses[i] == 0 || eml_node_is_leaf(node)) continue;
        uses[node->a]++;
        uses[node->b]++;
    }
}

static void mark_extension(eml_writer *writer) {
    for (size_t i = 0; i < writer->air->node_count; i++) {
        const eml_node *node = &writer->air->nodes[i];
        writer->extension[i] = eml_node_is_leaf(node) ? node->kind == EML_NODE_AUX || node->kind == EML_NODE_RANDOM
                                                      : writer->extension[node->a] || writer->extension[node->b];
    }
}

void eml_writer_init(eml_writer *writer, const eml_air *air, eml_buf *out) {
    *writer = (eml_writer){.air = air, .out = out, .lift_open = "", .lift_close = ""};
    writer->names = eml_arena_alloc(&writer->arena, air->node_count, sizeof *writer->names);
    writer->reached = eml_arena_alloc(&writer->arena, air->node_count, sizeof *writer->reached);
    writer->extension = eml_arena_alloc(&writer->arena, air->node_count, sizeof *writer->extension);
    uint32_t *uses = eml_arena_alloc(&writer->arena, air->node_count, sizeof *uses);
    mark_used(air, uses);
    mark_extension(writer);
    for (size_t i = 0; i < air->name_count; i++) writer->names[air->names[i].node] = air->names[i].name;
    size_t shared = 0;
    for (size_t i = 0; i < air->node_count; i++)
        if (!eml_node_is_leaf(&air->nodes[i]) && uses[i] > 1 && !writer->names[i])
            writer->names[i] = eml_arena_printf(&writer->arena, "t%zu", shared++);
}

void eml_writer_free(eml_writer *writer) { eml_arena_free(&writer->arena); }

void eml_writer_reach(eml_writer *writer, const eml_constraint *constraints, size_t count) {
    for (size_t i = 0; i < count; i++) writer->reached[constraints[i].root] = true;
    for (size_t i = writer->air->node_count; i-- > 0;) {
        const eml_node *node = &writer->air->nodes[i];
        if (!writer->reached[i] || eml_node_is_leaf(node)) continue;
        writer->reached[node->a] = true;
        writer->reached[node->b] = true;
    }
}

static bool is_sum(const eml_writer *writer, uint32_t node) {
    eml_node_kind kind = writer->air->nodes[node].kind;
    return !writer->names[node] && (kind == EML_NODE_ADD || kind == EML_NODE_SUB);
}

static void put_operand(const eml_writer *writer, uint32_t operand, bool extension, bool parentheses) {
    bool lifted = extension && !writer->extension[operand] && writer->lift_open[0] != '\0';
    if (lifted) eml_buf_put_text(writer->out, writer->lift_open);
    if (parentheses && !lifted) eml_buf_put_text(writer->out, "(");
    eml_writer_put(writer, operand);
    if (parentheses && !lifted) eml_buf_put_text(writer->out, ")");
    if (lifted) eml_buf_put_text(writer->out, writer->lift_close);
}

/* Recursion is as deep as the unnamed part of one constraint: some tens of levels. */
void eml_writer_put_definition(const eml_writer *writer, uint32_t index) {
    const eml_node *node = &writer->air->nodes[index];
    if (eml_node_is_leaf(node)) {
        writer->leaf(writer, node);
        return;
    }
    bool product = node->kind == EML_NODE_MUL, extension = writer->extension[index];
    bool right_binds = product || node->kind == EML_NODE_SUB;
    put_operand(writer, node->a, extension, product && is_sum(writer, node->a));
    eml_buf_put_text(writer->out, product ? " * " : node->kind == EML_NODE_ADD ? " + " : " - ");
    put_operand(writer, node->b, extension, right_binds && is_sum(writer, node->b));
}

void eml_writer_put(const eml_writer *writer, uint32_t node) {
    if (writer->names[node])
        eml_buf_put_text(writer->out, writer->names[node]);
    else
        eml_writer_put_definition(writer, node);
}
