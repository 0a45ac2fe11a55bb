/* One option for every item, so that no resource is used up: the choice of units, without what units are.
 *
 * Item i draws on some resources, each of its options a known amount of each; every resource has the limit 1.
 * Finding a choice is a packing problem and hard in general, so large ones are decided by prices (a Lagrangian
 * relaxation): they find a choice, or prove that there is none, or give up in the narrow gap between. Small ones
 * are then searched. */
#ifndef EML_COMPILER_FIT_H
#define EML_COMPILER_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct eml_fit_item {
    uint32_t first;          /* of its entries in `resources` */
    uint32_t resource_count; /* each at most once */
    uint32_t first_option;   /* of its entries in `tags` */
    uint32_t option_count;   /* of two that cost the same, the earlier is preferred */
    size_t costs;            /* of its first amount in `costs`: option by option, in the order of its resources */
} eml_fit_item;

typedef struct eml_fit {
    eml_fit_item *items;
    size_t item_count, item_capacity;
    uint32_t *resources;
    size_t use_count, use_capacity;
    uint32_t *tags; /* what an option means to the caller */
    size_t option_count, option_capacity;
    double *costs; /* 0 to 1 */
    size_t cost_count, cost_capacity;
    size_t resource_count;
    double *spent; /* by what is not chosen here; free is 1 - spent */
    /* What else a choice must pass, or NULL; then a small problem is searched until one does. */
    bool (*accept)(void *context, const uint32_t *choice);
    void *context;
} eml_fit;

void eml_fit_init(eml_fit *fit, size_t resources);
void eml_fit_clear(eml_fit *fit); /* no items, nothing spent */
void eml_fit_free(eml_fit *fit);

/* Begins an item; then its resources; then its options, with a cost for each of them. An option that would alone
 * exceed a limit is left out; an item without options has no choice. */
void eml_fit_add_item(eml_fit *fit);
void eml_fit_add_resource(eml_fit *fit, uint32_t resource);
void eml_fit_add_option(eml_fit *fit, uint32_t tag, const double *costs);
uint32_t eml_fit_tag(const eml_fit *fit, size_t item, uint32_t option);

/* The least that any choice spends of a resource. */
double eml_fit_floor(const eml_fit *fit, uint32_t resource);
/* choice[i] becomes the option of item i, load[r] what is then spent. */
bool eml_fit_solve(const eml_fit *fit, uint32_t *choice, double *load);
/* Takes option `option` of an item instead of choice[item] if that still fits; choice and load follow. */
bool eml_fit_switch(const eml_fit *fit, size_t item, uint32_t option, uint32_t *choice, double *load);

#endif
