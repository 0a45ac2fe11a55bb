/* The .air text: everything that the protocol depends on, in a form that people can read and check against
 * docs/vm-and-air.md. Its BLAKE3 digest identifies the constraint set, so every change of a byte here is a change of
 * format. */
#include "runtime/air/expression.h"

static void put_element(eml_buf *out, eml_fe value) {
    char text[EML_FE_DECIMAL_MAX];
    eml_fe_to_decimal(value, text);
    eml_buf_put_text(out, text);
}

static void put_leaf(const eml_writer *writer, const eml_node *node) {
    char name[24];
    switch (node->kind) {
    case EML_NODE_CONST: put_element(writer->out, node->value); return;
    case EML_NODE_PERIODIC: eml_buf_put_text(writer->out, writer->air->periodic[node->a].label); return;
    case EML_NODE_RANDOM: eml_buf_put_text(writer->out, "alpha"); return;
    default: break;
    }
    eml_column_name(&writer->air->shape, node->kind == EML_NODE_AUX, node->a, name);
    eml_buf_printf(writer->out, "%s%s", name, node->b ? "'" : "");
}

static void print_shape(const eml_shape *shape, eml_buf *out) {
    eml_buf_printf(out, "# eml AIR, format %d. x' is x on the next row; constraints hold on all rows but the last ",
                   EML_FORMAT_VERSION);
    if (eml_shape_is_hidden(shape))
        eml_buf_printf(out, "%u.\n", eml_shape_exempt(shape));
    else
        eml_buf_put_text(out, "two.\n");
    eml_buf_printf(out, "\nshape\n  n = %u\n  W = %u\n  S = %u\n", shape->n, shape->W, shape->S);
    eml_buf_printf(out, "  public_len = %llu\n  secret_len = %llu\n  output_len = %llu\n  delta = ",
                   (unsigned long long)shape->public_len, (unsigned long long)shape->secret_len,
                   (unsigned long long)shape->output_len);
    put_element(out, shape->delta);
    eml_buf_printf(out, "\n  form = %u\n  committed_len = %llu\n", shape->form,
                   (unsigned long long)shape->committed_len);
}

static void print_columns(const eml_air *air, bool auxiliary, eml_buf *out) {
    uint32_t count = auxiliary ? air->columns.aux_width : air->columns.width;
    if (count == 0) return;
    eml_buf_put_text(out, auxiliary ? "\nauxiliary columns, after challenge alpha\n" : "\nmain columns\n");
    for (uint32_t i = 0; i < count; i++) {
        char name[24];
        eml_column_name(&air->shape, auxiliary, i, name);
        eml_buf_printf(out, "  %u %s\n", i, name);
    }
}

static void print_periodic(const eml_air *air, eml_buf *out) {
    eml_buf_put_text(out, "\nperiodic columns\n");
    for (size_t i = 0; i < air->periodic_count; i++) {
        const eml_periodic *column = &air->periodic[i];
        eml_buf_printf(out, "  %zu %s =", i, column->label);
        for (uint32_t row = 0; row < column->cycle; row++) {
            eml_buf_put_text(out, " ");
            put_element(out, column->values[row]);
        }
        eml_buf_put_text(out, "\n");
    }
}

static void print_terms(const eml_writer *writer) {
    eml_buf_put_text(writer->out, "\nterms\n");
    for (uint32_t i = 0; i < writer->air->node_count; i++) {
        if (!writer->names[i] || !writer->reached[i]) continue;
        eml_buf_printf(writer->out, "  %s = ", writer->names[i]);
        eml_writer_put_definition(writer, i);
        eml_buf_put_text(writer->out, "\n");
    }
}

static void print_constraints(const eml_writer *writer, const char *title, const eml_constraint *list, size_t count) {
    if (count == 0) return;
    eml_buf_printf(writer->out, "\n%s\n", title);
    for (size_t i = 0; i < count; i++) {
        eml_buf_printf(writer->out, "  %zu %s, degree %u", i, list[i].label, list[i].degree.base);
        if (list[i].degree.cycle) eml_buf_printf(writer->out, " with cycle %u", list[i].degree.cycle);
        eml_buf_put_text(writer->out, ": 0 = ");
        eml_writer_put(writer, list[i].root);
        eml_buf_put_text(writer->out, "\n");
    }
}

static void print_assertions(const eml_air *air, eml_buf *out) {
    static const char *const values[] = {
        [EML_CLAIM_ZERO] = "0",
        [EML_CLAIM_ONE] = "1",
        [EML_CLAIM_STACK] = "stack",
        [EML_CLAIM_DIGEST] = "digest",
        [EML_CLAIM_ACC_IN] = "horner(public tape)",
        [EML_CLAIM_ACC_CT] = "horner(secret tape)",
        [EML_CLAIM_ACC_OUT] = "horner(output tape)",
        [EML_CLAIM_COMMITTED] = "committed values",
        [EML_CLAIM_SCHEMA] = "schema",
        [EML_CLAIM_COMMITMENT] = "commitment",
    };
    eml_buf_put_text(out, "\nassertions; horner(v0, v1, ...) = (..((alpha + v0) * alpha + v1)..)\n");
    for (size_t i = 0; i < air->assertion_count; i++) {
        const eml_assertion *a = &air->assertions[i];
        char name[24];
        eml_column_name(&air->shape, a->auxiliary, a->column, name);
        eml_buf_printf(out, "  %s at row %u = %s", name, a->row, values[a->claim]);
        if (a->claim == EML_CLAIM_STACK || a->claim == EML_CLAIM_DIGEST || a->claim == EML_CLAIM_SCHEMA ||
            a->claim == EML_CLAIM_COMMITMENT)
            eml_buf_printf(out, "[%u]", a->index);
        eml_buf_put_text(out, "\n");
    }
}

void eml_air_print(const eml_air *air, eml_buf *out) {
    eml_writer writer;
    eml_writer_init(&writer, air, out);
    writer.leaf = put_leaf;
    eml_writer_reach(&writer, air->main_constraints, air->main_count);
    eml_writer_reach(&writer, air->aux_constraints, air->aux_count);
    print_shape(&air->shape, out);
    print_columns(air, false, out);
    print_columns(air, true, out);
    print_periodic(air, out);
    print_terms(&writer);
    print_constraints(&writer, "main constraints", air->main_constraints, air->main_count);
    print_constraints(&writer, "auxiliary constraints", air->aux_constraints, air->aux_count);
    print_assertions(air, out);
    eml_writer_free(&writer);
}
