#include <string.h>

#include "runtime/vm/machines.h"

const eml_fe *eml_vm_tapes_read(eml_vm_tapes *tapes, uint8_t op, const eml_fe *immediate) {
    const eml_fe *pushed = NULL;
    if (op == EML_OP_PUSH) {
        pushed = immediate;
    } else if (op == EML_OP_READ) {
        pushed = tapes->public_next;
        tapes->public_next += 1;
    } else if (op == EML_OP_READ2) {
        pushed = tapes->secret_next;
        tapes->secret_next += EML_CT_ELEMENTS;
    }
    return pushed;
}

void eml_vm_tapes_write(eml_vm_tapes *tapes, uint8_t op, const eml_fe *stack) {
    size_t count = op == EML_OP_WRITE ? 1 : op == EML_OP_WRITE2 ? EML_CT_ELEMENTS : 0;
    if (count == 0) return;
    memcpy(tapes->output_next, stack, count * sizeof *stack);
    tapes->output_next += count;
}
