/* The constraint set as JSON, for other tools: nodes by index, operands before users. Field elements are decimal
 * strings. */
#include "compiler/emit/air.h"

static void put_element(eml_buf *out, eml_fe value) {
    char text[EML_FE_DECIMAL_MAX];
    eml_fe_to_decimal(value, text);
    eml_buf_printf(out, "\"%s\"", text);
}

/* "[", items one a line, "]": the separator before item i. */
static void item(eml_buf *out, size_t i) { eml_buf_put_text(out, i == 0 ? "\n    " : ",\n    "); }

static void print_shape(const eml_shape *shape, eml_buf *out) {
    eml_buf_printf(out,
                   "  \"shape\": {\"n\": %u, \"W\": %u, \"S\": %u, \"public_len\": %llu, \"secret_len\": %llu, "
                   "\"output_len\": %llu, \"delta\": ",
                   shape->n, shape->W, shape->S, (unsigned long long)shape->public_len,
                   (unsigned long long)shape->secret_len, (unsigned long long)shape->output_len);
    put_element(out, shape->delta);
    eml_buf_printf(out, ", \"form\": %u, \"committed_len\": %llu},\n", shape->form,
                   (unsigned long long)shape->committed_len);
}

static void print_columns(const eml_air *air, const char *key, bool auxiliary, eml_buf *out) {
    eml_buf_printf(out, "  \"%s\": [", key);
    for (uint32_t i = 0; i < (auxiliary ? air->columns.aux_width : air->columns.width); i++) {
        char name[24];
        eml_column_name(&air->shape, auxiliary, i, name);
        eml_buf_printf(out, "%s\"%s\"", i ? ", " : "", name);
    }
    eml_buf_put_text(out, "],\n");
}

static void print_periodic(const eml_air *air, eml_buf *out) {
    eml_buf_put_text(out, "  \"periodic_columns\": [");
    for (size_t i = 0; i < air->periodic_count; i++) {
        item(out, i);
        eml_buf_printf(out, "{\"label\": \"%s\", \"values\": [", air->periodic[i].label);
        for (uint32_t row = 0; row < air->periodic[i].cycle; row++) {
            if (row) eml_buf_put_text(out, ", ");
            put_element(out, air->periodic[i].values[row]);
        }
        eml_buf_put_text(out, "]}");
    }
    eml_buf_put_text(out, "\n  ],\n");
}

static void print_nodes(const eml_air *air, eml_buf *out) {
    static const char *const kinds[] = {
        [EML_NODE_CONST] = "const",       [EML_NODE_MAIN] = "main",     [EML_NODE_AUX] = "aux",
        [EML_NODE_PERIODIC] = "periodic", [EML_NODE_RANDOM] = "random", [EML_NODE_ADD] = "add",
        [EML_NODE_SUB] = "sub",           [EML_NODE_MUL] = "mul",
    };
    eml_buf_put_text(out, "  \"nodes\": [");
    for (size_t i = 0; i < air->node_count; i++) {
        const eml_node *node = &air->nodes[i];
        item(out, i);
        eml_buf_printf(out, "[\"%s\", ", kinds[node->kind]);
        if (node->kind == EML_NODE_CONST)
            put_element(out, node->value);
        else if (node->kind == EML_NODE_PERIODIC || node->kind == EML_NODE_RANDOM)
            eml_buf_printf(out, "%u", node->a);
        else
            eml_buf_printf(out, "%u, %u", node->a, node->b);
        eml_buf_put_text(out, "]");
    }
    eml_buf_put_text(out, "\n  ],\n  \"names\": {");
    for (size_t i = 0; i < air->name_count; i++)
        eml_buf_printf(out, "%s\"%s\": %u", i ? ", " : "", air->names[i].name, air->names[i].node);
    eml_buf_put_text(out, "},\n");
}

static void print_constraints(const char *key, const eml_constraint *list, size_t count, eml_buf *out) {
    eml_buf_printf(out, "  \"%s\": [", key);
    for (size_t i = 0; i < count; i++) {
        item(out, i);
        eml_buf_printf(out, "{\"label\": \"%s\", \"root\": %u, \"degree\": %u, \"cycle\": %u}", list[i].label,
                       list[i].root, list[i].degree.base, list[i].degree.cycle);
    }
    eml_buf_put_text(out, "\n  ],\n");
}

static void print_assertions(const eml_air *air, eml_buf *out) {
    static const char *const claims[] = {
        [EML_CLAIM_ZERO] = "zero",           [EML_CLAIM_ONE] = "one",
        [EML_CLAIM_STACK] = "stack",         [EML_CLAIM_DIGEST] = "digest",
        [EML_CLAIM_ACC_IN] = "public_tape",  [EML_CLAIM_ACC_CT] = "secret_tape",
        [EML_CLAIM_ACC_OUT] = "output_tape",
    };
    eml_buf_put_text(out, "  \"assertions\": [");
    for (size_t i = 0; i < air->assertion_count; i++) {
        const eml_assertion *a = &air->assertions[i];
        item(out, i);
        eml_buf_printf(out,
                       "{\"label\": \"%s\", \"segment\": \"%s\", \"column\": %u, \"row\": %u, \"claim\": \"%s\", "
                       "\"index\": %u}",
                       a->label, a->auxiliary ? "aux" : "main", a->column, a->row, claims[a->claim], a->index);
    }
    eml_buf_put_text(out, "\n  ]\n");
}

void eml_air_print_json(const eml_air *air, eml_buf *out) {
    eml_buf_printf(out, "{\n  \"format\": \"eml air\",\n  \"version\": %d,\n", EML_FORMAT_VERSION);
    print_shape(&air->shape, out);
    print_columns(air, "main_columns", false, out);
    print_columns(air, "auxiliary_columns", true, out);
    print_periodic(air, out);
    print_nodes(air, out);
    print_constraints("main_constraints", air->main_constraints, air->main_count, out);
    print_constraints("auxiliary_constraints", air->aux_constraints, air->aux_count, out);
    print_assertions(air, out);
    eml_buf_put_text(out, "}\n");
}
