/* The decoder: opcode bits are bits, illegal codes do not occur; and the flags that every other machine reads. */
#include "runtime/air/build.h"
#include "runtime/isa/every_op.h"

/* Codes that eml_build_decoder refuses: 11xxx, 00xxx but 00000, 101xx, 01101; and, but with a committed tape, 10x11. */
#define REFUSED (UINT32_C(0xff000000) | UINT32_C(0xfe) | UINT32_C(0xf00000) | UINT32_C(1) << 0x0d)
_Static_assert((EML_OPS_LEGAL ^ REFUSED) == UINT32_MAX,
               "the decoder refuses exactly the codes without a row in op.def");

/* By how much bits change the depth: 5 where the flag read2 or left5 is 1, else 1. eml_build_depth counts so, and
 * registers below the fifth move so. */
#define BIT(code, i) ((code) >> (i)&1)
#define BITS_SHIFT(code)                                                                                               \
    (BIT(code, 4) * (1 + 4 * BIT(code, 1) * (1 - BIT(code, 0))) - BIT(code, 3) * (1 + 4 * BIT(code, 1) * BIT(code, 0)))
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning)                                                   \
    _Static_assert((pushes) - (pops) == BITS_SHIFT(code), name ": the bits of its code say another shift");            \
    _Static_assert((pushes) <= EML_CT_ELEMENTS, name ": results reach below the fifth register");
#include "runtime/isa/op.def"
#undef OP

/* A program with a committed tape has no secret one, so that b4 b1 says READ3 and no flag has a higher degree. */
static eml_term flag_of(eml_builder *b, eml_op op) {
    bool committed = eml_shape_is_committed(b->shape);
    eml_term b4 = eml_builder_bit(b, 4), b3 = eml_builder_bit(b, 3), b2 = eml_builder_bit(b, 2);
    eml_term b1 = eml_builder_bit(b, 1), b0 = eml_builder_bit(b, 0), a = eml_builder_cell(b, b->columns->a);
    const eml_flags *flags = &b->flags;
    switch (op) {
    case EML_OP_NOOP: return eml_minus(b, eml_not(b, b4), b3);
    case EML_OP_READ: return eml_times(b, b4, committed ? eml_minus(b, b0, b1) : b0);
    case EML_OP_READ2: return committed ? eml_builder_u64(b, 0) : eml_times(b, b4, b1);
    case EML_OP_READ3: return eml_times(b, b4, b1);
    case EML_OP_PUSH:
        if (committed) return eml_times(b, b4, eml_not(b, b0));
        return eml_minus(b, eml_minus(b, b4, flag_of(b, EML_OP_READ)), flag_of(b, EML_OP_READ2));
    case EML_OP_MUL: return eml_times(b, a, b0);
    case EML_OP_SMUL: return eml_times(b, a, b2);
    case EML_OP_ADD: return eml_minus(b, eml_minus(b, a, flag_of(b, EML_OP_MUL)), flag_of(b, EML_OP_SMUL));
    case EML_OP_WRITE2: return eml_times(b, flags->left5, b2);
    case EML_OP_ADD2: return eml_minus(b, flags->left5, flag_of(b, EML_OP_WRITE2));
    case EML_OP_WRITE: return eml_minus(b, flags->writes, flag_of(b, EML_OP_WRITE2));
    case EML_OP_SADD: return eml_minus(b, eml_minus(b, flags->c, flags->left5), flag_of(b, EML_OP_WRITE));
    }
    return eml_builder_u64(b, 0);
}

static void build_flags(eml_builder *b) {
    eml_flags *flags = &b->flags;
    eml_term a = eml_builder_cell(b, b->columns->a);
    flags->c = eml_builder_name(b, "c", eml_minus(b, eml_builder_bit(b, 3), a));
    flags->writes = eml_builder_name(b, "writes", eml_times(b, flags->c, eml_builder_bit(b, 2)));
    flags->left5 = eml_builder_name(b, "left5", eml_times(b, flags->c, eml_builder_bit(b, 0)));
    for (uint8_t code = 0; code < EML_OP_CODES; code++) {
        if (!eml_builder_knows(b, code)) continue;
        const char *name = code == EML_OP_NOOP ? "none" : eml_op_name(code);
        flags->of[code] = flag_of(b, (eml_op)code);
        bool never = code == EML_OP_READ2 && eml_shape_is_committed(b->shape);
        if (!never) eml_builder_name(b, name, flags->of[code]);
    }
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
        eml_builder_require(b, eml_times(b, b->flags.of[EML_OP_NOOP], eml_builder_bit(b, i)), (eml_degree){2, 0},
                            "decoder.noop has no b%u", i);
    eml_builder_require(b, eml_times(b, b4, b2), (eml_degree){2, 0}, "decoder.no 101xx");
    if (!eml_shape_is_committed(b->shape))
        eml_builder_require(b, eml_times(b, eml_times(b, b4, b1), b0), (eml_degree){3, 0}, "decoder.no 10x11");
    eml_builder_require(b, eml_times(b, b->flags.of[EML_OP_SMUL], b0), (eml_degree){3, 0}, "decoder.no 01101");
}

void eml_build_arithmetic(eml_builder *b) {
    eml_term b3 = eml_builder_bit(b, 3), not_b1 = eml_not(b, eml_builder_bit(b, 1));
    eml_builder_require(b, eml_minus(b, eml_builder_cell(b, b->columns->a), eml_times(b, b3, not_b1)),
                        (eml_degree){2, 0}, "decoder.a");
}
