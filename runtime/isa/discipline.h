/* What running an instruction sequence does to the depth of the stack and to the tapes: the static half of execution,
 * shared by layout and program check. */
#ifndef EML_ISA_DISCIPLINE_H
#define EML_ISA_DISCIPLINE_H

#include "runtime/isa/program.h"

/* The row of op.def for a code; name is NULL when the code is illegal. */
typedef struct eml_op_info {
    const char *name;
    bool immediate;
    uint8_t pops, pushes;
    eml_op_tape tape;
} eml_op_info;

eml_op_info eml_op_info_of(uint8_t code);

/* Zero-initialise (and set the limit) to start before the first instruction. */
typedef struct eml_discipline {
    uint32_t limit;          /* stack registers that there are */
    uint32_t depth, deepest; /* deepest <= limit */
    uint64_t public_len, secret_len, committed_len, output_len;
    const char *on_ciphertexts; /* the first instruction that works on ciphertexts without reading one; NULL: none */
    size_t on_ciphertexts_index;
} eml_discipline;

/* Steps over one instruction. Fails, naming it by its index, on an illegal code, an underflow or an overflow. */
EML_NODISCARD eml_status eml_discipline_step(eml_discipline *at, uint8_t code, size_t index, eml_error *err);
/* After the last: fails, naming the instruction, when the code works on ciphertexts and reads none. */
EML_NODISCARD eml_status eml_discipline_end(const eml_discipline *at, eml_error *err);

#endif
