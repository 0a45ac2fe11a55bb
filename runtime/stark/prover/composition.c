/* Phase 4: the composition polynomial H is split into columns H_i of n coefficients, H(X) = sum_i X^(i n) H_i(X), which
 * are extended and committed. */
#include "runtime/stark/prover/phases.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/base/parallel.h"
#include "runtime/field/ntt.h"

enum { ROWS_PER_JOB = 1024, CELL_COST = 4 };

/* With ce_blowup = 2^b, coefficient i n + j of H stands in row rev(j) 2^b + rev_b(i) of the bit-reversed coefficients:
 * read as a matrix of n rows, they are the columns' coefficients, already in bit-reversed row order, only the columns
 * are permuted. */
typedef struct split {
    const eml_prover *p;
    eml_matrix *columns;
} split;

static void split_range(void *context, size_t first, size_t count) {
    const split *s = context;
    size_t parts = s->p->layout.ce_blowup;
    unsigned bits = (unsigned)__builtin_ctzll(parts);
    for (size_t row = first; row < first + count; row++) {
        const eml_fe *from = s->p->combined.cells + row * parts * 2;
        eml_fe *to = eml_matrix_row(s->columns, row);
        for (size_t i = 0; i < s->p->layout.composition_width; i++)
            memcpy(to + 2 * i, from + 2 * eml_bit_reverse(i, bits), 2 * sizeof *to);
    }
}

void eml_prover_commit_composition(eml_prover *p) {
    eml_matrix columns;
    eml_ntt_interpolate(&p->combined, eml_domain_offset());
    eml_prover_init_matrix(p, &columns, p->layout.n, 2 * (size_t)p->layout.composition_width);
    split s = {p, &columns};
    eml_parallel_ranges(columns.rows, ROWS_PER_JOB, ROWS_PER_JOB * columns.width * CELL_COST, split_range, &s);
    eml_prover_free_matrix(p, &p->combined);
    eml_prover_extend(p, &columns, &p->composition.lde);
    p->composition.step = eml_prover_step2(p);
    eml_prover_commit(p, &p->composition, eml_commitment_composition(&p->layout));
}
