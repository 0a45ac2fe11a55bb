#include "runtime/air/builder.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

eml_term eml_builder_cell(eml_builder *b, uint32_t column) {
    return eml_graph_leaf(&b->graph, EML_NODE_MAIN, column, 0);
}

eml_term eml_builder_next(eml_builder *b, uint32_t column) {
    return eml_graph_leaf(&b->graph, EML_NODE_MAIN, column, 1);
}

eml_term eml_builder_bit(eml_builder *b, uint32_t bit) { return eml_builder_cell(b, b->columns->bit4 + 4 - bit); }

eml_term eml_builder_reg(eml_builder *b, uint32_t i, bool next) {
    if (i >= b->shape->W) return eml_builder_u64(b, 0);
    return eml_graph_leaf(&b->graph, EML_NODE_MAIN, b->columns->stack + i, next);
}

eml_term eml_builder_aux(eml_builder *b, uint32_t column, bool next) {
    return eml_graph_leaf(&b->graph, EML_NODE_AUX, column, next);
}

eml_term eml_builder_u64(eml_builder *b, uint64_t value) { return eml_graph_const(&b->graph, eml_fe_from_u64(value)); }

eml_term eml_plus(eml_builder *b, eml_term x, eml_term y) { return eml_graph_add(&b->graph, x, y); }
eml_term eml_minus(eml_builder *b, eml_term x, eml_term y) { return eml_graph_sub(&b->graph, x, y); }
eml_term eml_times(eml_builder *b, eml_term x, eml_term y) { return eml_graph_mul(&b->graph, x, y); }
eml_term eml_not(eml_builder *b, eml_term x) { return eml_minus(b, eml_builder_u64(b, 1), x); }

eml_term eml_builder_periodic(eml_builder *b, const char *label, const eml_fe *values, uint32_t cycle) {
    eml_air *air = b->air;
    eml_fe *copy = eml_arena_alloc(&air->arena, cycle, sizeof *copy);
    memcpy(copy, values, cycle * sizeof *copy);
    air->periodic = eml_grow(air->periodic, &b->periodic_capacity, air->periodic_count + 1, sizeof *air->periodic);
    air->periodic[air->periodic_count] =
        (eml_periodic){eml_arena_strndup(&air->arena, label, strlen(label)), cycle, copy};
    return eml_graph_leaf(&b->graph, EML_NODE_PERIODIC, (uint32_t)air->periodic_count++, 0);
}

eml_term eml_builder_name(eml_builder *b, const char *name, eml_term node) {
    eml_air *air = b->air;
    air->names = eml_grow(air->names, &b->name_capacity, air->name_count + 1, sizeof *air->names);
    air->names[air->name_count++] = (eml_named_node){eml_arena_strndup(&air->arena, name, strlen(name)), node};
    return node;
}

void eml_builder_require(eml_builder *b, eml_term root, eml_degree degree, const char *label, ...) {
    char text[64];
    va_list args;
    va_start(args, label);
    vsnprintf(text, sizeof text, label, args);
    va_end(args);
    eml_air *air = b->air;
    air->main_constraints =
        eml_grow(air->main_constraints, &b->main_capacity, air->main_count + 1, sizeof *air->main_constraints);
    air->main_constraints[air->main_count++] =
        (eml_constraint){eml_arena_strndup(&air->arena, text, strlen(text)), root, degree};
}

void eml_builder_require_aux(eml_builder *b, eml_term root, eml_degree degree, const char *label) {
    eml_air *air = b->air;
    air->aux_constraints =
        eml_grow(air->aux_constraints, &b->aux_capacity, air->aux_count + 1, sizeof *air->aux_constraints);
    air->aux_constraints[air->aux_count++] =
        (eml_constraint){eml_arena_strndup(&air->arena, label, strlen(label)), root, degree};
}

void eml_builder_assert(eml_builder *b, bool auxiliary, uint32_t column, uint32_t row, eml_claim_kind claim,
                        uint32_t index) {
    eml_air *air = b->air;
    char name[24];
    eml_column_name(b->shape, auxiliary, column, name);
    const char *where = row == 0                                         ? "0"
                        : claim == EML_CLAIM_DIGEST                      ? "digest row"
                        : claim == EML_CLAIM_COMMITMENT                  ? "commitment row"
                        : claim == EML_CLAIM_SCHEMA                      ? "16"
                        : row == 2 * EML_CYCLE && claim == EML_CLAIM_ONE ? "32"
                                                                         : "T";
    air->assertions =
        eml_grow(air->assertions, &b->assertion_capacity, air->assertion_count + 1, sizeof *air->assertions);
    air->assertions[air->assertion_count++] =
        (eml_assertion){eml_arena_printf(&air->arena, "%s at %s", name, where), auxiliary, column, row, claim, index};
}
