#include "runtime/air/columns.h"

#include <assert.h>
#include <stdio.h>

eml_columns eml_columns_of(const eml_shape *shape) {
    eml_columns c = {.clk = 0, .bit4 = 1, .depth = 6, .imm = 7, .opw = 8, .sponge = 9};
    c.stack = c.sponge + EML_RESCUE_WIDTH * shape->S;
    c.a = c.stack + shape->W;
    bool committed = eml_shape_is_committed(shape);
    c.data = committed ? c.a + 1 : EML_NO_COLUMN;
    c.pair = committed ? c.data + EML_RESCUE_WIDTH : EML_NO_COLUMN;
    c.width = c.a + 1 + (committed ? EML_DATA_COLUMNS : 0);
    c.acc_in = shape->public_len > 0 ? c.aux_width++ : EML_NO_COLUMN;
    c.acc_ct = shape->secret_len > 0 ? c.aux_width++ : EML_NO_COLUMN;
    c.acc_out = shape->output_len > 0 ? c.aux_width++ : EML_NO_COLUMN;
    c.acc_com = committed ? c.aux_width++ : EML_NO_COLUMN;
    c.acc_dat = committed ? c.aux_width++ : EML_NO_COLUMN;
    c.balance = committed ? c.aux_width++ : EML_NO_COLUMN;
    c.mask_quotient = eml_shape_is_hidden(shape) ? c.aux_width++ : EML_NO_COLUMN;
    c.mask_deep = eml_shape_is_hidden(shape) ? c.aux_width++ : EML_NO_COLUMN;
    assert(c.width == eml_shape_width(shape));
    return c;
}

static void main_name(const eml_columns *c, uint32_t column, char out[24]) {
    static const char *const fixed[] = {"clk", "b4", "b3", "b2", "b1", "b0", "depth", "imm", "opw"};
    if (column < c->sponge) {
        snprintf(out, 24, "%s", fixed[column]);
    } else if (column < c->stack) {
        uint32_t cell = column - c->sponge;
        snprintf(out, 24, "sponge%u[%u]", cell / EML_RESCUE_WIDTH, cell % EML_RESCUE_WIDTH);
    } else if (column < c->a) {
        snprintf(out, 24, "s%u", column - c->stack);
    } else if (column == c->a) {
        snprintf(out, 24, "a");
    } else if (column < c->pair) {
        snprintf(out, 24, "data[%u]", column - c->data);
    } else {
        snprintf(out, 24, "pair[%u]", column - c->pair);
    }
}

void eml_column_name(const eml_shape *shape, bool auxiliary, uint32_t column, char out[24]) {
    eml_columns c = eml_columns_of(shape);
    if (!auxiliary) {
        assert(column < c.width);
        main_name(&c, column, out);
        return;
    }
    assert(column < c.aux_width);
    snprintf(out, 24, "%s",
             column == c.acc_in          ? "acc_in"
             : column == c.acc_ct        ? "acc_ct"
             : column == c.acc_out       ? "acc_out"
             : column == c.acc_com       ? "acc_com"
             : column == c.acc_dat       ? "acc_dat"
             : column == c.balance       ? "balance"
             : column == c.mask_quotient ? "mask_quotient"
                                         : "mask_deep");
}
