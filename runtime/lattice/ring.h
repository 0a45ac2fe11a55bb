/* The ring R = F_p[X]/(X^N + 1), N = EML_LATTICE_DEGREE.
 *
 * An element has two forms, told apart by type: N coefficients, or its values at the N roots of X^N + 1, which are
 * psi * w^i, i = 0..N-1, with psi the primitive 2N-th root eml_fe_root_of_unity(log2(N) + 1) and w = psi^2. Products
 * are pointwise on values. The transform is the prover's own (runtime/field/ntt.h) on the coset psi.
 *
 * Constant time in the elements: no branch or index depends on them. Working memory is wiped. */
#ifndef EML_LATTICE_RING_H
#define EML_LATTICE_RING_H

#include <stddef.h>

#include "runtime/field/f128.h"
#include "runtime/ciphertext/params.h"

typedef struct eml_ring {
    eml_fe coefficient[EML_LATTICE_DEGREE];
} eml_ring;

typedef struct eml_ring_values {
    eml_fe at[EML_LATTICE_DEGREE];
} eml_ring_values;

/* count elements at once (cheaper than one by one). in and out do not overlap. */
void eml_ring_evaluate(const eml_ring *in, size_t count, eml_ring_values *out);
void eml_ring_interpolate(const eml_ring_values *in, size_t count, eml_ring *out);

/* sum += a * b. */
void eml_ring_multiply_add(eml_ring_values *sum, const eml_ring_values *a, const eml_ring_values *b);

/* sum += a; sum -= a. */
void eml_ring_add(eml_ring *sum, const eml_ring *a);
void eml_ring_subtract(eml_ring *sum, const eml_ring *a);

#endif
