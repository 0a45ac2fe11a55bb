#include "runtime/lattice/ring.h"

#include <sodium.h>

#include "runtime/field/ntt.h"

enum { N = EML_LATTICE_DEGREE };

/* The primitive 2N-th root of unity: psi^N = -1. */
static eml_fe coset(void) { return eml_fe_root_of_unity(EML_LATTICE_DEGREE_LOG2 + 1); }

static void wipe(eml_matrix *m) {
    sodium_memzero(m->cells, m->rows * m->width * sizeof *m->cells);
    eml_matrix_free(m);
}

void eml_ring_evaluate(const eml_ring *in, size_t count, eml_ring_values *out) {
    eml_matrix coefficients, values;
    eml_matrix_init(&coefficients, N, count);
    eml_matrix_init(&values, N, count);
    for (size_t i = 0; i < N; i++) {
        eml_fe *row = eml_matrix_row(&coefficients, eml_bit_reverse(i, EML_LATTICE_DEGREE_LOG2));
        for (size_t c = 0; c < count; c++) row[c] = in[c].coefficient[i];
    }
    eml_ntt_evaluate(&coefficients, coset(), 1, &values);
    for (size_t i = 0; i < N; i++) {
        const eml_fe *row = eml_matrix_row(&values, i);
        for (size_t c = 0; c < count; c++) out[c].at[i] = row[c];
    }
    wipe(&coefficients);
    wipe(&values);
}

void eml_ring_interpolate(const eml_ring_values *in, size_t count, eml_ring *out) {
    eml_matrix m;
    eml_matrix_init(&m, N, count);
    for (size_t i = 0; i < N; i++) {
        eml_fe *row = eml_matrix_row(&m, i);
        for (size_t c = 0; c < count; c++) row[c] = in[c].at[i];
    }
    eml_ntt_interpolate(&m, coset());
    for (size_t i = 0; i < N; i++) {
        const eml_fe *row = eml_matrix_row(&m, eml_bit_reverse(i, EML_LATTICE_DEGREE_LOG2));
        for (size_t c = 0; c < count; c++) out[c].coefficient[i] = row[c];
    }
    wipe(&m);
}

void eml_ring_multiply_add(eml_ring_values *sum, const eml_ring_values *a, const eml_ring_values *b) {
    for (size_t i = 0; i < N; i++) sum->at[i] = eml_fe_add(sum->at[i], eml_fe_mul(a->at[i], b->at[i]));
}

void eml_ring_add(eml_ring *sum, const eml_ring *a) {
    for (size_t i = 0; i < N; i++) sum->coefficient[i] = eml_fe_add(sum->coefficient[i], a->coefficient[i]);
}

void eml_ring_subtract(eml_ring *sum, const eml_ring *a) {
    for (size_t i = 0; i < N; i++) sum->coefficient[i] = eml_fe_sub(sum->coefficient[i], a->coefficient[i]);
}
