/* The program sponges: Rescue-Prime rounds met in the middle, absorption between permutations (docs/vm-and-air.md). */
#include <stdio.h>

#include "runtime/air/build.h"
#include "runtime/isa/sponge.h"

static eml_term flag_column(eml_builder *b, uint32_t k, const char *name, bool want_absorb) {
    eml_fe values[EML_CYCLE];
    char label[32];
    for (uint32_t row = 0; row < EML_CYCLE; row++) {
        uint32_t phase = eml_sponge_phase(b->shape, k, row);
        bool is_absorb = phase == EML_SPONGE_ABSORB, is_round = !is_absorb && phase != EML_SPONGE_HOLD;
        values[row] = eml_fe_from_u64(want_absorb ? is_absorb : is_round);
    }
    snprintf(label, sizeof label, "sponge%u_%s", k, name);
    return eml_builder_periodic(b, label, values, EML_CYCLE);
}

static eml_term constant_column(eml_builder *b, uint32_t k, uint32_t i) {
    eml_fe values[EML_CYCLE];
    char label[32];
    for (uint32_t row = 0; row < EML_CYCLE; row++) {
        uint32_t phase = eml_sponge_phase(b->shape, k, row);
        bool is_round = phase != EML_SPONGE_ABSORB && phase != EML_SPONGE_HOLD;
        values[row] = is_round ? eml_rescue_constants[phase - 1][i] : EML_FE_ZERO;
    }
    snprintf(label, sizeof label, "sponge%u_c%u", k, i);
    return eml_builder_periodic(b, label, values, EML_CYCLE);
}

static eml_schedule build_schedule(eml_builder *b, uint32_t k) {
    eml_schedule s = {.absorb = flag_column(b, k, "absorb", true), .round = flag_column(b, k, "round", false)};
    for (uint32_t i = 0; i < 2 * EML_RESCUE_WIDTH; i++) s.constants[i] = constant_column(b, k, i);
    return s;
}

static eml_term cube(eml_builder *b, eml_term x) { return eml_times(b, eml_times(b, x, x), x); }

static eml_term dot(eml_builder *b, const eml_fe row[EML_RESCUE_WIDTH], const eml_term x[EML_RESCUE_WIDTH]) {
    eml_term sum = eml_builder_u64(b, 0);
    for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++)
        sum = eml_plus(b, sum, eml_times(b, eml_graph_const(&b->graph, row[i]), x[i]));
    return sum;
}

/* With hold = 1 - round - absorb, absorb * (h' - h - in) + hold * (h' - h) is (1 - round) * (h' - h) - absorb * in.
 * first: column of the state; what it absorbs; label: of the constraints, with the element's number behind it. */
static void build_sponge(eml_builder *b, eml_schedule s, uint32_t first, eml_term absorbed0, eml_term absorbed1,
                         const char *label) {
    eml_term injected[EML_RESCUE_WIDTH] = {absorbed0, absorbed1, eml_builder_u64(b, 0), eml_builder_u64(b, 0)};
    eml_term h[EML_RESCUE_WIDTH], next[EML_RESCUE_WIDTH], cubed[EML_RESCUE_WIDTH], undone[EML_RESCUE_WIDTH];
    for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++) {
        uint32_t column = first + i;
        h[i] = eml_builder_cell(b, column);
        next[i] = eml_builder_next(b, column);
        cubed[i] = cube(b, h[i]);
        undone[i] = eml_minus(b, next[i], s.constants[EML_RESCUE_WIDTH + i]);
    }
    eml_term no_round = eml_not(b, s.round);
    for (uint32_t i = 0; i < EML_RESCUE_WIDTH; i++) {
        eml_term forward = eml_plus(b, dot(b, eml_rescue_mds[i], cubed), s.constants[i]);
        eml_term backward = cube(b, dot(b, eml_rescue_inv_mds[i], undone));
        eml_term root = eml_times(b, s.round, eml_minus(b, forward, backward));
        root = eml_plus(b, root, eml_times(b, no_round, eml_minus(b, next[i], h[i])));
        root = eml_minus(b, root, eml_times(b, s.absorb, injected[i]));
        eml_builder_require(b, root, (eml_degree){3, EML_CYCLE}, "%s.h%u", label, i);
    }
}

void eml_build_sponges(eml_builder *b) {
    for (uint32_t k = 0; k < b->shape->S; k++) {
        char label[32];
        snprintf(label, sizeof label, "sponge%u", k);
        b->last = build_schedule(b, k);
        build_sponge(b, b->last, b->columns->sponge + EML_RESCUE_WIDTH * k, eml_builder_cell(b, b->columns->imm),
                     b->word, label);
    }
}

/* The data sponge has the last program sponge's schedule: it absorbs at the end of a cycle. The pair that it absorbs
 * there is the same in all rows of the cycle. */
void eml_build_data_sponge(eml_builder *b) {
    if (!eml_shape_is_committed(b->shape)) return;
    eml_term inside = eml_not(b, b->last.absorb);
    build_sponge(b, b->last, b->columns->data, eml_builder_cell(b, b->columns->pair),
                 eml_builder_cell(b, b->columns->pair + 1), "data");
    for (uint32_t i = 0; i < EML_RESCUE_RATE; i++) {
        eml_term pair = eml_builder_cell(b, b->columns->pair + i), next = eml_builder_next(b, b->columns->pair + i);
        eml_builder_require(b, eml_times(b, inside, eml_minus(b, next, pair)), (eml_degree){1, EML_CYCLE},
                            "data.pair%u", i);
    }
}
