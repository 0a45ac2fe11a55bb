#include "runtime/stark/layout.h"

static size_t next_power_of_two(size_t x) {
    size_t power = 1;
    while (power < x) power *= 2;
    return power;
}

/* base degree plus one for a periodic factor, less the divisor's one. */
static size_t blowup_for(eml_degree degree) {
    size_t blowup = next_power_of_two((size_t)degree.base + (degree.cycle ? 1 : 0) - 1);
    return blowup < 2 ? 2 : blowup;
}

static size_t evaluation_degree(eml_degree degree, size_t n) {
    return degree.base * (n - 1) + (degree.cycle ? n / degree.cycle * (degree.cycle - 1) : 0);
}

static void read_degrees(eml_layout *layout, const eml_constraint *constraints, size_t count, size_t *highest) {
    for (size_t i = 0; i < count; i++) {
        size_t blowup = blowup_for(constraints[i].degree), degree = evaluation_degree(constraints[i].degree, layout->n);
        if (blowup > layout->ce_blowup) layout->ce_blowup = blowup;
        if (degree > *highest) *highest = degree;
    }
}

static void count_fri_layers(eml_layout *layout, uint32_t remainder_degree) {
    size_t domain = layout->lde, largest = ((size_t)remainder_degree + 1) * layout->blowup;
    layout->domain[0] = domain;
    while (domain > largest) {
        domain /= layout->folding;
        layout->domain[++layout->fri_layers] = domain;
    }
    layout->remainder = domain / layout->blowup;
}

eml_layout eml_layout_of(const eml_air *air, const eml_stark_params *params) {
    eml_layout layout = {
        .extension = params->extension,
        .n = air->shape.n,
        .blowup = params->blowup,
        .lde = (size_t)air->shape.n * params->blowup,
        .main_width = air->columns.width,
        .aux_width = air->columns.aux_width,
        .random_count = air->random_count,
        .transition_count = (uint32_t)(air->main_count + air->aux_count),
        .constraint_count = (uint32_t)(air->main_count + air->aux_count + air->assertion_count),
        .queries = params->queries,
        .folding = params->folding,
    };
    layout.log_n = (unsigned)__builtin_ctzll(layout.n);
    layout.log_lde = (unsigned)__builtin_ctzll(layout.lde);
    size_t highest = 0;
    read_degrees(&layout, air->main_constraints, air->main_count, &highest);
    read_degrees(&layout, air->aux_constraints, air->aux_count, &highest);
    size_t divisor = layout.n - eml_shape_exempt(&air->shape);
    size_t columns = highest > divisor ? (highest - divisor + layout.n - 1) / layout.n : 0;
    layout.composition_width = columns ? (uint32_t)columns : 1;
    count_fri_layers(&layout, params->remainder_degree);
    return layout;
}
