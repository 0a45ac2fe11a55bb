/* The clock, the stack depth, and the program words that the sponges absorb. */
#include "runtime/air/build.h"

void eml_build_system(eml_builder *b) {
    eml_term clk = eml_builder_cell(b, b->columns->clk), next = eml_builder_next(b, b->columns->clk);
    eml_builder_require(b, eml_minus(b, next, eml_plus(b, clk, eml_builder_u64(b, 1))), (eml_degree){1, 0},
                        "system.clk");
}

void eml_build_depth(eml_builder *b) {
    eml_term depth = eml_builder_cell(b, b->columns->depth), next = eml_builder_next(b, b->columns->depth);
    eml_term four = eml_builder_u64(b, 4);
    eml_term grown =
        eml_plus(b, eml_plus(b, depth, eml_builder_bit(b, 4)), eml_times(b, four, b->flags.of[EML_OP_READ2]));
    eml_term after = eml_minus(b, eml_minus(b, grown, eml_builder_bit(b, 3)), eml_times(b, four, b->flags.left5));
    eml_builder_require(b, eml_minus(b, next, after), (eml_degree){2, 0}, "stack.depth");
}

void eml_build_program_words(eml_builder *b) {
    uint32_t group = eml_shape_group(b->shape);
    eml_fe ends[EML_CYCLE] = {{0}};
    ends[group - 1] = EML_FE_ONE;
    eml_term inside = eml_not(b, eml_builder_periodic(b, "group_end", ends, group));
    eml_builder_name(b, "in_group", inside);
    eml_term op = eml_builder_u64(b, 0);
    for (uint32_t i = 5; i-- > 0;)
        op = eml_plus(b, op, eml_times(b, eml_builder_u64(b, UINT64_C(1) << i), eml_builder_bit(b, i)));
    eml_term word = eml_plus(b, eml_times(b, eml_builder_u64(b, 32), eml_builder_cell(b, b->columns->opw)), op);
    b->word = eml_builder_name(b, "word", word);
    eml_builder_require(b, eml_minus(b, eml_builder_next(b, b->columns->opw), eml_times(b, inside, word)),
                        (eml_degree){1, group}, "program.opw");
    eml_term imm = eml_builder_cell(b, b->columns->imm), next = eml_builder_next(b, b->columns->imm);
    eml_builder_require(b, eml_times(b, inside, eml_minus(b, next, imm)), (eml_degree){1, group}, "program.imm");
}
