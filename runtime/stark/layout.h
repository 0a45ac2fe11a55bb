/* Every number that the constraint set and the preset together fix about a proof: what the prover builds, and what the
 * verifier compares a proof's bytes with before it looks at any value. */
#ifndef EML_STARK_LAYOUT_H
#define EML_STARK_LAYOUT_H

#include "runtime/air/air.h"
#include "runtime/stark/params.h"

enum {
    EML_FRI_LAYERS_MAX = 14, /* (40 bits of two-adicity) / (3 bits a layer), rounded up */
    EML_FRI_FOLDING_MAX = 16,
    EML_QUERIES_MAX = 255,
};

typedef struct eml_layout {
    uint32_t extension;                    /* degree of the field of challenges */
    size_t n, blowup, lde;                 /* trace rows, low-degree extension's rows = n * blowup */
    unsigned log_n, log_lde;               /* of n and lde */
    size_t ce_blowup;                      /* constraints are evaluated on n * ce_blowup points */
    uint32_t main_width, aux_width;        /* columns; an auxiliary column holds elements of the extension */
    uint32_t random_count;                 /* auxiliary challenges */
    uint32_t composition_width;            /* columns of the composition polynomial, in the extension */
    uint32_t transition_count;             /* main and auxiliary */
    uint32_t constraint_count;             /* transitions and assertions */
    uint32_t queries, folding;             /* from the preset */
    uint32_t fri_layers;                   /* without the remainder */
    size_t remainder;                      /* coefficients */
    size_t domain[EML_FRI_LAYERS_MAX + 1]; /* rows of FRI layer i's domain; [fri_layers]: the remainder's */
} eml_layout;

/* Winterfell 0.13.1's arithmetic: air/src/air/context.rs (evaluation blowup, composition columns), fri/src/options.rs
 * (layers). */
eml_layout eml_layout_of(const eml_air *air, const eml_stark_params *params);

/* Bytes of an element of the extension in a proof. */
static inline size_t eml_layout_element_bytes(const eml_layout *layout) {
    return (size_t)EML_FE_BYTES * layout->extension;
}

/* The generator of the subgroup of size points, and the factor that moves every evaluation domain off it. */
static inline eml_fe eml_domain_generator(size_t size) { return eml_fe_root_of_unity((unsigned)__builtin_ctzll(size)); }
static inline eml_fe eml_domain_offset(void) { return eml_fe_from_u64(EML_FE_GENERATOR); }

#endif
