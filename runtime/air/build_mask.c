/* The mask of the composition polynomial (docs/zero-knowledge.md). On rows whose transition is enforced the clock's own
 * constraint makes the first factor 0, so R, column mask_quotient, is free there and nothing is added to what a proof
 * says. On the exempt rows the clock counts on, all but at the last, where it wraps from n - 1 to 0: the first factor
 * is -n times that row's Lagrange polynomial, and the quotient gains a multiple of clk^2 R, of a degree that reaches
 * into every column of the composition. */
#include "runtime/air/build.h"

void eml_build_mask(eml_builder *b) {
    if (!eml_shape_is_hidden(b->shape)) return;
    eml_term clk = eml_builder_cell(b, b->columns->clk), next = eml_builder_next(b, b->columns->clk);
    eml_term jump = eml_minus(b, eml_minus(b, next, clk), eml_builder_u64(b, 1));
    eml_term mask = eml_times(b, eml_times(b, clk, clk), eml_builder_aux(b, b->columns->mask_quotient, false));
    eml_builder_require_aux(b, eml_times(b, jump, mask), (eml_degree){4, 0}, "mask.quotient");
}
