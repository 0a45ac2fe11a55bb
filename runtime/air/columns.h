/* Where everything stands in the trace (docs/vm-and-air.md). The one place that numbers columns. */
#ifndef EML_AIR_COLUMNS_H
#define EML_AIR_COLUMNS_H

#include "runtime/isa/program.h"

typedef struct eml_columns {
    uint32_t clk, bit4; /* bits stand at bit4 (b4), bit4 + 1 (b3), ... bit4 + 4 (b0) */
    uint32_t depth, imm, opw;
    uint32_t sponge; /* sponge k's state at sponge + 4k .. sponge + 4k + 3 */
    uint32_t stack;  /* s0 on top */
    uint32_t a;      /* 1 on rows of ADD, MUL and SMUL: b3 (1 - b1), in a column so that no flag has a degree above 3 */
    /* Of a committed tape, else EML_NO_COLUMN: the data sponge's state at data .. data + 3, and at pair, pair + 1 the
     * two elements that it absorbs at the end of the cycle. */
    uint32_t data, pair;
    uint32_t width; /* main columns: 10 + 4S + W, and 6 */
    /* Auxiliary columns; EML_NO_COLUMN where the tape is empty. */
    uint32_t acc_in, acc_ct, acc_out;
    /* What is read of the committed tape, what the data sponge absorbs, and what makes of both that they are the same.
     */
    uint32_t acc_com, acc_dat, balance;
    /* The masks of the hidden form, uniform in all rows; EML_NO_COLUMN in the transparent one. mask_quotient makes the
     * composition polynomial's columns uniform, mask_deep the DEEP polynomial: it is in no constraint. */
    uint32_t mask_quotient, mask_deep;
    uint32_t aux_width; /* 0..3, 3..4 in the hidden form, 3 more with a committed tape */
} eml_columns;

#define EML_NO_COLUMN UINT32_MAX

eml_columns eml_columns_of(const eml_shape *shape);
/* "b3", "s0", "sponge1[2]", "acc_in": for messages, tests and dumps. out has room for 24 characters. */
void eml_column_name(const eml_shape *shape, bool auxiliary, uint32_t column, char out[24]);

#endif
