#include "compiler/quant/fit.h"

#include <math.h>
#include <string.h>

#include "runtime/base/memory.h"

enum { ROUNDS = 48, SEARCH_NODES = 1 << 16 };

void eml_fit_init(eml_fit *fit, size_t resources) {
    *fit = (eml_fit){.resource_count = resources, .spent = eml_alloc(resources, sizeof *fit->spent)};
}

void eml_fit_clear(eml_fit *fit) {
    fit->item_count = fit->use_count = fit->option_count = fit->cost_count = 0;
    memset(fit->spent, 0, fit->resource_count * sizeof *fit->spent);
}

void eml_fit_free(eml_fit *fit) {
    eml_free(fit->items);
    eml_free(fit->resources);
    eml_free(fit->tags);
    eml_free(fit->costs);
    eml_free(fit->spent);
    *fit = (eml_fit){0};
}

void eml_fit_add_item(eml_fit *fit) {
    fit->items = eml_grow(fit->items, &fit->item_capacity, fit->item_count + 1, sizeof *fit->items);
    fit->items[fit->item_count++] = (eml_fit_item){
        .first = (uint32_t)fit->use_count, .first_option = (uint32_t)fit->option_count, .costs = fit->cost_count};
}

void eml_fit_add_resource(eml_fit *fit, uint32_t resource) {
    fit->resources = eml_grow(fit->resources, &fit->use_capacity, fit->use_count + 1, sizeof *fit->resources);
    fit->resources[fit->use_count++] = resource;
    fit->items[fit->item_count - 1].resource_count++;
}

void eml_fit_add_option(eml_fit *fit, uint32_t tag, const double *costs) {
    eml_fit_item *item = &fit->items[fit->item_count - 1];
    for (uint32_t i = 0; i < item->resource_count; i++) {
        if (!(costs[i] <= 1)) return;
    }
    fit->costs = eml_grow(fit->costs, &fit->cost_capacity, fit->cost_count + item->resource_count, sizeof *fit->costs);
    memcpy(&fit->costs[fit->cost_count], costs, item->resource_count * sizeof *costs);
    fit->cost_count += item->resource_count;
    fit->tags = eml_grow(fit->tags, &fit->option_capacity, fit->option_count + 1, sizeof *fit->tags);
    fit->tags[fit->option_count++] = tag;
    item->option_count++;
}

uint32_t eml_fit_tag(const eml_fit *fit, size_t item, uint32_t option) {
    return fit->tags[fit->items[item].first_option + option];
}

static const double *costs_of(const eml_fit *fit, size_t item, uint32_t option) {
    const eml_fit_item *it = &fit->items[item];
    return &fit->costs[it->costs + (size_t)option * it->resource_count];
}

static bool accepted(const eml_fit *fit, const uint32_t *choice) {
    return fit->accept == NULL || fit->accept(fit->context, choice);
}

/* ----- Prices */

static double priced(const eml_fit *fit, size_t item, uint32_t option, const double *prices) {
    const eml_fit_item *it = &fit->items[item];
    const double *cost = costs_of(fit, item, option);
    double sum = 0;
    for (uint32_t i = 0; i < it->resource_count; i++) sum += prices[fit->resources[it->first + i]] * cost[i];
    return sum;
}

static void add_load(const eml_fit *fit, size_t item, uint32_t option, double sign, double *load) {
    const eml_fit_item *it = &fit->items[item];
    const double *cost = costs_of(fit, item, option);
    for (uint32_t i = 0; i < it->resource_count; i++) load[fit->resources[it->first + i]] += sign * cost[i];
}

static bool within(const eml_fit *fit, const double *load) {
    for (size_t r = 0; r < fit->resource_count; r++) {
        if (!(load[r] <= 1)) return false;
    }
    return true;
}

/* Every item's cheapest option at these prices. Gives the sum of their costs: no choice at all costs less. */
static double buy(const eml_fit *fit, const double *prices, uint32_t *choice, double *load) {
    double total = 0;
    memcpy(load, fit->spent, fit->resource_count * sizeof *load);
    for (size_t i = 0; i < fit->item_count; i++) {
        double least = INFINITY;
        choice[i] = 0;
        for (uint32_t option = 0; option < fit->items[i].option_count; option++) {
            double cost = priced(fit, i, option, prices);
            if (cost < least) choice[i] = option;
            if (cost < least) least = cost;
        }
        total += least;
        add_load(fit, i, choice[i], 1, load);
    }
    return total;
}

typedef enum verdict { FITS, CANNOT, OPEN } verdict;

/* Prices follow demand. If what is cheapest costs more than all that is free, nothing fits. */
static verdict by_prices(const eml_fit *fit, double *prices, uint32_t *choice, double *load) {
    for (size_t r = 0; r < fit->resource_count; r++) prices[r] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        double cost = buy(fit, prices, choice, load), worth = 0;
        if (within(fit, load)) return FITS;
        for (size_t r = 0; r < fit->resource_count; r++) worth += prices[r] * (1 - fit->spent[r]);
        if (!(cost <= worth * (1 + 1e-9))) return CANNOT;
        for (size_t r = 0; r < fit->resource_count; r++) {
            double pressure = fmin(fmax(load[r] - 1, -1), 3);
            prices[r] = fmin(fmax(prices[r] * exp(pressure / (1 + round / 8.0)), 1e-12), 1e12);
        }
    }
    return OPEN;
}

