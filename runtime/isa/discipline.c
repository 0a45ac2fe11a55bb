#include "runtime/isa/every_op.h"

static const eml_op_info infos[EML_OP_CODES] = {
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning)                                                   \
    [code] = {name, immediate, pops, pushes, EML_OP_TAPE_##tape},
#include "runtime/isa/op.def"
#undef OP
};

#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning) +(INT64_C(1) << (code))
_Static_assert((EML_OPS_LEGAL) == (0
#include "runtime/isa/op.def"
                                   ),
               "two instructions have one code");
#undef OP

/* What is pushed has one source, and what a tape takes is popped; the secret tape is counted in ciphertexts. */
#define OP(NAME, name, code, immediate, pops, pushes, tape, meaning)                                                   \
    _Static_assert(!(immediate) || ((pushes) == 1 && (pops) == 0 && EML_OP_TAPE_##tape == EML_OP_TAPE_NONE),           \
                   name ": an immediate is pushed");                                                                   \
    _Static_assert(EML_OP_TAPE_##tape != EML_OP_TAPE_PUBLIC || ((pushes) > 0 && (pops) == 0), name ": reads");         \
    _Static_assert(EML_OP_TAPE_##tape != EML_OP_TAPE_SECRET || ((pushes) == EML_CT_ELEMENTS && (pops) == 0),           \
                   name ": reads a ciphertext");                                                                       \
    _Static_assert(EML_OP_TAPE_##tape != EML_OP_TAPE_COMMITTED || ((pushes) == 1 && (pops) == 0), name ": reads one"); \
    _Static_assert(EML_OP_TAPE_##tape != EML_OP_TAPE_OUTPUT || ((pops) > 0 && (pushes) == 0), name ": writes");
#include "runtime/isa/op.def"
#undef OP

eml_op_info eml_op_info_of(uint8_t code) { return code < EML_OP_CODES ? infos[code] : (eml_op_info){0}; }

const char *eml_op_name(uint8_t code) { return eml_op_info_of(code).name; }

eml_status eml_discipline_step(eml_discipline *at, uint8_t code, size_t index, eml_error *err) {
    eml_op_info op = eml_op_info_of(code);
    if (!op.name) return eml_fail(err, EML_ERR_INPUT, "instruction %zu: 0x%02x is not an opcode", index, code);
    if (at->depth < op.pops)
        return eml_fail(err, EML_ERR_INPUT, "instruction %zu (%s) needs %u elements on the stack, which holds %u",
                        index, op.name, op.pops, at->depth);
    uint32_t depth = at->depth - op.pops + op.pushes;
    if (depth > at->limit)
        return eml_fail(err, EML_ERR_INPUT, "instruction %zu (%s) needs a stack of %u registers, and there are %u",
                        index, op.name, depth, at->limit);
    at->depth = depth;
    if (depth > at->deepest) at->deepest = depth;
    if ((EML_OPS_CIPHERTEXT >> code & 1) && op.tape != EML_OP_TAPE_SECRET && !at->on_ciphertexts) {
        at->on_ciphertexts = op.name;
        at->on_ciphertexts_index = index;
    }
    switch (op.tape) {
    case EML_OP_TAPE_NONE: break;
    case EML_OP_TAPE_PUBLIC: at->public_len += op.pushes; break;
    case EML_OP_TAPE_SECRET: at->secret_len++; break;
    case EML_OP_TAPE_COMMITTED: at->committed_len++; break;
    case EML_OP_TAPE_OUTPUT: at->output_len += op.pops; break;
    }
    return EML_OK;
}

eml_status eml_discipline_end(const eml_discipline *at, eml_error *err) {
    if (!at->on_ciphertexts || at->secret_len > 0) return EML_OK;
    return eml_fail(
        err, EML_ERR_INPUT,
        "instruction %zu (%s) works on ciphertexts, and a program without a secret tape has none: it may not "
        "use smul, sadd, add2 and write2",
        at->on_ciphertexts_index, at->on_ciphertexts);
}
