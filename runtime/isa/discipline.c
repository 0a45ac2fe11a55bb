#include "runtime/isa/discipline.h"

#define CODES 32

static const eml_op_info infos[CODES] = {
#define OP(NAME, name, code, immediate, pops, pushes, meaning) [code] = {name, immediate, pops, pushes},
#include "runtime/isa/op.def"
#undef OP
};

eml_op_info eml_op_info_of(uint8_t code) { return code < CODES ? infos[code] : (eml_op_info){0}; }

const char *eml_op_name(uint8_t code) { return eml_op_info_of(code).name; }
bool eml_op_is_legal(uint8_t code) { return eml_op_name(code) != NULL; }

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
    if (code == EML_OP_READ) at->public_len++;
    if (code == EML_OP_READ2) at->secret_len++;
    if (code == EML_OP_WRITE || code == EML_OP_WRITE2) at->output_len += op.pops;
    return EML_OK;
}
