/* The decoder: opcode bits are bits, illegal codes do not occur; and the flags that every other machine reads. */
#include "runtime/air/build.h"

static void build_flags(eml_builder *b) {
    eml_term b4 = eml_builder_bit(b, 4), b3 = eml_builder_bit(b, 3), b2 = eml_builder_bit(b, 2);
    eml_term b1 = eml_builder_bit(b, 1), b0 = eml_builder_bit(b, 0);
    eml_term not2 = eml_builder_name(b, "not_b2", eml_not(b, b2)), not1 = eml_builder_name(b, "not_b1", eml_not(b, b1));
    eml_term not0 = eml_builder_name(b, "not_b0", eml_not(b, b0)), b31 = eml_times(b, b3, b1);
    eml_flags *f = &b->flags;
    f->none = eml_builder_name(b, "none", eml_minus(b, eml_not(b, b4), b3));
    f->read = eml_builder_name(b, "read", eml_times(b, b4, b0));
    f->read2 = eml_builder_name(b, "read2", eml_times(b, b4, b1));
    f->push = eml_builder_name(b, "push", eml_minus(b, eml_minus(b, b4, f->read), f->read2));
    f->left5 = eml_builder_name(b, "left5", eml_times(b, b31, b0));
    f->add2 = eml_builder_name(b, "add2", eml_times(b, f->left5, not2));
    f->write2 = eml_builder_name(b, "write2", eml_times(b, f->left5, b2));
    f->smul = eml_builder_name(b, "smul", eml_times(b, eml_times(b, b3, b2), not1));
    f->sadd = eml_builder_name(b, "sadd", eml_times(b, eml_times(b, b31, not2), not0));
    f->write = eml_builder_name(b, "write", eml_times(b, eml_times(b, b31, b2), not0));
    f->mul = eml_builder_name(b, "mul", eml_times(b, eml_times(b, b3, b0), not1));
    f->add = eml_builder_name(b, "add", eml_minus(b, eml_times(b, eml_times(b, b3, not1), not0), f->smul));
}

void eml_build_decoder(eml_builder *b) {
    build_flags(b);
    eml_term b4 = eml_builder_bit(b, 4), b3 = eml_builder_bit(b, 3), b2 = eml_builder_bit(b, 2);
    eml_term b1 = eml_builder_bit(b, 1), b0 = eml_builder_bit(b, 0);
    for (uint32_t i = 5; i-- > 0;) {
        eml_term bit = eml_builder_bit(b, i);
        eml_builder_require(b, eml_minus(b, eml_times(b, bit, bit), bit), (eml_degree){2, 0}, "decoder.b%u boolean", i);
    }
    eml_builder_require(b, eml_times(b, b4, b3), (eml_degree){2, 0}, "decoder.not both shifts");
    for (uint32_t i = 0; i < 3; i++)
        eml_builder_require(b, eml_times(b, b->flags.none, eml_builder_bit(b, i)), (eml_degree){2, 0},
                            "decoder.noop has no b%u", i);
    eml_builder_require(b, eml_times(b, b4, b2), (eml_degree){2, 0}, "decoder.no 101xx");
    eml_builder_require(b, eml_times(b, eml_times(b, b4, b1), b0), (eml_degree){3, 0}, "decoder.no 10x11");
    eml_builder_require(b, eml_times(b, b->flags.smul, b0), (eml_degree){4, 0}, "decoder.no 01101");
}
