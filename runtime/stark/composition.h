/* What prover and verifier share about the composition polynomial: the sum over all constraints of a random coefficient
 * times the constraint divided by the polynomial that vanishes on the rows where it must hold. */
#ifndef EML_STARK_COMPOSITION_H
#define EML_STARK_COMPOSITION_H

#include "runtime/stark/layout.h"
#include "runtime/stark/coin.h"

/* The elements that seed the coin: context (air/src/proof/context.rs), then the claim's. */
void eml_coin_seed(eml_coin *coin, const eml_layout *layout, const eml_stark_params *params, const eml_claim *claim);

/* One coefficient a constraint, owned, drawn in this order. transition: main then auxiliary, in the constraint set's
 * order. boundary: by assertion, in the order in which the constraint set keeps them, which is Winterfell's. */
typedef struct eml_coefficients {
    eml_fe2 *transition, *boundary;
} eml_coefficients;
void eml_coefficients_draw(eml_coin *coin, const eml_air *air, eml_coefficients *out);
void eml_coefficients_free(eml_coefficients *coefficients);

/* Lagrange weights of a periodic column of `cycle` values (a power of two <= EML_CYCLE) for y = x^(n / cycle): the
 * column's value at x is sum_i weights[i] * values[i]. */
void eml_periodic_weights(eml_fe2 y, uint32_t cycle, eml_fe2 *weights);

/* The values of all periodic columns at x. */
void eml_periodic_evaluate(const eml_air *air, eml_fe2 x, eml_fe2 *out);

#endif