/* ----- Search */

typedef struct search {
    const eml_fit *fit;
    const double *prices;
    double *floors; /* floors[i * resource_count + r]: the least that items i, i + 1, ... take of r */
    double *least;  /* least[i]: the least that they cost at the prices */
    double worth;
    uint32_t *choice;
    double *load;
    long nodes;
} search;

/* What every option of the item takes of its k-th resource. */
static double least_of(const eml_fit *fit, size_t item, uint32_t k) {
    double least = INFINITY;
    for (uint32_t option = 0; option < fit->items[item].option_count; option++)
        least = fmin(least, costs_of(fit, item, option)[k]);
    return least;
}

double eml_fit_floor(const eml_fit *fit, uint32_t resource) {
    double sum = fit->spent[resource];
    for (size_t i = 0; i < fit->item_count; i++) {
        const eml_fit_item *it = &fit->items[i];
        for (uint32_t k = 0; k < it->resource_count; k++) {
            if (fit->resources[it->first + k] == resource) sum += least_of(fit, i, k);
        }
    }
    return sum;
}

static void fill_floors(search *s) {
    const eml_fit *fit = s->fit;
    size_t width = fit->resource_count;
    for (size_t i = fit->item_count; i-- > 0;) {
        const eml_fit_item *it = &fit->items[i];
        memcpy(&s->floors[i * width], &s->floors[(i + 1) * width], width * sizeof *s->floors);
        for (uint32_t k = 0; k < it->resource_count; k++)
            s->floors[i * width + fit->resources[it->first + k]] += least_of(fit, i, k);
        double cheapest = INFINITY;
        for (uint32_t option = 0; option < it->option_count; option++)
            cheapest = fmin(cheapest, priced(fit, i, option, s->prices));
        s->least[i] = s->least[i + 1] + cheapest;
    }
}

static bool hopeless(const search *s, size_t item) {
    double cost = s->least[item];
    for (size_t r = 0; r < s->fit->resource_count; r++) {
        if (!(s->load[r] + s->floors[item * s->fit->resource_count + r] <= 1)) return true;
        cost += s->prices[r] * s->load[r];
    }
    return cost > s->worth * (1 + 1e-9);
}

static bool descend(search *s, size_t item) {
    if (s->nodes-- <= 0 || hopeless(s, item)) return false;
    if (item == s->fit->item_count) return accepted(s->fit, s->choice);
    for (uint32_t option = 0; option < s->fit->items[item].option_count; option++) {
        add_load(s->fit, item, option, 1, s->load);
        s->choice[item] = option;
        if (descend(s, item + 1)) return true;
        add_load(s->fit, item, option, -1, s->load);
    }
    return false;
}

enum { SEARCH_ITEMS_MAX = 32 }; /* deep enough for what SEARCH_NODES can decide */

static bool by_search(const eml_fit *fit, const double *prices, uint32_t *choice, double *load) {
    size_t items = fit->item_count, width = fit->resource_count;
    if (items > SEARCH_ITEMS_MAX) return false;
    search s = {.fit = fit,
                .prices = prices,
                .floors = eml_alloc((items + 1) * width, sizeof(double)),
                .least = eml_alloc(items + 1, sizeof(double)),
                .choice = choice,
                .load = load,
                .nodes = SEARCH_NODES};
    for (size_t r = 0; r < width; r++) s.worth += prices[r];
    fill_floors(&s);
    memcpy(load, fit->spent, width * sizeof *load);
    bool found = descend(&s, 0);
    eml_free(s.floors);
    eml_free(s.least);
    return found;
}

bool eml_fit_solve(const eml_fit *fit, uint32_t *choice, double *load) {
    if (!within(fit, fit->spent)) return false;
    for (size_t i = 0; i < fit->item_count; i++) {
        if (fit->items[i].option_count == 0) return false;
    }
    double *prices = eml_alloc(fit->resource_count, sizeof *prices);
    verdict found = by_prices(fit, prices, choice, load);
    bool fits = found == FITS && accepted(fit, choice);
    if (!fits && found != CANNOT) fits = by_search(fit, prices, choice, load);
    eml_free(prices);
    return fits;
}

bool eml_fit_switch(const eml_fit *fit, size_t item, uint32_t option, uint32_t *choice, double *load) {
    add_load(fit, item, choice[item], -1, load);
    add_load(fit, item, option, 1, load);
    bool fits = within(fit, load);
    if (fits) choice[item] = option;
    if (!fits) {
        add_load(fit, item, option, -1, load);
        add_load(fit, item, choice[item], 1, load);
    }
    return fits;
}
