/* The constraints at the out-of-domain point z, from the frame that a proof sends, against the composition columns
 * there: the verifier's central check. The prover makes it too, of its own proof. */
#ifndef EML_STARK_OUT_OF_DOMAIN_H
#define EML_STARK_OUT_OF_DOMAIN_H

#include "runtime/stark/composition.h"

typedef struct eml_out_of_domain {
    const eml_air *air;
    const eml_claim *claim;
    const eml_layout *layout;
    const eml_coefficients *coefficients; /* of the constraints */
    const eml_fe2 *random;                /* auxiliary challenges; NULL without auxiliary columns */
    eml_fe2 z;
    const eml_fe2 *trace;       /* main and auxiliary columns at z, then at g z */
    const eml_fe2 *composition; /* composition columns at z */
} eml_out_of_domain;

/* What the constraints make of the trace's values: what the composition polynomial must be at z. */
eml_fe2 eml_out_of_domain_value(const eml_out_of_domain *o);
bool eml_out_of_domain_holds(const eml_out_of_domain *o);

#endif
